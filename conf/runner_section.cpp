#include "conf/runner_section.h"
#include "conf/docker_section.h"
#include "conf/gate_section.h"
#include "conf/secret_file.h"
#include "net/failure.h"
#include "net/url.h"
#include <algorithm>
#include <cctype>
#include <limits>
#include <system_error>

namespace ysnp::conf {
namespace {

const std::vector<Refusal> refused{
    {"cache", "caches are not supported yet; remove the key"},
    {"cache_dir", "caches are not supported yet; remove the key"},
    {"services", "services are not supported yet; remove the key"},
    {"tls-ca-file", "is spelled tls_ca_file here"},
    {"tls-cert-file", "is spelled tls_cert_file here"},
    {"tls-key-file", "is spelled tls_key_file here"},
    {"clean_git_config", "sources are fetched into a fresh volume each time; remove the key"},
    {"safe_directory_checkout", "sources are fetched into a fresh volume each time; remove the key"},
    {"labels", "use docker.container_labels for the containers of jobs"},
    {"proxy_exec", "is an experiment of another program; remove the key"},
    {"use_slot_cgroups", "use docker.cgroup_parent"},
    {"slot_cgroup_template", "use docker.cgroup_parent"},
    {"step_runner_image", "native steps are not supported; remove the key"},
    {"kubernetes", "the one executor is docker; remove the section"},
    {"ssh", "the one executor is docker; remove the section"},
    {"machine", "the one executor is docker; remove the section"},
    {"custom", "the one executor is docker; remove the section"},
    {"autoscaler", "the one executor is docker; remove the section"},
    {"instance", "the one executor is docker; remove the section"},
    {"parallels", "the one executor is docker; remove the section"},
    {"virtualbox", "the one executor is docker; remove the section"},
    {"referees", "is for another executor; remove the section"},
    {"monitoring", "metrics are not served yet; remove the section"},
    {"experimental", "is for another program; remove the section"},
    {"artifact", "artifacts are not supported yet; remove the section"},
};

bool blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

void read_url(Section& section, const Environment& environment, Runner& into)
{
    std::string written, missing;
    section.read("url", written);
    into.url = expand(written, environment, missing);
    if (!missing.empty()) section.error("url", "the environment has no " + missing);
    if (!section.has("url"))
        return section.error("", "url is missing: the address of GitLab, https://gitlab.example.com");
    try {
        const net::Url url = net::parse_url(into.url);
        if (url.origin.scheme == "unix") section.error("url", "expected https://HOST, found " + in_quotes(into.url));
        if (!url.user.empty() || !url.password.empty()) section.error("url", "must not hold a user or password");
    } catch (const std::system_error&) {
        if (missing.empty())
            section.error("url", "expected a URL such as https://gitlab.example.com, found " + in_quotes(into.url));
    }
}

void read_inline_token(Section& section, const RunnerContext& context, Runner& into)
{
    std::string written, missing;
    section.read("token", written);
    std::string value = expand(written, context.environment, missing);
    if (!missing.empty()) section.warn("token", "the environment has no " + missing);
    if (context.others_read && value == written && !blank(value))
        section.error("token", "others may read this file; chmod o= it, or use token_file");
    if (value.find_first_of("\r\n") != std::string::npos) section.error("token", "holds more than one line");
    while (!value.empty() && blank(value.substr(value.size() - 1))) value.pop_back();
    into.token = take_secret(value);
    wipe(written);
}

void read_token_file(Section& section, const RunnerContext& context, Runner& into)
{
    std::string written;
    section.read("token_file", written);
    if (written.empty()) return;
    into.token_file = written;
    SecretFile file = read_secret_file(written, context.environment, context.group);
    if (!file.error.empty()) section.error("token_file", written + " " + file.error);
    if (!file.warning.empty()) section.warn("token_file", written + ": " + file.warning);
    if (file.value) into.token = std::move(*file.value);
}

void read_token(Section& section, const RunnerContext& context, Runner& into)
{
    const bool in_place = section.has("token"), in_file = section.has("token_file");
    if (in_place && in_file) section.error("token_file", "there is a token as well; keep one of the two");
    if (in_place) read_inline_token(section, context, into);
    if (in_file) read_token_file(section, context, into);
    if (!in_place && !in_file) section.error("", "token_file is missing: the file that holds the runner's token");
    const bool blank_value = blank(into.token.reveal());
    if (blank_value && (in_place || into.token_file.empty()))
        section.warn(in_file ? "token_file" : "token", "is blank, so this runner is skipped");
    if (blank_value) into.token = Secret();
    section.read_number("id", into.id, 0, std::numeric_limits<std::int64_t>::max());
    section.read("token_obtained_at", into.token_obtained_at);
    section.read("token_expires_at", into.token_expires_at);
    // The year 1 is how gitlab-runner writes "never".
    if (into.token_expires_at && *into.token_expires_at < std::chrono::sys_days(std::chrono::year(1970) / 1 / 1))
        into.token_expires_at.reset();
}

void read_tls(Section& section, net::TlsOptions& into)
{
    std::filesystem::path ca, cert, key;
    section.read("tls_ca_file", ca);
    section.read("tls_cert_file", cert);
    section.read("tls_key_file", key);
    if (cert.empty() != key.empty())
        section.error(cert.empty() ? "tls_key_file" : "tls_cert_file",
                      "a client certificate needs both tls_cert_file and tls_key_file");
    for (const auto& [name, file] : {std::pair("tls_ca_file", ca), {"tls_cert_file", cert}, {"tls_key_file", key}}) {
        std::error_code unknown;
        if (!file.empty() && !std::filesystem::exists(file, unknown) && !unknown)
            section.warn(name, "there is no file " + file.string() + ", so TLS goes without it");
    }
    into = {ca.string(), cert.string(), key.string()};
}

void read_polling(Section& section, Runner& into)
{
    section.read_number("limit", into.limit, 0, 100'000);
    section.read_number("request_concurrency", into.request_concurrency, 1, 1000);
    section.read("strict_check_interval", into.strict_check_interval);
    section.read_number("unhealthy_requests_limit", into.unhealthy_requests_limit, 1, 1'000'000);
    section.read("unhealthy_interval", into.unhealthy_interval);
    section.read_number("job_status_final_update_retry_limit", into.job_status_final_update_retry_limit, 1, 1000);
    section.read("output_limit", into.output_limit);
    if (into.output_limit < Size{1u << 10} || into.output_limit > Size{1u << 30})
        section.error("output_limit", "expected 1KiB to 1GiB, found " + to_string(into.output_limit));
}

bool valid_name(const std::string& name)
{
    if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0]))) return false;
    return std::all_of(name.begin(), name.end(),
                       [](char letter) { return letter == '_' || std::isalnum(static_cast<unsigned char>(letter)); });
}

void read_environment(Section& section, Runner& into)
{
    section.read("environment", into.environment);
    for (const auto& [name, value] : into.environment)
        if (!valid_name(name))
            section.error("environment", "expected the name of a variable, found " + in_quotes(name));
    section.read("feature_flags", into.feature_flags);
    for (const auto& [name, value] : into.feature_flags)
        if (!name.starts_with("FF_"))
            section.error("feature_flags", "expected a name that begins with FF_, found " + in_quotes(name));
}

void read_container_path(Section& section, std::string_view key, std::string& into)
{
    std::filesystem::path path = into;
    section.read(key, path);
    into = path.string();
    if (into == "/") section.error(key, "must not be the root of the container");
}

void read_job(Section& section, Runner& into)
{
    static constexpr Word<Shell> shells[]{{"bash", Shell::bash}, {"sh", Shell::sh}};
    static constexpr Word<int> executors[]{{"docker", 0}};
    int executor = 0;
    section.read_word("executor", executor, executors);
    section.read_word("shell", into.shell, shells);
    read_container_path(section, "builds_dir", into.builds_dir);
    section.read("clone_url", into.clone_url);
    section.read("debug_trace_disabled", into.debug_trace_disabled);
    section.read("pre_get_sources_script", into.pre_get_sources_script);
    section.read("post_get_sources_script", into.post_get_sources_script);
    section.read("pre_build_script", into.pre_build_script);
    section.read("post_build_script", into.post_build_script);
    section.read("prepare_timeout", into.prepare_timeout);
    section.read("get_sources_timeout", into.get_sources_timeout);
    Section custom = section.child("custom_build_dir");
    custom.read("enabled", into.custom_build_dir);
    custom.finish();
}

void check_clone_url(Section& section, const Runner& runner)
{
    if (runner.clone_url.empty()) return;
    try {
        const net::Url url = net::parse_url(runner.clone_url);
        if (url.origin.scheme == "unix" || !url.user.empty()) throw std::system_error(make_error_code(Error::bad_url));
    } catch (const std::system_error&) {
        section.error("clone_url", "expected a URL such as https://gitlab.example.com, without user or password");
    }
}

} // namespace

Runner read_runner(Section section, const RunnerContext& context)
{
    Runner runner;
    runner.source = section.file();
    runner.line = section.mark().line;
    runner.gate = context.gate;
    runner.fingerprint = section.fingerprint();
    section.read("name", runner.name);
    if (section.present() && runner.name.empty())
        section.error("", "name is missing: what the runner is called here and in job logs");
    if (section.present()) {
        read_url(section, context.environment, runner);
        read_token(section, context, runner);
    }
    read_tls(section, runner.tls);
    read_polling(section, runner);
    read_environment(section, runner);
    read_job(section, runner);
    check_clone_url(section, runner);
    read_docker(section.child("docker"), runner.docker);
    read_gate_override(section.child("gate"), runner.gate, context.environment.now);
    section.finish(refused);
    return runner;
}

} // namespace ysnp::conf
