#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""codes_test.py: has every code of code.proto a test that sees it, or a reason why none can?

A code is seen where a test of the ledger compares an outcome with it (`== spec::NAME`). A code that
no built path answers stands with its number in the table of specs/ledger.md, "Codes that cannot
occur yet"; such a code is neither seen in a test nor named in ledger/ (but for the table that turns
the refusals of economics/ into codes). At the end offences are planted: each must be refused.
"""
import glob
import os
import re
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def text_of(*patterns, leave_out=()):
    out = []
    for pattern in patterns:
        for path in sorted(glob.glob(os.path.join(ROOT, pattern), recursive=True)):
            if os.path.basename(path) not in leave_out:
                with open(path, encoding="utf-8") as f:
                    out.append(f.read())
    return "\n".join(out)


def findings(proto, spec, tests, ledger):
    codes = {m[1]: int(m[2])
             for m in re.finditer(r"^  ([A-Z][A-Z_]+) = (\d+) \[\(spec\.code\)", proto, re.M)}
    parts = re.split(r"^## .*Codes that cannot occur yet$", spec, flags=re.M)
    if len(parts) != 2 or len(codes) < 100:
        return ["code.proto or the section of specs/ledger.md cannot be read"]
    rows = re.findall(r"^\| (\d.*?) \|", re.split(r"^## ", parts[1], flags=re.M)[0], re.M)
    listed = {name: int(number) for row in rows
              for number, name in re.findall(r"(\d+) ([A-Z_]+)", row)}
    seen = set(re.findall(r"==\s*spec::([A-Z_]+)\b", tests))
    named = set(re.findall(r"spec::([A-Z_]+)\b", ledger))
    out = [f"{name} {number} is listed and no code" for name, number in listed.items()
           if codes.get(name) != number]
    for name, number in codes.items():
        if number == 0:
            continue
        if name not in listed and name not in seen:
            out.append(f"{number} {name}: no test of the ledger sees it, and it is not listed")
        if name in listed and name in seen:
            out.append(f"{number} {name}: listed as one that cannot occur, and a test sees it")
        if name in listed and name in named:
            out.append(f"{number} {name}: listed as one that cannot occur, and ledger/ answers it")
    return out


def main():
    given = {
        "proto": text_of("specs/proto/code.proto"),
        "spec": text_of("specs/ledger.md"),
        "tests": text_of("tests/ledger/*.cpp"),
        "ledger": text_of("ledger/**/*.cpp", "ledger/**/*.h", leave_out=("refusal.cpp",)),
    }
    failed = findings(**given)
    planted = {
        "a code that nobody knows": {
            "proto": given["proto"] + "\n  NEW_ONE = 999 [(spec.code) = {"},
        "a listed code in a test": {"tests": given["tests"] + "REQUIRE(x == spec::KNOWN);"},
        "a listed code in ledger/": {"ledger": given["ledger"] + "return spec::KNOWN;"},
        "a wrong number": {"spec": given["spec"].replace("508 KNOWN", "507 KNOWN")},
        "a test that is gone": {"tests": given["tests"].replace("== spec::NONCE", "")},
    }
    for name, change in planted.items():
        if not findings(**{**given, **change}):
            failed.append(f"planted and not refused: {name}")
    for sentence in failed:
        print(sentence)
    print(f"codes: {len(failed)} findings, {len(planted)} offences planted")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
