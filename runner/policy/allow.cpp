#include "runner/policy/allow.h"
#include "runner/policy/amend.h"
#include "runner/policy/trusted_folder.h"

namespace ysnp::policy {
namespace {

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

checks::Document document_in(const TrustedFolder& folder, const std::string& name)
{
    checks::Document document;
    document.path = (folder.path() / (name + ".json")).string();
    document.text = folder.read(name + ".json");
    return document;
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
    const TrustedFolder folder = project_folder(root, project);
    folder.lock();
    Amendment amendment = amend({document_in(folder, "whitelist"), document_in(folder, "youshallnotpass_config"),
                                 document_in(folder, "ysnp_policy")},
                                allowance);
    Allowed result{{}, std::move(amendment.added), std::move(amendment.present)};
    for (const Amended& document : amendment.documents) {
        folder.replace(document.name + ".json", document.text);
        result.written.push_back((folder.path() / (document.name + ".json")).string());
    }
    return result;
}

} // namespace ysnp::policy
