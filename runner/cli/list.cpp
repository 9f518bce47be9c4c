#include "gitlab-api/token.h"
#include "runner/cli/commands.h"
#include "runner/host/log.h"
#include <nlohmann/json.hpp>

namespace ysnp::cli {
namespace {

std::string shown_token(const conf::Runner& runner, bool show_secrets)
{
    if (show_secrets) return std::string(runner.token.reveal());
    return gitlab::short_token(runner.token.reveal());
}

void print_json(const conf::Config& config, bool show_secrets, Session& session)
{
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const conf::Runner& runner : config.runners) {
        nlohmann::ordered_json entry{{"name", runner.name}, {"url", runner.url}, {"executor", "docker"}};
        entry["token"] = shown_token(runner, show_secrets);
        entry["id"] = runner.id;
        entry["file"] = runner.source.string();
        if (runner.token_expires_at) entry["token_expires_at"] = conf::to_string(*runner.token_expires_at);
        list.push_back(std::move(entry));
    }
    session.console.line(list.dump(2));
}

} // namespace

int list_runners(const List& options, Session& session)
{
    const conf::Config config = load_config(session, failure);
    if (options.output == Output::json) {
        print_json(config, options.show_secrets, session);
        return success;
    }
    host::info("Listing configured runners", {{"ConfigFile", config.file.string()}});
    for (const conf::Runner& runner : config.runners)
        host::info(runner.name,
                   {{"Executor", "docker"}, {"Token", shown_token(runner, options.show_secrets)}, {"URL", runner.url}});
    return success;
}

} // namespace ysnp::cli
