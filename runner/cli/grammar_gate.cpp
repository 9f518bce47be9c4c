#include "runner/cli/grammar_parts.h"

namespace ysnp::cli {
namespace {

/// What the commands about one request have in common.
template <class Options>
void add_request(CLI::App& command, Options& into)
{
    command.add_option("id", into.id, "Id of the request, as the job's log and gate pending show it")->required();
    command.add_option("--project", into.project, "Path of its project in GitLab; else it is looked for");
    add_vault(command, into.vault);
    add_output(command, into.output);
}

void declare_requests(CLI::App& gate, CommandLine& line)
{
    CLI::App* command = nullptr;
    auto pending = add<GatePending>(gate, line, "pending", "List the jobs that wait for a person", command);
    command->add_option("--project", pending->project, "A project, or a group: all projects below it");
    add_vault(*command, pending->vault);
    add_output(*command, pending->output);

    auto show = add<GateShow>(gate, line, "show", "Show the whole job of a request, as a diff to the last approved one",
                              command);
    add_request(*command, *show);
    auto* whole = command->add_flag("--whole", show->whole, "The job alone, without what went");
    command->add_flag("--changes", show->changes, "What changed alone, with its surroundings")->excludes(whole);
    command->add_option("--page", show->page, "Which page of a long job")->check(CLI::PositiveNumber);

    auto approve = add<GateApprove>(gate, line, "approve", "Approve a job's digest under your own identity", command);
    add_request(*command, *approve);
    auto* once = command->add_flag("--once", approve->once, "This job only, once; the default");
    command->add_option("--until", approve->until, "This digest until the end of a day, 2027-01-31 (UTC)")
        ->excludes(once);
    command->add_option("--reason", approve->reason, "Why; it stands in the audit chain")->required();

    auto deny = add<GateDeny>(gate, line, "deny", "Refuse a job; it ends at once", command);
    add_request(*command, *deny);
    command->add_option("--reason", deny->reason, "Why; it stands in the job's log and the audit chain")->required();
}

/// What sets the gate up at Vault, and looks after it.
void declare_upkeep(CLI::App& gate, CommandLine& line)
{
    CLI::App* command = nullptr;
    auto policies =
        add<GatePolicies>(gate, line, "policies", "Print what to set up at Vault, per kind of person", command);
    command->add_option("--mount", policies->mount, "KV engine of the policy; else the configuration's");
    command->add_option("--project", policies->projects, "A project of the people, or a pattern; may come again")
        ->allow_extra_args(false);
    command->add_option("--kv-version", policies->kv_version, "1 or 2; else the configuration's")
        ->check(CLI::Range(1, 2));
    command->add_flag("--curl", policies->curl, "For bash and curl, instead of the vault program");
    add_output(*command, policies->output);

    auto doctor = add<GateDoctor>(gate, line, "doctor", "Prove on the live Vault who may do what", command);
    command->add_option("--project", doctor->projects, "A project to ask about; may come again")
        ->allow_extra_args(false);
    command->add_option("--foreign", doctor->foreign, "A project that these people have nothing to do with");
    command->add_option("--runner-token-file", doctor->runner_token_file, "Token of the runner, instead of its login");
    command->add_option("--approver-token-file", doctor->approver_token_file, "Token of one who approves");
    command->add_option("--developer-token-file", doctor->developer_token_file, "Token of a member of the project");
    command->add_option("--author-token-file", doctor->author_token_file, "Token of one who writes the policy");
    add_vault(*command, doctor->vault);
    add_output(*command, doctor->output);

    auto accept =
        add<GateAcceptRollback>(gate, line, "accept-rollback", "Accept an older version of a policy document", command);
    command->add_option("path", accept->path, "The document as the refusal names it, with its mount")->required();
    add_output(*command, accept->output);
}

} // namespace

void declare_gate(CLI::App& app, CommandLine& line)
{
    CLI::App* gate = app.add_subcommand("gate", "The gate: what may run");
    gate->require_subcommand(1);
    gate->fallthrough();
    gate->allow_extras();
    CLI::App* command = nullptr;
    auto allow = add<GateAllow>(*gate, line, "allow", "Add a job's digest to the policy", command);
    add_source(*command, allow->job, allow->payload, allow->project, allow->working_tree);
    command->add_option("--entry", allow->entry,
                        "JOB@ysnp2:… as the refusal in the job's log shows it, instead of JOB");
    command->add_option("--image", allow->images, "NAME@sha256:…, likewise; may come again")->allow_extra_args(false);
    add_variables(*command, allow->variables);
    add_vault(*command, allow->vault);
    add_output(*command, allow->output);

    auto check = add<GateCheck>(*gate, line, "check", "Say whether a job would pass", command);
    add_source(*command, check->job, check->payload, check->project, check->working_tree);
    add_variables(*command, check->variables);
    add_vault(*command, check->vault);
    add_output(*command, check->output);

    declare_requests(*gate, line);
    declare_upkeep(*gate, line);

    auto learn =
        add<GateLearn>(*gate, line, "learn", "Print the policy that would allow the jobs of learn mode", command);
    command->add_option("--since", learn->since, "How far back, 7d, or from when, 2027-01-31; else all there is");
    command->add_option("--file", learn->file, "Audit file, instead of the configuration's");
    add_vault(*command, learn->vault);
    add_output(*command, learn->output);

    auto explain = add<GateExplain>(*gate, line, "explain", "Explain the code of a refusal", command);
    command->add_option("code", explain->code, "Code such as SCR-UNLISTED; without one: all codes");
    add_output(*command, explain->output);
}

} // namespace ysnp::cli
