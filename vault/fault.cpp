#include "vault/fault.h"

namespace ysnp::vault {

Fault::Fault(std::error_code code, std::string asked, std::string found, std::string expected, std::string remedy)
    : std::system_error(code, asked + ": expected " + expected + ", found " + found), asked_(std::move(asked)),
      found_(std::move(found)), expected_(std::move(expected)), remedy_(std::move(remedy))
{
}

} // namespace ysnp::vault
