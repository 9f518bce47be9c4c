#pragma once
#include "docker/ids.h"
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

/// Reading the Engine's replies: every field may be missing or of another type, then it has its default.
namespace ysnp::docker::reply {

using Json = nlohmann::json;

/// Throws EngineError (Failure::protocol) naming the call when `body` is not JSON.
Json parse(const std::string& call, std::string_view body);
/// Text with invalid UTF-8 replaced: what we send is always valid JSON.
std::string dump(const Json& value);

/// The member, or null.
const Json& member(const Json& object, const char* key) noexcept;
std::string text(const Json& object, const char* key);
std::int64_t number(const Json& object, const char* key) noexcept;
std::uint64_t size(const Json& object, const char* key) noexcept;
double real(const Json& object, const char* key) noexcept;
bool flag(const Json& object, const char* key) noexcept;
std::vector<std::string> texts(const Json& object, const char* key);
std::vector<std::string> keys(const Json& object, const char* key);
/// Values that are not strings are left out.
std::map<std::string, std::string> text_map(const Json& object, const char* key);

/// `{"message": …}`, else the raw beginning of the body, else "no explanation".
std::string message(std::string_view body);

} // namespace ysnp::docker::reply
