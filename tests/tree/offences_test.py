#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""offences_test.py CHECKER: plants each offence of tests/tree/offences and expects its refusal.

An offence is one text file. Its first lines say which checker it is for and which kinds of finding
it must give; `== path` starts a planted file, `*N text` stands for N such lines. It is laid over
the clean tree of clean.txt, on which the checker must find nothing. Every kind of finding that a
checker knows must be planted at least once.
"""
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CHECKERS = os.path.join(HERE, "..", "..", ".ci")


def plant(source, root):
    """Unpacks the offence file `source` under root; returns its header lines."""
    with open(source, encoding="utf-8") as f:
        header, *parts = re.split(r"^== (.*)\n", f.read(), flags=re.M)
    for path, body in zip(parts[::2], parts[1::2]):
        body = re.sub(r"^\*(\d+) (.*\n)", lambda m: m[2] * int(m[1]), body, flags=re.M)
        full = os.path.join(root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as f:
            f.write(body)
    return dict(line.split(": ", 1) for line in header.strip().split("\n") if line)


def kinds_found(checker, root):
    run = subprocess.run([sys.executable, os.path.join(CHECKERS, checker + ".py"), root],
                         capture_output=True, text=True)
    kinds = {m[1] for m in re.finditer(r"^\S+:\d+: (\w+): ", run.stdout, flags=re.M)}
    if (run.returncode != 0) != bool(kinds):
        kinds.add(f"exit {run.returncode}: {run.stderr}")
    return kinds, run.stdout


def main():
    checker, failed, planted = sys.argv[1], 0, set()
    names = sorted(n for n in os.listdir(os.path.join(HERE, "offences")) if n != "clean.txt")
    clean = os.path.join(HERE, "offences", "clean.txt")
    for name in ["clean.txt"] + names:
        with tempfile.TemporaryDirectory() as root:
            plant(clean, root)
            header = plant(os.path.join(HERE, "offences", name), root)
            if checker not in header["checker"].split():
                continue
            wanted = set(header["expect"].split()) - {"nothing"}
            found, output = kinds_found(checker, root)
            planted |= wanted
            if found != wanted:
                failed += 1
                print(f"{name}: want {sorted(wanted)}, got {sorted(found)}\n{output}")
    with open(os.path.join(CHECKERS, checker + ".py"), encoding="utf-8") as f:
        known = set(re.findall(r'yield [^"\n]*?"(\w+)", f?"', f.read()))
    for kind in sorted(known - planted):
        failed += 1
        print(f"{checker} knows the kind '{kind}', but no offence plants it")
    print(f"{checker}: {len(planted)} kinds of offence planted, {failed} failures")
    return 1 if failed or not planted else 0


if __name__ == "__main__":
    sys.exit(main())
