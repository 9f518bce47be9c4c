#include "runner/cli/selection.h"
#include "gitlab-api/api_url.h"
#include <system_error>

namespace ysnp::cli {
namespace {

std::string base_of(const std::string& url)
{
    try {
        return gitlab::parse_api_url(url).base;
    } catch (const std::system_error&) {
        return url;
    }
}

bool fits(const conf::Runner& runner, const Selection& selection)
{
    if (!selection.name.empty() && runner.name != selection.name) return false;
    if (!selection.url.empty() && base_of(runner.url) != base_of(selection.url)) return false;
    return selection.token.empty() || runner.token.reveal() == selection.token;
}

} // namespace

std::vector<const conf::Runner*> select(const conf::Config& config, const Selection& selection)
{
    std::vector<const conf::Runner*> runners;
    for (const conf::Runner& runner : config.runners)
        if (fits(runner, selection)) runners.push_back(&runner);
    return runners;
}

} // namespace ysnp::cli
