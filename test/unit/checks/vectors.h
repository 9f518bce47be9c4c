#pragma once
#include <fstream>
#include <nlohmann/json.hpp>

namespace ysnp::checks::sample {

/// What YSNP v1 does with its inputs, by group: test/vectors/ysnp-vectors.json.
inline const nlohmann::json& vectors()
{
    static const nlohmann::json all =
        nlohmann::json::parse(std::ifstream(YSNP_SOURCE_DIR "/test/vectors/ysnp-vectors.json"));
    return all;
}

} // namespace ysnp::checks::sample
