#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""isa_test.py COMPILER: check_isa.py finds what is planted, a kernel that exports a weak symbol and
wide code in a file that is no kernel, and passes what is clean."""
import json
import os
import subprocess
import sys
import tempfile

CHECK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", ".ci", "check_isa.py")
PLAIN = "int plain(int a) { return a + 1; }\n"
KERNEL = ("#include <immintrin.h>\n__attribute__((target(\"avx2\"))) void kernel(void* p) {\n"
          "  *(__m256i*)p = _mm256_add_epi64(*(__m256i*)p, *(__m256i*)p); }\n")
WEAK = KERNEL + "inline int shared(int a) { return a * 3; }\nint (*keep)(int) = shared;\n"
CASES = [  # of each file: its text, its flags; then what is found
    ([(PLAIN, ""), (KERNEL, "-mavx2")], 0, "0 findings"),
    ([(PLAIN, ""), (WEAK, "-mavx2")], 1, "exports the weak symbol shared(int)"),
    ([(KERNEL, ""), (KERNEL, "-mavx2")], 1, "uses wide registers in kernel(void*)"),
    ([(PLAIN, "")], 77, "no objects of both kinds"),
]

if os.uname().machine != "x86_64":
    print("skipped isa: no x86-64")
    sys.exit(77)
failures = 0
for files, code, sentence in CASES:
    with tempfile.TemporaryDirectory() as build:
        entries = []
        for i, (text, flags) in enumerate(files):
            source, target = os.path.join(build, f"{i}.cpp"), f"{i}.o"
            with open(source, "w", encoding="utf-8") as f:
                f.write(text)
            command = f"{sys.argv[1]} -O1 -march=x86-64-v2 {flags} -o {target} -c {source}"
            subprocess.run(command.split(), cwd=build, check=True)
            entries.append({"directory": build, "command": command, "file": source})
        with open(os.path.join(build, "compile_commands.json"), "w", encoding="utf-8") as f:
            json.dump(entries, f)
        run = subprocess.run([sys.executable, CHECK, build], capture_output=True, text=True)
    if run.returncode != code or sentence not in run.stdout:
        failures += 1
        print(f"want exit {code}, {sentence}; got exit {run.returncode}:\n{run.stdout}{run.stderr}")
print(f"{len(CASES)} builds, {failures} failures")
sys.exit(1 if failures else 0)
