#include "conf/gate.h"

namespace ysnp::conf {
namespace {

/// One place has one text: no slash stands at either end.
std::string trimmed(std::string text)
{
    text.erase(0, text.find_first_not_of('/'));
    while (text.ends_with('/')) text.pop_back();
    return text;
}

} // namespace

bool Gate::learns(std::chrono::system_clock::time_point now) const
{
    return mode == GateMode::learn && learn_until && now < *learn_until + std::chrono::days(1);
}

std::vector<std::string> Gate::weakenings() const
{
    std::vector<std::string> sentences;
    if (legacy_script_hash)
        sentences.emplace_back(
            "gate.legacy_script_hash is on: hashes of YSNP v1 count, which cover less than what runs");
    if (legacy_profiles)
        sentences.emplace_back("gate.legacy_profiles is on: checks without a reaction and v1's built-in default count");
    if (v1_scratch)
        sentences.emplace_back("gate.v1_scratch is on: a removed scratch code approves a job, whoever removed it");
    return sentences;
}

std::string Gate::store_place() const
{
    if (store == Store::file) return "file /" + trimmed(file_path.lexically_normal().string());
    return "vault " + trimmed(vault.address) + " " +
           trimmed(trimmed(vault.vault_namespace) + "/" + trimmed(vault.mount));
}

} // namespace ysnp::conf
