#include "runner/policy/allow.h"
#include "runner/policy/amend.h"
#include "runner/policy/trusted_folder.h"

namespace ysnp::policy {
namespace {

checks::Document document_in(const TrustedFolder& folder, const std::string& name)
{
    checks::Document document;
    document.path = (folder.path() / (name + ".json")).string();
    document.text = folder.read(name + ".json");
    return document;
}

/// The project's folder; `parents` gets the ysnp_policy of each folder on the way, nearest first.
TrustedFolder project_folder(const std::filesystem::path& root, const ProjectPath& project,
                             std::vector<checks::Document>& parents)
{
    TrustedFolder folder = TrustedFolder::create(root);
    std::string_view rest = project.text();
    for (;;) {
        const auto slash = rest.find('/');
        folder = folder.create_child(rest.substr(0, slash));
        if (slash == std::string_view::npos) return folder;
        parents.insert(parents.begin(), document_in(folder, "ysnp_policy"));
        rest.remove_prefix(slash + 1);
    }
}

} // namespace

Allowance allowance_of(const checks::Decision& decision)
{
    Allowance allowance{decision.job_name, decision.digest, {}, decision.free_variables};
    const auto add = [&](const checks::ApprovedImage& image) {
        if (!image.digest.empty()) allowance.images.push_back(image.reference);
    };
    add(decision.image);
    for (const checks::ApprovedImage& service : decision.services) add(service);
    return allowance;
}

Allowed add_to_store(const std::filesystem::path& root, const ProjectPath& project, const Allowance& allowance)
{
    std::vector<checks::Document> parents;
    const TrustedFolder folder = project_folder(root, project, parents);
    folder.lock();
    Amendment amendment = amend({document_in(folder, "whitelist"), document_in(folder, "youshallnotpass_config"),
                                 document_in(folder, "ysnp_policy"), std::move(parents)},
                                allowance);
    Allowed result{{}, std::move(amendment.added), std::move(amendment.present)};
    for (const Amended& document : amendment.documents) {
        folder.replace(document.name + ".json", document.text);
        result.written.push_back((folder.path() / (document.name + ".json")).string());
    }
    return result;
}

} // namespace ysnp::policy
