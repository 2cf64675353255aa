#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""report_test.py: how `make test` ends after runs that passed, failed, skipped or did nothing."""
import os
import subprocess
import sys
import tempfile

REPORT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", ".ci",
                      "ctest_report.py")
PASS = ('<testcase name="a" status="run"><system-out>figure kills: 50\n</system-out>'
        '</testcase>')
PART = ('<testcase name="b" status="run"><system-out>x\nskipped quilts: not built\n'
        '</system-out></testcase>')
FAIL = '<testcase name="c" status="fail"><failure message="exit 1"/></testcase>'
WHOLE = ('<testcase name="d" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/>'
         '<system-out>skipped engine: not installed\n</system-out></testcase>')
MUTE = '<testcase name="e" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/></testcase>'
OFF = '<testcase name="f" status="disabled"/>'
CASES = [
    ([PASS], 0, "1 passed, 0 failed, 0 skipped"),
    ([PASS, PART, WHOLE], 0, "2 passed, 0 failed, 2 skipped"),
    ([PASS, FAIL], 1, "1 passed, 1 failed, 0 skipped"),
    ([PASS, MUTE], 1, "1 passed, 1 failed, 0 skipped"),
    ([PASS, OFF], 1, "1 passed, 1 failed, 0 skipped"),
    ([], 1, "0 passed, 0 failed, 0 skipped"),
]
failures = 0
for cases, code, last in CASES:
    with tempfile.NamedTemporaryFile("w", suffix=".xml") as f:
        f.write(f"<testsuite>{''.join(cases)}</testsuite>")
        f.flush()
        run = subprocess.run([sys.executable, REPORT, f.name], capture_output=True, text=True)
    lines = run.stdout.strip().split("\n")
    if run.returncode != code or lines[-1] != last:
        failures += 1
        print(f"want exit {code}, {last}; got exit {run.returncode}:\n{run.stdout}{run.stderr}")
    if PASS in cases and "figure  kills: 50" not in lines:
        failures += 1
        print(f"the figure is missing:\n{run.stdout}")
    if WHOLE in cases and "skipped d: engine: not installed" not in lines:
        failures += 1
        print(f"the reason of the skip is missing:\n{run.stdout}")
print(f"{len(CASES)} reports, {failures} failures")
sys.exit(1 if failures else 0)
