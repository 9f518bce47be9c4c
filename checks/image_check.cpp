#include "checks/hearing.h"
#include "checks/image_text.h"
#include "checks/reference.h"
#include <algorithm>

namespace ysnp::checks {
namespace {

enum class Role { image, service };

bool listed(const Hearing& hearing, const Reference& reference)
{
    const bool repository_counts = hearing.native && hearing.native->image_repository;
    return std::any_of(hearing.policy.images.begin(), hearing.policy.images.end(), [&](const ImageEntry& entry) {
        if (entry.digest != reference.digest) return false;
        if (!repository_counts) return true;
        const auto name = parse_reference(entry.name);
        return name && name->repository == reference.repository;
    });
}

/// Why a reference cannot be checked at all; empty when it can.
std::string defect(const Hearing& hearing, const Image& image, const std::optional<Reference>& reference)
{
    if (depends_on(image.name, hearing.expander, [](const Variable* v) { return v && v->masked; }))
        return "it is made from a masked variable";
    if (!reference) return "it is no image reference, or has an unusual digest";
    return reference->digest.empty() ? "it has no digest" : "";
}

/// Whoever lists or approves the job's digest does not see what such a reference will mean.
void note_unpinned(Hearing& hearing, const std::string& name)
{
    hearing.decision.notes.push_back("image not pinned: " + name +
                                     " has no digest, and no check of images asks for one: " +
                                     "what it names is settled when it is pulled (imageHash)");
}

ApprovedImage check_one(Hearing& hearing, const Image& image, Role role)
{
    const std::string text = hearing.expander(image.name);
    const auto reference = parse_reference(text);
    ApprovedImage approved{image.name, text, reference ? reference->digest : "", false};
    if (!hearing.plan.image && approved.digest.empty()) note_unpinned(hearing, image.name);
    if (!hearing.plan.image) return approved;
    const Check& check = *hearing.plan.image;
    Reason reason;
    reason.check = role == Role::image ? "image" : "service";
    reason.expected = "NAME@sha256:… that is in allowed_images";
    reason.found = text;
    if (const std::string why = defect(hearing, image, reference); !why.empty()) {
        reason.code = "IMG-REF";
        reason.found = (why.find("masked") == std::string::npos ? text : image.name) + " (" + why + ")";
        reason.remedy = "write the image with its digest: `docker pull` and `docker image inspect` show it";
        hearing.add(check.on_fail == OnFail::inform ? Finding::informs : Finding::refused, std::move(reason));
    } else if (listed(hearing, *reference)) {
        approved.checked = true;
        reason.expected = "in allowed_images";
        hearing.add(Finding::passed, std::move(reason));
    } else {
        reason.code = role == Role::image ? "IMG-UNLISTED" : "SVC-UNLISTED";
        reason.remedy = "have the entry added to allowed_images of the project's whitelist: " + text;
        hearing.react(check, std::move(reason));
        approved.checked = check.on_fail != OnFail::inform;
    }
    return approved;
}

} // namespace

void check_images(Hearing& hearing)
{
    if (hearing.facts.image) {
        hearing.decision.image = check_one(hearing, *hearing.facts.image, Role::image);
    } else if (hearing.plan.image) {
        hearing.react(*hearing.plan.image,
                      {{}, "IMG-REF", "image", "an image with a digest", "none", "name an image in the job", "", ""});
    }
    for (const Image& service : hearing.facts.services)
        hearing.decision.services.push_back(check_one(hearing, service, Role::service));
}

} // namespace ysnp::checks
