#include "runner/git/dot_git.h"

namespace ysnp::git {

std::string config_file(const std::string& origin_url)
{
    std::string quoted;
    for (const char c : origin_url) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return "[core]\n"
           "\trepositoryformatversion = 0\n"
           "\tfilemode = true\n"
           "\tbare = false\n"
           "\tlogallrefupdates = true\n"
           "\tcheckStat = minimal\n"
           "[init]\n"
           "\tdefaultBranch = none\n"
           "[fetch]\n"
           "\trecurseSubmodules = false\n"
           "[credential]\n"
           "\tinteractive = never\n"
           "[gc]\n"
           "\tautoDetach = false\n"
           "[remote \"origin\"]\n"
           "\turl = \"" +
           quoted +
           "\"\n"
           "\tfetch = +refs/heads/*:refs/remotes/origin/*\n";
}

std::string packed_refs_file(const Refs& refs)
{
    std::string text = "# pack-refs with: sorted \n";
    for (const auto& [name, oid] : refs) text += oid.hex() + " " + name + "\n";
    return text;
}

std::string shallow_file(const std::vector<Oid>& commits)
{
    std::string text;
    for (const Oid& commit : commits) text += commit.hex() + "\n";
    return text;
}

std::string detached_head_file(const Oid& commit) { return commit.hex() + "\n"; }
std::string unborn_head_file() { return "ref: refs/heads/none\n"; }

} // namespace ysnp::git
