#include "docker/labels.h"
#include <algorithm>
#include <charconv>
#include <openssl/rand.h>
#include <stdexcept>

namespace ysnp::docker {

namespace {

constexpr std::size_t longest_value = 4096;

/// As Go prints a duration, which is what gitlab-runner's label holds: "1h0m0s".
std::string go_duration(std::chrono::seconds time)
{
    const auto total = time.count();
    std::string text;
    if (total >= 3600) text += std::to_string(total / 3600) + "h";
    if (total >= 60) text += std::to_string(total / 60 % 60) + "m";
    return text + std::to_string(total % 60) + "s";
}

} // namespace

Labels owner_labels(const Owner& owner)
{
    Labels labels{{"ysnp.system", owner.system}};
    if (!owner.runner.empty()) labels.emplace("ysnp.runner", owner.runner);
    return labels;
}

Labels job_labels(const Owner& owner, const JobLabels& job)
{
    Labels labels = owner_labels(owner);
    labels["ysnp.job"] = std::to_string(job.job);
    const auto add = [&](const char* key, std::string value) {
        if (!value.empty()) labels[std::string("com.gitlab.gitlab-runner.") + key] = value.substr(0, longest_value);
    };
    add("managed", "true");
    add("type", job.type);
    add("job.id", std::to_string(job.job));
    add("job.url", job.url);
    add("job.sha", job.sha);
    add("job.before_sha", job.before_sha);
    add("job.ref", job.ref);
    add("job.timeout", go_duration(job.timeout));
    add("project.id", std::to_string(job.project));
    add("project.runner_id", std::to_string(job.project_runner));
    add("pipeline.id", std::to_string(job.pipeline));
    add("runner.id", owner.runner);
    add("runner.local_id", job.runner_local_id);
    add("runner.system_id", owner.system);
    return labels;
}

std::uint64_t job_of(const Labels& labels) noexcept
{
    const auto found = labels.find("ysnp.job");
    if (found == labels.end()) return 0;
    const std::string& text = found->second;
    std::uint64_t job = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), job);
    return error == std::errc() && end == text.data() + text.size() ? job : 0;
}

bool carries(const Labels& labels, const Labels& wanted) noexcept
{
    return std::all_of(wanted.begin(), wanted.end(), [&](const auto& pair) {
        const auto found = labels.find(pair.first);
        return found != labels.end() && found->second == pair.second;
    });
}

std::string random_name(std::string_view kind)
{
    unsigned char bytes[16];
    if (RAND_bytes(bytes, sizeof bytes) != 1) throw std::runtime_error("no random numbers from OpenSSL");
    std::string name = "ysnp-" + std::string(kind) + "-";
    for (const unsigned char byte : bytes) {
        name += "0123456789abcdef"[byte >> 4];
        name += "0123456789abcdef"[byte & 15];
    }
    return name;
}

} // namespace ysnp::docker
