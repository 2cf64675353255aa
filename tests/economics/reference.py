#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks the program for what rules.py, a second writing of specs/economics.md, answers too.

    reference.py RUNNER [--rows N] [--seed S] [--given FILE]

answers every row of FILE's section `functions` by its own rules, then makes N rows of each
function (some of them dear, and fewer), of corners and of all sizes, and lets RUNNER answer them.
Ends with 0 if nobody disagreed."""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

import rules
from rules import AMOUNT, BPS, PPM, PRICE, U64, Refused, seat_caps


# ---- inputs ----


class Draw:
    """Numbers of every size, corners among them."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def upto(self, high, low=0):
        if self.random.randrange(4) == 0:
            near = [low, low + 1, high - 1, high]
            return min(high, max(low, self.random.choice(near)))
        bits = self.random.randrange(high.bit_length() + 1)
        return min(high, max(low, self.random.getrandbits(bits) if bits else 0))

    def even(self, low, high):
        return self.random.randint(low, high)

    def flag(self):
        return self.random.randrange(2) == 0

    def some(self, most, make):
        return [make() for _ in range(self.random.randint(0, most))]


def inputs(d):
    """{function: (how much dearer than the others, a function that draws its arguments)}"""
    def bps():
        return d.upto(BPS)

    def resource():
        start = d.even(0, 50)
        return [start, d.even(start + 1, start + 9), d.upto(2**60, 1)]

    def fusible():
        start, end, size = resource()
        how = d.even(0, 3)
        if how == 0:
            return {"resource": [start, end, size], "other": [start, end, d.upto(2**60, 1)]}
        if how == 1:
            return {"resource": [start, end, size], "other": [end, end + d.even(1, 5), size]}
        if how == 2:
            return {"resource": [end, end + 2, size], "other": [start, end, size]}
        return {"resource": [start, end, size], "other": resource()}

    def rate(empty=True):
        if empty and d.even(0, 9) == 0:
            return {"w": 0, "s": 0}
        w = d.upto(2**62, 1)
        return {"w": w, "s": min(U64, max(1, w * d.upto(2**20, 1) // d.upto(2**20, 1)))}

    def shares():
        r = rate()
        most = AMOUNT if r["w"] == 0 else min(AMOUNT, U64 * r["w"] // r["s"])
        return {"principal": d.upto(most), **r}

    def frost():
        r, first = rate(empty=False), d.even(0, 8)  # no share stands at an empty pool's
        last = first + d.even(0, 8)
        most = min(U64, AMOUNT * r["s"] // r["w"])
        return {"shares": d.upto(most >> (last - first)), "from": first, "to": last, **r}

    def weight():
        S = d.upto(2**60)
        W = 0 if S == 0 else max(1, S * d.upto(2**13, 1) // 2**12)
        exits, left = {}, S
        for x in range(d.even(4, 6), d.even(4, 9)):
            exits[str(x)] = d.upto(left)
            left -= exits[str(x)]
        pend = {str(a): d.upto(2**60) for a in (6, 7) if d.flag()}
        out = {"W": W, "S": S, "E": d.even(5, 7), "exits": exits, "pend": pend,
               "pre": {a: d.upto(p) for a, p in pend.items() if d.flag()}}
        if left and d.flag():
            bond = {"shares": d.upto(left)}
            out["bond"] = bond if d.flag() else {**bond, "exit": d.even(5, 8)}
        if d.even(0, 5) == 0:
            out[d.random.choice(["leaving", "barred", "left"])] = True
        return out

    def way(*states):
        state = d.random.choice(["pending", "active", "returned", *states])
        return {"state": state, "epoch": 40, "bps": d.upto(1000), "K": d.even(1, 32),
                "activation": d.even(41, 42) if state == "pending" else d.even(1, 40)}

    def candidates():
        return [{"node": node, "value": d.upto(2**62), "key": f"{d.upto(3):064x}", "out": False}
                for node in d.random.sample(range(1, 400), d.even(1, 40))]

    def seekers():
        n, count = d.even(4, 1000), d.even(1, 40)
        stakes = [d.upto(2**56) for _ in range(count)]
        lost = []
        for _ in stakes:
            held = d.even(1, max(1, n // 4))
            lost.append([held, d.even(1, held)] if d.even(0, 7) == 0 else None)
        return {"n": n, "stakes": stakes, "lost": lost}

    def seat_rows():
        n, count = d.even(4, 60), d.even(1, 12)
        stakes = [d.upto(2**58, 1) if d.flag() else d.even(1, 4) for _ in range(count)]
        caps = seat_caps(n, stakes)["caps"]
        order = d.random.sample(range(count), count)
        return {"n": n, "rows": [list(row) for row in zip(stakes, caps, order)]}

    def change():
        shards, old = d.random.sample(range(60), d.even(4, 60)), {}
        ids = d.random.sample(range(1, 30), d.even(1, min(8, len(shards))))
        for k, node in enumerate(ids):
            old[str(node)] = [shards[k]]
        for shard in shards[len(ids):]:
            old[str(d.random.choice(ids))].append(shard)
        left, new = len(shards), []
        for node in d.random.sample(range(1, 30), d.even(1, 8)):
            count = d.even(1, left) if left else 0
            left -= count
            if count:
                new.append([node, count])
        if d.even(0, 9):
            new[-1][1] += left
        lost = {node: d.random.sample(own, d.even(0, len(own))) for node, own in old.items()
                if d.even(0, 3) == 0}
        return {"old": old, "new": new, "lost": lost}

    def votes(most):
        n = d.even(4, 2000)
        left, out = n, []
        while left and len(out) < 30:
            weight = d.even(1, max(1, min(left, n // 5)))
            left -= weight
            out.append([d.upto(most), weight])
        return n, out[: max(1, len(out) - d.even(0, 3))]

    def prices():
        n, out = votes(PRICE)
        return {"votes": out, "n": n}

    def capacities():
        n, out = votes(U64)
        return {"nodes": out, "n": n}

    def members():
        U = d.upto(2**50)
        return {"pot": d.upto(5 * 10**18), "U": U, "kappa": d.even(2, 16),
                "members": [{"w": d.even(1, 400), "denied": d.upto(U), "s": d.upto(PPM),
                             "q": d.upto(PPM)} for _ in range(d.even(1, 12))]}

    def quoted():
        out = {"size": d.upto(2**50), "price": d.upto(PRICE), "epochs": d.even(0, 60),
               "horizon": 53}
        return {**out, "max_cost": d.upto(AMOUNT)} if d.flag() else out

    def roomy():
        out = {"capacity": d.upto(AMOUNT), "reserve_bps": d.upto(5000), "size": d.upto(2**60, 1)}
        return {**out, "certified": d.upto(out["size"])} if d.flag() else out

    def earned():
        full = d.upto(5 * 10**18)
        return {"full": full, "reward": d.upto(full), "bps": bps()}

    def wide():
        return {"a": d.upto(U64), "num": d.upto(U64), "den": d.upto(U64),
                "round": d.random.choice(["up", "down"]), "max": d.upto(U64)}

    def shrunk():
        size = d.upto(2**60)
        return {"size": size, "used": d.upto(size), "percent": d.even(0, 110)}

    def counts():
        return {"counts": {str(node): d.even(1, 30)
                           for node in d.random.sample(range(1, 99), d.even(1, 12))}}

    def voided():
        rounds = d.even(2, 256)
        return {"pot": d.upto(AMOUNT), "void": d.even(0, rounds), "rounds": rounds}

    def offence():
        n = d.even(4, 2000)
        return {"base": d.upto(2000), "floor": bps(), "weight": d.even(0, n), "n": n}

    return {
        "mul_div": (1, wide),
        "halves": (1, lambda: {"x": d.upto(AMOUNT)}),
        "spread": (4, lambda: {"x": d.upto(AMOUNT), "k": d.even(0, 60)}),
        "sink": (1, lambda: {"x": d.upto(2**62), "fund": d.upto(2**62), "cap": d.upto(AMOUNT)}),
        "units": (1, lambda: {"bytes": d.upto(U64)}),
        "encoded_size": (1, lambda: {"length": d.upto(2**47), "n": d.upto(49_200)}),
        "quote": (1, quoted),
        "room": (1, roomy),
        "split_epoch": (1, lambda: {"resource": resource(), "epoch": d.even(0, 60)}),
        "split_size": (1, lambda: {"resource": resource(), "keep": d.upto(2**60)}),
        "fuse": (1, fusible),
        "shrink": (1, shrunk),
        "to_shares": (1, shares),
        "to_frost": (1, frost),
        "weight_at": (2, weight),
        "exit_path": (1, lambda: {**way("bond"), "cur": d.flag(), "next": d.flag(),
                                  "requested": d.even(0, 5) == 0}),
        "direct_fee": (1, lambda: {**way(), "gross": d.upto(5 * 10**18)}),
        "elect": (20, lambda: {"candidates": candidates(), "threshold": d.upto(2**61),
                               "max_members": d.even(1, 40)}),
        "seat_caps": (10, seekers),
        "apportion": (20, seat_rows),
        "assign": (10, counts),
        "transition": (10, change),
        "difference": (4, lambda: {"first": d.random.sample(range(40), d.even(0, 20)),
                                   "second": d.random.sample(range(40), d.even(0, 20))}),
        "quorum": (1, lambda: {"n": d.even(1, 65_535)}),
        "price_target": (4, prices),
        "capacity_target": (4, capacities),
        "price_step": (1, lambda: {"old": d.upto(PRICE), "target": d.upto(U64),
                                   "step": d.upto(BPS, 1)}),
        "capacity_step": (1, lambda: {"old": d.upto(AMOUNT), "target": d.upto(U64),
                                      "first": d.flag(), "used": d.upto(AMOUNT)}),
        "match": (1, lambda: {"sold": d.upto(AMOUNT), "rho": d.upto(20_000),
                              "fund": d.upto(AMOUNT)}),
        "fixed": (1, lambda: {"n": d.even(4, 65_535), "per_shard": d.upto(PRICE),
                              "fund": d.upto(AMOUNT)}),
        "pot": (1, lambda: {"money": d.upto(AMOUNT), "burn_bps": d.upto(2000)}),
        "held": (1, voided),
        "denied": (2, lambda: {"U": d.upto(AMOUNT), "samples":
                               d.some(6, lambda: [d.upto(2**62), d.upto(2**62)])}),
        "bounty": (1, lambda: {"own": d.upto(AMOUNT), "pool": d.upto(AMOUNT),
                               "deposit": d.upto(10**12, 10**7), "rounds": d.even(0, 256)}),
        "split_pot": (4, members),
        "purchase_subsidy": (1, lambda: {"cost": d.upto(AMOUNT), "buyer": bps(), "system": bps(),
                                         "fund": d.upto(AMOUNT)}),
        "shift_ppm": (1, lambda: {"age": d.upto(2**32 - 1, 1), "bps": d.upto(1000),
                                  "K": d.even(1, 32)}),
        "shift_fee": (1, lambda: {"gross": d.upto(5 * 10**18), "ppm": d.upto(PPM)}),
        "bonus": (2, lambda: {"B": d.upto(5 * 10**18), "O": d.some(12, lambda: d.upto(2**58))}),
        "commission": (1, earned),
        "slash_bps": (1, offence),
        "recovery": (1, lambda: {"price": d.upto(PRICE), "U": d.upto(AMOUNT),
                                 "n": d.even(4, 65_535), "epochs": d.even(1, 12)}),
        "standing": (1, lambda: {"scores": [d.upto(PPM) for _ in range(d.even(1, 9))]}),
    }


# ---- rows ----

NAMED = {"state", "round", "key"}


def plain(value, name=""):
    """Numbers of a row, which stands in decimal texts, as numbers."""
    if isinstance(value, dict):
        return {key: plain(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return int(value) if isinstance(value, str) and name not in NAMED else value


def texts(value):
    if isinstance(value, dict):
        return {key: texts(item) for key, item in value.items()}
    if isinstance(value, list):
        return [texts(item) for item in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def row_of(fn, arguments):
    row = {"fn": fn, "in": texts(arguments)}
    try:
        row["want"] = texts(getattr(rules, fn)(**arguments))
    except Refused as refused:
        row["error"] = str(refused)
    return row


def check_given(path):
    """Rows that somebody else computed."""
    with open(path, encoding="utf-8") as f:
        rows = json.load(f)["functions"]
    wrong = 0
    for row in rows:
        mine = row_of(row["fn"], plain(row["in"]))
        theirs = row["error"] if "error" in row else row["want"]
        if (mine.get("error") or mine.get("want")) != theirs:
            wrong += 1
            print(f"differs: {json.dumps(row)}\n   mine: {json.dumps(mine)}")
    print(f"{len(rows) - wrong} of {len(rows)} given rows agree")
    return wrong == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("runner")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--given")
    options = parser.parse_args()
    ok = check_given(options.given) if options.given else True
    rows = []
    for fn, (dear, draw) in inputs(Draw(options.seed)).items():
        rows += [row_of(fn, draw()) for _ in range(max(1, options.rows // dear))]
    refused = sum("error" in row for row in rows)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "functions.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump({"histories": [], "functions": rows}, f)
        run = subprocess.run([options.runner, path], capture_output=True, text=True, check=False)
    print("\n".join(run.stdout.splitlines()[-20:]) + run.stderr[-2000:])
    print(f"{len(rows)} rows made, {refused} of them refusals")
    return 0 if ok and run.returncode == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
