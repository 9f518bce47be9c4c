#pragma once
#include <string>
#include <string_view>

namespace ysnp::test {

/// The text of payloads/<name>.json.
std::string sample(std::string_view name);
/// The smallest sample with one value set, by JSON pointer ("/steps/0/name"); `json` is the value's text.
std::string echo_with(std::string_view pointer, std::string_view json);
std::string echo_without(std::string_view pointer);
/// A list of `count` times `element`.
std::string list_of(std::size_t count, std::string_view element);

} // namespace ysnp::test
