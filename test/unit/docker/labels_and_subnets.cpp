#include "docker/engine_error.h"
#include "docker/labels.h"
#include "docker/subnet_allocator.h"
#include <catch2/catch_test_macros.hpp>
#include <set>

using namespace ysnp::docker;

TEST_CASE("a job's objects carry our labels and gitlab-runner's")
{
    JobLabels job;
    job.job = 42;
    job.project = 7;
    job.sha = std::string(5000, 'a');
    job.timeout = std::chrono::hours(1);
    const Labels labels = job_labels({"r1", "s_1"}, job);
    CHECK(labels.at("ysnp.runner") == "r1");
    CHECK(labels.at("ysnp.system") == "s_1");
    CHECK(labels.at("ysnp.job") == "42");
    CHECK(labels.at("com.gitlab.gitlab-runner.managed") == "true");
    CHECK(labels.at("com.gitlab.gitlab-runner.job.id") == "42");
    CHECK(labels.at("com.gitlab.gitlab-runner.job.timeout") == "1h0m0s");
    CHECK(labels.at("com.gitlab.gitlab-runner.job.sha").size() == 4096);
    CHECK(labels.at("com.gitlab.gitlab-runner.type") == "build");
    CHECK(!labels.contains("com.gitlab.gitlab-runner.job.ref"));
    CHECK(job_of(labels) == 42);
    CHECK(job_of({{"ysnp.job", "42x"}}) == 0);
    CHECK(job_of({}) == 0);
}

TEST_CASE("another runner's or system's objects do not carry our labels [DK183] [DK184]")
{
    const Labels ours = owner_labels({"r1", "s_1"});
    CHECK(carries(job_labels({"r1", "s_1"}, {}), ours));
    CHECK(!carries(job_labels({"r2", "s_1"}, {}), ours));
    CHECK(!carries(job_labels({"r1", "s_2"}, {}), ours));
    CHECK(!carries({}, ours));
}

TEST_CASE("names are random [AC-D08] [AC-D12] [GATE-W23]")
{
    std::set<std::string> names;
    for (int i = 0; i < 100; ++i) names.insert(random_name("job"));
    CHECK(names.size() == 100);
    CHECK(names.begin()->size() == std::string("ysnp-job-").size() + 32);
}

TEST_CASE("a private range is cut into /28")
{
    const Subnets subnets("10.213.0.0/16");
    CHECK(subnets.count() == 4096);
    CHECK(subnets.at(0) == "10.213.0.0/28");
    CHECK(subnets.at(1) == "10.213.0.16/28");
    CHECK(subnets.at(4095) == "10.213.255.240/28");
    CHECK(Subnets("192.168.1.16/28").count() == 1);
    CHECK(Subnets("100.64.0.0/10").count() == 1u << 18);
}

TEST_CASE("what is no private range is refused")
{
    for (const char* text :
         {"", "10.213.0.0", "10.213.0.0/29", "8.8.0.0/16", "10.0.0.0/7", "172.32.0.0/16", "10.213.0.1/16",
          "10.213.0/16", "10.256.0.0/16", "010.1.0.0/16", "10.213.0.0/16x", "fd00::/64", "10.1.2.3/33"}) {
        INFO(text);
        CHECK_THROWS_AS(Subnets(text), EngineError);
    }
}

TEST_CASE("a subnet is handed out once, and again after its release")
{
    SubnetAllocator allocator(Subnets("10.0.0.0/27"), 1);
    CHECK(allocator.reserve() == 1u);
    CHECK(allocator.reserve() == 0u);
    CHECK(!allocator.reserve());
    allocator.release(1);
    CHECK(allocator.reserve() == 1u);
    CHECK(!allocator.reserve());
}

TEST_CASE("a foreign subnet is skipped until it is worth another try [DK104]")
{
    SubnetAllocator allocator(Subnets("10.0.0.0/27"), 0);
    const auto first = allocator.reserve();
    allocator.mark_foreign(*first);
    CHECK(allocator.reserve() == 1u);
    CHECK(!allocator.reserve());
    allocator.forget_foreign();
    CHECK(allocator.reserve() == 0u);
}
