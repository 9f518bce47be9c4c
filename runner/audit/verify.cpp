#include "runner/audit/verify.h"
#include "runner/audit/chain.h"
#include <charconv>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace ysnp::audit {
namespace {

namespace fs = std::filesystem;

/// The number in `audit.jsonl.12`; 0 for any other name.
std::uint64_t rotation_of(const std::string& name, const std::string& base)
{
    if (!name.starts_with(base + ".")) return 0;
    std::uint64_t number = 0;
    const char* const end = name.data() + name.size();
    const auto [stop, error] = std::from_chars(name.data() + base.size() + 1, end, number);
    return error == std::errc() && stop == end ? number : 0;
}

/// Where a file's first record stands; nullopt where it has none that can be read.
std::optional<Link> first_link(const fs::path& path)
{
    std::ifstream in(path, std::ios::binary);
    std::string line, problem;
    return std::getline(in, line) ? read_link(line, problem) : std::nullopt;
}

bool is_gone(const fs::path& file)
{
    std::error_code unseen;
    return fs::status(file, unseen).type() == fs::file_type::not_found;
}

class Verifier {
public:
    explicit Verifier(const std::optional<Position>& anchor) : anchor_(anchor) { result_.head.hash = genesis; }
    Verifier(const Position& anchor, Position before) : anchor_(anchor) { result_.head = std::move(before); }

    void file(const fs::path& path)
    {
        std::ifstream in(path, std::ios::binary);
        if (!in) {
            stop(path, 0, result_.head.seq + 1, "the file cannot be read");
            return;
        }
        std::uint64_t number = 0;
        for (std::string line; !result_.first_break && std::getline(in, line);) {
            ++number;
            if (in.eof()) {
                stop(path, number, result_.head.seq + 1, "the last record is cut off");
            } else {
                record(path, number, line);
            }
        }
    }

    Verification done(const fs::path& path)
    {
        if (!result_.first_break && anchor_ && !anchor_seen_)
            stop(path, 0, anchor_->seq,
                 "the anchored record is not in the chain, which ends at record " + std::to_string(result_.head.seq) +
                     ": its end was cut off, or an older file stands in its place");
        return std::move(result_);
    }

private:
    void record(const fs::path& path, std::uint64_t number, const std::string& line)
    {
        const std::uint64_t expected = result_.head.seq + 1;
        std::string problem;
        const auto link = read_link(line, problem);
        if (link && link->seq != expected)
            problem = "record " + std::to_string(expected) + " is missing or out of order";
        if (link && problem.empty() && link->prev != result_.head.hash)
            problem = "it does not continue the record before it";
        if (!problem.empty()) {
            stop(path, number, link ? link->seq : expected, problem);
            return;
        }
        result_.head = {link->seq, link->hash, link->time};
        ++result_.records;
        if (anchor_ && anchor_->seq == link->seq) {
            anchor_seen_ = anchor_->hash == link->hash;
            if (!anchor_seen_)
                stop(path, number, link->seq, "it is not the record that was anchored: the chain was written anew");
        }
    }

    void stop(const fs::path& path, std::uint64_t line, std::uint64_t seq, std::string problem)
    {
        result_.first_break = Break{path, line, seq, std::move(problem)};
    }

    std::optional<Position> anchor_;
    bool anchor_seen_ = false;
    Verification result_;
};

} // namespace

std::vector<fs::path> files_of(const fs::path& file)
{
    // a rotation that a crash cut short leaves a number out, so the folder says which there are
    std::map<std::uint64_t, fs::path, std::greater<>> rotated;
    const fs::path folder = file.parent_path().empty() ? "." : file.parent_path();
    std::error_code ignored; // a folder that cannot be read shows when the file is opened
    for (fs::directory_iterator entry(folder, ignored); !ignored && entry != fs::directory_iterator();
         entry.increment(ignored)) {
        const std::uint64_t number = rotation_of(entry->path().filename().string(), file.filename().string());
        if (number != 0) rotated.emplace(number, entry->path());
    }
    std::vector<fs::path> files;
    for (auto& [number, path] : rotated) files.push_back(path);
    if (files.empty() || !is_gone(file)) files.push_back(file);
    return files;
}

Verification verify(const std::filesystem::path& file, const std::optional<Position>& anchor)
{
    std::vector<fs::path> files = files_of(file);
    if (anchor && is_gone(files.back())) files.pop_back(); // the anchor knows what it held
    Verifier verifier(anchor);
    for (const fs::path& path : files) verifier.file(path);
    return verifier.done(file);
}

Verification verify_from(const std::filesystem::path& file, const Position& anchor)
{
    std::vector<fs::path> files = files_of(file);
    auto from = files.end() - 1;
    std::optional<Link> first = first_link(*from);
    while (from != files.begin() && (!first || first->seq > anchor.seq)) first = first_link(*--from);
    if (!first || first->seq == 0) return verify(file, anchor);
    Verifier verifier(anchor, {first->seq - 1, first->prev});
    for (; from != files.end(); ++from) verifier.file(*from);
    return verifier.done(file);
}

} // namespace ysnp::audit
