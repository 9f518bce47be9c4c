#include "checks/report.h"
#include "checks/utf8.h"
#include <algorithm>
#include <cstdio>
#include <optional>
#include <vector>

namespace ysnp::checks {
namespace {

constexpr std::size_t inner = 76; ///< columns between the frame's bars

/// Characters that steer a terminal or reorder text: shown as escapes.
bool is_hidden(std::uint32_t c)
{
    if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c || c == 0xfeff) return true;
    return (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c >= 0xe0000;
}

struct Marks {
    std::string_view top_left, top_right, bottom_left, bottom_right, line, bar, pass, fail, ask, dot;
};
constexpr Marks utf8_marks{"┌", "┐", "└", "┘", "─", "│", "✓", "✗", "?", "·"};
constexpr Marks ascii_marks{"+", "+", "+", "+", "-", "|", "ok", "NO", "??", "."};

std::size_t columns(std::string_view text)
{
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// At most `width` columns from the front, cut at a blank where there is one near the end.
std::string_view take_line(std::string_view text, std::size_t width)
{
    std::size_t bytes = 0, used = 0, blank = 0;
    while (bytes < text.size()) {
        const auto step = std::max(1u, next_code_point(text.substr(bytes)).width);
        if (used == width) return text.substr(0, blank > width / 2 ? blank : bytes);
        if (text[bytes] == ' ') blank = bytes;
        bytes += step;
        ++used;
    }
    return text;
}

class Box {
public:
    Box(Charset charset, Colour colour)
        : ascii_(charset == Charset::ascii), marks_(ascii_ ? ascii_marks : utf8_marks), colour_(colour)
    {
    }

    void top(std::string_view title)
    {
        out_ += std::string(marks_.top_left) + " " + std::string(title) + " ";
        rule(inner - columns(title) - 2);
        out_ += std::string(marks_.top_right) + "\n";
    }
    void bottom(std::string_view tag)
    {
        out_ += marks_.bottom_left;
        rule(tag.empty() ? inner : inner - columns(tag) - 3);
        if (!tag.empty()) out_ += " " + std::string(tag) + " " + std::string(marks_.line);
        out_ += std::string(marks_.bottom_right) + "\n";
    }
    /// Wraps; further lines are indented by `indent` columns more.
    void text(std::string_view line, std::size_t indent = 0)
    {
        std::string content = ascii_ ? to_ascii(line) : std::string(line);
        std::string_view rest = content;
        bool first = true;
        do {
            const std::size_t room = inner - 2 - (first ? 0 : indent);
            const auto part = take_line(rest, room);
            row(std::string(first ? 0 : indent, ' ') + std::string(part));
            rest.remove_prefix(part.size());
            while (rest.starts_with(' ')) rest.remove_prefix(1);
            first = false;
        } while (!rest.empty());
    }
    const Marks& marks() const { return marks_; }
    std::string done() { return std::move(out_); }

private:
    static std::string to_ascii(std::string_view text)
    {
        std::string out;
        while (!text.empty()) {
            const auto point = next_code_point(text);
            char buffer[16];
            std::snprintf(buffer, sizeof buffer, "\\u{%x}", static_cast<unsigned>(point.value));
            if (point.width == 1) {
                out += text.front();
            } else if (text.starts_with("…")) {
                out += "...";
            } else {
                out += buffer;
            }
            text.remove_prefix(std::max(1u, point.width));
        }
        return out;
    }
    void rule(std::size_t count)
    {
        for (std::size_t i = 0; i < count; ++i) out_ += marks_.line;
    }
    void row(std::string_view content)
    {
        const auto used = columns(content);
        out_ += std::string(marks_.bar) + " " + painted(content) +
                std::string(inner - 1 - std::min(inner - 1, used), ' ') + std::string(marks_.bar) + "\n";
    }
    std::string painted(std::string_view content) const
    {
        if (colour_ == Colour::none) return std::string(content);
        const bool bad = content.starts_with(marks_.fail) || content.starts_with("DENIED");
        const bool good = content.starts_with(marks_.pass) || content.starts_with("ALLOWED");
        if (!bad && !good) return std::string(content);
        return std::string(bad ? "\x1b[31;1m" : "\x1b[32;1m") + std::string(content) + "\x1b[0;m";
    }

    bool ascii_;
    Marks marks_;
    Colour colour_;
    std::string out_;
};

std::string verdict_word(const Decision& decision)
{
    switch (decision.verdict) {
    case Verdict::pass:
        return decision.learning ? "ALLOWED (learn mode: enforce would have refused)" : "ALLOWED";
    case Verdict::refuse:
        return "DENIED";
    case Verdict::ask:
        return "WAITS FOR APPROVAL";
    case Verdict::undetermined:
        return "UNDETERMINED";
    }
    return "DENIED";
}

std::string heading(const Decision& decision, const ReportContext& context)
{
    std::string line = verdict_word(decision) + "   job \"" + printable(context.job, 80) + "\"  project " +
                       printable(context.project, 80);
    if (!context.ref.empty()) line += "  ref " + printable(context.ref, 60);
    if (decision.requester_verified)
        line += "  by " + printable(decision.requested_by, 40) + " (verified by ID token)";
    else if (!context.user.empty())
        line += "  by " + printable(context.user, 40) + " (claimed by GitLab)";
    return line;
}

void add_reason(Box& box, const Reason& reason)
{
    const Marks& marks = box.marks();
    const auto mark = reason.finding == Finding::passed ? marks.pass
                      : reason.finding == Finding::asks ? marks.ask
                                                        : marks.fail;
    std::string line = std::string(mark) + " " + reason.check;
    if (reason.finding == Finding::informs || reason.finding == Finding::learned) line += " (not enforced)";
    line.append(line.size() < 14 ? 14 - line.size() : 1, ' ');
    box.text(line + printable(reason.found, 400), 4);
    if (reason.finding == Finding::passed) return;
    box.text("    expected  " + printable(reason.expected, 300), 14);
    if (!reason.document.empty())
        box.text("    policy    " + printable(reason.document, 200) +
                     (reason.path.empty() ? "" : ": " + printable(reason.path, 200)),
                 14);
    box.text("    code      " + reason.code);
}

/// Text that means itself to a shell, in quotes where it has blanks; nothing for any other.
std::optional<std::string> for_shell(const std::string& text)
{
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/:@+- ";
    if (text.empty() || text.front() == '-' || text.find_first_not_of(plain) != std::string::npos) return std::nullopt;
    return text.find(' ') == std::string::npos ? text : "'" + text + "'";
}

/// The command that lists what is unlisted; nothing where that would not be enough, or could be read otherwise.
std::optional<std::string> command_that_allows(const Decision& decision)
{
    if (decision.verdict != Verdict::refuse) return std::nullopt;
    std::string command = "ysnprunner gate allow";
    const auto add = [&](const char* flag, const std::string& value) {
        const auto word = for_shell(value);
        if (word) command += std::string(" ") + flag + " " + *word;
        return word.has_value();
    };
    bool whole = add("--project", decision.project_path), lists = false;
    for (const Reason& reason : decision.reasons) {
        if (reason.finding == Finding::passed || reason.finding == Finding::informs) continue;
        const bool is_image = reason.code == "IMG-UNLISTED" || reason.code == "SVC-UNLISTED";
        if (reason.finding != Finding::refused || (!is_image && reason.code != "SCR-UNLISTED")) return std::nullopt;
        whole = whole &&
                (is_image ? add("--image", reason.found) : add("--entry", decision.job_name + "@" + decision.digest));
        lists = true;
    }
    return whole && lists && command.size() < 500 ? std::optional(command) : std::nullopt;
}

void add_remedies(Box& box, const Decision& decision)
{
    std::vector<std::string> remedies;
    if (decision.verdict == Verdict::undetermined)
        remedies.push_back("write otherwise what is not evaluated here, or let GitLab run the job");
    for (const Reason& reason : decision.reasons)
        if (reason.finding != Finding::passed && !reason.remedy.empty() &&
            std::find(remedies.begin(), remedies.end(), reason.remedy) == remedies.end())
            remedies.push_back(reason.remedy);
    if (const auto command = command_that_allows(decision))
        remedies.push_back("who keeps the policy runs: " + *command);
    if (remedies.empty()) return;
    box.text("");
    box.text("What you can do");
    for (std::size_t i = 0; i < remedies.size(); ++i)
        box.text(" " + std::to_string(i + 1) + ". " + printable(remedies[i], 600), 4);
    if (const std::string code = decision.code(); !code.empty())
        box.text(" " + std::to_string(remedies.size() + 1) + ". Read more:  ysnprunner gate explain " + code, 4);
}

} // namespace

std::string printable(std::string_view text, std::size_t limit)
{
    std::string out;
    while (!text.empty()) {
        if (out.size() >= limit) return out + "…";
        const auto point = next_code_point(text);
        const auto width = std::max(1u, point.width);
        char buffer[16];
        if (point.width == 0) {
            std::snprintf(buffer, sizeof buffer, "\\x%02x", static_cast<unsigned char>(text.front()));
            out += buffer;
        } else if (is_hidden(point.value)) {
            std::snprintf(buffer, sizeof buffer, point.value < 0x100 ? "\\x%02x" : "\\u{%x}",
                          static_cast<unsigned>(point.value));
            out += point.value == '\n' ? "\\n" : buffer;
        } else {
            out += text.substr(0, width);
        }
        text.remove_prefix(width);
    }
    return out;
}

std::string render_box(const Decision& decision, const ReportContext& context, Charset charset, Colour colour)
{
    Box box(charset, colour);
    const std::string tag = printable(context.tag, 20);
    box.top(tag.empty() ? "YouShallNotPass" : "YouShallNotPass " + tag);
    box.text(heading(decision, context), 4);
    box.text("");
    for (const Reason& reason : decision.reasons) add_reason(box, reason);
    for (const std::string& note : decision.notes)
        box.text(std::string(box.marks().dot) + " " + printable(note, 400), 4);
    box.text("");
    if (decision.verdict != Verdict::pass) {
        box.text("Nothing from this job was executed: no clone, no image pull, no secrets.");
        add_remedies(box, decision);
        box.text("");
    }
    if (!decision.digest.empty()) box.text("Digest " + decision.digest);
    if (!context.audit_id.empty()) box.text("Audit record " + printable(context.audit_id, 80));
    box.bottom(tag);
    return box.done();
}

} // namespace ysnp::checks
