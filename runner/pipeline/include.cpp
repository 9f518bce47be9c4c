#include "runner/pipeline/include.h"
#include "runner/pipeline/scalar.h"
#include "runner/pipeline/yaml_reader.h"
#include <algorithm>

namespace ysnp::pipeline {
namespace {

constexpr std::size_t most_files = 150;   // GitLab's own default
constexpr std::size_t longest_path = 255; // with a wildcard
constexpr std::size_t most_nodes = 4 * limits::nodes;

class Includer {
public:
    Includer(const FileReader& read, const FileLister& list) : read_(read), list_(list) {}

    Value file(const std::string& path, const Value* from)
    {
        const auto text = read_(path);
        if (!text) missing(path, from);
        if (std::ranges::find(open_, path) != open_.end()) from->refuse("include: " + path + " includes itself");
        if (++files_ > most_files) from->refuse("include: more than 150 files");
        Value own = read_yaml(*text, path);
        nodes_ += count_nodes(own);
        if (nodes_ > most_nodes)
            throw PipelineError({path, 0, 0}, "the included files are too large together",
                                PipelineError::Kind::too_large);
        open_.push_back(path);
        Value merged = with_includes(std::move(own));
        open_.pop_back();
        return merged;
    }

    std::vector<std::string> undetermined;

private:
    [[noreturn]] static void missing(const std::string& path, const Value* from)
    {
        if (from != nullptr) from->refuse("include: there is no file " + path + " in the project");
        throw PipelineError({path, 0, 0}, "there is no such file in the project");
    }

    Value with_includes(Value own)
    {
        const auto* found = own.find("include");
        if (found == nullptr) return own;
        Value base;
        base.kind = Value::Kind::map;
        base.file = own.file;
        const Value list = *found;
        own.erase("include");
        if (list.is_list())
            for (const auto& each : list.items) add(base, each);
        else
            add(base, list);
        return deep_merge(std::move(base), own);
    }

    void add(Value& base, const Value& entry)
    {
        if (entry.is_null()) return;
        if (entry.is_scalar())
            add_path(base, entry);
        else if (entry.is_map())
            add_map(base, entry);
        else
            entry.refuse("include: expected a path or a map such as `local: path`, found " + entry.describe());
    }

    void add_map(Value& base, const Value& entry)
    {
        const auto* local = entry.find("local");
        if (local == nullptr || !local->is_scalar()) {
            for (const auto* kind : {"remote", "template", "project", "component", "artifact"})
                if (const auto* other = entry.find(kind))
                    return give_up(*other, std::string("`include: ") + kind + "`");
            entry.refuse("include: expected one of local, remote, template, project, component");
        }
        for (const auto* key : {"rules", "inputs"})
            if (const auto* found = entry.find(key)) return give_up(*found, std::string("`include: ") + key + "`");
        for (const auto& [key, value] : entry.entries)
            if (key != "local") value.refuse("include: unknown key \"" + key + "\"");
        add_path(base, *local);
    }

    void add_path(Value& base, const Value& entry)
    {
        auto path = expect_text(entry, "include");
        if (path.starts_with("http://") || path.starts_with("https://"))
            return give_up(entry, "`include` of a remote file");
        if (path.find('$') != std::string::npos) return give_up(entry, "`include` with a variable");
        while (path.starts_with('/')) path.erase(0, 1);
        if (path.starts_with("./")) path.erase(0, 2);
        if (path.find('*') == std::string::npos) return add_file(base, path, entry);
        if (!list_) return give_up(entry, "`include` with a wildcard");
        if (++files_ > most_files) entry.refuse("include: more than 150 files");
        if (path.size() > longest_path) entry.refuse("include: a path with a wildcard has more than 255 bytes");
        for (const std::string& each : all_files())
            if (matches_wildcard(path, each)) add_file(base, each, entry);
    }

    /// In the order of git's trees, which is GitLab's.
    const std::vector<std::string>& all_files()
    {
        if (all_files_.empty()) {
            all_files_ = list_();
            std::ranges::sort(all_files_);
        }
        return all_files_;
    }

    void add_file(Value& base, const std::string& path, const Value& entry)
    {
        if (!path.ends_with(".yml") && !path.ends_with(".yaml"))
            entry.refuse("include: a local file's name must end with .yml or .yaml, found \"" + path + "\"");
        base = deep_merge(std::move(base), file(path, &entry));
    }

    void give_up(const Value& at, const std::string& what)
    {
        undetermined.push_back(at.place().to_string() + ": " + what +
                               " is not evaluated locally: it may change any job");
    }

    const FileReader& read_;
    const FileLister& list_;
    std::vector<std::string> all_files_;
    std::vector<std::string> open_;
    std::size_t files_ = 0;
    std::size_t nodes_ = 0;
};

} // namespace

bool matches_wildcard(std::string_view pattern, std::string_view path)
{
    const auto literal = pattern.substr(0, pattern.find('*'));
    if (!path.starts_with(literal)) return false;
    pattern.remove_prefix(literal.size());
    path.remove_prefix(literal.size());
    std::vector<bool> reached(path.size() + 1); // which beginnings of the path the pattern so far fits
    reached[0] = true;
    while (!pattern.empty()) {
        const bool any = pattern[0] == '*', deep = pattern.starts_with("**");
        std::vector<bool> next(path.size() + 1);
        for (std::size_t at = 0; at <= path.size(); ++at) {
            if (any)
                next[at] = reached[at] || (at > 0 && next[at - 1] && (deep || path[at - 1] != '/'));
            else
                next[at] = at > 0 && reached[at - 1] && path[at - 1] == pattern[0];
        }
        reached = std::move(next);
        pattern.remove_prefix(deep ? 2 : 1);
    }
    return reached[path.size()];
}

Included read_with_includes(const FileReader& read, const FileLister& list, const std::string& path)
{
    Includer includer(read, list);
    Included result;
    result.config = includer.file(path, nullptr);
    result.undetermined = std::move(includer.undetermined);
    return result;
}

} // namespace ysnp::pipeline
