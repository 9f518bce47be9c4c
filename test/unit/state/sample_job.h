#pragma once
#include "runner/state/journal.h"
#include <catch2/catch_test_macros.hpp>
#include <system_error>

namespace ysnp::state {

inline NewJob sample(std::int64_t id = 42)
{
    NewJob job;
    job.runner = "hardened-1";
    job.gitlab = "https://gitlab.example.com:443";
    job.job_id = id;
    job.project = "group/project";
    job.job_name = "build";
    job.secrets_file = "/run/ysnprunner/42";
    job.nonce = "nonce-0123456789";
    job.digest = "ysnp2:abc";
    job.timeout = 3600;
    return job;
}

template <class Work>
std::system_error failure_of(Work work)
{
    try {
        work();
    } catch (const std::system_error& e) {
        return e;
    }
    FAIL("nothing was thrown");
    return std::system_error(std::error_code());
}

} // namespace ysnp::state
