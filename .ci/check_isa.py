#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_isa.py [BUILD]: no wide instruction outside the kernel files (A-37). A kernel file is one
whose compile command has flags of its own for an instruction set. Its object must export no weak
symbol: the linker could keep that copy of an inline function for the whole program. Every other
object must touch no ymm, zmm or mask register. Looks at the objects of BUILD (build/release) that
are there. Exit 0, 1 for findings, 77 with the reason where there is nothing to look at."""
import json
import os
import re
import subprocess
import sys

FLAG = re.compile(r"\s-m(avx|gfni|sse|ssse|fma|bmi|vaes|vpclmul)\S*")
BASELINE = re.compile(r"\s-march=(\S+)")
WIDE = re.compile(r"%[yz]mm\d|%k[0-7]\b")


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def objects(build):
    """(path, source, is a kernel) of every object that is there."""
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as f:
        for entry in json.load(f):
            command = entry["command"]
            target = re.search(r"\s-o (\S+)", command)
            path = os.path.join(entry["directory"], target.group(1)) if target else ""
            march = BASELINE.search(command)
            if march and march.group(1) != "x86-64-v2" or " -flto" in command:
                sys.exit(skip(f"{build} is built for another baseline"))
            if path.endswith(".o") and os.path.exists(path):  # no precompiled header
                yield path, entry["file"], FLAG.search(command) is not None


def skip(why):
    print(f"skipped check_isa: {why}")
    return 77


def weak(path):
    for line in run("nm", "-C", "--defined-only", path).splitlines():
        parts = line.split(None, 2)
        if len(parts) == 3 and parts[1] in "wWvVu":
            yield f"exports the weak symbol {parts[2]}"


def wide(path):
    function = ""
    for line in run("objdump", "-dC", "--no-show-raw-insn", path).splitlines():
        if line.endswith(">:"):
            function = line.split("<", 1)[1][:-2]
        elif WIDE.search(line):
            yield f"uses wide registers in {function}"
            return


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else "build/release"
    if os.uname().machine != "x86_64":
        return skip("no x86-64")
    if not os.path.exists(os.path.join(build, "compile_commands.json")):
        return skip(f"{build} is not built")
    count, findings = [0, 0], 0
    for path, source, kernel in objects(build):
        count[kernel] += 1
        for sentence in (weak if kernel else wide)(path):
            findings += 1
            print(f"{source}: {sentence}")
    if not count[0] or not count[1]:
        return skip(f"{build} has no objects of both kinds yet")
    print(f"{count[1]} kernel objects, {count[0]} others")
    print(f"check_isa: {findings} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
