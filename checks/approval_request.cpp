#include "checks/approval_request.h"
#include "checks/digest.h"
#include "checks/jcs.h"
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace ysnp::checks {
namespace {

using nlohmann::json;

constexpr std::string_view algorithm = "ysnp2:";
constexpr std::size_t suffix_size = 12, nonce_size = 22, longest_text = 4096, most_groups = 100;
constexpr std::int64_t end_of_century = 4102444800, greatest_id = std::int64_t(1) << 53;

/// A member that is missing, of another type or out of bounds.
[[noreturn]] void bad(const std::string& what) { throw std::invalid_argument(what); }

std::string text(const json& object, const char* name, std::size_t longest = longest_text)
{
    const auto found = object.find(name);
    if (found == object.end() || !found->is_string()) bad(std::string(name) + " is missing or no text");
    if (found->get_ref<const std::string&>().size() > longest) bad(std::string(name) + " is too long");
    return found->get<std::string>();
}

std::int64_t number(const json& object, const char* name, std::int64_t least, std::int64_t most)
{
    const auto found = object.find(name);
    if (found == object.end() || !found->is_number_integer()) bad(std::string(name) + " is missing or no whole number");
    if (found->is_number_unsigned() && found->get<std::uint64_t>() > static_cast<std::uint64_t>(most))
        bad(std::string(name) + " is too large");
    const auto value = found->get<std::int64_t>();
    if (value < least || value > most) bad(std::string(name) + " is out of bounds");
    return value;
}

Now time(const json& object, const char* name)
{
    return Now(std::chrono::seconds(number(object, name, 0, end_of_century)));
}

std::vector<std::string> texts(const json& object, const char* name)
{
    const auto found = object.find(name);
    if (found == object.end() || !found->is_array()) bad(std::string(name) + " is missing or no list");
    if (found->size() > most_groups) bad(std::string(name) + " has too many entries");
    std::vector<std::string> all;
    for (const json& entry : *found) {
        if (!entry.is_string() || entry.get_ref<const std::string&>().size() > longest_text)
            bad(std::string(name) + " holds what is no text");
        all.push_back(entry.get<std::string>());
    }
    return all;
}

bool is_nonce(std::string_view text)
{
    return text.size() == nonce_size && std::all_of(text.begin(), text.end(), [](unsigned char c) {
               return std::isalnum(c) != 0 || c == '-' || c == '_';
           });
}

void fill(const json& object, ApprovalRequest& request)
{
    if (!object.is_object()) bad("it is no object");
    number(object, "version", 1, 1);
    request.document = text(object, "document", std::string::npos);
    request.digest = text(object, "digest");
    request.nonce = text(object, "nonce");
    request.job_id = number(object, "job_id", 1, greatest_id);
    request.job = text(object, "job");
    request.project = text(object, "project");
    request.ref = text(object, "ref");
    request.sha = text(object, "sha");
    request.requested_by = text(object, "requested_by");
    const auto verified = object.find("verified");
    if (verified == object.end() || !verified->is_boolean()) bad("verified is missing or neither true nor false");
    request.verified = verified->get<bool>();
    request.created = time(object, "created");
    request.expires = time(object, "expires");
    request.quorum = static_cast<int>(number(object, "quorum", 1, 1000));
    request.groups = texts(object, "groups");
    request.gitlab = text(object, "gitlab");
    request.runner = text(object, "runner");
    request.denied = number(object, "denied", 0, greatest_id);
    request.unanswered = number(object, "unanswered", 0, greatest_id);
    constexpr std::size_t members = 19;
    if (object.size() != members) bad("it has an unknown member");
    if (request.digest != digest_of_document(request.document)) bad("digest is not that of document");
    if (!is_nonce(request.nonce)) bad("nonce is not 22 characters of base64url");
    if (request.expires < request.created) bad("it expires before it was made");
}

} // namespace

std::string write_request(const ApprovalRequest& request)
{
    return canonical(json{{"version", 1},
                          {"document", request.document},
                          {"digest", request.digest},
                          {"nonce", request.nonce},
                          {"job_id", request.job_id},
                          {"job", request.job},
                          {"project", request.project},
                          {"ref", request.ref},
                          {"sha", request.sha},
                          {"requested_by", request.requested_by},
                          {"verified", request.verified},
                          {"created", request.created.time_since_epoch().count()},
                          {"expires", request.expires.time_since_epoch().count()},
                          {"quorum", request.quorum},
                          {"groups", request.groups},
                          {"gitlab", request.gitlab},
                          {"runner", request.runner},
                          {"denied", request.denied},
                          {"unanswered", request.unanswered}});
}

std::string read_request(std::string_view text, ApprovalRequest& request)
{
    try {
        ApprovalRequest read;
        fill(parse_strict(text, 4), read);
        read.id = std::move(request.id);
        request = std::move(read);
        return {};
    } catch (const std::exception& error) {
        return error.what();
    }
}

std::string request_suffix(std::string_view digest)
{
    if (digest.starts_with(algorithm)) digest.remove_prefix(algorithm.size());
    return std::string(digest.substr(0, suffix_size));
}

std::string request_id(std::int64_t job_id, std::string_view digest)
{
    return std::to_string(job_id) + "-" + request_suffix(digest);
}

std::int64_t job_of_request(std::string_view id)
{
    std::int64_t job = 0;
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), job);
    const bool whole = error == std::errc() && end + 1 + suffix_size == id.data() + id.size() && *end == '-';
    return whole && job > 0 && id == std::to_string(job) + std::string(id.substr(id.size() - suffix_size - 1)) ? job
                                                                                                               : 0;
}

} // namespace ysnp::checks
