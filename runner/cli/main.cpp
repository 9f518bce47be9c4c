#include "runner/cli/main.h"
#include "runner/cli/build.h"
#include "runner/cli/calls.h"
#include "runner/cli/commands.h"
#include "runner/cli/parse.h"
#include "runner/host/log.h"
#include "runner/host/process.h"
#include <iostream>
#include <unistd.h>

namespace ysnp::cli {
namespace {

int execute(const Help& help, Session& session)
{
    session.console.text(help.text);
    return success;
}

int execute(const Version&, Session& session)
{
    session.console.line("Version:      " + version());
    session.console.line("Git revision: " + revision());
    session.console.line("OS/Arch:      linux/" + identity().architecture);
    return success;
}

int execute(const Register& options, Session& session) { return register_runner(options, session); }
int execute(const List& options, Session& session) { return list_runners(options, session); }
int execute(const Verify& options, Session& session) { return verify_runners(options, session); }
int execute(const Unregister& options, Session& session) { return unregister_runners(options, session); }
int execute(const ResetToken& options, Session& session) { return reset_tokens(options, session); }
int execute(const RunService& options, Session& session) { return run_service(options, session); }
int execute(const Exec& options, Session& session) { return exec_job(options, session); }
int execute(const Digest& options, Session& session) { return print_digest(options, session); }
int execute(const GateAllow& options, Session& session) { return gate_allow(options, session); }
int execute(const GateCheck& options, Session& session) { return gate_check(options, session); }
int execute(const GatePending& options, Session& session) { return gate_pending(options, session); }
int execute(const GateShow& options, Session& session) { return gate_show(options, session); }
int execute(const GateApprove& options, Session& session) { return gate_approve(options, session); }
int execute(const GateDeny& options, Session& session) { return gate_deny(options, session); }
int execute(const GateLearn& options, Session& session) { return gate_learn(options, session); }
int execute(const GatePolicies& options, Session& session) { return gate_policies(options, session); }
int execute(const GateDoctor& options, Session& session) { return gate_doctor(options, session); }
int execute(const GateAcceptRollback& options, Session& session) { return gate_accept_rollback(options, session); }
int execute(const Doctor& options, Session& session) { return doctor(options, session); }
int execute(const GateExplain& options, Session& session) { return gate_explain(options, session); }
int execute(const AuditShow& options, Session& session) { return audit_show(options, session); }
int execute(const AuditVerify& options, Session& session) { return audit_verify(options, session); }
int execute(const ConfigCheck& options, Session& session) { return check_config(options, session); }
int execute(const Completion& options, Session& session) { return print_completion(options, session); }

int execute(const CommandLine& line)
{
    Console console(std::cout, std::cin, ::isatty(STDIN_FILENO) ? Console::Person::present : Console::Person::absent);
    Session session{console, line.global, conf::Environment::of_process()};
    apply_log(line.global, {});
    try {
        return std::visit([&](const auto& command) { return execute(command, session); }, line.command);
    } catch (const CommandError& error) {
        host::error(error.what());
        return error.code();
    } catch (const std::exception& error) {
        host::error(describe(error));
        return failure;
    }
}

} // namespace

int main(int argc, char** argv)
{
    host::protect_process();
    try {
        return execute(parse({argv + 1, argv + argc}));
    } catch (const UsageError& error) {
        std::cerr << "ysnprunner: " << error.what() << "\n";
        return usage;
    }
}

} // namespace ysnp::cli
