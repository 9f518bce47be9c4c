#include "conf/gate.h"

namespace ysnp::conf {

bool Gate::learns(std::chrono::system_clock::time_point now) const
{
    return mode == GateMode::learn && learn_until && now < *learn_until + std::chrono::days(1);
}

std::string Gate::store_place() const
{
    if (store == Store::file) return "file " + file_path.lexically_normal().string();
    return "vault " + vault.address + " " + vault.vault_namespace + " " + vault.mount;
}

} // namespace ysnp::conf
