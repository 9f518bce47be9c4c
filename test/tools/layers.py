#!/usr/bin/env python3
"""Fails on an include that points up or sideways in the house (ARCHITECTURE.md, "The house")."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BELOW_RUNNER = {"checks", "gitlab-api", "vault", "docker", "net", "conf"}
MAY_USE = {
    "net": {"net"},
    "checks": {"checks"},
    "gitlab-api": {"gitlab-api", "net"},
    "vault": {"vault", "net"},
    "docker": {"docker", "net"},
    "conf": {"conf"},
}
# The room of each third-party library: only these folders may include it.
ONLY_IN = {
    "boost/beast": ["net/", "test/"],
    "yaml-cpp": ["conf/", "runner/pipeline/"],
    "git2": ["runner/git/", "test/"],
    "sqlite3": ["runner/state/", "test/"],
    "spdlog": ["runner/host/"],
    "CLI": ["runner/cli/", "test/"],
}
# Where the rooms of runner/ may reach: downwards in this order.
ROOMS = ["tar", "trace", "state", "audit", "policy", "agent", "git", "pipeline", "host", "job", "cli"]


def complaint(path, target):
    top = path.split("/")[0]
    first = target.split("/")[0]
    folders = BELOW_RUNNER | {"runner", "test"}
    if top in MAY_USE and first in folders and first not in MAY_USE[top]:
        if top == "conf" and (target.endswith("/options.h") or first == "net"):
            return None
        return f"{path} includes {target}: {top}/ may use {', '.join(sorted(MAY_USE[top]))} only"
    if top == "runner" and first == "test":
        return f"{path} includes {target}: the product never uses its tests"
    if path.startswith("runner/") and target.startswith("runner/") and path.count("/") > 1:
        user, used = path.split("/")[1], target.split("/")[1]
        if user in ROOMS and used in ROOMS and ROOMS.index(used) > ROOMS.index(user):
            return f"{path} includes {target}: {user}/ lies below {used}/"
    if path.startswith("runner/") and path.count("/") > 1 and path.split("/")[1] not in ROOMS:
        return f"{path}: {path.split('/')[1]}/ is no room that ROOMS of layers.py knows"
    for library, homes in ONLY_IN.items():
        if target.startswith(library + "/") or target == library + ".h":
            if not any(path.startswith(home) for home in homes):
                return f"{path} includes <{target}>: only {', '.join(homes)} may"
    return None


def main():
    complaints = []
    for file in sorted(ROOT.rglob("*")):
        path = file.relative_to(ROOT).as_posix()
        if file.suffix not in {".h", ".cpp", ".c"} or path.startswith("build"):
            continue
        for target in re.findall(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', file.read_text(), re.M):
            if said := complaint(path, target):
                complaints.append(said)
    print("\n".join(complaints) if complaints else "layers: every include points downwards")
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
