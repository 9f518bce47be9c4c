#include "runner/audit/verify.h"
#include "runner/audit/chain.h"
#include <fstream>
#include <string>
#include <vector>

namespace ysnp::audit {
namespace {

namespace fs = std::filesystem;

/// Oldest first.
std::vector<fs::path> files_of(const fs::path& file)
{
    int count = 0;
    while (fs::exists(file.string() + "." + std::to_string(count + 1))) ++count;
    std::vector<fs::path> files;
    for (; count > 0; --count) files.emplace_back(file.string() + "." + std::to_string(count));
    files.push_back(file);
    return files;
}

class Verifier {
public:
    explicit Verifier(const std::optional<Position>& anchor) : anchor_(anchor) { result_.head.hash = genesis; }

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
            stop(path, 0, anchor_->seq, "the anchored record is not in the chain: its end was cut off or replaced");
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
        result_.head = {link->seq, link->hash};
        ++result_.records;
        if (anchor_ && anchor_->seq == link->seq) {
            anchor_seen_ = anchor_->hash == link->hash;
            if (!anchor_seen_) stop(path, number, link->seq, "it is not the record that was anchored");
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

Verification verify(const std::filesystem::path& file, const std::optional<Position>& anchor)
{
    Verifier verifier(anchor);
    for (const fs::path& path : files_of(file)) verifier.file(path);
    return verifier.done(file);
}

} // namespace ysnp::audit
