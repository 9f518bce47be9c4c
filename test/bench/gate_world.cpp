#include "test/bench/gate_world.h"
#include "checks/digest.h"
#include "gitlab-api/decode.h"
#include "runner/policy/facts.h"
#include "test/bench/floor.h"
#include "test/bench/usage.h"
#include "test/double/payload.h"
#include <cmath>
#include <random>

namespace ysnp::bench {
namespace {

using namespace std::chrono_literals;
constexpr const char* server_url = "http://gitlab.example.test";
constexpr const char* project = "acme/tools/hello";

policy::Surroundings surroundings()
{
    policy::Surroundings around;
    around.gitlab_url = server_url;
    around.default_image = "busybox";
    return around;
}

vault::Options options_for(const std::string& url)
{
    vault::Options options;
    options.address = url;
    options.mount = "cicd";
    options.auth.mount = "approle";
    options.auth.role_id = [] { return Secret("role-id-of-runner"); };
    options.auth.secret_id = [] { return Secret("secret-id-of-runner"); };
    return options;
}

std::string another_digest(std::mt19937& random)
{
    std::string document;
    while (document.size() < 32) document += static_cast<char>('a' + random() % 26);
    return checks::digest_of_document(document);
}

std::string whitelist(const std::string& last, int entries)
{
    std::mt19937 random(3);
    std::string text = "{\"allowed_scripts\":[";
    for (int index = 1; index < entries; ++index)
        text += "\"job-" + std::to_string(index) + "@" + another_digest(random) + "\",";
    return text + "\"" + last + "\"]}";
}

} // namespace

GateWorld::GateWorld()
    : store_(io_.get_executor(), options_for(vault_.url()), {},
             std::make_shared<policy::SeenVersions>(pool_, folder_ / "versions"))
{
}

gitlab::Job GateWorld::job(std::size_t script_bytes)
{
    test::PayloadSpec spec;
    spec.id = 1, spec.token = "glcbt-bench", spec.server_url = server_url, spec.project_path = project;
    spec.script.assign(script_bytes / 64, std::string(64, 'x'));
    return gitlab::decode(test::make_payload(spec));
}

void GateWorld::allow(const gitlab::Job& job, int entries)
{
    const std::string digest = checks::digest_of(policy::facts_of(job, surroundings()), {}).digest;
    const std::string documents = whitelist(job.job_info.name + "@" + digest, entries);
    vault_.with([&documents](test::FakeVault& vault) {
        vault.put(std::string(project) + "/whitelist", documents);
        vault.put(
            std::string(project) + "/youshallnotpass_config",
            R"({"jobs":[{"jobName":"default","checks":[{"name":"scriptHash","options":{"abortOnFail":true}}]}]})");
    });
}

GateWorld::Cost GateWorld::decide(const gitlab::Job& job)
{
    Cost cost;
    vault_.with([](test::FakeVault& vault) { vault.server().clear(); });
    const double vaults = vault_.cpu_seconds(), all = own_cpu_seconds(Of::process);
    const auto begin = std::chrono::steady_clock::now();
    const checks::Decision decision = test::run(io_, policy::judge(store_, job, surroundings(), in(20s)));
    cost.ms = since(begin);
    cost.cpu_ms = (own_cpu_seconds(Of::process) - all - (vault_.cpu_seconds() - vaults)) * 1000;
    vault_.with([&cost](test::FakeVault& vault) { cost.requests = vault.server().requests().size(); });
    if (!decision.allowed()) throw std::runtime_error("the gate refused the job of the bench: " + decision.code());
    return cost;
}

double GateWorld::waves(const gitlab::Job& job)
{
    constexpr auto pause = 100ms;
    const double quick = decide(job).ms;
    test::Fault slow;
    slow.delay = pause;
    slow.times = 1000;
    vault_.with([&slow](test::FakeVault& vault) { vault.add_fault(slow); });
    const double delayed = decide(job).ms;
    vault_.with([](test::FakeVault& vault) { vault.clear_faults(); });
    return std::round((delayed - quick) / static_cast<double>(pause.count()));
}

} // namespace ysnp::bench
