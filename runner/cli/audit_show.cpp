#include "runner/audit/verify.h"
#include "runner/cli/commands.h"
#include <deque>
#include <fstream>
#include <nlohmann/json.hpp>

namespace ysnp::cli {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t most_line_bytes = 8u << 20;

/// What a terminal would interpret becomes a question mark: records hold names that others chose.
std::string printable(std::string text)
{
    for (char& letter : text)
        if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f) letter = '?';
    return text;
}

std::string text_of(const ordered_json& object, const char* key)
{
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) return {};
    const auto replace = nlohmann::json::error_handler_t::replace;
    return printable(found->is_string() ? found->get<std::string>() : found->dump(-1, ' ', false, replace));
}

/// One line: where the record stands in the chain, then what its body says in short.
std::string summary(const ordered_json& record)
{
    std::string line = "#" + text_of(record, "seq") + "  " + text_of(record, "time") + "  " + text_of(record, "kind");
    const auto body = record.find("body");
    for (const char* key : {"project", "job_id", "job", "verdict", "code", "request", "login", "reason", "digest"}) {
        std::string value = text_of(record, key);
        if (value.empty() && body != record.end() && body->is_object()) value = text_of(*body, key);
        if (!value.empty()) line += std::string("  ") + key + "=" + value;
    }
    return line;
}

/// Keeps what was asked for while a file goes by: one record, or the newest ones.
class Wanted {
public:
    Wanted(const AuditShow& options, std::size_t most) : options_(options), most_(most) {}
    void offer(ordered_json record)
    {
        if (options_.seq && (!record.contains("seq") || record["seq"] != *options_.seq)) return;
        records_.push_back(std::move(record));
        if (records_.size() > most_) records_.pop_front();
    }
    std::deque<ordered_json> take() { return std::move(records_); }

private:
    const AuditShow& options_;
    std::size_t most_;
    std::deque<ordered_json> records_;
};

void read(const std::filesystem::path& file, Wanted& wanted)
{
    std::ifstream stream(file);
    if (!stream) throw CommandError(configuration, "cannot read the audit file " + file.string());
    std::string line;
    while (std::getline(stream, line)) {
        if (line.size() > most_line_bytes)
            throw CommandError(broken_integrity, file.string() + ": a record of more than 8 MiB");
        ordered_json record = ordered_json::parse(line, nullptr, false);
        if (!record.is_object())
            throw CommandError(broken_integrity,
                               file.string() + ": a line that is no record; run `ysnprunner audit verify`");
        wanted.offer(std::move(record));
    }
}

/// From the newest file back, as far as it takes. Never more in memory than what is asked for.
std::deque<ordered_json> look_up(const std::filesystem::path& file, const AuditShow& options)
{
    const std::size_t most = options.seq ? 1 : options.last;
    const std::vector<std::filesystem::path> files = audit::files_of(file);
    std::deque<ordered_json> found;
    for (auto part = files.rbegin(); part != files.rend() && found.size() < most; ++part) {
        Wanted wanted(options, most - found.size());
        read(*part, wanted);
        std::deque<ordered_json> older = wanted.take();
        found.insert(found.begin(), std::move_iterator(older.begin()), std::move_iterator(older.end()));
    }
    return found;
}

void print(const ordered_json& record, const AuditShow& options, Session& session)
{
    const auto replace = nlohmann::json::error_handler_t::replace;
    if (options.output == Output::json) return session.console.line(record.dump(-1, ' ', false, replace));
    if (options.seq) return session.console.line(record.dump(2, ' ', true, replace));
    session.console.line(summary(record));
}

} // namespace

int audit_show(const AuditShow& options, Session& session)
{
    const std::filesystem::path file = options.file.empty() ? load_config_or_defaults(session, configuration).audit_file
                                                            : std::filesystem::path(options.file);
    const std::deque<ordered_json> records = look_up(file, options);
    if (options.seq && records.empty())
        throw CommandError(failure, "there is no record " + std::to_string(*options.seq) + " in " + file.string() +
                                        " nor in the rotated files beside it");
    for (const ordered_json& record : records) print(record, options, session);
    return success;
}

} // namespace ysnp::cli
