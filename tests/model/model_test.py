# SPDX-License-Identifier: Apache-2.0
"""Histories replay, and one that is changed in a single place does not.

Usage: model_test.py MODEL_HISTORY [SEEDS [OPERATIONS]]
"""
import copy
import json
import subprocess
import sys

from replay import COMPARED, Difference, Ledger


def history(program, seed, operations, *more):
    done = subprocess.run([program, "--seed", str(seed), "--operations", str(operations), *more],
                          check=True, stdout=subprocess.PIPE)
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




def spoiled(lines):
    """(what, history) for every compared table, for a code, a fee, and a number of an event."""
    for table in COMPARED:
        for at in range(len(lines) - 1, 0, -1):
            rows = lines[at]["changes"].get(table, {})
            found = next(((k, spoil(r)) for k, r in rows.items() if spoil(r)), None)
            if table in ("expiry", "owner", "attribute") and rows:  # nothing to count: is it there
                key = next(iter(rows))
                found = (key, {} if rows[key] is None else None)
            if found:
                yield table, with_change(lines, at, table, *found)
                break
        else:
            raise AssertionError("no record of %s changed in the whole history" % table)
    last = max(i for i, line in enumerate(lines) if line.get("transactions"))
    for field in ("code", "fee"):
        other = lines[:last] + copy.deepcopy(lines[last:])
        other[last]["transactions"][0][field] += 1
        yield field, other
    other = lines[:last] + copy.deepcopy(lines[last:])
    body = next(e["body"] for e in other[last]["events"] if e["type"] == "account.feeCharged")
    body["burned"] = str(int(body["burned"]) + 1)
    yield "event", other


def with_change(lines, at, table, key, record):
    other = lines[:at] + [copy.deepcopy(lines[at])] + lines[at + 1:]
    other[at]["changes"][table][key] = record
    return other


def main(program, seeds=2, operations=3000):
    compared, codes, transactions = 0, {}, 0
    for seed in range(2 * int(seeds)):
        lines = history(program, seed, operations, *["--nodes"][:seed % 2])
        ledger = replay(lines)
        compared += sum(ledger.compared.values())
        transactions += sum(ledger.codes.values())
        for code, count in ledger.codes.items():
            codes[code] = codes.get(code, 0) + count
    assert codes[0] > transactions // 2 and len(codes) > 30, codes
    for what, other in spoiled(history(program, 1, 1000, "--nodes")):
        try:
            replay(other)
        except Difference:
            continue
        raise AssertionError("a history with a wrong %s replays" % what)
    print("figure model: %d transactions with %d codes, %d records compared" % (
        transactions, len(codes), compared))


if __name__ == "__main__":
    main(*sys.argv[1:])
