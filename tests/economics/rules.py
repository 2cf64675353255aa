# SPDX-License-Identifier: Apache-2.0
"""The pure functions of specs/economics.md in whole numbers of any length, written from that text
alone. Arguments and answers are named as in rows of histories files."""
import itertools
from fractions import Fraction

BPS, PPM = 10**4, 10**6
U64, AMOUNT = 2**64 - 1, 2**63 - 1
PRICE = 10**15


class Refused(Exception):
    pass


def require(condition, code):
    if not condition:
        raise Refused(code)


def up(a, b):
    return -(-a // b)


# ---- money and storage ----


def mul_div(a, num, den, round, max):
    require(den > 0, "DIV_ZERO")
    result = up(a * num, den) if round == "up" else a * num // den
    require(result <= max, "OVERFLOW")
    return {"r": result}


def halves(x):
    return {"burn": x - x // 2, "rest": x // 2}


def spread(x, k):
    require(k > 0, "BAD_RANGE")
    return {"parts": [x // k + (x % k if place == 0 else 0) for place in range(k)]}


def sink(x, fund, cap):
    kept = min(x, max(0, cap - fund))
    return {"into_fund": kept, "burned": x - kept}


def units(bytes):
    return {"units": up(bytes, 2**20)}


def encoded_size(length, n):
    require(4 <= n <= 49155, "BAD_SHARDS")
    f = (n - 1) // 3
    p, s = n - 2 * f, n - f
    z = (max(length, 1) - 1) // (p * s) + 1
    z += z % 2
    require(z <= 65534, "BLOB_TOO_LARGE")
    return {"bytes": n * ((p + s) * z + 64 * n + 32)}


def quote(size, price, epochs, horizon, max_cost=None):
    require(size > 0, "BAD_SIZE")
    require(1 <= epochs <= horizon, "BAD_RANGE")
    each = price * units(size)["units"]
    require(each * epochs <= AMOUNT, "OVERFLOW")
    require(max_cost is None or each * epochs <= max_cost, "COST_ABOVE_LIMIT")
    return {"units": units(size)["units"], "per_epoch": each, "total": each * epochs}


def room(capacity, reserve_bps, size, certified=None):
    if certified is not None and 2 * certified >= size:
        return {"room": capacity}
    return {"room": capacity - capacity * reserve_bps // BPS}


def split_epoch(resource, epoch):
    start, end, size = resource
    require(start < epoch < end, "BAD_SPLIT")
    return {"parts": [[start, epoch, size], [epoch, end, size]]}


def split_size(resource, keep):
    start, end, size = resource
    require(0 < keep < size, "BAD_SPLIT")
    return {"parts": [[start, end, keep], [start, end, size - keep]]}


def fuse(resource, other):
    (a, b, x), (c, d, y) = resource, other
    if (a, b) == (c, d):
        return {"resource": [a, b, x + y]}
    require(x == y and (b == c or d == a), "BAD_FUSE")
    return {"resource": [min(a, c), max(b, d), x]}


def shrink(size, used, percent):
    x = (size - used) * percent // 100
    require(percent <= 100 and x > 0, "BAD_PERCENT")
    return {"x": x}


# ---- pools ----


def to_shares(principal, w, s):
    return {"shares": principal if (w, s) == (0, 0) else principal * s // w}


def to_frost(shares, **more):
    return {"frost": (shares << (more["to"] - more["from"])) * more["w"] // more["s"]}


def weight_at(W, S, E, pend=None, pre=None, exits=None, bond=None, **node):
    if any(node.get(flag) for flag in ("leaving", "barred", "left")):
        return {"value": 0}
    out = sum(q for x, q in (exits or {}).items() if int(x) <= E)
    if bond and bond.get("exit") is not None and bond["exit"] <= E:
        out += bond["shares"]
    value = W - (out * W // S if S else 0)
    if 2 * W >= S:
        value += sum(p for a, p in (pend or {}).items() if int(a) <= E)
        value -= sum(p for a, p in (pre or {}).items() if int(a) < E)
    return {"value": value}


def shift_ppm(age, bps, K):
    return {"ppm": 100 * bps * max(0, K - age) // K}


def shift_fee(gross, ppm):
    return {"fee": up(gross * ppm, PPM)}


def exit_path(state, epoch, activation, cur, next, bps, K, requested=False):
    require(state != "returned", "USE_DIRECT_EXIT")
    require(not requested, "ALREADY_LEAVING")
    if state == "pending":
        require(activation == epoch + 1 and next, "USE_DIRECT_EXIT")
        leaves = epoch + 2
    elif state == "bond":
        leaves = epoch + 2 + (2 if next else 1 if cur else 0)
    else:
        require(next or cur, "USE_DIRECT_EXIT")
        leaves = epoch + (2 if next else 1)
    return {"exit": leaves, "fee": shift_ppm(leaves - activation, bps, K)["ppm"]}


def direct_fee(state, gross, epoch, activation, bps, K):
    ppm = shift_ppm(max(1, epoch - activation), bps, K)["ppm"] if state == "active" else 0
    fee = shift_fee(gross, ppm)["fee"]
    return {"ppm": ppm, "fee": fee, "paid": gross - fee}


# ---- committee and votes ----


def elect(candidates, threshold, max_members):
    stand = [c for c in candidates if not c.get("out") and c["value"] >= threshold]
    stand.sort(key=lambda c: (-c["value"], c["key"], c["node"]))
    return {"order": [c["node"] for c in stand[:max_members]]}


def seat_caps(n, stakes, lost=None):
    total, m = sum(stakes), len(stakes)
    require(total > 0, "NO_STAKE")
    common = max(1, n // 10) if m >= 20 else up(2 * n, m)
    share = [max(1, up(2 * n * stake, total)) for stake in stakes]
    widened = 0
    while sum(min(common, one) for one in share) < n:
        common, widened = 2 * common, widened + 1
    caps = [min(common, one) for one in share]
    bound = [min(cap, loss[0] - loss[1]) if loss else cap
             for cap, loss in zip(caps, lost or [None] * m)]
    dropped = sum(bound) < n
    return {"caps": caps if dropped else bound, "widened": widened, "dropped": dropped}


def apportion(n, rows):
    require(sum(stake for stake, _, _ in rows) > 0, "NO_STAKE")
    seats = [0] * len(rows)
    for _ in range(n):
        best = max((i for i in range(len(rows)) if seats[i] < rows[i][1]),
                   key=lambda i: (Fraction(rows[i][0], seats[i] + 1), rows[i][0], -rows[i][2]))
        seats[best] += 1
    return {"seats": seats}


def assign(counts):
    new, at = {}, 0
    for node in sorted(counts, key=int):
        new[node] = list(range(at, at + counts[node]))
        at += counts[node]
    return {"shards": new}


def transition(old, new, lost=None):
    require(sum(len(shards) for shards in old.values()) == sum(c for _, c in new),
            "BAD_ASSIGNMENT")
    counts, free, after = {str(node): count for node, count in new}, [], {}
    growing = []
    for node in sorted(old, key=int):
        gone = set((lost or {}).get(node, []))
        shards = [s for s in old[node] if s not in gone] + sorted(gone)
        count = counts.get(node, 0)
        if count == 0:
            free += shards
            continue
        while len(shards) > count:
            free.append(shards.pop())
        after[node] = shards
        if len(shards) < count:
            growing.append(node)
    newcomers = [str(node) for node, count in new if str(node) not in old and count > 0]
    for node in newcomers + growing:
        shards = after.setdefault(node, [])
        while len(shards) < counts[node]:
            shards.append(free.pop())
    return {"shards": after}


def difference(first, second):
    return {"only_first": sorted(set(first) - set(second)),
            "only_second": sorted(set(second) - set(first))}


def reaches(weight, n):
    return 3 * weight >= 2 * n + 1


def quorum(n):
    least = next(w for w in itertools.count(2 * n // 3) if reaches(w, n))
    honest = next(w for w in itertools.count(n // 3) if 3 * w >= n + 1)
    return {"quorum": least, "one_honest": honest, "f": (n - 1) // 3}


def price_target(votes, n):
    good = [v for v, _ in votes if reaches(sum(w for x, w in votes if x <= v), n)]
    require(good, "NO_VOTES")
    return {"target": min(good)}


def capacity_target(nodes, n):
    votes = [(min(c * n // w, U64), w) for c, w in nodes]
    good = [v for v, _ in votes if reaches(sum(w for x, w in votes if x >= v), n)]
    require(good, "NO_VOTES")
    return {"target": max(good)}


def price_step(old, target, step):
    low = old * (BPS - step) // BPS
    high = max(up(old * (BPS + step), BPS), old + 1)
    return {"price": min(PRICE, max(low, min(high, target)))}


def capacity_step(old, target, first, used):
    moved = target if first or old == 0 else max(old * 8000 // BPS, min(2 * old, target))
    return {"capacity": max(used, min(moved, AMOUNT))}


# ---- pot, rewards, penalties ----


def match(sold, rho, fund):
    return {"match": min(sold * rho // BPS, fund)}


def fixed(n, per_shard, fund):
    return {"fixed": n * min(per_shard, fund // n)}


def pot(money, burn_bps):
    burn = money * burn_bps // BPS
    return {"burn": burn, "pot": money - burn}


def held(pot, void, rounds):
    return {"held": pot * void // rounds}


def denied(U, samples):
    return {"bytes": min(U, max((up(U * size, stored) for size, stored in samples if stored),
                                default=0))}


def bounty(own, pool, deposit, rounds):
    return {"bounty": own // 10 + min(pool // 10, deposit * rounds) if rounds else 0}


def split_pot(pot, U, members, kappa):
    def part(member):
        return member["w"] * max(0, U - member.get("denied", member.get("d", 0)))

    total = sum(part(m) for m in members)
    if total == 0:
        nothing = [0] * len(members)
        return {"full": nothing, "reward": nothing, "fine": nothing, "unspent": 0, "carry": pot}
    reward = [pot * part(m) * m["s"] // (total * PPM) for m in members]
    return {"full": [pot * part(m) // total for m in members], "reward": reward,
            "fine": [min(AMOUNT, pot * part(m) * (kappa - 1) * m.get("q", 0) // (total * PPM))
                     for m in members],
            "unspent": pot - sum(reward), "carry": 0}


def purchase_subsidy(cost, buyer, system, fund):
    b, y = cost * buyer // BPS, cost * system // BPS
    if b + y > fund:
        b, y = fund * buyer // (buyer + system), fund * system // (buyer + system)
    return {"buyer": b, "system": y}


def bonus(B, O):
    parts = [B * o // sum(O) if sum(O) else 0 for o in O]
    return {"bonus": parts, "left": B - sum(parts)}


def commission(full, reward, bps):
    cut = max(0, full * bps // BPS - (full - reward))
    return {"commission": cut, "delegators": reward - cut}


def slash_bps(base, floor, weight, n):
    return {"bps": base * min(BPS, max(floor, 3 * weight * BPS // n)) // BPS}


def recovery(price, U, n, epochs):
    amount = price * up(up(U, n), 2**20) * epochs
    require(amount <= AMOUNT, "OVERFLOW")
    return {"amount": amount}


def standing(scores):
    at, low, reached = PPM, 0, []
    for score in scores:
        at = (3 * at + score) // 4
        reached.append(at)
        low = low + 1 if 2 * at < PPM else 0
        if low == 3:
            return {"standing": reached, "barred": True}
    return {"standing": reached, "barred": False}
