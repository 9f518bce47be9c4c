#!/usr/bin/env python3
"""Breaks load-bearing lines one at a time and expects the tests to turn red.

usage: mutants.py [--check] [NAME...]

--check only looks whether every mutant still fits the source. Each mutant is one replacement in one file and the unit
program that must fail because of it. The source is put back whatever happens.
"""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build/dev"

# name, file, what stands there, what the mutant writes, unit program
MUTANTS = [
    ("an unlisted image passes", "checks/image_check.cpp", "if (entry.digest != reference.digest) return false;",
     "if (entry.digest == reference.digest) return true;", "checks"),
    ("an image needs no digest", "checks/image_check.cpp", 'return reference->digest.empty() ? "it has no digest" : "";',
     'return "";', "checks"),
    ("any script is listed", "checks/script_check.cpp", "entry.digest == digest && same_job;",
     "(entry.digest == digest || !digest.empty()) && same_job;", "checks"),
    ("a script counts for every job", "checks/script_check.cpp",
     "const bool same_job = entry.job == hearing.facts.job_name || (!native && entry.job.empty());",
     "const bool same_job = true;", "checks"),
    ("a broken policy does not refuse", "checks/decide.cpp", "if (has(decision, Finding::broken)) {",
     "if (false && has(decision, Finding::broken)) {", "checks"),
    ("a refusal passes", "checks/decide.cpp", "if (refuses_for_certain(hearing)) {",
     "if (false && refuses_for_certain(hearing)) {", "checks"),
    ("learning never ends", "checks/decide.cpp", "local.learn_until && now <= *local.learn_until;",
     "local.learn_until && (now <= *local.learn_until || now > *local.learn_until);", "checks"),
    ("the policy's faults are forgotten", "checks/decide.cpp", "    check_policy(hearing);\n",
     "    if (false) check_policy(hearing);\n", "checks"),
    ("v1 hashes need no permission", "checks/script_check.cpp", "if (!hearing.facts.local.legacy_script_hash) {",
     "if (false) {", "checks"),
    ("a cancelled job goes on", "gitlab-api/job_reply.cpp", "    case 403:\n        return PatchDisposition::aborted;",
     "    case 403:\n        return PatchDisposition::failed;", "gitlab-api"),
    ("a 202 counts as the end", "gitlab-api/job_reply.cpp", "return UpdateDisposition::again;",
     "return UpdateDisposition::done;", "gitlab-api"),
    ("the trace goes on beside the offset", "runner/trace/rhythm.cpp", "            progress.sent = reply.offset;",
     "            progress.sent = reply.offset + 1;", "trace"),
    ("a moved offset is not followed", "runner/trace/rhythm.cpp", "        progress.sent = offset;",
     "        progress.sent = offset + 1;", "trace"),
    ("the log has no limit", "runner/trace/limit.cpp", "std::min<std::uint64_t>(room, bytes.size())",
     "bytes.size() + 0 * room", "trace"),
    ("the Engine's frames have no bound", "docker/frame_parser.cpp", "if (left_ > longest_frame)", "if (false)", "docker"),
    ("an unknown stream is read", "docker/frame_parser.cpp", "if (header_[0] != 1 && header_[0] != 2)", "if (false)",
     "docker"),
    ("the audit chain is not chained", "runner/audit/chain.cpp", '{"prev", prev}',
     '{"prev", prev.substr(0, 0)}', "audit"),
    ("an exit code is lost", "runner/job/script.cpp", "set +o noclobber\\nset -o errexit\\n", "set +o noclobber\\n", "job"),
    ("user commands read the script", "runner/job/script.cpp", " ) </dev/null\\nexit 0", " )\\nexit 0", "job"),
    ("the first of two variables wins", "runner/job/variables.cpp",
     "const auto last = std::ranges::find(list_.rbegin(), list_.rend(), name, &gitlab::Variable::key);\n    return last == list_.rend() ? nullptr : &*last;",
     "const auto last = std::ranges::find(list_.begin(), list_.end(), name, &gitlab::Variable::key);\n    return last == list_.end() ? nullptr : &*last;",
     "job"),
    ("a job that never began may have run", "runner/job/belated_report.cpp",
     "dead.reached(Step::started) ? cut_short : cut_before", "dead.reached(Step::started) ? cut_before : cut_short",
     "job"),
    ("an outsider's doing is not seen", "docker/watch.cpp", "found->second.meddled(meddling);", "", "docker"),
    ("every copy is our own", "docker/watch.cpp", "++guarded.archives <= engine_.archive_calls(event.container)", "true",
     "docker"),
    ("any network will do", "docker/watch.cpp",
     "return event.subject == guarded.network || event.name == guarded.network;", "return true;", "docker"),
    ("what happened while blind is lost", "docker/event_stream.cpp", "if (query.since > 0)", "if (false)", "docker"),
    ("a hung state folder is not noticed", "runner/job/watchdog.cpp", "co_await on_pool(pool, [] {});", "", "job"),
    ("who looks a name up twice waits twice", "net/resolve.cpp", "if (fresh) std::thread(", "std::thread(", "net"),
    ("a hung agent is waited for", "runner/agent/conversation.cpp", "if (owed_ == answers_owed) throw",
     "if (false) throw", "agent"),
    ("an agent gives no sign of life", "runner/agent/init/requests.cpp", "return outbox_.post(Type::alive, 0, 0, {});",
     "return;", "agent"),
    ("a silent agent is the job's time-out", "runner/job/outcome.cpp", "} catch (const agent::Silence& e) {",
     "} catch (const std::bad_exception& e) {", "job"),
    ("a place is never given back", "runner/job/slots.cpp", "    --used_;\n", "", "job"),
    ("a cancel is heard twice", "runner/job/stop.h", "if (canceled_ || phase_ == Phase::after) return;",
     "if (phase_ == Phase::after) return;", "job"),
    ("a service is not checked", "checks/image_check.cpp",
     "hearing.decision.services.push_back(check_one(hearing, service, Role::service));",
     'hearing.decision.services.push_back({service.name, service.name, "", false});', "checks"),
    ("a secret needs no permission", "checks/variable_check.cpp", "if (use.cover == Cover::unlisted)", "if (false)",
     "checks"),
    ("a free variable may steer", "checks/variable_check.cpp",
     "if (use.cover == Cover::open && steers_execution(name))", "if (false)", "checks"),
    ("a variable may lie about the job", "checks/variables.cpp",
     "if (*expected != variable.value || is_credential(variable))", "if (false)", "checks"),
    ("the job token under another name is an empty text", "checks/variables.cpp",
     "return variable.secret() || is_credential(variable) ?", "return variable.secret() ?", "checks"),
    ("a branch may call itself a full ref", "checks/ref.cpp",
     ' && !ref.starts_with("refs/heads/") && !ref.starts_with("refs/tags/")', "", "checks"),
    ("a list that names nobody is none", "checks/document_reader.cpp",
     "if (value_->is_array() && value_->empty())", "if (false)", "checks"),
    ("what only the runner sets expands to nothing", "checks/digest.cpp", "return !v || open_.contains(v->key);",
     "return v && open_.contains(v->key);", "checks"),
    ("an approval serves another GitLab's job", "runner/policy/vault_records.cpp", "|| before.gitlab != now.gitlab)",
     ")", "policy"),
    ("a flag that is a file is left out", "checks/variables.cpp", "literal(variable) && (!variable.secret()",
     "(!variable.secret()", "checks"),
    ("anybody may start the job", "checks/conditions.cpp", "claims && contains(rule.users, claims->user_login)", "true",
     "checks"),
    ("a token may be another job's", "checks/claims_check.cpp", '{"job_id", std::to_string(facts.job_id), ',
     '{"job_id", std::to_string(claims.job_id), ', "checks"),
    ("any ref is fine", "checks/conditions.cpp", "any_matches(rule.refs, full_ref(facts))",
     "true || any_matches(rule.refs, full_ref(facts))", "checks"),
    ("protection does not count", "checks/conditions.cpp", "is_protected(facts) == *rule.protected_ref", "true",
     "checks"),
    ("any source is fine", "checks/conditions.cpp", "contains(rule.sources, source)", "true", "checks"),
    ("any commit is fine", "checks/conditions.cpp", "contains(rule.commits, hearing.facts.sha)", "true", "checks"),
    ("a window never closes", "checks/conditions.cpp", "if (now_inside.value_or(false)) {", "if (true) {", "checks"),
    ("a window of an unknown zone is open", "checks/conditions.cpp", "now_inside.value_or(false)",
     "now_inside.value_or(true)", "checks"),
    ("an overridden login is believed", "checks/decide.cpp",
     "if (std::ranges::count_if(facts.variables, is_login) != 1) return {};", "", "checks"),
    ("a chain that is not the anchored one passes jobs", "runner/job/anchoring.cpp",
     "records_.hold_passes(error.what());", "", "job"),
    ("nobody is asked", "checks/decide.cpp", "if (!hearing.plan.mfa) return;", "if (true) return;", "checks"),
    ("a job without a script passes", "checks/structure_check.cpp", "    if (any) return;", "    if (any || true) return;",
     "checks"),
    ("a job without policy passes", "checks/structure_check.cpp",
     "if (!hearing.plan.exists && hearing.facts.objections.empty())", "if (false)", "checks"),
    ("the namespace's whitelist is not read", "checks/policy.cpp",
     "    with_document(documents.namespace_whitelist, policy, whitelist);\n", "", "checks"),
    ("the native policy is not read", "checks/policy.cpp", "policy.native = read_native_policy(root);", "(void)root;",
     "checks"),
    ("the project's whitelist is not read", "checks/policy.cpp",
     "    with_document(documents.project_whitelist, policy, whitelist);\n", "", "checks"),
    ("the project's checks are not read", "checks/policy.cpp",
     "read_project_config(root, legacy_profiles, policy);", "(void)root, (void)legacy_profiles;", "checks"),
    ("a group's policy is not read", "checks/policy.cpp",
     "policy.native->jobs.emplace(name, std::move(job)); // nearer", "(void)job; // nearer", "checks"),
    ("a group's policy is inherited unasked", "checks/policy.cpp", "if (!read || !read->inherit) return;",
     "if (!read) return;", "checks"),
    ("a project may have another id", "checks/conditions.cpp",
     "*native->project_id == hearing.facts.project_id) return;", "*native->project_id > 0) return;", "checks"),
    ("an ID token never ends", "checks/claims_check.cpp", "if (hearing.now > claims->expires)", "if (false)", "checks"),
    ("an ID token may be for another service", "checks/claims_check.cpp", "if (ours.empty() || ",
     "if (true || ours.empty() || ", "checks"),
    ("any project is served", "checks/structure_check.cpp", "const bool ours = served.empty() ||",
     "const bool ours = true || served.empty() ||", "checks"),
    ("an unknown field is nobody's concern", "checks/structure_check.cpp",
     "            hearing.add(Finding::refused, std::move(reason));\n", "            (void)reason;\n", "checks"),
    ("an after_script needs no checks of its own", "checks/selection.cpp", "if (has_after_script(facts))",
     "if (false && has_after_script(facts))", "checks"),
    ("what informs only covers the job", "checks/script_check.cpp",
     "hearing.plan.script->on_fail != OnFail::inform;", "true;", "checks"),
    ("one approval is enough", "checks/approvals.cpp",
     "tally.approvals.size() >= static_cast<std::size_t>(rule.quorum);", "!tally.approvals.empty();", "checks"),
    ("a person counts twice", "checks/approvals.cpp",
     "const bool counts = why.empty() && !twin;",
     "const bool counts = why.empty();", "checks"),
    ("whom Vault knows twice counts twice", "checks/approvals.cpp", "return a.entity == b.entity || of_b(a.login) ||",
     "return a.entity == b.entity || (false && of_b(a.login)) ||", "checks"),
    ("people approve their own jobs", "checks/approvals.cpp",
     "rule.not_requester && may_be_requester(record, request)", "false && may_be_requester(record, request)", "checks"),
    ("an approval of another digest counts", "checks/approvals.cpp", "if (record.digest != digest) return",
     "if (record.digest != digest && digest.empty()) return", "checks"),
    ("an approval of another request counts", "checks/approvals.cpp",
     "    if (record.nonce != request.nonce)\n        if (", "    if (false)\n        if (", "checks"),
    ("an approval never ends", "checks/approvals.cpp", "!record.until || now > *record.until ||", "!record.until ||",
     "checks"),
    ("an approval serves any number of jobs", "checks/approvals.cpp", "if (record.uses >= rule.max_uses)", "if (false)",
     "checks"),
    ("a use that another job took counts as ours", "runner/policy/vault_uses.cpp", "if (ours) co_return true;",
     "if (ours || !ours) co_return true;", "policy"),
    ("uses are taken and not given back", "runner/policy/vault_uses.cpp", "if (!all) co_await taking.give_back(",
     "if (!all && kept) co_await taking.give_back(", "policy"),
    ("another job's use is given back", "runner/policy/vault_uses.cpp",
     "if (document.text && nlohmann::json::parse(*document.text) == use()) co_await", "if (document.text) co_await",
     "policy"),
    ("jobs outlive their runner's login", "runner/job/login_watch.cpp", "job.stop->end(Why::withdrawn, text);",
     "(void)job;", "job"),
    ("jobs of every login are stopped", "runner/job/login_watch.cpp", "if (job.store == store) job", "job", "job"),
    ("a job starts that nobody counted", "runner/job/petition.cpp", "if (!counted) co_return std::nullopt;",
     "if (!counted && fault) co_return std::nullopt;", "job"),
    ("people are asked however often they deny", "runner/job/ask_pause.cpp",
     "if (before.newest > now || end <= now) return std::nullopt;",
     "if (before.newest > now || end <= now || end > now) return std::nullopt;", "job"),
    ("a job that starts is suspended", "runner/job/waiting_room.cpp",
     "void WaitingRoom::Seat::waits_no_more() { guest_->stop = nullptr; }", "void WaitingRoom::Seat::waits_no_more() {}", "job"),
    ("silence is called a denial", "runner/job/ask_pause.cpp", "const bool denied = paused_by_denials(before);",
     "const bool denied = before.denied > 0;", "job"),
    ("requests are not counted", "runner/state/journal.cpp", "insert.bind(1, subject).bind(2, nonce).bind(3, micros(now)).run();",
     "insert.bind(1, subject).bind(2, nonce).bind(3, micros(now));", "state"),
    ("a request never expires", "checks/approvals.cpp", "    if (late) {", "    if (false && late) {", "checks"),
    ("a denial is not heard", "checks/approvals.cpp", "if (why.empty() && !record.approves) return",
     "if (false && !record.approves) return", "checks"),
    ("uses are taken that nobody needs", "checks/approvals.cpp", "if (earlier && confirmed && enough(rule, tally)) break;",
     "if (false) break;", "checks"),
    ("any 404 is an absence", "vault/kv.cpp", "if (says_none(question, response)) return {};", "if (true) return {};",
     "vault"),
    ("a login that ended counts as withdrawn", "vault/session.cpp", "    if (!cut_short_) co_return std::nullopt;\n", "",
     "vault"),
    ("a proxy withdraws the login", "vault/session.cpp",
     "if (errors_of(response).empty()) throw Fault(code,", "if (errors_of(response) == expected) throw Fault(code,", "vault"),
    ("a login leaves its credential in memory", "vault/secret_json.cpp",
     "    text.reserve(most); // growing would leave pieces behind\n", "    (void)most;\n", "vault"),
    ("a root token reads policy", "runner/policy/vault_store.cpp", "if (!identity.is_root()) return;",
     "if (!identity.is_root() || true) return;", "policy"),
    ("older documents are taken", "runner/policy/vault_store.cpp", "if (seen != nullptr) co_await seen->check(",
     "if (false) co_await seen->check(", "policy"),
    ("a request that somebody changed stands", "runner/policy/vault_approvals.cpp",
     "return checks::write_request(found) == checks::write_request(asked) ? found : ApprovalRequest();", "return found;",
     "policy"),
    ("a disabled person approves", "runner/policy/vault_records.cpp", "if (!entity || entity->disabled)",
     "if (!entity)", "policy"),
    ("a job waits where nobody can answer", "runner/policy/gate.cpp",
     "decision.verdict != checks::Verdict::ask || store.approvals() != nullptr", "true", "policy"),
    ("what lies about itself is looked up", "runner/policy/gate.cpp", "if (!facts.objections.empty()) co_return",
     "if (false) co_return", "policy"),
    ("an approval after the end of the wait counts", "runner/job/petition.cpp",
     "if (over()) co_return expired(std::move(decision), request_, trouble_);",
     "if (over() && decision.verdict == checks::Verdict::refuse) co_return expired(std::move(decision), request_, trouble_);",
     "job"),
    ("a job that waited is not judged once more", "runner/job/petition.cpp", "        if (placed_) {",
     "        if (placed_ || decision.allowed()) {", "job"),
    ("two jobs ask the same at once", "runner/job/waiting_room.cpp", "while (is_taken(subject)) {",
     "while (is_taken(subject) && subject.empty()) {", "job"),
    ("any number of jobs waits", "runner/job/waiting_room.cpp", "std::cmp_greater_equal(size(), most)",
     "std::cmp_greater_equal(size(), most) && most < 0", "job"),
    ("a scratch code that nobody saw approves", "runner/policy/scratch_codes.cpp",
     "if (before == seen_.end() || !was_removed(before->second, code, request)) co_return evidence;",
     "if (before != seen_.end() && !was_removed(before->second, code, request)) co_return evidence;", "policy"),
    ("a scratch code that was there never was removed", "runner/policy/scratch_code.cpp",
     "if (before.version == 0) return now.version == 0 && !now.deleted;", "if (before.version == 0) return false;",
     "policy"),
    ("a scratch code removed too late approves", "runner/policy/scratch_code.cpp", "*deleted <= request.expires;",
     "(*deleted <= request.expires || *deleted > request.expires);", "policy"),
    ("another engine's absence approves", "runner/policy/scratch_codes.cpp",
     "if (!marked) throw lost(request, \"the code is gone, and so is the runner's mark: the engine is not the same\");",
     "if (!marked && code.text) throw lost(request, \"never\");", "policy"),
    ("a scratch code that somebody changed stands", "runner/policy/scratch_codes.cpp",
     "if (sees(request, code)) evidence.request = std::move(request);",
     "if (sees(request, code) || true) evidence.request = std::move(request);", "policy"),
    ("a token that Vault refuses is no matter", "runner/policy/witnessed_store.cpp",
     "if (unheard_) std::rethrow_exception(unheard_);", "", "policy"),
    ("a read that failed beside a token is no matter", "runner/policy/witnessed_store.cpp",
     "if (unread_) std::rethrow_exception(unread_);", "", "policy"),
    ("the git worker is not confined", "runner/git/confine.cpp",
     "return static_cast<std::uint64_t>(enter_sandbox(rights));", "return rights.write.size() * 6;", "git"),
    ("the git worker connects anywhere", "runner/git/landlock.cpp", "const int version = landlock_version();",
     "const int version = std::min(landlock_version(), 3);", "git"),
    ("the git worker speaks to sockets of the host", "runner/git/worker_calls.cpp", "{AF_INET, AF_INET6}",
     "{AF_INET, AF_INET6, AF_UNIX}", "git"),
    ("the git worker changes other projects' caches", "runner/git/worker_rights.cpp",
     "rights.write.push_back(request.cache_dir);",
     "rights.write.push_back(request.cache_dir.substr(0, request.cache_dir.rfind('/')));", "git"),
]


def run(*command):
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def survives(name, file, old, new, unit):
    path = ROOT / file
    before = path.read_text()
    path.write_text(before.replace(old, new, 1))
    try:
        built = run("test/tools/build.sh", "dev", f"unit_{unit}")
        if built.returncode != 0:
            print(f"         {name}: does not compile, so no test has seen it", flush=True)
            return True
        try:
            return subprocess.run([BUILD / f"unit_{unit}"], cwd=BUILD, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, timeout=300).returncode == 0
        except subprocess.TimeoutExpired:
            return False
    finally:
        path.write_text(before)


def main():
    wanted = [a for a in sys.argv[1:] if not a.startswith("-")]
    chosen = [m for m in MUTANTS if not wanted or m[0] in wanted]
    stale = [m for m in chosen if m[2] not in (ROOT / m[1]).read_text()]
    for name, file, *_ in stale:
        print(f"STALE    {name}: the line is not in {file} any more")
    if "--check" in sys.argv or stale:
        print(f"{len(chosen) - len(stale)} mutants fit, {len(stale)} do not")
        sys.exit(1 if stale else 0)
    alive = 0
    for mutant in chosen:
        lives = survives(*mutant)
        alive += lives
        print(f"{'SURVIVED' if lives else 'killed  '} {mutant[0]} ({mutant[1]})", flush=True)
    print(f"{len(chosen) - alive} killed, {alive} survived")
    sys.exit(1 if alive else 0)


if __name__ == "__main__":
    main()
