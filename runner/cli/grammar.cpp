#include "runner/cli/grammar.h"
#include "runner/cli/grammar_parts.h"

namespace ysnp::cli {
namespace {

void add_selection(CLI::App& command, Selection& into)
{
    command.add_option("-n,--name", into.name, "Name of the runner");
    command.add_option("-u,--url", into.url, "URL of GitLab");
    command.add_option("-t,--token", into.token, "Authentication token of the runner");
}

/// A switch that may be absent: --name, --name=true or --name=false.
CLI::Option* add_switch(CLI::App& command, const std::string& name, std::optional<bool>& into, const std::string& text)
{
    return command.add_flag_function(
        name, [&into](std::int64_t count) { into = count > 0; }, text);
}

void declare_register(CLI::App& app, CommandLine& line)
{
    CLI::App* command = nullptr;
    auto options = add<Register>(app, line, "register", "Register a runner", command);
    Register& into = *options;
    command->add_flag("-n,--non-interactive", into.non_interactive, "Ask nothing")->envname("REGISTER_NON_INTERACTIVE");
    command->add_option("-u,--url", into.url, "URL of GitLab")->envname("CI_SERVER_URL");
    command->add_option("-t,--token", into.token, "Authentication token, glrt-…")->envname("CI_SERVER_TOKEN");
    command->add_option("-r,--registration-token", into.registration_token, "Registration token (deprecated by GitLab)")
        ->envname("REGISTRATION_TOKEN");
    command->add_option("--name,--description", into.name, "Name of the runner")->envname("RUNNER_NAME");
    command->add_option("--executor", into.executor, "docker, the one executor")->envname("RUNNER_EXECUTOR");
    command->add_option("--docker-image", into.docker_image, "Image of jobs that name none")->envname("DOCKER_IMAGE");
    command->add_option("--tls-ca-file", into.tls.ca_file, "Certificates that vouch for GitLab, PEM")
        ->envname("CI_SERVER_TLS_CA_FILE");
    command->add_option("--tls-cert-file", into.tls.cert_file, "Client certificate, PEM")
        ->envname("CI_SERVER_TLS_CERT_FILE");
    command->add_option("--tls-key-file", into.tls.key_file, "Its key, PEM")->envname("CI_SERVER_TLS_KEY_FILE");
    command->add_flag("--leave-runner", into.leave_runner, "Keep the runner at GitLab when registration fails here")
        ->envname("REGISTER_LEAVE_RUNNER");
    command->add_option("--tag-list", into.tag_list, "Tags, separated by commas")->envname("RUNNER_TAG_LIST");
    add_switch(*command, "--run-untagged", into.run_untagged, "Run jobs without tags")
        ->envname("REGISTER_RUN_UNTAGGED");
    add_switch(*command, "--locked", into.locked, "Lock to the project; default true")->envname("REGISTER_LOCKED");
    command->add_option("--access-level", into.access_level, "not_protected or ref_protected")
        ->envname("REGISTER_ACCESS_LEVEL");
    command->add_option("--maximum-timeout", into.maximum_timeout, "Longest time of a job, in seconds")
        ->envname("REGISTER_MAXIMUM_TIMEOUT");
    add_switch(*command, "--paused", into.paused, "Start paused")->envname("REGISTER_PAUSED");
    command->add_option("--maintenance-note", into.maintenance_note, "Note for maintainers")
        ->envname("REGISTER_MAINTENANCE_NOTE");
}

void declare_runners(CLI::App& app, CommandLine& line)
{
    CLI::App* command = nullptr;
    auto list = add<List>(app, line, "list", "List the configured runners", command);
    command->add_flag("--show-secrets", list->show_secrets, "Print whole tokens");
    add_output(*command, list->output);

    auto verify = add<Verify>(app, line, "verify", "Ask GitLab whether it knows the runners", command);
    add_selection(*command, verify->selection);
    command->add_flag("--delete", verify->remove, "Remove the runners that GitLab does not know");

    auto unregister =
        add<Unregister>(app, line, "unregister", "Take runners out of GitLab and out of the configuration", command);
    add_selection(*command, unregister->selection);
    command->add_flag("--all-runners", unregister->all, "All runners of the configuration");

    auto reset = add<ResetToken>(app, line, "reset-token", "Get a new authentication token", command);
    command->add_option("-n,--name", reset->selection.name, "Name of the runner");
    command->add_option("-u,--url", reset->selection.url, "URL of GitLab");
    command->add_option("-i,--id", reset->id, "Id of the runner");
    command->add_option("--pat", reset->access_token, "Personal access token, where the runner's own has expired");
    command->add_flag("--all-runners", reset->all, "All runners of the configuration");
}

void declare_work(CLI::App& app, CommandLine& line)
{
    CLI::App* command = nullptr;
    auto run = add<RunService>(app, line, "run", "Run the service: ask GitLab for jobs and run them", command);
    command->add_option("-d,--working-directory", run->working_directory, "Folder to change to before anything else");

    auto exec = add<Exec>(app, line, "exec", "Run a job of the local .gitlab-ci.yml", command);
    command->add_option("job", exec->job, "Name of the job; may be left out where there is one");
    command->add_option("--project", exec->project, "Path of the project in GitLab, group/project");
    command->add_option("--docker-image", exec->docker_image, "Image of jobs that name none");
    command->add_flag("--working-tree", exec->working_tree, "Take the files as they are, not the commit at HEAD");
    add_variables(*command, exec->variables);
    add_vault(*command, exec->vault);

    auto digest = add<Digest>(app, line, "digest", "Print the digest of a job and the document it is made of", command);
    add_source(*command, digest->job, digest->payload, digest->project, digest->working_tree);
    add_variables(*command, digest->variables);
    add_vault(*command, digest->vault);
    add_output(*command, digest->output);
}

void declare_audit(CLI::App& app, CommandLine& line)
{
    CLI::App* audit = app.add_subcommand("audit", "The chain of decisions");
    audit->require_subcommand(1);
    audit->fallthrough();
    audit->allow_extras();
    CLI::App* command = nullptr;
    auto show = add<AuditShow>(*audit, line, "show", "Show records", command);
    command->add_option("seq", show->seq, "Number of one record");
    command->add_option("--last", show->last, "How many of the newest records");
    command->add_option("--file", show->file, "Audit file, instead of the configuration's");
    add_output(*command, show->output);

    auto verify = add<AuditVerify>(*audit, line, "verify", "Recompute the chain", command);
    command->add_option("--file", verify->file, "Audit file, instead of the configuration's");
    command->add_option("--anchor", verify->anchor, "Record that the chain must contain, SEQ:HASH");
    command->add_flag("--offline", verify->offline, "Compare with no head that Vault keeps");
    command->add_option("--system-id", verify->system_id, "Whose head, s_…; else this host's");
    add_vault(*command, verify->vault);
    add_output(*command, verify->output);
}

void declare_rest(CLI::App& app, CommandLine& line)
{
    CLI::App* command = nullptr;
    CLI::App* config = app.add_subcommand("config", "The configuration");
    config->require_subcommand(1);
    config->fallthrough();
    config->allow_extras();
    auto check = add<ConfigCheck>(*config, line, "check", "Check the configuration; changes nothing", command);
    add_output(*command, check->output);
    auto lint = add<ConfigCheck>(app, line, "lint", "The same as config check", command);
    add_output(*command, lint->output);

    auto doctor = add<Doctor>(app, line, "doctor", "Look at host, Engine, GitLab and Vault; changes nothing", command);
    command->add_option("--root", doctor->root, "Folder that the host's files are looked for in, instead of /");
    add_output(*command, doctor->output);

    add<Version>(app, line, "version", "Print the version", command);
    auto completion = add<Completion>(app, line, "completion", "Print completions for a shell", command);
    command->add_option("shell", completion->shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
}

} // namespace

void declare(CLI::App& app, CommandLine& line)
{
    app.name("ysnprunner");
    app.description("A GitLab Runner that decides before anything happens whether a job may run");
    app.set_help_flag("-h,--help", "Print this help");
    app.set_version_flag("-v,--version", "");
    app.allow_extras();
    app.add_option("-c,--config", line.global.config, "Configuration file")->envname("CONFIG_FILE");
    app.add_flag("--debug", line.global.debug, "Log everything")->envname("RUNNER_DEBUG");
    app.add_option("--log-format", line.global.log_format, "text or json")
        ->envname("LOG_FORMAT")
        ->check(CLI::IsMember({"runner", "text", "json"}));
    app.add_option("-l,--log-level", line.global.log_level, "debug, info, warning or error")
        ->envname("LOG_LEVEL")
        ->check(CLI::IsMember({"debug", "info", "warn", "warning", "error", "fatal", "panic"}));
    declare_register(app, line);
    declare_runners(app, line);
    declare_work(app, line);
    declare_gate(app, line);
    declare_audit(app, line);
    declare_rest(app, line);
}

} // namespace ysnp::cli
