#include "runner/host/examine_host.h"
#include <algorithm>
#include <map>
#include <sstream>

namespace ysnp::host {
namespace {

using policy::Finding;
using policy::Findings;
using Level = Finding::Level;
namespace fs = std::filesystem;

constexpr const char* by_the_unit = "start it by its unit, ysnprunner.service, which sees to that";

/// "CapEff:\t0000000000000000" and so on.
std::map<std::string, std::string> fields_of(const std::string& status)
{
    std::map<std::string, std::string> fields;
    std::istringstream in(status);
    for (std::string line; std::getline(in, line);) {
        const auto colon = line.find(':');
        const auto value = line.find_first_not_of(" \t", colon == std::string::npos ? colon : colon + 1);
        if (value != std::string::npos) fields[line.substr(0, colon)] = line.substr(value);
    }
    return fields;
}

/// `ysnprunner run …`, wherever the program lies.
bool is_service(const std::string& command)
{
    std::vector<std::string> words;
    std::istringstream in(command);
    for (std::string word; std::getline(in, word, '\0');) words.push_back(word);
    if (words.empty() || fs::path(words.front()).filename() != "ysnprunner") return false;
    return std::ranges::find(words, "run") != words.end();
}

bool is_number(const std::string& name) { return name.find_first_not_of("0123456789") == std::string::npos; }

} // namespace

Findings examine_process(const Facts& facts, const fs::path& process)
{
    const auto status = facts.text(process / "status");
    if (!status)
        return {{Level::unknown, "service", (process / "status").string() + " cannot be read", "run this as root"}};
    auto fields = fields_of(*status);
    const std::string who = "process " + fields["Pid"];
    Findings findings;
    if (fields["Uid"].starts_with("0\t"))
        findings.push_back({Level::fail, "service", who + " runs as root", by_the_unit});
    if (fields["CapEff"].find_first_not_of('0') != std::string::npos)
        findings.push_back(
            {Level::fail, "service", who + " has capabilities (CapEff " + fields["CapEff"] + ")", by_the_unit});
    if (fields["NoNewPrivs"] != "1")
        findings.push_back({Level::fail, "service",
                            who + " can gain rights by set-user-id programs (no_new_privs is off)", by_the_unit});
    if (fields["Seccomp"] != "2")
        findings.push_back({Level::fail, "service", who + " has no filter of system calls", by_the_unit});
    return findings;
}

Findings examine_services(const Facts& facts)
{
    Findings findings;
    std::size_t running = 0;
    for (const std::string& name : facts.names("/proc").value_or(std::vector<std::string>())) {
        const fs::path process = fs::path("/proc") / name;
        if (!is_number(name) || !is_service(facts.text(process / "cmdline").value_or(""))) continue;
        ++running;
        Findings more = examine_process(facts, process);
        std::ranges::move(more, std::back_inserter(findings));
    }
    if (running == 0)
        return {{Level::unknown, "service", "does not run, or cannot be seen", "start it; run this as root"}};
    if (findings.empty())
        findings.push_back(
            {Level::ok, "service", "has no right that it does not need, and a filter of system calls", {}});
    return findings;
}

} // namespace ysnp::host
