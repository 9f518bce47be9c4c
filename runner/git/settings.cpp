#include "runner/git/settings.h"
#include "net/failure.h"
#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <sstream>

namespace ysnp::git {
namespace {

/// Reads variables with the typing rules of the settings and collects what is to be said about them.
class Reader {
public:
    Reader(const VariableLookup& variable, Settings& settings) : variable_(variable), settings_(settings) {}

    std::string text(std::string_view name) const { return variable_(name).value_or(""); }

    bool boolean(std::string_view name, bool otherwise)
    {
        static constexpr std::array<std::string_view, 6> yes{"1", "t", "T", "true", "TRUE", "True"};
        static constexpr std::array<std::string_view, 6> no{"0", "f", "F", "false", "FALSE", "False"};
        const std::string value = text(name);
        if (value.empty()) return otherwise;
        if (std::find(yes.begin(), yes.end(), value) != yes.end()) return true;
        if (std::find(no.begin(), no.end(), value) != no.end()) return false;
        warn(name, "expected bool", value, otherwise ? "true" : "false");
        return otherwise;
    }

    int attempts(std::string_view name)
    {
        const std::string value = text(name);
        if (value.empty()) return 1;
        long long number = 0;
        const char* begin = value.data() + (value.front() == '+' ? 1 : 0);
        const char* end = value.data() + value.size();
        const auto [stop, code] = std::from_chars(begin, end, number);
        if (code != std::errc() || stop != end) {
            warn(name, "expected int", value, "1");
            return 1;
        }
        const int clamped = static_cast<int>(std::clamp(number, 1LL, 10LL));
        if (clamped != number) warn(name, "expected a number from 1 to 10", value, std::to_string(clamped));
        return clamped;
    }

    void warn(std::string_view name, std::string_view expected, const std::string& found, std::string_view taken)
    {
        settings_.warnings.push_back(std::string(name) + ": " + std::string(expected) + " got \"" + found +
                                     "\", using value: " + std::string(taken));
    }

    void unsupported(std::string_view name, const std::string& found, const std::string& remedy)
    {
        settings_.unsupported.push_back(std::string(name) + ": \"" + found + "\" is not supported: " + remedy);
    }

private:
    const VariableLookup& variable_;
    Settings& settings_;
};

/// Plain splitting at white space: quotes mean nothing.
std::vector<std::string> words(const std::string& text)
{
    std::istringstream stream(text);
    std::vector<std::string> result;
    for (std::string word; stream >> word;) result.push_back(word);
    return result;
}

Strategy strategy_of(Reader& reader, FetchAllowed allowed)
{
    const Strategy otherwise = allowed == FetchAllowed::yes ? Strategy::fetch : Strategy::clone;
    const std::string value = reader.text("GIT_STRATEGY");
    if (value.empty()) return otherwise;
    if (value == "clone") return Strategy::clone;
    if (value == "fetch") return Strategy::fetch;
    if (value == "none") return Strategy::none;
    if (value == "empty") return Strategy::empty;
    reader.warn("GIT_STRATEGY", "expected one of clone, fetch, none, empty", value,
                otherwise == Strategy::fetch ? "fetch" : "clone");
    return otherwise;
}

/// The short options of git-clean(1), alone or in one word, and the long forms of the same.
bool known_clean_flag(const std::string& flag)
{
    static constexpr std::array<std::string_view, 3> long_forms{"--force", "--dry-run", "--quiet"};
    if (std::find(long_forms.begin(), long_forms.end(), flag) != long_forms.end()) return true;
    if (flag.starts_with("--exclude=")) return true;
    return flag.size() > 1 && flag[0] == '-' && flag.find_first_not_of("fdxXqn", 1) == std::string::npos;
}

std::vector<std::string> clean_flags_of(Reader& reader)
{
    const std::string value = reader.text("GIT_CLEAN_FLAGS");
    if (value.empty()) return {"-ffdx"};
    if (value == "none") return {};
    const std::vector<std::string> flags = words(value);
    for (std::size_t i = 0; i < flags.size(); ++i) {
        const bool takes_pattern = flags[i] == "-e" || flags[i] == "--exclude";
        if (takes_pattern && i + 1 < flags.size())
            ++i;
        else if (takes_pattern || (flags[i][0] == '-' && flags[i] != "--" && !known_clean_flag(flags[i])))
            reader.unsupported("GIT_CLEAN_FLAGS", flags[i],
                               "expected flags of git clean (-f -d -x -X -q -n -e PATTERN)");
    }
    return flags;
}

/// Flags that change nothing here: the workspace is fresh, quiet, and fetched in one go.
bool harmless_fetch_flag(const std::string& flag)
{
    static constexpr std::array<std::string_view, 17> flags{"--prune",
                                                            "-p",
                                                            "--quiet",
                                                            "-q",
                                                            "--force",
                                                            "-f",
                                                            "-v",
                                                            "--verbose",
                                                            "--progress",
                                                            "--no-progress",
                                                            "--no-auto-gc",
                                                            "--no-auto-maintenance",
                                                            "-P",
                                                            "--prune-tags",
                                                            "--update-head-ok",
                                                            "-u",
                                                            "--no-recurse-submodules"};
    return std::find(flags.begin(), flags.end(), flag) != flags.end() || flag.starts_with("--jobs=") ||
           (flag.starts_with("-j") && flag.size() > 2);
}

TagFollowing tags_of(Reader& reader)
{
    const std::string value = reader.text("GIT_FETCH_EXTRA_FLAGS");
    TagFollowing tags = TagFollowing::reachable;
    if (value == "none") return tags;
    const std::vector<std::string> flags = words(value);
    for (std::size_t i = 0; i < flags.size(); ++i) {
        if (flags[i] == "--no-tags" || flags[i] == "-n")
            tags = TagFollowing::off;
        else if (flags[i] == "--tags" || flags[i] == "-t")
            tags = TagFollowing::all;
        else if ((flags[i] == "-j" || flags[i] == "--jobs") && i + 1 < flags.size())
            ++i;
        else if (!harmless_fetch_flag(flags[i]))
            reader.unsupported("GIT_FETCH_EXTRA_FLAGS", flags[i],
                               "remove it, or run `git fetch` with it in the job's script");
    }
    return tags;
}

void check_submodules(Reader& reader)
{
    const std::string value = reader.text("GIT_SUBMODULE_STRATEGY");
    if (value.empty() || value == "none") return;
    if (value == "normal" || value == "recursive")
        reader.unsupported("GIT_SUBMODULE_STRATEGY", value,
                           "set it to none and run `git submodule update --init` in the job's script");
    else
        reader.unsupported("GIT_SUBMODULE_STRATEGY", value, "expected none");
}

} // namespace

Settings parse_settings(const VariableLookup& variable, FetchAllowed allowed)
{
    Settings settings;
    Reader reader(variable, settings);
    settings.strategy = strategy_of(reader, allowed);
    settings.checkout = reader.boolean("GIT_CHECKOUT", true) ? Checkout::yes : Checkout::no;
    settings.clean_flags = clean_flags_of(reader);
    settings.tags = tags_of(reader);
    settings.lfs_skip_smudge = reader.boolean("GIT_LFS_SKIP_SMUDGE", false);
    settings.get_sources_attempts = reader.attempts("GET_SOURCES_ATTEMPTS");
    if (const auto path = variable("GIT_CLONE_PATH"); path && !path->empty()) settings.clone_path = *path;
    check_submodules(reader);
    return settings;
}

std::string project_dir(const Settings& settings, const std::string& builds_dir, const std::string& default_dir)
{
    if (!settings.clone_path) return default_dir;
    const std::string& given = *settings.clone_path;
    const auto clean = [](const std::string& path) {
        std::string text = std::filesystem::path(path).lexically_normal().string();
        while (text.size() > 1 && text.ends_with('/')) text.pop_back();
        return text;
    };
    const std::string path = clean(given), builds = clean(builds_dir);
    const bool strange = given.find('\0') != std::string::npos || !given.starts_with('/');
    const bool inside = builds == "/" || path.starts_with(builds + "/");
    if (strange || !inside)
        throw std::system_error(make_error_code(Error::invalid_value),
                                "the GIT_CLONE_PATH=\"" + given + "\" has to be within \"" + builds + "\"");
    return path;
}

} // namespace ysnp::git
