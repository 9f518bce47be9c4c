#include "runner/audit/chain.h"
#include <chrono>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <stdexcept>

namespace ysnp::audit {
namespace {

constexpr std::string_view hash_mark = ",\"hash\":\"";
constexpr std::size_t hash_digits = 64;

bool is_hash(const nlohmann::json& value)
{
    return value.is_string() && is_hex_hash(value.get_ref<const std::string&>());
}

} // namespace

bool is_hex_hash(std::string_view text) noexcept
{
    return text.size() == hash_digits && text.find_first_not_of("0123456789abcdef") == text.npos;
}

std::string sha256_hex(std::string_view bytes)
{
    unsigned char raw[32];
    unsigned size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), raw, &size, EVP_sha256(), nullptr) != 1)
        throw std::runtime_error("SHA-256 is not available");
    std::string hex;
    for (const unsigned char byte : raw) {
        hex += "0123456789abcdef"[byte >> 4];
        hex += "0123456789abcdef"[byte & 15];
    }
    return hex;
}

std::string seal(const Record& record, std::uint64_t seq, std::string_view prev, std::string_view time,
                 std::string& hash)
{
    nlohmann::ordered_json json = {{"seq", seq}, {"time", time}, {"prev", prev}, {"kind", record.kind}};
    if (record.job_id != 0) json["job_id"] = record.job_id;
    if (!record.project.empty()) json["project"] = record.project;
    json["body"] = nlohmann::ordered_json::parse(record.body);
    std::string line = json.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
    hash = sha256_hex(line);
    line.pop_back();
    line.append(hash_mark).append(hash).append("\"}");
    return line;
}

std::optional<Link> read_link(std::string_view line, std::string& problem)
{
    const std::size_t tail = hash_mark.size() + hash_digits + 2;
    if (line.size() <= tail || line.substr(line.size() - tail, hash_mark.size()) != hash_mark ||
        !line.ends_with("\"}")) {
        problem = "the line does not end in a hash";
        return std::nullopt;
    }
    Link link;
    link.hash = line.substr(line.size() - 2 - hash_digits, hash_digits);
    const std::string body = std::string(line.substr(0, line.size() - tail)) + "}";
    if (sha256_hex(body) != link.hash) {
        problem = "the record was changed: its hash does not fit";
        return std::nullopt;
    }
    const auto json = nlohmann::json::parse(body, nullptr, false);
    if (!json.is_object() || !json.contains("seq") || !json["seq"].is_number_unsigned() || !json.contains("prev") ||
        !is_hash(json["prev"])) {
        problem = "the record has no place in the chain";
        return std::nullopt;
    }
    link.seq = json["seq"].get<std::uint64_t>();
    link.prev = json["prev"].get<std::string>();
    if (json.contains("time") && json["time"].is_string()) link.time = json["time"].get<std::string>();
    return link;
}

std::string timestamp_now()
{
    const auto now = std::chrono::system_clock::now();
    const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
    const std::time_t seconds = millis / 1000;
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    char text[64];
    const auto size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    std::snprintf(text + size, sizeof text - size, ".%03dZ", static_cast<int>(millis % 1000));
    return text;
}

} // namespace ysnp::audit
