#include "runner/audit/verify.h"
#include "runner/cli/anchor_source.h"
#include "runner/cli/commands.h"
#include <charconv>
#include <nlohmann/json.hpp>

namespace ysnp::cli {
namespace {

audit::Position parse_anchor(const std::string& text)
{
    audit::Position position;
    const auto colon = text.find(':');
    const char* const end = text.data() + (colon == std::string::npos ? 0 : colon);
    const auto [stop, error] = std::from_chars(text.data(), end, position.seq);
    position.hash = colon == std::string::npos ? "" : text.substr(colon + 1);
    const bool hex =
        position.hash.size() == 64 && position.hash.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (error != std::errc() || stop != end || !hex)
        throw CommandError(usage, "--anchor: expected SEQ:HASH with 64 hex digits, found " + conf::in_quotes(text));
    return position;
}

/// The record that the chain must contain, and where it came from.
struct Compared {
    std::optional<audit::Position> at;
    std::string from;
};

Compared anchor_of(const AuditVerify& options, const conf::Config& config, Session& session)
{
    if (!options.anchor.empty()) return {parse_anchor(options.anchor), "--anchor"};
    if (options.offline) return {};
    const std::optional<audit::Anchor> anchor = anchored_head(options, config, session);
    if (!anchor) return {};
    return {anchor->at, "anchored by host " + anchor->host + " at " + anchor->at.time};
}

std::string text_of(const Compared& compared)
{
    if (!compared.at) return "; compared with no anchored head";
    return "; contains record " + std::to_string(compared.at->seq) + ", " + compared.from;
}

void print(const audit::Verification& result, const Compared& compared, Output output, Session& session)
{
    if (output == Output::json) {
        nlohmann::ordered_json json{{"intact", result.intact()},
                                    {"records", result.records},
                                    {"head", {{"seq", result.head.seq}, {"hash", result.head.hash}}}};
        if (compared.at) json["anchor"] = {{"seq", compared.at->seq}, {"hash", compared.at->hash}};
        if (result.first_break)
            json["first_break"] = {{"file", result.first_break->file.string()},
                                   {"line", result.first_break->line},
                                   {"seq", result.first_break->seq},
                                   {"problem", result.first_break->problem}};
        return session.console.line(json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
    }
    if (result.intact())
        return session.console.line(std::to_string(result.records) + " records, chain intact, head " +
                                    std::to_string(result.head.seq) + ":" + result.head.hash + text_of(compared));
    const audit::Break& broken = *result.first_break;
    session.console.line(broken.file.string() + ":" + std::to_string(broken.line) + ": record " +
                         std::to_string(broken.seq) + ": " + broken.problem);
}

/// Whether anything of the chain is there; throws where it cannot be seen. A removed file is no absence of a chain: the
/// anchor knows.
bool is_there(const std::filesystem::path& file)
{
    std::error_code error;
    if (std::filesystem::exists(file, error) || audit::files_of(file).front() != file) return true;
    if (error) throw CommandError(configuration, "the audit file " + file.string() + ": " + error.message());
    return false;
}

} // namespace

int audit_verify(const AuditVerify& options, Session& session)
{
    const conf::Config config = load_config_or_defaults(session, configuration);
    const std::filesystem::path file = options.file.empty() ? config.audit_file : std::filesystem::path(options.file);
    const bool there = is_there(file);
    Compared compared;
    std::string trouble;
    try {
        compared = anchor_of(options, config, session);
    } catch (const CommandError& error) {
        if (error.code() == usage) throw;
        trouble = error.what(); // the chain itself can be looked at all the same
    }
    if (!there && !compared.at)
        throw CommandError(trouble.empty() ? configuration : gate_unavailable,
                           "there is no audit file " + file.string() +
                               (trouble.empty() ? " yet" : ", and whether there was one is not known: " + trouble));
    const audit::Verification result = audit::verify(file, compared.at);
    print(result, compared, options.output, session);
    if (!result.intact()) return broken_integrity;
    if (!trouble.empty()) throw CommandError(gate_unavailable, "not compared with the anchored head: " + trouble);
    return success;
}

} // namespace ysnp::cli
