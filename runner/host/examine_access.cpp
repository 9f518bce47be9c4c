#include "runner/host/examine_host.h"
#include <algorithm>
#include <sstream>

namespace ysnp::host {
namespace {

using policy::Finding;
using policy::Findings;
using Level = Finding::Level;
namespace fs = std::filesystem;

std::vector<std::string> parts_of(const std::string& text, char mark)
{
    std::vector<std::string> parts;
    std::istringstream in(text);
    for (std::string part; std::getline(in, part, mark);) parts.push_back(part);
    return parts;
}

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

/// Members of the group with this number, and its name.
std::pair<std::string, std::vector<std::string>> group_of(const std::string& groups, gid_t id)
{
    for (const std::string& line : parts_of(groups, '\n')) {
        const std::vector<std::string> fields = parts_of(line, ':');
        if (fields.size() < 3 || fields[2] != std::to_string(id)) continue;
        return {fields[0], fields.size() > 3 ? parts_of(fields[3], ',') : std::vector<std::string>()};
    }
    return {};
}

void examine_members(const Facts& facts, const struct stat& socket, const Installed& installed, Findings& findings)
{
    const auto groups = facts.text("/etc/group");
    if (!groups) return findings.push_back({Level::unknown, "engine", "/etc/group cannot be read", "run this as root"});
    auto [name, members] = group_of(*groups, socket.st_gid);
    std::erase(members, installed.service_user);
    std::erase(members, "root");
    if (members.empty())
        return findings.push_back({Level::ok, "engine", "nobody else is in the socket's group " + name, {}});
    findings.push_back({Level::fail, "engine",
                        joined(members) + " can use the Engine, as members of " + name + ": that is root on this host",
                        "gpasswd -d " + members.front() + " " + name});
}

void examine_socket(const Facts& facts, const Installed& installed, Findings& findings)
{
    const auto status = facts.status(installed.socket);
    const std::string path = installed.socket.string();
    if (!status || !S_ISSOCK(status->st_mode))
        return findings.push_back(
            {Level::fail, "engine", path + " is not a socket", "start the Engine, or correct docker.host"});
    if ((status->st_mode & S_IRWXO) != 0)
        return findings.push_back({Level::fail, "engine", "everybody can use the Engine through " + path,
                                   "chmod 0660 " + path + ", and SocketMode=0660 in docker.socket"});
    if (status->st_uid != 0)
        return findings.push_back({Level::warn, "engine", path + " does not belong to root (a rootless Engine?)",
                                   "make sure that only the runner's user owns it"});
    examine_members(facts, *status, installed, findings);
}

/// Ports on which somebody listens, from /proc/net/tcp: "0100007F:0947 … 0A".
bool listens_on(const std::string& table, const std::string& port_in_hex)
{
    for (const std::string& line : parts_of(table, '\n')) {
        std::istringstream in(line);
        std::string number, local, remote, state;
        in >> number >> local >> remote >> state;
        if (state == "0A" && local.ends_with(":" + port_in_hex)) return true;
    }
    return false;
}

void examine_ports(const Facts& facts, Findings& findings)
{
    for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
        const auto text = facts.text(table);
        if (!text) {
            findings.push_back({Level::unknown, "engine", std::string(table) + " cannot be read", "see ss -ltn"});
            continue;
        }
        for (const auto& [port, hex] : {std::pair("2375", "0947"), std::pair("2376", "0948")})
            if (listens_on(*text, hex))
                findings.push_back({Level::fail, "engine",
                                    std::string("something listens on TCP port ") + port + ", where Engines do",
                                    "remove `hosts` with tcp:// from /etc/docker/daemon.json and -H from its unit"});
    }
}

void examine_other_runner(const Facts& facts, const Installed& installed, Findings& findings)
{
    const char* const file = "/etc/gitlab-runner/config.toml";
    if (!facts.status(file)) return findings.push_back({Level::ok, "runner", "no second runner is installed", {}});
    const auto text = facts.text(file);
    if (!text)
        return findings.push_back(
            {Level::unknown, "runner", std::string(file) + " cannot be read", "run this as root"});
    for (const std::string_view token : installed.tokens)
        if (!token.empty() && text->find(token) != std::string::npos)
            return findings.push_back(
                {Level::fail, "runner",
                 std::string(file) + " holds a token of ours: that runner takes our jobs past the gate",
                 "stop gitlab-runner, reset the token (ysnprunner reset-token), and remove the entry"});
    findings.push_back({Level::warn, "runner",
                        "a second runner without this gate is configured in " + std::string(file),
                        "give it a host of its own"});
}

/// Credentials that a job which breaks out would find. Only their presence is looked at.
void examine_credentials(const Facts& facts, Findings& findings)
{
    std::vector<fs::path> homes{"/root"};
    for (const std::string& name : facts.names("/home").value_or(std::vector<std::string>()))
        homes.push_back(fs::path("/home") / name);
    std::vector<std::string> found;
    for (const fs::path& home : homes)
        for (const char* file : {".ssh/id_rsa", ".ssh/id_ed25519", ".ssh/id_ecdsa", ".netrc", ".git-credentials",
                                 ".aws/credentials", ".kube/config", ".docker/config.json", ".vault-token"})
            if (facts.status(home / file)) found.push_back((home / file).string());
    if (found.empty()) return findings.push_back({Level::ok, "credentials", "none lie about in homes", {}});
    findings.push_back({Level::warn, "credentials", "lie about on this host: " + joined(found),
                        "move them to a machine that runs no jobs"});
}

} // namespace

Findings examine_access(const Facts& facts, const Installed& installed)
{
    Findings findings;
    examine_socket(facts, installed, findings);
    examine_ports(facts, findings);
    examine_other_runner(facts, installed, findings);
    examine_credentials(facts, findings);
    return findings;
}

} // namespace ysnp::host
