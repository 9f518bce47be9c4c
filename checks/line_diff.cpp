#include "checks/line_diff.h"
#include <algorithm>
#include <cstdint>
#include <optional>

namespace ysnp::checks {
namespace {

using Lines = std::vector<std::string>;

constexpr int most_changes = 1500;

/// The part of two texts that lies between their common ends.
struct Middle {
    std::size_t first = 0, before_end = 0, after_end = 0;
};

Middle middle_of(const Lines& before, const Lines& after)
{
    Middle middle{0, before.size(), after.size()};
    while (middle.first < before.size() && middle.first < after.size() && before[middle.first] == after[middle.first])
        ++middle.first;
    while (middle.before_end > middle.first && middle.after_end > middle.first &&
           before[middle.before_end - 1] == after[middle.after_end - 1]) {
        --middle.before_end;
        --middle.after_end;
    }
    return middle;
}

/// Furthest points of each diagonal k = x - y after d changes.
class Search {
public:
    Search(const Lines& before, const Lines& after, const Middle& middle)
        : before_(before), after_(after), middle_(middle), width_(static_cast<int>(middle.before_end - middle.first)),
          height_(static_cast<int>(middle.after_end - middle.first))
    {
    }

    /// The steps, last one first; nothing where there are too many changes.
    std::optional<std::vector<Edit>> run()
    {
        const int most = std::min(most_changes, width_ + height_);
        std::vector<int> furthest(static_cast<std::size_t>(2 * most + 3), 0);
        for (int d = 0; d <= most; ++d) {
            rounds_.emplace_back(furthest.begin(), furthest.end());
            for (int k = -d; k <= d; k += 2) {
                int x = start(furthest, most, d, k);
                while (x < width_ && x - k < height_ && x - k >= 0 && equal(x, x - k)) ++x;
                at(furthest, most, k) = x;
                if (x >= width_ && x - k >= height_) return steps(most, d);
            }
        }
        return std::nullopt;
    }

private:
    static int& at(std::vector<int>& row, int most, int k) { return row[static_cast<std::size_t>(k + most + 1)]; }

    static bool goes_down(std::vector<int>& row, int most, int d, int k)
    {
        return k == -d || (k != d && at(row, most, k - 1) < at(row, most, k + 1));
    }
    static int start(std::vector<int>& row, int most, int d, int k)
    {
        return goes_down(row, most, d, k) ? at(row, most, k + 1) : at(row, most, k - 1) + 1;
    }
    bool equal(int x, int y) const
    {
        return before_[middle_.first + static_cast<std::size_t>(x)] ==
               after_[middle_.first + static_cast<std::size_t>(y)];
    }
    Edit edit(Change change, int x, int y) const
    {
        return {change, middle_.first + static_cast<std::size_t>(x), middle_.first + static_cast<std::size_t>(y)};
    }

    std::vector<Edit> steps(int most, int changes)
    {
        std::vector<Edit> reversed;
        int x = width_, y = height_;
        for (int d = changes; d > 0; --d) {
            std::vector<int>& row = rounds_[static_cast<std::size_t>(d)];
            const int k = x - y;
            const bool down = goes_down(row, most, d, k);
            const int from_x = at(row, most, down ? k + 1 : k - 1), from_y = from_x - (down ? k + 1 : k - 1);
            const int after_x = down ? from_x : from_x + 1, after_y = down ? from_y + 1 : from_y;
            while (x > after_x && y > after_y) reversed.push_back(edit(Change::same, --x, --y));
            reversed.push_back(edit(down ? Change::added : Change::removed, from_x, from_y));
            x = from_x;
            y = from_y;
        }
        while (x > 0 && y > 0) reversed.push_back(edit(Change::same, --x, --y));
        return reversed;
    }

    const Lines& before_;
    const Lines& after_;
    Middle middle_;
    int width_, height_;
    std::vector<std::vector<int>> rounds_; // as they were before each round
};

std::vector<Edit> replaced(const Middle& middle)
{
    std::vector<Edit> all;
    for (std::size_t i = middle.first; i < middle.before_end; ++i) all.push_back({Change::removed, i, middle.first});
    for (std::size_t i = middle.first; i < middle.after_end; ++i) all.push_back({Change::added, middle.before_end, i});
    return all;
}

std::string range(std::size_t first, std::size_t count)
{
    // a range of no lines is named by the line before it
    return std::to_string(count == 0 ? first : first + 1) + "," + std::to_string(count);
}

std::string header(const std::vector<Edit>& edits, const Hunk& hunk)
{
    std::size_t removed = 0, added = 0;
    for (std::size_t i = hunk.first; i < hunk.last; ++i) {
        removed += edits[i].change != Change::added;
        added += edits[i].change != Change::removed;
    }
    const Edit& start = edits[hunk.first];
    return "@@ -" + range(start.before, removed) + " +" + range(start.after, added) + " @@\n";
}

} // namespace

std::vector<Edit> edits_between(const Lines& before, const Lines& after)
{
    const Middle middle = middle_of(before, after);
    std::vector<Edit> all;
    for (std::size_t i = 0; i < middle.first; ++i) all.push_back({Change::same, i, i});
    if (auto found = Search(before, after, middle).run()) {
        all.insert(all.end(), found->rbegin(), found->rend());
    } else {
        const std::vector<Edit> whole = replaced(middle);
        all.insert(all.end(), whole.begin(), whole.end());
    }
    for (std::size_t i = middle.before_end; i < before.size(); ++i)
        all.push_back({Change::same, i, i - middle.before_end + middle.after_end});
    return all;
}

std::vector<Hunk> hunks_of(const std::vector<Edit>& edits, std::size_t context)
{
    std::vector<Hunk> hunks;
    for (std::size_t i = 0; i < edits.size(); ++i) {
        if (edits[i].change == Change::same) continue;
        const std::size_t first = i > context ? i - context : 0, last = std::min(edits.size(), i + 1 + context);
        if (hunks.empty() || hunks.back().last < first) {
            hunks.push_back({first, last});
        } else {
            hunks.back().last = last;
        }
    }
    return hunks;
}

std::vector<std::string> lines_of(const std::string& text)
{
    Lines lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return lines;
}

std::string unified_diff(const std::string& from, const std::string& before, const std::string& to,
                         const std::string& after)
{
    const Lines old_lines = lines_of(before), new_lines = lines_of(after);
    const std::vector<Edit> edits = edits_between(old_lines, new_lines);
    std::string out;
    for (const Hunk& hunk : hunks_of(edits)) {
        if (out.empty()) out = "--- " + from + "\n+++ " + to + "\n";
        out += header(edits, hunk);
        for (std::size_t i = hunk.first; i < hunk.last; ++i) {
            const Edit& edit = edits[i];
            out += static_cast<char>(edit.change);
            out += (edit.change == Change::added ? new_lines[edit.after] : old_lines[edit.before]) + "\n";
        }
    }
    return out;
}

} // namespace ysnp::checks
