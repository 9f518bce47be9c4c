#pragma once
#include "checks/digest.h"
#include "gitlab-api/decode.h"
#include "runner/policy/facts.h"
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

namespace ysnp::policy::sample {

inline nlohmann::json payload(const std::string& name)
{
    return nlohmann::json::parse(
        std::ifstream(std::string(YSNP_SOURCE_DIR) + "/test/vectors/payload-" + name + ".json"));
}

/// The full payload without what this runner refuses as a whole.
inline nlohmann::json full_payload()
{
    auto job = payload("full");
    job.erase("secrets");
    return job;
}

inline Surroundings around()
{
    Surroundings s;
    s.gitlab_url = "https://gitlab.example.test/";
    s.default_image = "alpine:3.13@sha256:def822f9851ca422481ec6fee59a9966f12b351c62ccb9aca841526ffaa9f748";
    return s;
}

inline checks::JobFacts facts(const nlohmann::json& job) { return facts_of(gitlab::decode(job.dump()), around()); }

inline bool objects(const checks::JobFacts& facts, std::string_view code)
{
    for (const auto& objection : facts.objections)
        if (objection.code == code) return true;
    return false;
}

} // namespace ysnp::policy::sample
