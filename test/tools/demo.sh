#!/usr/bin/env bash
# Shows the gate on a local job, with no GitLab: refused with its reasons, allowed by its digest, run to its end.
set -euo pipefail
cd "$(dirname "$0")/../.."
program=$PWD/build/ysnprunner
stage=$(mktemp -d "${TMPDIR:-/tmp}/ysnprunner-demo.XXXXXX")
trap 'rm -rf "$stage"' EXIT
host=${DOCKER_HOST:-unix:///var/run/docker.sock}
say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

repository=127.0.0.1:5077/ysnprunner-demo/busybox
digest_of() { docker -H "$host" image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$repository:1" 2>/dev/null | grep -m1 "^$repository@"; }
if ! digest_of >/dev/null; then
    say "A small image, made of this machine's BusyBox; a registry on loopback gives it its digest"
    mkdir -p "$stage/root/bin" "$stage/root/etc" "$stage/root/tmp"
    cp /bin/busybox "$stage/root/bin/"
    chroot "$stage/root" /bin/busybox --install -s /bin
    echo 'root:x:0:0:root:/:/bin/sh' >"$stage/root/etc/passwd"
    tar -C "$stage/root" -c . | docker -H "$host" import --change 'CMD ["/bin/sh"]' - "$repository:1" >/dev/null
    printf 'version: 0.1\nstorage: { filesystem: { rootdirectory: %s } }\nhttp: { addr: 127.0.0.1:5077 }\n' "$stage/registry" >"$stage/registry.yml"
    docker-registry serve "$stage/registry.yml" >"$stage/registry.log" 2>&1 &
    registry=$!
    for _ in $(seq 50); do curl -sf http://127.0.0.1:5077/v2/ >/dev/null && break; sleep .1; done
    docker -H "$host" push "$repository:1" >/dev/null || { cat "$stage/registry.log" >&2; exit 1; }
    kill $registry
fi
image=$(digest_of)

say "A sample project"
mkdir -p "$stage/hello" "$stage/policy"
chmod 700 "$stage"
cat >"$stage/hello/.gitlab-ci.yml" <<YAML
greet:
  image: $image
  variables:
    WHOM: world
  script:
    - echo "hello \$WHOM, from \$CI_PROJECT_PATH"
    - ls
  after_script:
    - echo "the script ended with \$CI_JOB_STATUS"
YAML
echo "a file of the project" >"$stage/hello/README"
git -C "$stage/hello" init -q -b main
git -C "$stage/hello" add -A
git -C "$stage/hello" -c user.name=demo -c user.email=demo@example.com commit -q -m "A job that greets"
cat "$stage/hello/.gitlab-ci.yml"
cat >"$stage/config.yml" <<YAML
state_dir: $stage/state
audit: { file: $stage/audit.jsonl }
gate:
  mode: enforce
  store: file
  file: { path: $stage/policy }
runners:
  - name: demo
    url: https://gitlab.example.com
    token: glrt-demo-token-of-a-runner
    docker:
      host: $host
      image: $image
      pull_policy: [if-not-present]
      network_mode: none
YAML
chmod 600 "$stage/config.yml"

ysnp() { (cd "$stage/hello" && RUNTIME_DIRECTORY="$memory" "$program" "$@"); }
memory=$(mktemp -d /dev/shm/ysnprunner-demo.XXXXXX)
trap 'rm -rf "$stage" "$memory"' EXIT

say "1. Nobody has approved this job: it is refused, and nothing of it happens"
status=0
ysnp -c "$stage/config.yml" exec greet --project demo/hello || status=$?
[ $status = 4 ] || { echo "demo: expected the exit code 4 (denied), found $status" >&2; exit 1; }

say "2. Somebody who may does: ysnprunner gate allow greet --project demo/hello"
ysnp -c "$stage/config.yml" gate allow greet --project demo/hello

say "3. The same job runs, as one container, to its end"
ysnp -c "$stage/config.yml" exec greet --project demo/hello

say "4. The decisions are in the audit chain: ysnprunner audit verify"
ysnp -c "$stage/config.yml" audit verify --file "$stage/audit.exec.jsonl"
say "That was it. README.md tells how to register the runner with a GitLab."
