#include "docker/objects_json.h"
#include "docker/engine_error.h"
#include "docker/reply_json.h"
#include "net/url.h"
#include <charconv>

namespace ysnp::docker {

namespace {

using reply::Json;

NetworkInfo network(const Json& from)
{
    NetworkInfo info{{reply::text(from, "Id")}, reply::text(from, "Name"), {}, reply::text_map(from, "Labels"), {}};
    const Json& ranges = reply::member(reply::member(from, "IPAM"), "Config");
    if (ranges.is_array())
        for (const Json& range : ranges) info.subnets.push_back(reply::text(range, "Subnet"));
    info.attached = reply::keys(from, "Containers");
    return info;
}

Json list(const std::string& call, std::string_view body)
{
    Json reply = reply::parse(call, body);
    if (reply.is_null()) return Json::array();
    if (!reply.is_array()) throw protocol_error(call, "the reply is not a list");
    return reply;
}

} // namespace

std::string to_string(ApiVersion version)
{
    return std::to_string(version.major) + "." + std::to_string(version.minor);
}

std::optional<ApiVersion> parse_api_version(std::string_view text) noexcept
{
    ApiVersion version;
    const char* const end = text.data() + text.size();
    const auto major = std::from_chars(text.data(), end, version.major);
    if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.') return std::nullopt;
    const auto minor = std::from_chars(major.ptr + 1, end, version.minor);
    if (minor.ec != std::errc() || minor.ptr != end || version.minor > 9999 || version.minor < 0) return std::nullopt;
    if (version.major < 1 || version.major > 99) return std::nullopt;
    return version;
}

EngineVersion parse_version(std::string_view body)
{
    const Json reply = reply::parse("GET /version", body);
    EngineVersion version;
    version.newest = parse_api_version(reply::text(reply, "ApiVersion")).value_or(ApiVersion{});
    version.oldest = parse_api_version(reply::text(reply, "MinAPIVersion")).value_or(ApiVersion{});
    version.version = reply::text(reply, "Version");
    version.os = reply::text(reply, "Os");
    version.arch = reply::text(reply, "Arch");
    const Json& components = reply::member(reply, "Components");
    if (components.is_array())
        for (const Json& component : components)
            if (reply::text(component, "Name").find("Podman") != std::string::npos)
                version.version = "Podman " + version.version;
    return version;
}

namespace {

std::vector<std::string> insecure_registries(const Json& config)
{
    std::vector<std::string> found = reply::texts(config, "InsecureRegistryCIDRs");
    const Json& indexes = reply::member(config, "IndexConfigs");
    for (const std::string& name : reply::keys(config, "IndexConfigs"))
        if (!reply::flag(reply::member(indexes, name.c_str()), "Secure")) found.push_back(name);
    return found;
}

} // namespace

EngineInfo parse_info(std::string_view body)
{
    const Json reply = reply::parse("GET /info", body);
    EngineInfo info;
    info.id = reply::text(reply, "ID");
    info.os_type = reply::text(reply, "OSType");
    info.architecture = reply::text(reply, "Architecture");
    info.cgroup_version = reply::text(reply, "CgroupVersion");
    info.cgroup_driver = reply::text(reply, "CgroupDriver");
    info.storage_driver = reply::text(reply, "Driver");
    info.default_runtime = reply::text(reply, "DefaultRuntime");
    info.runtimes = reply::keys(reply, "Runtimes");
    info.security_options = reply::texts(reply, "SecurityOptions");
    info.warnings = reply::texts(reply, "Warnings");
    info.volume_drivers = reply::texts(reply::member(reply, "Plugins"), "Volume");
    info.insecure_registries = insecure_registries(reply::member(reply, "RegistryConfig"));
    info.live_restore = reply::flag(reply, "LiveRestoreEnabled");
    info.pids_limit = reply::flag(reply, "PidsLimit");
    info.swap_limit = reply::flag(reply, "SwapLimit");
    info.cpus = static_cast<int>(reply::number(reply, "NCPU"));
    info.memory = reply::size(reply, "MemTotal");
    return info;
}

ImageInfo parse_image(std::string_view body)
{
    const Json reply = reply::parse("GET /images/json", body);
    ImageInfo info;
    info.id.value = reply::text(reply, "Id");
    if (info.id.empty()) throw protocol_error("GET /images/json", "the image has no Id");
    info.tags = reply::texts(reply, "RepoTags");
    info.digests = reply::texts(reply, "RepoDigests");
    info.os = reply::text(reply, "Os");
    info.architecture = reply::text(reply, "Architecture");
    info.variant = reply::text(reply, "Variant");
    info.size = reply::size(reply, "Size");
    const Json& config = reply::member(reply, "Config");
    info.entrypoint = reply::texts(config, "Entrypoint");
    info.command = reply::texts(config, "Cmd");
    info.environment = reply::texts(config, "Env");
    info.user = reply::text(config, "User");
    info.working_dir = reply::text(config, "WorkingDir");
    info.volumes = reply::keys(config, "Volumes");
    info.exposed_ports = reply::keys(config, "ExposedPorts");
    return info;
}

std::vector<ContainerSummary> parse_containers(std::string_view body)
{
    std::vector<ContainerSummary> result;
    for (const Json& item : list("GET /containers/json", body)) {
        const auto names = reply::texts(item, "Names");
        std::string name = names.empty() ? std::string() : names.front();
        if (name.starts_with('/')) name.erase(0, 1);
        result.push_back(
            {{reply::text(item, "Id")}, name, reply::text(item, "State"), reply::text_map(item, "Labels")});
    }
    return result;
}

std::vector<VolumeInfo> parse_volumes(std::string_view body)
{
    const Json reply = reply::parse("GET /volumes", body);
    std::vector<VolumeInfo> result;
    const Json& volumes = reply::member(reply, "Volumes");
    if (!volumes.is_array()) return result;
    for (const Json& item : volumes) result.push_back({{reply::text(item, "Name")}, reply::text_map(item, "Labels")});
    return result;
}

NetworkInfo parse_network(std::string_view body) { return network(reply::parse("GET /networks", body)); }

std::vector<NetworkInfo> parse_networks(std::string_view body)
{
    std::vector<NetworkInfo> result;
    for (const Json& item : list("GET /networks", body)) result.push_back(network(item));
    return result;
}

Exit parse_exit(std::string_view body)
{
    const std::string call = "POST /containers/wait";
    const Json reply = reply::parse(call, body);
    const Json& code = reply::member(reply, "StatusCode");
    if (!code.is_number_integer() || code.get<std::int64_t>() < 0 || code.get<std::int64_t>() > 0xffffffff)
        throw protocol_error(call, "the reply holds no exit code, so how the container ended is unknown");
    return {static_cast<int>(code.get<std::int64_t>()), reply::text(reply::member(reply, "Error"), "Message")};
}

std::string label_filter(const Labels& labels)
{
    Json list = Json::array();
    for (const auto& [key, value] : labels) list.push_back(value.empty() ? key : key + "=" + value);
    return net::percent_encode(reply::dump({{"label", std::move(list)}}));
}

std::string network_body(const NetworkSpec& spec)
{
    Json body{{"Name", spec.name},         {"CheckDuplicate", true}, {"Driver", "bridge"},
              {"Internal", spec.internal}, {"EnableIPv6", false},    {"Labels", spec.labels}};
    if (!spec.subnet.empty())
        body["IPAM"] = {{"Driver", "default"}, {"Config", Json::array({Json{{"Subnet", spec.subnet}}})}};
    if (spec.mtu > 0) body["Options"] = {{"com.docker.network.driver.mtu", std::to_string(spec.mtu)}};
    return reply::dump(body);
}

std::string volume_body(const VolumeName& name, const Labels& labels)
{
    return reply::dump({{"Name", name.value}, {"Driver", "local"}, {"Labels", labels}});
}

} // namespace ysnp::docker
