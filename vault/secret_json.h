#pragma once
#include "net/secret.h"
#include <initializer_list>
#include <string_view>
#include <utility>

namespace ysnp::vault {

/// A JSON object of texts, for bodies that hold credentials: made in one piece of memory, no copy of a value stays
/// behind. Bytes that are not UTF-8 go as they are; Vault refuses them.
Secret secret_json(std::initializer_list<std::pair<std::string_view, std::string_view>> members);

} // namespace ysnp::vault
