#include "test/integration/gate/site.h"
#include <catch2/catch_test_macros.hpp>
#include <regex>
#include <sstream>

namespace ysnp::test {
namespace {

std::vector<std::string> lines_of(const std::string& text)
{
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        if (!line.empty()) lines.push_back(line);
    }
    return lines;
}

} // namespace

WorldOptions enforcing(WorldOptions options)
{
    options.learn = false;
    return options;
}

PayloadSpec approvable(const World& world, std::vector<std::string> script)
{
    PayloadSpec spec = world.job(std::move(script));
    spec.image = Registry::here().approved();
    return spec;
}

Finished allow(World& world, const FakeJob& job)
{
    const auto file = world.folder() / "payload.json";
    write_text(file, job.payload);
    return run_program({"-c", world.config().string(), "gate", "allow", "--payload", file.string()});
}

void allow(World& world, PayloadSpec spec)
{
    spec.id = 1;
    spec.token = "glcbt-of-nobody";
    spec.server_url = world.gitlab().url();
    FakeJob job;
    job.payload = make_payload(spec);
    const Finished done = allow(world, job);
    INFO(done.out << done.err);
    REQUIRE(done.exit_code == 0);
}

std::string label_of(World& world)
{
    return "ysnp.runner=" + world.gitlab().runner_tokens().front().substr(std::string("glrt-").size(), 9);
}

std::vector<std::string> objects_of(World& world)
{
    const std::string filter = " --filter label=" + label_of(world) + " --format ";
    return lines_of(docker("ps -a" + filter + "'container {{.Names}}'") + "\n" +
                    docker("volume ls" + filter + "'volume {{.Name}}'") + "\n" +
                    docker("network ls" + filter + "'network {{.Name}}'"));
}

EngineWatch::EngineWatch() : since_(std::chrono::system_clock::now()) {}

std::vector<std::string> EngineWatch::seen(const std::string& filter) const
{
    const auto seconds = [](auto time) {
        const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
        std::string rest = std::to_string(micros % 1'000'000);
        return std::to_string(micros / 1'000'000) + "." + std::string(6 - rest.size(), '0') + rest;
    };
    return lines_of(docker("events --since " + seconds(since_) + " --until " +
                           seconds(std::chrono::system_clock::now()) + " --filter " + filter));
}

std::vector<std::string> requests_beside_api(World& world)
{
    std::vector<std::string> found;
    for (const Recorded& request : world.gitlab().server().requests()) {
        if (!request.target.starts_with("/api/v4/")) found.push_back(request.target);
    }
    return found;
}

int audit_records(World& world, const std::string& text)
{
    int found = 0;
    for (const std::string& line : lines_of(read_text(world.audit()))) {
        if (line.find(text) != std::string::npos) ++found;
    }
    return found;
}

std::string words(const std::string& trace)
{
    const std::string text = std::regex_replace(plain(trace), std::regex("[^ -~]+"), " ");
    return std::regex_replace(text, std::regex(" +"), " ");
}

} // namespace ysnp::test
