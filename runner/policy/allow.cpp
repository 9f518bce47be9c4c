#include "runner/policy/allow.h"
#include "checks/jcs.h"
#include "net/failure.h"
#include "runner/policy/trusted_folder.h"
#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace ysnp::policy {
namespace {

using nlohmann::ordered_json;

/// One document that is being changed.
class Draft {
public:
    Draft(const TrustedFolder& folder, std::string name) : folder_(folder), name_(std::move(name))
    {
        const auto text = folder_.read(name_);
        existed_ = text.has_value();
        if (!text) return;
        try {
            checks::parse_strict(*text);
            json = ordered_json::parse(*text);
        } catch (const std::exception& error) {
            broken(error.what());
        }
        if (!json.is_object()) broken("no object");
    }

    bool existed() const { return existed_; }

    /// The list under `key`, made where it is missing or null; a list or a refusal.
    ordered_json& list(ordered_json& object, const std::string& key)
    {
        ordered_json& value = object[key];
        if (value.is_null()) value = ordered_json::array();
        if (!value.is_array()) broken(key + " is no list");
        return value;
    }
    ordered_json& object(ordered_json& parent, const std::string& key)
    {
        ordered_json& value = parent[key];
        if (value.is_null()) value = ordered_json::object();
        if (!value.is_object()) broken(key + " is no object");
        return value;
    }

    void add(ordered_json& entries, const std::string& entry, const std::string& label, Allowed& result)
    {
        const bool there = std::find(entries.begin(), entries.end(), entry) != entries.end();
        (there ? result.present : result.added).push_back(label + ": " + entry);
        if (!there) entries.push_back(entry);
        changed_ = changed_ || !there;
    }

    void save(Allowed& result)
    {
        if (!changed_ && existed_) return;
        folder_.replace(name_, json.dump(2) + "\n");
        result.files.push_back(folder_.path() / name_);
    }

    ordered_json json = ordered_json::object();

private:
    [[noreturn]] void broken(const std::string& found) const
    {
        throw StoreFault(make_error_code(Error::invalid_value), (folder_.path() / name_).string(), found,
                         "a JSON document that entries can be added to", "repair it by hand first");
    }

    const TrustedFolder& folder_;
    std::string name_;
    bool existed_ = false, changed_ = false;
};

TrustedFolder project_folder(const std::filesystem::path& root, const ProjectPath& project)
{
    TrustedFolder folder = TrustedFolder::create(root);
    std::string_view rest = project.text();
    for (;;) {
        const auto slash = rest.find('/');
        folder = folder.create_child(rest.substr(0, slash));
        if (slash == std::string_view::npos) return folder;
        rest.remove_prefix(slash + 1);
    }
}

/// The key as it stands in the document: v1 reads it without regard to case.
std::string spelling(const ordered_json& object, const std::string& key)
{
    const auto lower = [](std::string text) {
        for (char& c : text)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        return text;
    };
    for (auto at = object.begin(); at != object.end(); ++at)
        if (lower(at.key()) == key) return at.key();
    return key;
}

void add_entries(const TrustedFolder& folder, const Allowance& allowance, Allowed& result)
{
    Draft whitelist(folder, "whitelist.json");
    ordered_json& scripts = whitelist.list(whitelist.json, spelling(whitelist.json, "allowed_scripts"));
    whitelist.add(scripts, allowance.job + "@" + allowance.digest, "allowed_scripts", result);
    if (!allowance.images.empty()) {
        ordered_json& images = whitelist.list(whitelist.json, spelling(whitelist.json, "allowed_images"));
        for (const std::string& image : allowance.images) whitelist.add(images, image, "allowed_images", result);
    }
    whitelist.save(result);
}

void add_free_names(const TrustedFolder& folder, const Allowance& allowance, Allowed& result)
{
    if (allowance.free_variables.empty()) return;
    Draft policy(folder, "ysnp_policy.json");
    if (!policy.existed()) policy.json["version"] = 1;
    ordered_json& jobs = policy.object(policy.json, "jobs");
    const bool fresh = !jobs.contains(allowance.job);
    ordered_json& job = policy.object(jobs, allowance.job);
    // an entry of its own would hide `default`, so it starts as its copy
    if (fresh && jobs.contains("default")) job = jobs["default"];
    ordered_json& names = policy.list(job, "free_variables");
    for (const std::string& name : allowance.free_variables) policy.add(names, name, "free_variables", result);
    policy.save(result);
}

void add_checks(const TrustedFolder& folder, Allowed& result)
{
    Draft config(folder, "youshallnotpass_config.json");
    const auto policy = folder.read("ysnp_policy.json");
    const bool has_checks = policy && policy->find("\"checks\"") != std::string::npos;
    if (config.existed() || has_checks) return;
    const auto check = [](const char* name) {
        return ordered_json{{"name", name}, {"options", {{"abortOnFail", true}}}};
    };
    config.json["jobs"] = ordered_json::array(
        {{{"jobName", "default"}, {"checks", ordered_json::array({check("imageHash"), check("scriptHash")})}}});
    config.save(result);
    result.added.push_back("checks for default: imageHash, scriptHash");
}

} // namespace

Allowance allowance_of(const checks::Decision& decision)
{
    Allowance allowance{decision.job_name, decision.digest, {}, {}};
    const auto add = [&](const checks::ApprovedImage& image) {
        if (!image.digest.empty()) allowance.images.push_back(image.reference);
    };
    add(decision.image);
    for (const checks::ApprovedImage& service : decision.services) add(service);
    if (decision.document.empty()) return allowance;
    const auto document = nlohmann::json::parse(decision.document);
    for (const auto& [name, flags] : document["free_variables"].items()) allowance.free_variables.push_back(name);
    return allowance;
}

Allowed add_to_store(const std::filesystem::path& root, const ProjectPath& project, const Allowance& allowance)
{
    Allowed result;
    const TrustedFolder folder = project_folder(root, project);
    folder.lock();
    add_entries(folder, allowance, result);
    add_free_names(folder, allowance, result);
    add_checks(folder, result);
    return result;
}

} // namespace ysnp::policy
