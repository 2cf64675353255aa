#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_rules.py [ROOT]: has every rule of specs/*.md a test, and every rule tag a rule?

A rule is defined where its id opens a line, a list item or a table row of a file specs/NAME.md:

    **K-5** Text ...      - **K-5 Title.** Text ...      | **K-5** | text |      | K-5 | text |

An id is one to three capitals, a hyphen and a number (K-5, EN-3), or a law, I and a number (I14).
The rule's text runs to the next blank line, heading or definition; of a row it is the row. A test
proves it by a Catch2 tag `[rule:K-5]` in tests/**.cpp. What something else proves says so in its
text, `(checked by: FILE, FILE)`, with files of this tree: another test, a script, or a header whose
static_assert or type refuses the opposite. Ids anywhere else in a line are mere references.
"""
import glob
import os
import re
import sys

ID = r"[A-Z]{1,3}-\d+[a-z]?|I\d+"
DEFINES = re.compile(rf"^(?:[-*] |\| ?)?\*\*({ID})\b(?!-)|^\| ?({ID}) ?\|")
TAG = re.compile(r"\[rule:([^\]]*)\]")
CHECKED_BY = re.compile(r"\(checked by: ([^)]*)\)")


def rules_of(root):
    """Yields (id, path, line, text) for each definition."""
    for path in sorted(glob.glob(os.path.join(root, "specs", "*.md"))):
        with open(path, encoding="utf-8") as f:
            lines = f.read().split("\n")
        name, fenced, open_rule = os.path.relpath(path, root), False, None
        for n, line in enumerate(lines, 1):
            fenced ^= line.lstrip().startswith("```")
            m = None if fenced else DEFINES.match(line)
            if open_rule and (m or not line.strip() or line.startswith(("#", "|"))):
                yield tuple(open_rule)
                open_rule = None
            if m:
                open_rule = [m[1] or m[2], name, n, line]
            elif open_rule:
                open_rule[3] += " " + line.strip()
        if open_rule:
            yield tuple(open_rule)


def tags_of(root):
    for path in sorted(glob.glob(os.path.join(root, "tests", "**", "*.cpp"), recursive=True)):
        with open(path, encoding="utf-8") as f:
            for n, line in enumerate(f, 1):
                for tag in TAG.findall(line):
                    yield tag, os.path.relpath(path, root), n


def findings(root):
    rules, tags, checks = {}, list(tags_of(root)), 0
    tested = {tag for tag, _, _ in tags}
    for rule, path, line, text in rules_of(root):
        if rule in rules:
            yield path, line, "twice", f"{rule} is defined in {rules[rule]} already"
        rules[rule] = f"{path}:{line}"
        named = [f.strip(" `") for by in CHECKED_BY.findall(text) for f in by.split(",")]
        checks += bool(named)
        for f in named:
            if not os.path.isfile(os.path.join(root, f)):
                yield path, line, "check", f"{rule} names a check that is no file: {f}"
        if rule not in tested and not named:
            yield path, line, "untested", f"{rule} has no test [rule:{rule}] and names no check"
    for tag, path, line in tags:
        if tag not in rules:
            yield path, line, "norule", f"[rule:{tag}] has no rule in specs/*.md"
    print(f"rules: {len(rules)}, with a tagged test: {len(tested & set(rules))}, "
          f"naming another check: {checks}")


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "..")
    found = list(findings(os.path.abspath(root)))
    for path, line, kind, sentence in found:
        print(f"{path}:{line}: {kind}: {sentence}")
    print(f"check_rules: {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
