#include "runner/policy/vault_fault.h"

namespace ysnp::policy {

StoreFault fault_of(const vault::Fault& fault)
{
    constexpr std::string_view reading = "reading ";
    std::string asked = fault.asked();
    if (asked.starts_with(reading)) asked.erase(0, reading.size());
    return {fault.code(), std::move(asked), fault.found(), fault.expected(), fault.remedy()};
}

} // namespace ysnp::policy
