#include "runner/cli/grammar_parts.h"

namespace ysnp::cli {

void add_output(CLI::App& command, Output& into)
{
    command
        .add_option_function<std::string>(
            "--output", [&into](const std::string& name) { into = name == "json" ? Output::json : Output::text; },
            "text or json")
        ->check(CLI::IsMember({"text", "json"}));
}

void add_variables(CLI::App& command, std::vector<std::string>& into)
{
    command.add_option("-e,--variable", into, "NAME=VALUE; wins over the variables of the file")
        ->allow_extra_args(false);
}

void add_source(CLI::App& command, std::string& job, std::string& payload, std::string& project, bool& working_tree)
{
    command.add_option("job", job, "Job of the local .gitlab-ci.yml");
    command.add_option("--payload", payload, "File with a job as GitLab sends it, instead of JOB");
    command.add_option("--project", project, "Path of the project in GitLab, group/project");
    command.add_flag("--working-tree", working_tree, "Take the files as they are, not the commit at HEAD");
}

void add_vault(CLI::App& command, VaultAccess& into)
{
    command.add_option("--address", into.address, "Address of Vault; else VAULT_ADDR, else the configuration's");
    command.add_option("--mount", into.mount, "KV engine of the policy; else the configuration's");
    command.add_option("--vault-namespace", into.vault_namespace, "Namespace in Vault; else VAULT_NAMESPACE");
    command.add_option("--ca-file", into.ca_file, "Certificates that vouch for Vault; else VAULT_CACERT");
    command.add_option("--token-file", into.token_file,
                       "File with your Vault token; else VAULT_TOKEN, else ~/.vault-token");
}

} // namespace ysnp::cli
