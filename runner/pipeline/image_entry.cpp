#include "runner/pipeline/image_entry.h"
#include "runner/pipeline/scalar.h"

namespace ysnp::pipeline {
namespace {

std::vector<std::string> texts(const Value& value, const std::string& what)
{
    if (value.is_scalar()) return {expect_text(value, what)};
    if (!value.is_list()) value.refuse(what + ": expected a string or a list of strings, found " + value.describe());
    std::vector<std::string> all;
    for (const auto& item : value.items) all.push_back(expect_text(item, what));
    return all;
}

std::vector<std::string> pull_policy(const Value& value)
{
    auto policies = texts(value, "image:pull_policy");
    for (const auto& policy : policies)
        if (policy != "always" && policy != "if-not-present" && policy != "never")
            value.refuse("image:pull_policy: expected always, if-not-present or never, found \"" + policy + "\"");
    return policies;
}

void read_docker(const Value& docker, ImageEntry& image)
{
    if (!docker.is_map()) docker.refuse("image:docker: expected a map, found " + docker.describe());
    for (const auto& [key, value] : docker.entries) {
        if (key == "user")
            image.docker_user = expect_text_or_integer(value, "image:docker:user");
        else if (key == "platform")
            image.docker_platform = expect_text(value, "image:docker:platform");
        else
            value.refuse("image:docker: unknown key \"" + key + "\": expected user or platform");
    }
}

ImageEntry read_map(const Value& map)
{
    ImageEntry image;
    for (const auto& [key, value] : map.entries) {
        if (value.is_null()) continue;
        if (key == "name")
            image.name = expect_text(value, "image:name");
        else if (key == "entrypoint")
            image.entrypoint = texts(value, "image:entrypoint");
        else if (key == "pull_policy")
            image.pull_policy = pull_policy(value);
        else if (key == "docker")
            read_docker(value, image);
        else if (key == "kubernetes")
            image.for_kubernetes = true;
        else
            value.refuse("image: unknown key \"" + key + "\": expected name, entrypoint, pull_policy or docker");
    }
    if (image.name.empty()) map.refuse("image: a map needs a `name`");
    return image;
}

} // namespace

std::optional<ImageEntry> image_of(const JobView& job)
{
    const auto value = job.keyword("image");
    if (!value) return std::nullopt;
    if (value->is_map()) return read_map(*value);
    if (!value->is_scalar()) job.refuse(*value, "image: expected a name or a map, found " + value->describe());
    ImageEntry image;
    image.name = expect_text(*value, "image");
    if (image.name.empty()) job.refuse(*value, "image: the name is empty");
    return image;
}

} // namespace ysnp::pipeline
