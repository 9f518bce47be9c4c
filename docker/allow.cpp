#include "docker/allow.h"
#include <algorithm>
#include <utility>

namespace ysnp::docker {

namespace {

constexpr std::size_t longest_pattern = 1024;
constexpr int most_steps = 100000; // a pattern of many stars costs time; then it does not match

class Matcher {
public:
    bool match(std::string_view pattern, std::string_view text)
    {
        if (++steps_ > most_steps) return false;
        while (!pattern.empty()) {
            switch (pattern.front()) {
            case '*':
                return match_star(pattern, text);
            case '{':
                return match_choice(pattern, text);
            default:
                if (!match_one(pattern, text)) return false;
            }
        }
        return text.empty();
    }

private:
    bool match_star(std::string_view pattern, std::string_view text)
    {
        const bool crosses = pattern.starts_with("**");
        const std::string_view rest = pattern.substr(std::min(pattern.find_first_not_of('*'), pattern.size()));
        // "a/**/b" also matches "a/b"
        if (crosses && rest.starts_with('/') && match(rest.substr(1), text)) return true;
        for (std::size_t taken = 0;; ++taken) {
            if (match(rest, text.substr(taken))) return true;
            if (taken == text.size() || (!crosses && text[taken] == '/') || steps_ > most_steps) return false;
        }
    }

    bool match_choice(std::string_view pattern, std::string_view text)
    {
        const auto close = closing_brace(pattern);
        if (close == std::string_view::npos) return false;
        const std::string rest(pattern.substr(close + 1));
        std::string_view choices = pattern.substr(1, close - 1);
        for (;;) {
            const auto comma = top_level_comma(choices);
            if (match(std::string(choices.substr(0, comma)) + rest, text)) return true;
            if (comma == std::string_view::npos) return false;
            choices.remove_prefix(comma + 1);
        }
    }

    /// One character of text against one element of the pattern; both are advanced.
    static bool match_one(std::string_view& pattern, std::string_view& text)
    {
        if (text.empty()) return false;
        const char c = text.front();
        text.remove_prefix(1);
        const char wanted = pattern.front();
        pattern.remove_prefix(1);
        if (wanted == '?') return c != '/';
        if (wanted == '[') return c != '/' && match_class(pattern, c);
        if (wanted != '\\' || pattern.empty()) return c == wanted;
        const char escaped = pattern.front();
        pattern.remove_prefix(1);
        return c == escaped;
    }

    static bool match_class(std::string_view& pattern, char c)
    {
        const bool negated = pattern.starts_with('!') || pattern.starts_with('^');
        if (negated) pattern.remove_prefix(1);
        bool found = false;
        for (bool first = true;; first = false) {
            if (pattern.empty()) return false; // no closing bracket: matches nothing
            const char from = pattern.front();
            pattern.remove_prefix(1);
            if (from == ']' && !first) return found != negated;
            char to = from;
            if (pattern.size() > 1 && pattern[0] == '-' && pattern[1] != ']') {
                to = pattern[1];
                pattern.remove_prefix(2);
            }
            found = found || (from <= c && c <= to);
        }
    }

    static std::size_t closing_brace(std::string_view pattern)
    {
        int depth = 0;
        for (std::size_t i = 0; i < pattern.size(); ++i) {
            if (pattern[i] == '{') ++depth;
            if (pattern[i] == '}' && --depth == 0) return i;
        }
        return std::string_view::npos;
    }

    static std::size_t top_level_comma(std::string_view choices)
    {
        int depth = 0;
        for (std::size_t i = 0; i < choices.size(); ++i) {
            if (choices[i] == '{') ++depth;
            if (choices[i] == '}') --depth;
            if (choices[i] == ',' && depth == 0) return i;
        }
        return std::string_view::npos;
    }

    int steps_ = 0;
};

/// The ways to write the image that name its content.
std::vector<std::string> spellings(const Reference& image)
{
    std::vector<std::string> repositories{image.repository(), image.familiar_repository()};
    if (image.host == "docker.io") repositories.push_back(image.path);
    std::vector<std::string> result;
    for (const auto& repository : repositories) {
        if (!image.digest.empty()) {
            result.push_back(repository + "@" + image.digest);
            continue;
        }
        result.push_back(repository + ":" + image.tag);
        if (image.tag == "latest") result.push_back(repository);
    }
    return result;
}

/// The ways a "!pattern" may mean it: also by the tag beside a digest, and by the repository alone.
std::vector<std::string> deniable_spellings(Reference image)
{
    std::vector<std::string> result = spellings(image);
    const std::string digest = std::exchange(image.digest, {});
    for (const auto& name : spellings(image)) {
        result.push_back(name);
        if (!digest.empty()) result.push_back(name + "@" + digest);
    }
    result.insert(result.end(), {image.repository(), image.familiar_repository()});
    return result;
}

bool matches(std::string pattern, const std::vector<std::string>& names)
{
    if (pattern.starts_with("index.docker.io/")) pattern.erase(0, 6);
    return std::any_of(names.begin(), names.end(), [&](const auto& name) { return glob_match(pattern, name); });
}

} // namespace

bool glob_match(std::string_view pattern, std::string_view text)
{
    return pattern.size() <= longest_pattern && Matcher().match(pattern, text);
}

bool image_allowed(const std::vector<std::string>& patterns, const Reference& image)
{
    const auto names = spellings(image);
    const auto deniable = deniable_spellings(image);
    bool listed = false, allowed = false;
    for (const std::string& pattern : patterns) {
        if (pattern.starts_with('!')) {
            if (matches(pattern.substr(1), deniable)) return false;
            continue;
        }
        listed = true;
        allowed = allowed || matches(pattern, names);
    }
    return allowed || !listed;
}

std::string image_refusal(const std::vector<std::string>& patterns, std::string_view image)
{
    std::string text = "the image \"" + std::string(image) + "\" is not among those that this runner allows:";
    for (const std::string& pattern : patterns) text += " " + pattern;
    return text + "; use one of them, or have it added to docker.allowed_images";
}

} // namespace ysnp::docker
