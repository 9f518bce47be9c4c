#pragma once
#include "checks/codes.h"
#include <array>

namespace ysnp::checks {

/// The text of every code, sorted by name. Included by codes.cpp alone.
inline constexpr auto catalogue = std::to_array<Code>({
    {"ART-BAD", "an artifact is not what it should be",
     "An archive, a member's name or a checksum of an artifact was malformed, too large or pointed outside"
     " the project's folder.",
     "Rebuild the artifact in the job that makes it. If it keeps happening, look at that job's paths and "
     "at what it writes there."},
    {"AUD-SINK", "the audit log cannot be written",
     "Each decision must be durable in the audit log before it takes effect. The log could not be opened, "
     "locked, extended or synchronised, or its chain does not continue, so no job may start.",
     "On the runner's host: free disk space, check owner and mode of audit.file, and run `ysnprunner audit"
     " verify`. The job itself is fine: retry it afterwards."},
    {"CCH-BAD", "a cache is not what it should be",
     "A cache archive was malformed, too large or held names that point outside the project's folder.",
     "Clear the project's caches and run the job that writes them again."},
    {"DCK-API", "the Docker Engine did not do what was asked",
     "The Engine refused a request, answered something malformed or was not there.",
     "On the runner's host: `ysnprunner doctor` and the Engine's own log say more."},
    {"DCK-DRIFT", "a container is not the one that was asked for",
     "After creating a container the runner compares what the Engine reports with what it asked for. They "
     "differed, so the container was removed before it ran. Or somebody else worked on the container of a "
     "running job: `docker exec`, `cp`, `update`, `commit`, `rename`, `pause` or `network connect`.",
     "Look for something between runner and Engine that rewrites requests: a proxy, an authorisation plug-"
     "in, an Engine default. Where somebody worked on it, the audit record and the runner's log name the "
     "call: find out who can reach the Engine's socket."},
    {"DCK-PULL", "an image could not be pulled",
     "The registry does not have the image, does not let this job read it, or served something that the "
     "gate did not approve.",
     "Check the reference and the job's rights at the registry; with a digest, check that it still exists "
     "there."},
    {"GIT-LIMIT", "the repository exceeds a bound",
     "Number, size or depth of what the repository holds exceeds what the runner accepts.",
     "Fetch less (GIT_DEPTH), or have the bound raised on the runner."},
    {"GIT-OBJ", "the repository holds an object that cannot be used",
     "An object is malformed, has a dangerous name, or the repository is in a format this runner does not "
     "read (SHA-256).",
     "Repair the repository; `git fsck` names the object."},
    {"GIT-REF", "the commit is not where GitLab says", "The commit is not reachable from the ref that the job names.",
     "Run the pipeline again; if it stays, ask who rewrote the ref."},
    {"GIT-SUBMOD", "a submodule is not allowed",
     "A submodule has an address or a path that this runner does not fetch.",
     "Use relative addresses within the same GitLab, and have the project allowed."},
    {"GIT-URL", "the repository is not the project's",
     "`repo_url` must be the configured GitLab's origin plus the project's path. It named another place, "
     "so the sources would not be those of the project whose policy was read.",
     "Check `url` in the runner's configuration against GitLab's external URL. If they agree, treat "
     "GitLab's answer as forged."},
    {"GLB-REDIR", "GitLab answered with a redirect to another origin",
     "Tokens go to one origin only; redirects elsewhere are not followed.",
     "Put GitLab's final address into the runner's `url`."},
    {"GLB-REPLY", "GitLab's answer is malformed", "The answer was not HTTP, too large, or not what the API promises.",
     "Look for a proxy or portal between runner and GitLab."},
    {"GLB-TLS", "GitLab's certificate cannot be verified",
     "The certificate is expired, for another name, or from an authority that the runner does not know.",
     "Correct the certificate, or name its authority in tls_ca_file."},
    {"GLB-TOKEN", "GitLab does not know the runner's token", "The token was reset, expired or removed.",
     "Register the runner again."},
    {"HST-DOCTOR", "the host is not fit to run jobs", "A check of the host that must hold does not.",
     "Run `ysnprunner doctor` on the host: each finding says how to fix it."},
    {"IMG-MISMATCH", "the image is not the approved one",
     "What the Engine holds under the approved digest is something else, or for another platform.",
     "Pull the image again; if it stays, suspect the registry or the Engine's store."},
    {"IMG-OPTS", "the image is used in a way that policy does not allow",
     "Entrypoint, command, user or platform are not as approved.",
     "Have the job's digest approved: it covers these options."},
    {"IMG-REF", "the image is not named by a digest",
     "A tag says nothing about what will run: whoever can write to the registry can move it. Where images "
     "are checked, each must be NAME@sha256:<64 hex digits>, with one digest, lower case, and not made "
     "from a masked variable.",
     "`docker pull NAME:TAG`, then `docker image inspect --format '{{index .RepoDigests 0}}' NAME:TAG`, "
     "and write what it prints into the job."},
    {"IMG-UNLISTED", "the image is not in the whitelist",
     "Policy lists images by digest. The job's image has one, but it is not listed for this project or its"
     " namespace.",
     "Ask who keeps the policy to add the image to allowed_images: `ysnprunner gate allow --project PATH "
     "--image NAME@sha256:…`, in Vault under the caller's own token."},
    {"NET-EGRESS", "the job may not connect there", "The job tried to reach a destination that policy does not list.",
     "Have the destination added, if the job needs it."},
    {"PAY-FIELD", "the job has a field that the runner does not know",
     "An unknown key stands inside what executes (image, services, steps, hooks, cache, artifacts), or a "
     "feature this runner never runs (`run`). What the gate cannot read, it cannot approve.",
     "Update the runner. If the field is harmless, the runner's administrator can add its path to "
     "gate.accept_fields."},
    {"PAY-IDENT", "the job contradicts itself about who it is",
     "Identity comes from typed fields of the payload. A predefined variable, the repository's address, "
     "the project's path or its id says something else.",
     "Remove overrides of predefined variables (CI_PROJECT_PATH, CI_COMMIT_SHA, …) from the job, project "
     "and group. If there are none, treat GitLab's answer as forged."},
    {"PAY-JSON", "the job is not well-formed",
     "The payload is not JSON, has a key twice, a wrong type or a value out of range. Two readers could "
     "understand two different jobs, so it is not run.",
     "Run the pipeline again. If it stays, look for a proxy that changes answers, or update the runner."},
    {"PAY-LIMIT", "the job exceeds a bound",
     "Bytes, count or depth of something in the payload exceed what the runner accepts.",
     "Make the job smaller: move long scripts into files of the repository."},
    {"PAY-STEP", "the job has a step or hook that the runner does not know",
     "Steps and hooks are known by name; this one is unknown, nameless or there twice.",
     "Update the runner, or remove the keyword that makes GitLab send it."},
    {"PAY-VAR", "a variable is not allowed",
     "Variables are code: BASH_ENV, LD_PRELOAD or GIT_CONFIG_* make an approved script run something else."
     " With the ysnp2 digest any name may be used, as the digest covers the value; secret values (masked, "
     "or not public) cannot be shown in it, so policy lists their names as free. Where something passes "
     "without the digest's cover, names that steer are refused. Names that are malformed or define shell "
     "functions are refused always.",
     "Do what the refusal's line says: list the name in free_variables, drop it, or approve the job by its"
     " ysnp2 digest."},
    {"POL-CONDITION", "a condition on the job's origin does not hold",
     "ysnp_policy allows the job only on certain refs, with or without protection, or from certain "
     "pipeline sources.",
     "Run the job where policy allows it, or have the condition changed."},
    {"POL-MISSING", "no policy for this job",
     "Nothing runs that policy does not allow. There is no policy for this project, or it selects no "
     "checks for this job name or for `default`.",
     "Ask who keeps the policy to add the project: `ysnprunner gate allow JOB --project PATH`, in Vault under "
     "the caller's own token."},
    {"POL-PROJECT", "this runner does not serve the project",
     "The runner's own configuration (gate.projects) names the projects that it serves.",
     "Tag the job for another runner, or have the project added."},
    {"POL-SCHEMA", "a policy document is broken",
     "A document has a wrong type, an unknown or misspelt key, a key twice, a check without a reaction or "
     "an entry that can never match. Guessing what was meant would open holes, so nothing passes until it "
     "is repaired.",
     "The refusal names the document, the path in it, what stands there and what should. docs/policy.md "
     "has an example for each rule."},
    {"POL-STALE", "the policy is older than one seen before",
     "The store answered with an older version than it had before: a restored backup, or somebody rolling "
     "rules back.",
     "An operator confirms the older version on the runner's host."},
    {"POL-WINDOW", "not at this time", "dateTimeCheck allows the job only in a time window.",
     "Retry the job in the window; the refusal shows it with its time zone."},
    {"RES-LIMIT", "the job used more than it may", "Memory, processes, disk or output exceeded the job's limit.",
     "Make the job smaller, or have its limit raised."},
    {"RES-TIME", "the job took longer than it may", "A deadline of the job, a stage or a service passed.",
     "Make it faster, or have the time-out raised."},
    {"RUN-STATE", "the runner is in a state that it cannot vouch for",
     "Something inside the runner failed while it decided, or the same job was offered twice.",
     "Retry the job. If it stays, the runner's log has the details its authors need."},
    {"SCR-EMPTY", "the job has no script",
     "There is no command to approve. An empty script was how older gates were passed, so it is refused.",
     "Give the job a script."},
    {"SCR-ENC", "a text of the job is not proper UTF-8",
     "A NUL byte or bytes that are not UTF-8 would be read differently by different programs.",
     "Save the file as UTF-8; encode binary values in base64."},
    {"SCR-UNLISTED", "the job is not approved in this form",
     "The digest covers everything that executes: image and services with their options, every line of "
     "every step and hook, variables that count, cache and artifact rules, feature flags. Policy does not "
     "list it for this job name, so something of it is new or changed.",
     "See what it covers: `ysnprunner digest --payload FILE` or `ysnprunner digest JOB`. Then ask who "
     "keeps the policy to add it to allowed_scripts: `ysnprunner gate allow --project PATH --entry "
     "JOB@ysnp2:…`, in Vault under the caller's own token."},
    {"SRC-PIN", "the sources are not those that were approved",
     "Policy binds the job to approved commits or to protected refs.",
     "Run it on such a commit or ref, or have the new commit approved."},
    {"SVC-UNLISTED", "a service's image is not in the whitelist",
     "Services run beside the job with the same rights on its network. Each service's image must be listed"
     " like the job's own.",
     "Ask who keeps the policy to add the image to allowed_images, as for IMG-UNLISTED."},
    {"USR-CHANGED", "policy changed while the job waited",
     "The job was approved, but the rules were tightened before it started.", "Ask for approval again."},
    {"USR-DENIED", "this person may not do that",
     "An approver said no, now or, where the refusal speaks of a pause, to the same job before; or the person "
     "who started the job or approved it is not among those that policy lists.",
     "Let somebody listed do it, or have the list changed; after a pause, people are asked again."},
    {"USR-NEEDED", "a person has to approve this job", "Policy asks for a person's approval of exactly this digest.",
     "Ask an approver of the project; `ysnprunner gate pending` shows them what waits."},
    {"USR-REPLAY", "an approval that belongs to something else",
     "The approval names another digest, another request or another project, or has served as many jobs as "
     "policy's max_uses allows.",
     "Approve the request that is open now."},
    {"USR-SELF", "nobody approves their own job", "Policy asks for somebody else than the one who started the job.",
     "Ask a colleague."},
    {"USR-TIMEOUT", "nobody approved in time",
     "The job waited as long as it may, and too few people approved; or nobody answered several requests for "
     "the same, and the next one has to wait.",
     "Retry the job when an approver is there."},
    {"VLT-AUTH", "the policy store does not let the runner in",
     "Login failed, or the runner's role may not read this project's documents; or Vault took the login back while "
     "the job ran (gate.vault.on_revoke).",
     "Check the runner's credential and its role's policies (`ysnprunner gate doctor`)."},
    {"VLT-CAPS", "the runner has more rights in Vault than it may",
     "A runner that could approve, or write policy, would make approvals worthless.",
     "Reduce its policies to those that `ysnprunner gate policies` prints."},
    {"VLT-REPLY", "the policy store's answer is malformed",
     "The answer was not what the store's API promises, so it is not used.",
     "Look for a proxy or portal between runner and store."},
    {"VLT-TLS", "the policy store's certificate cannot be verified",
     "Without a verified connection anybody on the way could write policy.",
     "Correct the certificate, or name its authority in gate.vault.ca_file."},
    {"VLT-UNAVAIL", "policy cannot be read now",
     "The store did not answer, is sealed, or a file of it cannot be trusted. There is no cached "
     "permission: without fresh policy nothing runs.",
     "Bring the store back; the refusal says what failed. The job itself is fine: retry it afterwards."},
    {"WSP-PATH", "a path leaves the project's folder",
     "A path given by the job points outside its folder, or through a link.", "Use paths inside the project."},
});

} // namespace ysnp::checks
