#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""memo_test.py [--build DIR]: what a new type of transaction costs, kept true by memo.patch.

The patch adds `Memo`: its message, two files, entries in four lists (Operation, tx/all.h with its
include, two CMakeLists) and one test. In each run it must still apply to this tree, change nothing
that was there, touch only these files and stay as small as it is. With --build the tree is copied
to DIR, patched, ledger_test is built there by the release preset and the test of Memo is run; what
DIR holds from the last time is used again.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PATCH = os.path.join(HERE, "memo.patch")
# File -> most lines added. Those that exist must exist; the others are new.
LISTS = {"specs/proto/tx.proto": 8, "ledger/tx/all.h": 2, "ledger/CMakeLists.txt": 1,
         "tests/ledger/CMakeLists.txt": 1}
FILES = {"ledger/tx/account/memo.h": 20, "ledger/tx/account/memo.cpp": 20,
         "tests/ledger/memo_test.cpp": 30}
NOT_COPIED = {".git", "build", "node_modules"}


def added(patch):
    """File -> lines added; raises where a line is taken away."""
    out, name = {}, None
    for line in patch.split("\n"):
        if line.startswith("diff --git "):
            name = re.fullmatch(r"diff --git a/(\S+) b/\1", line)[1]
            out[name] = 0
        elif line.startswith("+") and not line.startswith("+++ "):
            out[name] += 1
        elif line.startswith("-") and not line.startswith("--- "):
            raise ValueError(f"{name}: the patch takes a line away: {line}")
    return out


def apply_in(where):
    # Without the ceiling git would take a repository above `where` for the place to patch.
    env = dict(os.environ, GIT_CEILING_DIRECTORIES=os.path.dirname(os.path.abspath(where)))
    run = subprocess.run(["git", "apply", PATCH], cwd=where, env=env,
                         capture_output=True, text=True)
    return run.stderr if run.returncode else ""


def check(patch):
    sizes, most = added(patch), {**LISTS, **FILES}
    for name in sorted(set(sizes) ^ set(most)):
        yield f"{name}: " + ("not a file Memo may touch" if name in sizes else "left out")
    for name, lines in sizes.items():
        if lines > most.get(name, lines):
            yield f"{name}: {lines} lines added, at most {most[name]}"
    with tempfile.TemporaryDirectory() as copy:
        for name in LISTS:
            os.makedirs(os.path.dirname(os.path.join(copy, name)), exist_ok=True)
            shutil.copy(os.path.join(ROOT, name), os.path.join(copy, name))
        error = apply_in(copy)
        if error:
            yield "it does not apply: " + error.strip()
        for name in sorted(set(most) - {n for n in most if os.path.isfile(os.path.join(copy, n))}):
            yield f"{name}: not there after it was applied"
    for name in FILES:
        if os.path.exists(os.path.join(ROOT, name)):
            yield f"{name}: there already"


def build(where):
    where = os.path.abspath(where)
    for path, dirs, files in os.walk(ROOT):
        dirs[:] = [d for d in dirs
                   if d not in NOT_COPIED and os.path.join(path, d) != where]
        target = os.path.join(where, os.path.relpath(path, ROOT))
        os.makedirs(target, exist_ok=True)
        for name in files:
            shutil.copy2(os.path.join(path, name), os.path.join(target, name))
    for name in FILES:
        if os.path.exists(os.path.join(where, name)):
            os.remove(os.path.join(where, name))
    error = apply_in(where)
    if error:
        print("memo: " + error)
        return 1
    for command in (["cmake", "-S", ".ci", "--preset", "release"],
                    ["cmake", "--build", "build/release", "--target", "ledger_test"],
                    ["build/release/bin/ledger_test", "[memo]"]):
        done = subprocess.run(command, cwd=where, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace")
        if done.returncode:
            print(f"memo: {' '.join(command)} failed\n{done.stdout[-6000:]}")
            return 1
    if not re.search(r"All tests passed \(\d+ assertions in 1 test case\)", done.stdout):
        print("memo: its test did not run\n" + done.stdout)
        return 1
    print("memo: built and tested in " + where)
    return 0


def main():
    with open(PATCH, encoding="utf-8") as f:
        patch = f.read()
    found = list(check(patch))
    planted = {
        "a change elsewhere": patch.replace("a/ledger/tx/all.h b/ledger/tx/all.h",
                                            "a/ledger/apply.cpp b/ledger/apply.cpp"),
        "a longer handler": patch.replace("\n+#pragma once", "\n+#pragma once" + "\n+//" * 20),
    }
    for name, changed in planted.items():
        if not list(check(changed)):
            found.append(f"planted and not refused: {name}")
    for sentence in found:
        print("memo: " + sentence)
    sizes = added(patch)
    print(f"memo: {sum(sizes.values())} lines in {len(sizes)} files, of them "
          f"{sum(sizes[n] for n in sizes if n in LISTS)} in {len(LISTS)} that exist")
    if found:
        return 1
    return build(sys.argv[2]) if sys.argv[1:2] == ["--build"] else 0


if __name__ == "__main__":
    sys.exit(main())
