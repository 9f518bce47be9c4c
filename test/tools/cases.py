#!/usr/bin/env python3
"""Prints which cases of test/cases no test cites.

usage: cases.py [--missing] [--prefix P] [--check]

A test cites a case by its id in brackets, such as [TRC-03], in its name or in a comment beside the assertion.
--check fails where a test cites an id that the catalogue does not have.
"""
import argparse
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent.parent
ID = r"(?:(?:[A-Z]+-[A-Z]?\d+)|DK\d+)"
SUFFIXES = {".cpp", ".h", ".py", ".sh", ".go", ".json", ".yml", ".yaml"}


def catalogue():
    cases = {}
    for file in sorted((HERE / "cases").glob("*.md")):
        for line in file.read_text().splitlines():
            if row := re.match(rf"\| ({ID}) \| (.*)", line):
                cases.setdefault(row[1], row[2][:110])
    return cases


def cited():
    found = {}
    for file in HERE.rglob("*"):
        if file.suffix in SUFFIXES and file.is_file() and "corpus" not in file.parts and file != pathlib.Path(__file__).resolve():
            for case in re.findall(rf"\[({ID})\]", file.read_text(errors="replace")):
                found.setdefault(case, file)
    return found


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--missing", action="store_true")
    parser.add_argument("--prefix", default="")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    cases, found = catalogue(), cited()
    unknown = {case: file for case, file in found.items() if case not in cases}
    for case, file in sorted(unknown.items()):
        print(f"unknown id [{case}] in {file.relative_to(HERE.parent)}")
    if options.check:
        sys.exit(1 if unknown else 0)
    groups = {}
    for case, text in cases.items():
        if not case.startswith(options.prefix):
            continue
        have, total = groups.get(re.sub(r"\d+$", "", case), (0, 0))
        groups[re.sub(r"\d+$", "", case)] = (have + (case in found), total + 1)
        if options.missing and case not in found:
            print(f"{case:9s} {text}")
    if not options.missing:
        for group, (have, total) in groups.items():
            print(f"{group:7s} {have:4d} of {total}")
    print(f"total   {sum(h for h, _ in groups.values()):4d} of {sum(t for _, t in groups.values())} cases cited by a test")


if __name__ == "__main__":
    main()
