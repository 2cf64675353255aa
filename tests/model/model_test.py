# SPDX-License-Identifier: Apache-2.0
"""Histories replay, and one that is changed in a single place does not.

Usage: model_test.py MODEL_HISTORY [SEEDS [OPERATIONS]]
"""
import copy
import json
import os
import subprocess
import sys
import tempfile

import replay as second
from replay import COMPARED, Difference, Ledger


# Tables whose records have no number to change: is one there or not?
PLACES = ("expiry", "owner", "attribute", "bucket_blob", "absence", "authority", "ballot_queue",
          "roll",
          "ballot_text")
# What is sent; where urgent ballots end, hours pass without a block.
MIXES = (("all",), ("nodes",), ("rights",), ("buckets",), ("duties",), ("ballots", "--idle", 80),
         ("everything",), ("everything", "--spoil", 2))


def history(program, seed, *what):
    done = subprocess.run([program, "--seed", str(seed), *map(str, what)], check=True,
                          stdout=subprocess.PIPE)
    return [json.loads(line) for line in done.stdout.splitlines()]


def replay(lines):
    ledger = Ledger(copy.deepcopy(lines[0]))
    for line in lines[1:]:
        ledger.block(line)
    return ledger


def spoil(value):
    """The same with one number changed; None where there is none."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return value + 1
    items = value.items() if isinstance(value, dict) else enumerate(value)
    if isinstance(value, str):
        return None
    for key, item in items:
        other = spoil(item)
        if other is not None:
            changed = copy.copy(value)
            changed[key] = other
            return changed
    return None


def spoiled(histories):
    """(what, history) for every compared table, for a code, a fee, and a number of an event."""
    missing = list(COMPARED)
    for lines in histories:
        for table in list(missing):
            place = last_change(lines, table)
            if place:
                missing.remove(table)
                yield table, with_change(lines, *place)
    assert not missing, "no record of %s changed in any history" % missing
    last, place = max((i, k) for i, line in enumerate(lines)
                      for k, tx in enumerate(line.get("transactions", [])) if tx["code"] == 0)
    for field in ("code", "fee"):
        other = lines[:last] + copy.deepcopy(lines[last:])
        other[last]["transactions"][place][field] += 1
        yield field, other
    other = lines[:last] + copy.deepcopy(lines[last:])
    body = next(e["body"] for e in other[last]["events"] if e["type"] == "account.feeCharged")
    body["burned"] = str(int(body["burned"]) + 1)
    yield "event", other


def last_change(lines, table):
    """(line, table, key, another record) of a record that changed late in the history."""
    for at in range(len(lines) - 1, 0, -1):
        rows = lines[at]["changes"].get(table, {})
        if rows and table in PLACES:
            key = next(iter(rows))
            return at, table, key, {} if rows[key] is None else None
        for key, record in rows.items():
            if spoil(record):
                return at, table, key, spoil(record)
    return None


def with_change(lines, at, table, key, record):
    """The history up to the line that is wrong: there it has to be found."""
    other = lines[:at] + [copy.deepcopy(lines[at])]
    other[at]["changes"][table][key] = record
    return other


def refuse_an_input(lines):
    """Of two inputs of a fuzzer the second goes wrong: it is named, and kept."""
    wrong = with_change(lines, *last_change(lines, "account"))
    inputs = [{"input": "first", "bytes": "01"}, *lines, {"input": "second", "bytes": "0203"}]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "histories")
        for rest, said in ((wrong, "height %d" % wrong[-1]["height"]), ([], "did not survive")):
            with open(path, "w", encoding="utf-8") as file:
                file.writelines(json.dumps(line) + "\n" for line in inputs + rest)
            done = subprocess.run([sys.executable, second.__file__, path], encoding="utf-8",
                                  stdout=subprocess.PIPE, env=dict(os.environ, TMPDIR=folder))
            assert done.returncode == 1, done.stdout
            assert done.stdout.startswith("second (kept as ") and said in done.stdout, done.stdout
            with open(done.stdout.split("kept as ")[1].split(")")[0], "rb") as kept:
                assert kept.read() == bytes((2, 3))


def main(program, seeds=1, operations=3000):
    compared, codes, transactions, blocks = 0, {}, 0, 0
    for seed in range(int(seeds)):
        histories = [history(program, seed, "--operations", operations, "--mix", *mix)
                     for mix in MIXES]
        histories += [history(program, 2 * seed + hurt, "--rounds", int(operations) // 375)
                      for hurt in (0, 1)]
        for lines in histories:
            ledger = replay(lines)
            blocks += len(lines) - 1
            compared += sum(ledger.compared.values())
            transactions += sum(ledger.codes.values())
            for code, count in ledger.codes.items():
                codes[code] = codes.get(code, 0) + count
    assert codes[0] > transactions // 2 and len(codes) > 30, codes
    for what, other in spoiled(lines[:330] for lines in histories):
        try:
            replay(other)
        except Difference:
            continue
        raise AssertionError("a history with a wrong %s replays" % what)
    refuse_an_input(histories[0][:40])
    print("figure model: %d blocks, %d transactions with %d codes, %d records compared" % (
        blocks, transactions, len(codes), compared))


if __name__ == "__main__":
    main(*sys.argv[1:])
