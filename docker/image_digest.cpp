#include "docker/image.h"
#include "net/failure.h"
#include <algorithm>

namespace ysnp::docker {

namespace {

/// "repo@sha256:…" of the inspected image; the Engine shortens names of the public registry.
std::optional<Reference> parse_digest(const std::string& text)
{
    try {
        return parse_reference(text);
    } catch (const EngineError&) {
        return std::nullopt;
    }
}

} // namespace

std::string verified_digest(const Reference& image, std::string_view pulled, const ImageInfo& info)
{
    const std::string wanted = !image.digest.empty() ? image.digest : std::string(pulled);
    std::string own;
    for (const std::string& text : info.digests) {
        const auto known = parse_digest(text);
        if (!known || known->repository() != image.repository()) continue;
        if (known->digest == wanted) return wanted;
        if (own.empty()) own = known->digest;
    }
    if (wanted.empty()) return own;
    if (info.id.value == wanted) return wanted; // with the containerd store the id is the manifest's or index' digest
    throw EngineError(make_error_code(Error::malformed_reply), "image " + image.to_string(), 0,
                      "the Engine's image " + info.id.value + " does not carry the digest " + wanted +
                          " of this repository, so it does not run",
                      FailureReason::image_pull);
}

} // namespace ysnp::docker
