#include "gitlab-api/decode_parts.h"

namespace ysnp::gitlab {
namespace {

constexpr std::size_t most_arguments = 1000;

std::vector<Port> decode_ports(const JsonReader& from, std::vector<UnknownField>& unknown)
{
    std::vector<Port> ports;
    for (const auto& each : from.elements(100)) {
        each.expect_object();
        each.report_unknown({"number", "protocol", "name"}, JsonReader::Report::all_unknown, unknown);
        Port port;
        port.number = each.member("number").integer(1, 65535);
        port.protocol = each.member("protocol").text_or("http", 64);
        port.name = each.member("name").text_or("default_port", 256);
        ports.push_back(std::move(port));
    }
    return ports;
}

std::vector<std::string> decode_pull_policy(const JsonReader& from)
{
    auto policies = from.texts_or_text(8).value_or(std::vector<std::string>{});
    for (const auto& policy : policies)
        if (policy != "always" && policy != "if-not-present" && policy != "never")
            from.refuse(PayloadRefusal::json, "\"always\", \"if-not-present\" or \"never\"", "other text");
    return policies;
}

// Only Docker's options mean something here; all others are unknown fields, so that the gate names them.
void decode_executor_opts(const JsonReader& from, Image& image, std::vector<UnknownField>& unknown)
{
    if (from.absent()) return;
    from.report_unknown({"docker"}, JsonReader::Report::all_unknown, unknown);
    const auto docker = from.member("docker");
    if (docker.absent()) return;
    docker.report_unknown({"platform", "user"}, JsonReader::Report::all_unknown, unknown);
    image.docker_platform = docker.member("platform").maybe_text(256);
    image.docker_user = docker.member("user").maybe_text_or_integer();
}

void decode_common(const JsonReader& from, Image& image, std::vector<UnknownField>& unknown)
{
    image.name = from.member("name").text(4096);
    image.entrypoint = from.member("entrypoint").texts_or_text(most_arguments);
    image.ports = decode_ports(from.member("ports"), unknown);
    image.pull_policy = decode_pull_policy(from.member("pull_policy"));
    decode_executor_opts(from.member("executor_opts"), image, unknown);
}

std::vector<ServiceVariable> decode_service_variables(const JsonReader& from, std::vector<UnknownField>& unknown)
{
    std::vector<ServiceVariable> variables;
    for (const auto& each : from.elements(1000)) {
        each.expect_object();
        each.report_unknown({"key", "value", "public", "masked", "file", "raw"}, JsonReader::Report::all_unknown,
                            unknown);
        variables.push_back({each.member("key").text(1024), each.member("value").text_or("")});
    }
    return variables;
}

Service decode_service(const JsonReader& from, std::vector<UnknownField>& unknown)
{
    from.expect_object();
    from.report_unknown(
        {"name", "entrypoint", "ports", "pull_policy", "executor_opts", "command", "alias", "variables"},
        JsonReader::Report::all_unknown, unknown);
    Service service;
    decode_common(from, service, unknown);
    service.command = from.member("command").texts_or_text(most_arguments);
    service.alias = from.member("alias").maybe_text(4096);
    service.variables = decode_service_variables(from.member("variables"), unknown);
    return service;
}

} // namespace

std::optional<Image> decode_image(const JsonReader& from, std::vector<UnknownField>& unknown)
{
    if (from.absent()) return std::nullopt;
    from.expect_object();
    from.report_unknown({"name", "entrypoint", "ports", "pull_policy", "executor_opts"},
                        JsonReader::Report::all_unknown, unknown);
    Image image;
    decode_common(from, image, unknown);
    return image;
}

std::vector<Service> decode_services(const JsonReader& from, std::vector<UnknownField>& unknown)
{
    std::vector<Service> services;
    for (const auto& each : from.elements(100)) services.push_back(decode_service(each, unknown));
    return services;
}

} // namespace ysnp::gitlab
