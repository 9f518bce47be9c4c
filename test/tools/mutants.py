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
    ("any script is listed", "checks/script_check.cpp", "entry.digest == digest && same_job;", "same_job;", "checks"),
    ("a script counts for every job", "checks/script_check.cpp",
     "const bool same_job = entry.job == hearing.facts.job_name || (!native && entry.job.empty());",
     "const bool same_job = true;", "checks"),
    ("a broken policy does not refuse", "checks/decide.cpp", "if (has(decision, Finding::broken)) {",
     "if (false && has(decision, Finding::broken)) {", "checks"),
    ("a refusal passes", "checks/decide.cpp", "if (has(decision, Finding::refused)) {",
     "if (false && has(decision, Finding::refused)) {", "checks"),
    ("learning never ends", "checks/decide.cpp", "local.learn_until && now <= *local.learn_until;",
     "local.learn_until.has_value();", "checks"),
    ("the policy's faults are forgotten", "checks/decide.cpp", "    check_policy(hearing);\n", "", "checks"),
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
    ("the log has no limit", "runner/trace/limit.cpp", "std::min<std::uint64_t>(room, bytes.size())", "bytes.size()",
     "trace"),
    ("the Engine's frames have no bound", "docker/frame_parser.cpp", "if (left_ > longest_frame)", "if (false)", "docker"),
    ("an unknown stream is read", "docker/frame_parser.cpp", "if (header_[0] != 1 && header_[0] != 2)", "if (false)",
     "docker"),
    ("the audit chain is not chained", "runner/audit/chain.cpp", '{"prev", prev}', '{"prev", ""}', "audit"),
    ("an exit code is lost", "runner/job/script.cpp", "set +o noclobber\\nset -o errexit\\n", "set +o noclobber\\n", "job"),
    ("user commands read the script", "runner/job/script.cpp", " ) </dev/null\\nexit 0", " )\\nexit 0", "job"),
    ("the first of two variables wins", "runner/job/variables.cpp",
     "const auto last = std::ranges::find(list_.rbegin(), list_.rend(), name, &gitlab::Variable::key);\n    return last == list_.rend() ? nullptr : &*last;",
     "const auto last = std::ranges::find(list_.begin(), list_.end(), name, &gitlab::Variable::key);\n    return last == list_.end() ? nullptr : &*last;",
     "job"),
    ("a place is never given back", "runner/job/slots.cpp", "    --used_;\n", "", "job"),
    ("a cancel is heard twice", "runner/job/stop.h", "if (canceled_ || phase_ == Phase::after) return;",
     "if (phase_ == Phase::after) return;", "job"),
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
            return False  # a mutant that does not compile is caught too
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
