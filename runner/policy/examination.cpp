#include "runner/policy/examination.h"
#include "runner/policy/vault_rights.h"
#include <algorithm>
#include <map>

namespace ysnp::policy {
namespace {

using boost::asio::awaitable;
using Level = Finding::Level;
using Rights = std::map<std::string, std::vector<std::string>>;

constexpr const char* see_policies = "; `ysnprunner gate policies` prints a policy that fits";

bool has(const std::vector<std::string>& rights, const char* right)
{
    return std::ranges::find(rights, right) != rights.end() || std::ranges::find(rights, "root") != rights.end();
}

std::string listed(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

} // namespace

void Examination::compare(const std::string& place, const std::vector<std::string>& have,
                          const std::vector<std::string>& wanted, const std::string& what, Level otherwise)
{
    std::vector<std::string> missing;
    for (const std::string& right : wanted)
        if (!has(have, right.c_str())) missing.push_back(right);
    if (missing.empty()) return say(Level::ok, "can " + what);
    say(otherwise, "cannot " + what + " (" + place + ": " + listed(have) + ")",
        "grant " + listed(missing) + " on " + place + see_policies);
}

awaitable<void> Examination::needs(std::string path, std::vector<std::string> rights, std::string what, Level otherwise)
{
    const vault::Client::Places places = co_await client_.places(std::move(path), until_);
    const bool list = rights == std::vector<std::string>{"list"};
    const std::string place = list ? places.metadata + "/" : places.data;
    const Rights have = co_await client_.rights({place}, until_);
    compare(place, have.at(place), rights, what, otherwise);
}

awaitable<void> Examination::needs_api(std::string path, std::string right, std::string what, Level otherwise)
{
    const Rights have = co_await client_.rights({path}, until_);
    compare(path, have.at(path), {right}, what, otherwise);
}

awaitable<void> Examination::changes_none(std::vector<std::string> paths, std::string what, Level otherwise)
{
    const Rights have = co_await client_.rights(paths, until_);
    std::vector<std::string> bad;
    for (const auto& [path, rights] : have)
        if (changes_something(rights)) bad.push_back(path + ": " + listed(rights));
    if (bad.empty()) co_return say(Level::ok, "cannot write " + what);
    say(otherwise, "could write " + what + " (" + bad.front() + (bad.size() > 1 ? ", and more)" : ")"),
        "take these rights out of the policies of this login" + std::string(see_policies));
}

awaitable<void> Examination::reads_none(std::vector<std::string> paths, std::string what, Level otherwise)
{
    const Rights have = co_await client_.rights(paths, until_);
    std::vector<std::string> bad;
    for (const auto& [path, rights] : have)
        if (has(rights, "read") || has(rights, "list")) bad.push_back(path + ": " + listed(rights));
    if (bad.empty()) co_return say(Level::ok, "cannot read " + what);
    say(otherwise, "could read " + what + " (" + bad.front() + ")",
        "name the projects in the policies of this login instead of wildcards" + std::string(see_policies));
}

awaitable<vault::Identity> Examination::who()
{
    const vault::Identity identity = co_await client_.log_in(until_);
    if (identity.is_root())
        say(Level::fail, "is a root token, which may do everything", "use a login with policies of its own");
    co_return identity;
}

} // namespace ysnp::policy
