#pragma once
#include "runner/policy/store.h"
#include "vault/fault.h"

namespace ysnp::policy {

/// What Vault's part of the program says, as the gate wants to hear it.
StoreFault fault_of(const vault::Fault& fault);

} // namespace ysnp::policy
