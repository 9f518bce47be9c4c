#include "runner/policy/amend.h"
#include "checks/jcs.h"
#include "net/failure.h"
#include "runner/policy/rules.h"
#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace ysnp::policy {
namespace {

using nlohmann::ordered_json;

/// One document that is being changed.
class Draft {
public:
    Draft(const checks::Document& document, std::string name)
        : path_(document.path), name_(std::move(name)), existed_(document.text.has_value())
    {
        if (!existed_) return;
        try {
            checks::parse_strict(*document.text);
            json = ordered_json::parse(*document.text);
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

    void add(ordered_json& entries, const std::string& entry, const std::string& label, Amendment& result)
    {
        const bool there = std::find(entries.begin(), entries.end(), entry) != entries.end();
        (there ? result.present : result.added).push_back(label + ": " + entry);
        if (!there) entries.push_back(entry);
        changed_ = changed_ || !there;
    }

    void done(Amendment& result) const
    {
        if (changed_ || !existed_) result.documents.push_back({name_, json.dump(2) + "\n"});
    }

    ordered_json json = ordered_json::object();

private:
    [[noreturn]] void broken(const std::string& found) const
    {
        throw StoreFault(make_error_code(Error::invalid_value), path_, found,
                         "a JSON document that entries can be added to", "repair it by hand first");
    }

    std::string path_, name_;
    bool existed_ = false, changed_ = false;
};

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

void add_entries(const ProjectDocuments& now, const Allowance& allowance, Amendment& result)
{
    Draft whitelist(now.whitelist, "whitelist");
    if (!allowance.digest.empty()) {
        ordered_json& scripts = whitelist.list(whitelist.json, spelling(whitelist.json, "allowed_scripts"));
        whitelist.add(scripts, allowance.job + "@" + allowance.digest, "allowed_scripts", result);
    }
    if (!allowance.images.empty()) {
        ordered_json& images = whitelist.list(whitelist.json, spelling(whitelist.json, "allowed_images"));
        for (const std::string& image : allowance.images) whitelist.add(images, image, "allowed_images", result);
    }
    whitelist.done(result);
}

void start_document(const Rules& rules, Draft& policy)
{
    policy.json["version"] = 1;
    if (rules.has_parents()) policy.json["inherit"] = true; // as without a document
}

/// An entry of its own hides the one that applies, so it starts as its copy.
void start_entry(const Rules& rules, const std::string& name, ordered_json& job, Amendment& result)
{
    if (rules.entry()) job = rules.written();
    if (const auto group = rules.inherited_from())
        result.added.push_back("jobs." + name + ": a copy of " + *group + ", whose later changes do not reach it");
}

void add_free_names(const ProjectDocuments& now, const Allowance& allowance, Amendment& result)
{
    if (allowance.free_variables.empty()) return;
    Draft policy(now.native, "ysnp_policy");
    const Rules rules(now, allowance.job);
    if (rules.frees(allowance.free_variables)) {
        for (const std::string& name : allowance.free_variables) result.present.push_back("free_variables: " + name);
        return;
    }
    if (!policy.existed()) start_document(rules, policy);
    ordered_json& jobs = policy.object(policy.json, "jobs");
    const bool fresh = !jobs.contains(allowance.job);
    ordered_json& job = policy.object(jobs, allowance.job);
    if (fresh) start_entry(rules, allowance.job, job, result);
    ordered_json& names = policy.list(job, "free_variables");
    for (const std::string& name : allowance.free_variables) policy.add(names, name, "free_variables", result);
    policy.done(result);
}

void add_checks(const ProjectDocuments& now, const Allowance& allowance, Amendment& result)
{
    Draft config(now.config, "youshallnotpass_config");
    const bool has_checks = now.native.text && now.native.text->find("\"checks\"") != std::string::npos;
    if (config.existed() || has_checks) return;
    const Rules rules(now, allowance.job);
    if (rules.entry() && rules.entry()->checks) return; // a group selects them
    const auto check = [](const char* name) {
        return ordered_json{{"name", name}, {"options", {{"abortOnFail", true}}}};
    };
    config.json["jobs"] = ordered_json::array(
        {{{"jobName", "default"}, {"checks", ordered_json::array({check("imageHash"), check("scriptHash")})}}});
    config.done(result);
    result.added.push_back("checks for default: imageHash, scriptHash");
}

} // namespace

Amendment amend(const ProjectDocuments& now, const Allowance& allowance)
{
    Amendment result;
    add_entries(now, allowance, result);
    add_free_names(now, allowance, result);
    if (!allowance.digest.empty()) add_checks(now, allowance, result);
    return result;
}

checks::Document& named(ProjectDocuments& documents, std::string_view name)
{
    if (name == "whitelist") return documents.whitelist;
    return name == "ysnp_policy" ? documents.native : documents.config;
}

} // namespace ysnp::policy
