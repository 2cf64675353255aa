#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""install_test.py: .ci/install as somebody who may not install: it names the command and exits 3.

Works on a copy with a package list of its own, as `nobody` where the test runs as root, and behind
a sudo that refuses. Nothing is installed.
"""
import os
import shutil
import subprocess
import sys
import tempfile

INSTALL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", ".ci", "install")
LIST = "[base]\ndpkg\n\n[extra]\n# a comment\nwald-no-such-package\ndpkg\nwald-nor-this\n"
WANT = [
    ([], 0, ""),
    (["extra"], 3, "  apt-get update && apt-get install -y --no-install-recommends"
                   " wald-no-such-package wald-nor-this\n"),
    (["missing"], 2, "packages.txt has no [missing]\n"),
]
if not shutil.which("dpkg-query"):
    print("skipped install: this is no Debian, there is no dpkg-query")
    sys.exit(77)
failures = 0
with tempfile.TemporaryDirectory() as root:
    os.mkdir(f"{root}/ci")
    os.mkdir(f"{root}/bin")
    shutil.copy(INSTALL, f"{root}/ci/install")
    with open(f"{root}/ci/packages.txt", "w", encoding="utf-8") as f:
        f.write(LIST)
    with open(f"{root}/bin/sudo", "w", encoding="utf-8") as f:
        f.write("#!/bin/sh\nexit 1\n")
    subprocess.run(["chmod", "-R", "a+rX", root], check=True)
    os.chmod(f"{root}/bin/sudo", 0o755)
    who = {"user": 65534, "group": 65534, "extra_groups": []} if os.getuid() == 0 else {}
    for sections, code, end in WANT:
        run = subprocess.run([f"{root}/ci/install", *sections], capture_output=True, text=True,
                             env={"PATH": f"{root}/bin:{os.environ['PATH']}"}, cwd="/", **who)
        if run.returncode != code or not run.stdout.endswith(end) or (not end and run.stdout):
            failures += 1
            print(f"install {sections}: want exit {code} and '{end}', got exit {run.returncode}:\n"
                  f"{run.stdout}{run.stderr}")
print(f"{len(WANT)} cases, {failures} failures")
sys.exit(1 if failures else 0)
