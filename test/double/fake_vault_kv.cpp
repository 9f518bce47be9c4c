#include "test/double/fake_vault_state.h"

namespace ysnp::test {
namespace {

using nlohmann::json;

VaultAnswer none() { return vault_errors(404, {}); }

json metadata_of(const std::vector<VaultVersion>& versions)
{
    const VaultVersion& newest = versions.back();
    return {{"created_time", "2026-11-30T01:02:03.000000004Z"},
            {"custom_metadata", nullptr},
            {"deletion_time", newest.deleted ? "2026-11-30T02:03:04.000000005Z" : ""},
            {"destroyed", newest.destroyed},
            {"version", versions.size()}};
}

VaultAnswer read_v2(VaultState& state, const std::string& name)
{
    const auto found = state.documents.find(name);
    if (found == state.documents.end()) return none();
    const VaultVersion& newest = found->second.back();
    const bool gone = newest.deleted || newest.destroyed;
    VaultAnswer answer =
        vault_data({{"data", gone ? json(nullptr) : newest.data}, {"metadata", metadata_of(found->second)}});
    if (gone) answer.status = 404;
    return answer;
}

VaultAnswer read_v1(VaultState& state, const std::string& name)
{
    const auto found = state.documents.find(name);
    return found == state.documents.end() ? none() : vault_data(found->second.back().data);
}

VaultAnswer write(VaultState& state, const Recorded& request, const std::string& name)
{
    const json body = json::parse(request.body, nullptr, false);
    if (!body.is_object()) return vault_errors(400, {"failed to parse JSON input"});
    auto& versions = state.documents[name];
    if (state.options.kv_version == 1) {
        versions.push_back({body});
        return {204, {}, {}};
    }
    const json options = body.value("options", json::object());
    if (options.contains("cas") && options["cas"] != versions.size()) {
        if (versions.empty()) state.documents.erase(name);
        return vault_errors(400, {"check-and-set parameter did not match the current version"});
    }
    versions.push_back({body.at("data")});
    return vault_data(metadata_of(versions));
}

VaultAnswer list(const VaultState& state, const std::string& folder)
{
    std::set<std::string> names;
    const std::string above = folder.empty() ? "" : folder + "/";
    for (const auto& [name, versions] : state.documents) {
        if (!name.starts_with(above)) continue;
        const std::string rest = name.substr(above.size());
        names.insert(
            rest.substr(0, std::min(rest.size(), rest.find('/') + (rest.find('/') == std::string::npos ? 0 : 1))));
    }
    return names.empty() ? none() : vault_data({{"keys", names}});
}

VaultAnswer wrong_engine()
{
    return {
        404,
        R"({"request_id":"1","lease_id":"","data":null,"wrap_info":null,"warnings":["Invalid path for a versioned K/V secrets engine."],"auth":null})",
        {}};
}

} // namespace

VaultAnswer vault_kv(VaultState& state, const Recorded& request, const std::string& path)
{
    std::string name = path, part;
    if (state.options.kv_version == 2) {
        const auto slash = path.find('/');
        part = path.substr(0, slash);
        if (request.target.ends_with("/metadata?list=true")) return list(state, "");
        if (slash == std::string::npos || (part != "data" && part != "metadata")) return wrong_engine();
        name = path.substr(slash + 1);
    }
    if (state.denied.contains(name)) return vault_errors(403, {"1 error occurred:\n\t* permission denied\n\n"});
    if (request.target.ends_with("?list=true")) return list(state, name);
    if (request.method == "DELETE") {
        state.documents.erase(name);
        return {204, {}, {}};
    }
    if (request.method == "POST" || request.method == "PUT") return write(state, request, name);
    return state.options.kv_version == 2 ? read_v2(state, name) : read_v1(state, name);
}

} // namespace ysnp::test
