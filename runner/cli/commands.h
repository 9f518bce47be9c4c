#pragma once
#include "runner/cli/options.h"
#include "runner/cli/session.h"

namespace ysnp::cli {

/// One function per command, each in a file of its own. They print their result on the console, log the rest, and give
/// the exit code. Throw CommandError, or system_error for what the host refused.
int register_runner(const Register& options, Session& session);
int list_runners(const List& options, Session& session);
int verify_runners(const Verify& options, Session& session);
int unregister_runners(const Unregister& options, Session& session);
int reset_tokens(const ResetToken& options, Session& session);
int run_service(const RunService& options, Session& session);
int exec_job(const Exec& options, Session& session);
int print_digest(const Digest& options, Session& session);
int gate_allow(const GateAllow& options, Session& session);
int gate_check(const GateCheck& options, Session& session);
int gate_pending(const GatePending& options, Session& session);
int gate_show(const GateShow& options, Session& session);
int gate_approve(const GateApprove& options, Session& session);
int gate_deny(const GateDeny& options, Session& session);
int gate_learn(const GateLearn& options, Session& session);
int gate_policies(const GatePolicies& options, Session& session);
int gate_doctor(const GateDoctor& options, Session& session);
int gate_accept_rollback(const GateAcceptRollback& options, Session& session);
int doctor(const Doctor& options, Session& session);
int gate_explain(const GateExplain& options, Session& session);
int audit_show(const AuditShow& options, Session& session);
int audit_verify(const AuditVerify& options, Session& session);
int check_config(const ConfigCheck& options, Session& session);
int print_completion(const Completion& options, Session& session);

} // namespace ysnp::cli
