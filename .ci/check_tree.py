#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_tree.py [ROOT]: does the tree keep the rules of specs/architecture.md?

Everything it knows is in the tables below; there is no configuration. One line per finding,
`path:line: kind: what is wrong`; exit 1 if there is any. tests/tree/offences plants one of each.
"""
import os
import re
import subprocess
import sys

# WALD_CHECKs per 1,000 lines of pure modules. This number may only rise; the aim is 20.
MIN_CHECKS_PER_1000 = 15

# A-1, architecture 1: module, folder, modules it may include. The longest folder match decides.
MODULES = {
    "base": ("codec/base", ""),
    "specs": ("specs/proto", ""),
    "shape": ("codec/shape", "base"),
    "economics": ("economics", "base"),
    "codec": ("codec", "base shape"),
    "proofs": ("proofs", "base shape"),
    "prove": ("proofs/prove", "base shape codec proofs"),
    "wire": ("ledger/wire", "base specs"),
    "ledger": ("ledger", "base specs shape economics proofs wire"),
    "node": ("node", "base specs shape economics codec proofs prove wire ledger"),
    "tests": ("tests", "base specs shape economics codec proofs prove wire ledger node"),
}
PURE = {"base", "shape", "economics", "codec", "proofs", "prove", "wire", "ledger"}

# tiers inside node. A folder includes itself, `os`, and folders of lower tiers.
NODE_TIERS = ["os store reflect keys net", "core", "sequencer abci storage index",
              "client audit publish", "http cli demo", "app"]
TIER = {folder: t for t, row in enumerate(NODE_TIERS) for folder in row.split()}

TOP = set("CMakeLists.txt ledger economics proofs codec node tests specs README.md LICENSE "
          "Makefile".split())  # and dot files

# Banned in pure modules: kind of thing, pattern over code without comments and strings.
BANS = [
    ("floating point", r"\b(float|double)\b"),
    ("unordered container", r"\bunordered_(multi)?(map|set)\b"),
    ("std::hash", r"\bstd::hash\b"),
    ("pointer as key", r"\bstd::(multi)?(map|set)<[^,<>]*\*\s*[,>]"),
    ("thread, clock, file or console header",
     r"#\s*include\s*<(thread|mutex|shared_mutex|condition_variable|future|chrono|ctime|"
     r"time\.h|fstream|filesystem|iostream|random|locale|clocale|unistd\.h|fcntl\.h|sys/\w+\.h)>"),
    ("environment", r"\b(getenv|setenv|putenv)\b"),
    ("library randomness",
     r"\b(rand|srand|random_shuffle)\s*\(|\bstd::(shuffle|random_device|mt19937\w*)\b"),
    ("locale", r"\b(setlocale|std::locale)\b"),
    ("clock", r"\btime\s*\(\s*(NULL|nullptr|0|&)|\b(gettimeofday|clock_gettime|clock)\s*\(|"
              r"\bstd::chrono\b"),
    ("logging", r"\bstd::(cout|cerr|clog)\b|\bspdlog\b|\b(f?printf|puts|fputs)\s*\("),
    ("serialize call of the library", r"(\.|->|::)(Partial)?(Serialize\w*|Append\w*ToString)\s*\("),
]
BAN_EXCEPTIONS = {("codec/base/check.cpp", "logging")}  # the last words of a failed check

# A library, the include that shows it, and the only files that may have it.
LIBRARIES = [
    ("Boost.Multiprecision", r"<boost/multiprecision/", r"economics/\w+\.cpp|tests/.*\.cpp"),
    ("Beast", r"<boost/beast", r"node/net/\w+\.cpp"),
    ("libsodium", r"<sodium", r"codec/base/.*|proofs/.*|node/(keys|os)/.*|tests/.*"),
    ("LMDB", r"<lmdb\.h>", r"node/store/.*|tests/.*"),
    ("ISA-L", r"<(isa-l|isal)\b", r"codec/.*|tests/.*"),
    ("Protobuf", r"<google/protobuf/",
     r"specs/.*|ledger/(wire|tx)/.*|node/(reflect|abci)/.*|tests/.*"),
    ("a message class", r"\.pb\.h[\">]",
     r"specs/.*|ledger/(?!state/|laws/|tree/|rounds/).*|node/.*|tests/.*"),
    ("a library of node", r"<(boost/(asio|json|url)|toml\+\+|CLI/|spdlog|prometheus/)",
     r"node/.*|tests/.*"),
    ("a test library", r"<(catch2|benchmark|sqlite3)", r"tests/.*"),
]
KERNEL_MAY = {"<cstdint>", "<cstddef>", "<immintrin.h>"}  # A-37, and one header of its own folder

TEXT = (".h", ".cpp", ".proto", ".py", ".js", ".css", ".html", ".cmake", ".txt", ".yml", ".sh",
        ".rs")
CODE = (".h", ".cpp", ".proto", ".py", ".js", ".sh", ".rs")
UNMEASURED = ("specs/vectors/", "specs/generated/", "tests/golden/", "tests/tree/offences/")
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|R"\((.*?)\)"|"(?:\\.|[^"\\\n])*"|'
                   r"(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'", re.S)
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<][^">]+[">])')


def files_of(root):
    if os.path.exists(os.path.join(root, ".git")):
        out = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard", "-z"],
                             check=True, capture_output=True, text=True).stdout
        return sorted(f for f in set(out.split("\0")) if f and os.path.isfile(f"{root}/{f}"))
    return sorted(os.path.relpath(os.path.join(d, f), root) for d, _, fs in os.walk(root)
                  for f in fs if not os.path.relpath(d, root).startswith(("build", ".git/")))


def module_of(path):
    fits = [(len(f), m) for m, (f, _) in MODULES.items() if path.startswith(f + "/")]
    return max(fits)[1] if fits else None


def bare(text):
    """The text without comments and string contents, line numbers kept; includes stay."""
    keep = lambda m: "\n" * m.group(0).count("\n") if m.group(0)[0] in "/R" else '""'
    return "\n".join(l if INCLUDE.match(l) else n for l, n in
                     zip(text.split("\n"), TOKEN.sub(keep, text).split("\n")))


def check_include(path, mine, what):
    """Yields (kind, sentence) for one #include of a file of module `mine`."""
    for library, shows, allowed in LIBRARIES:
        if re.search(shows, what) and not re.fullmatch(allowed, path):
            yield "library", f"{library} does not belong here: {what}"
    if what[0] == "<" or mine is None:
        return
    target = what[1:-1]
    theirs = "specs" if target.endswith(".pb.h") else module_of(target)
    if theirs is None:
        yield "include", f"{what} does not start at the root (A-1)"
    elif theirs != mine and theirs not in MODULES[mine][1].split():
        yield "include", f"{mine} may not include {theirs}: {what}"
    elif theirs != mine and mine != "tests" and theirs != "specs" and \
            os.path.dirname(target) != MODULES[theirs][0]:
        yield "private", f"{what} is private to {theirs} (A-2)"
    elif mine == theirs == "node":
        a, b = (p.split("/")[1] if p.count("/") > 1 else None for p in (path, target))
        if a and a not in TIER:
            yield "tier", f"folder node/{a} has no tier (A-6)"
        elif a and a != b and b != "os" and (b not in TIER or TIER[a] <= TIER[b]):
            yield "tier", f"node/{a} may not include node/{b}: {what} (A-6)"


def check_code(path, text):
    mine, lines = module_of(path), text.split("\n")
    first = lines[1] if lines[0].startswith("#!") and len(lines) > 1 else lines[0]
    if "SPDX-License-Identifier: Apache-2.0" not in first:
        yield 1, "spdx", "the first line is not the SPDX line"
    if not path.endswith((".h", ".cpp")):
        return
    code = bare(text)
    includes = [(n, INCLUDE.match(l).group(1)) for n, l in enumerate(code.split("\n"), 1)
                if INCLUDE.match(l)]
    for n, what in includes:
        for kind, sentence in check_include(path, mine, what):
            yield n, kind, sentence
    if path.endswith(".cpp") and mine in PURE and any(w == "<immintrin.h>" for _, w in includes):
        own = [w for _, w in includes if w not in KERNEL_MAY]
        if len(own) != 1 or os.path.dirname(own[0][1:-1]) != os.path.dirname(path):
            yield 1, "kernel", f"a kernel file includes more than A-37 allows: {' '.join(own)}"
    if mine in PURE:
        for name, pattern in BANS:
            for m in re.finditer(pattern, code):
                if (path, name) not in BAN_EXCEPTIONS:
                    n = code.count("\n", 0, m.start()) + 1
                    yield n, "banned", f"{name} in a pure module: {m.group(0).strip()}"


def check_registered(path, read, present):
    """A source is named in the CMakeLists.txt of a folder above it, by its path from there, or in
    any by its path from the root."""
    folder, test = os.path.dirname(path), path.endswith("_test.cpp")
    while folder:
        lists = folder + "/CMakeLists.txt"
        if lists in present:
            calls = re.findall(r"wald_test\s*\(([^)]*)\)" if test else r"\(([^)]*)\)", read(lists))
            if any(os.path.relpath(path, folder) in c.split() for c in calls):
                return
        folder = os.path.dirname(folder)
    whole = "${PROJECT_SOURCE_DIR}/" + path
    lists = (p for p in present if p.endswith("/CMakeLists.txt"))
    if any(whole in re.split(r"[\s()]+", read(p)) for p in lists):
        return
    if test:
        yield 1, "test", "not registered with wald_test(..) in its CMakeLists.txt"
    else:
        yield 1, "source", "named in no CMakeLists.txt"


def findings(root):
    cache, present = {}, files_of(root)

    def read(path):
        if path not in cache:
            with open(os.path.join(root, path), encoding="utf-8", errors="replace") as f:
                cache[path] = f.read()
        return cache[path]

    for entry in sorted({p.split("/")[0] for p in present}):
        if entry not in TOP and not entry.startswith("."):
            yield entry, 1, "top", "not on the list of top-level entries"
    checks = pure_lines = 0
    for path in present:
        script = path.startswith(".ci/") and "." not in os.path.basename(path)
        if not (path.endswith(TEXT) or script or path == "Makefile") or path.startswith(UNMEASURED):
            continue
        text = read(path)
        lines = text.count("\n")
        if lines > 500:
            yield path, lines, "length", f"{lines} lines; at most 500"
        for n, line in enumerate(text.split("\n"), 1):
            if len(line) > 100:
                yield path, n, "columns", f"{len(line)} columns; at most 100"
        if path.endswith(CODE) or script:
            yield from ((path, *f) for f in check_code(path, text))
        if path.endswith(".cpp"):
            yield from ((path, *f) for f in check_registered(path, read, set(present)))
        if os.path.basename(path) == "CMakeLists.txt" and re.search(r"\bGLOB", text):
            yield path, 1, "source", "globbing hides forgotten files"
        if module_of(path) in PURE and path.endswith((".h", ".cpp")):
            checks += len(re.findall(r"\bWALD_CHECK\(", text))
            pure_lines += lines
    for module, (folder, _) in MODULES.items():
        if module_of(folder + "/x") == module and any(p.startswith(folder + "/") for p in present):
            readme = folder + "/README.md"
            if readme not in present:
                yield readme, 1, "readme", f"module {module} has no README.md"
            elif read(readme).count("\n") > 60:
                yield readme, 61, "readme", "longer than a screen (60 lines)"
    density = 1000 * checks / max(pure_lines, 1)
    print(f"pure modules: {checks} checks in {pure_lines} lines, {density:.1f} per 1,000 "
          f"(least {MIN_CHECKS_PER_1000}, aim 20)")
    if pure_lines >= 1000 and density < MIN_CHECKS_PER_1000:
        yield ".ci/check_tree.py", 1, "density", "too few WALD_CHECKs in pure modules (A-29)"


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "..")
    found = list(findings(os.path.abspath(root)))
    for path, line, kind, sentence in found:
        print(f"{path}:{line}: {kind}: {sentence}")
    print(f"check_tree: {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
