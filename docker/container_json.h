#pragma once
#include "docker/container.h"
#include <string>
#include <string_view>

namespace ysnp::docker {

/// The body of POST /containers/create.
std::string create_body(const ContainerSpec& spec);
/// The reply of GET /containers/{id}/json. Throws EngineError (Failure::protocol).
Inspection parse_inspection(const std::string& call, std::string_view body);

} // namespace ysnp::docker
