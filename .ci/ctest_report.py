#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ctest_report.py JUNIT: what a ctest run showed, read from its --output-junit file.

Prints the failed tests, the figures, every skip with its reason, then a line
`N passed, M failed, K skipped`. Exit 0 only if M = 0 and something ran. A test that leaves
something out prints a line `skipped WHAT: reason`; one that is left out whole prints it and exits
77. A skip without a reason is a failure. A measured value worth seeing in every run is a line
`figure WHAT: value`.
"""
import re
import sys
import xml.etree.ElementTree as ET

passed, failed, skips, figures = 0, [], [], []
for case in ET.parse(sys.argv[1]).getroot().iter("testcase"):
    name, status = case.get("name"), case.get("status")
    output = case.findtext("system-out") or ""
    reasons = re.findall(r"^\s*skipped (\S.*: \S.*)$", output, flags=re.M)
    skips += [f"{name}: {reason}" for reason in reasons]
    figures += re.findall(r"^\s*figure (\S.*: \S.*)$", output, flags=re.M)
    if status == "run":
        passed += 1
    elif status == "fail":
        why = case.find("failure")
        failed.append(f"{name}: {(why is not None and why.get('message')) or 'failed'}")
    elif status == "notrun" and reasons:
        pass
    elif status == "disabled":
        failed.append(f"{name}: disabled, which gives no reason")
    else:
        failed.append(f"{name}: {status}, without a line that says why it was skipped")
for line in failed:
    print(f"FAILED  {line}")
for line in figures:
    print(f"figure  {line}")
for line in skips:
    print(f"skipped {line}")
print(f"{passed} passed, {len(failed)} failed, {len(skips)} skipped")
sys.exit(1 if failed or not passed else 0)
