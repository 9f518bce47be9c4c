#pragma once
#include "docker/container.h"
#include "docker/objects.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Replies of the Engine, but those about one container, as values. What throws is EngineError (Failure::protocol).
namespace ysnp::docker {

std::optional<ApiVersion> parse_api_version(std::string_view text) noexcept;
/// GET /version without the API versions' meaning: `api` is left for negotiation. `podman` is in the version text.
EngineVersion parse_version(std::string_view body);
EngineInfo parse_info(std::string_view body);
ImageInfo parse_image(std::string_view body);
std::vector<ContainerSummary> parse_containers(std::string_view body);
std::vector<VolumeInfo> parse_volumes(std::string_view body);
NetworkInfo parse_network(std::string_view body);
std::vector<NetworkInfo> parse_networks(std::string_view body);
/// `{"StatusCode": n, "Error": {"Message": …}}`; an absent or negative code is a protocol error, not a success.
Exit parse_exit(std::string_view body);
/// `{"label": ["a=b", "c"]}`, percent-encoded for a query.
std::string label_filter(const Labels& labels);
std::string network_body(const NetworkSpec& spec);
std::string volume_body(const VolumeName& name, const Labels& labels);

} // namespace ysnp::docker
