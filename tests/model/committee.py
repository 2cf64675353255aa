# SPDX-License-Identifier: Apache-2.0
"""Selection, seats, assignment and votes: specs/economics.md 4 and 5."""
from fractions import Fraction

from money import B, ceil_div, raw
from state import epoch_key


def order(candidates, chain, epoch, prev_seed):
    """C-1: {node: stake} by larger value, smaller key, smaller id."""
    def key(node):
        return B("wald.elect", raw(chain) + epoch.to_bytes(4, "little") + raw(prev_seed)
                 + raw(node))
    return sorted(candidates, key=lambda node: (-candidates[node], key(node), node))


def caps(stakes, n, keep):
    """C-2; keep: what nodes that must give up shards may hold at most."""
    m, total = len(stakes), sum(stakes.values())
    cap = max(1, n // 10) if m >= 20 else ceil_div(2 * n, m)
    share = {node: max(1, ceil_div(2 * n * stake, total)) for node, stake in stakes.items()}
    while sum(min(cap, share[node]) for node in stakes) < n:
        cap *= 2
    wide = {node: min(cap, share[node]) for node in stakes}
    less = {node: min(wide[node], keep.get(node, wide[node])) for node in stakes}
    return less if sum(less.values()) >= n else wide


def seats(ordered, stakes, n, keep=()):
    """C-3: seat by seat, with fractions; the earlier of `ordered` wins a tie of equal stakes."""
    limit, won = caps(stakes, n, dict(keep)), {node: 0 for node in ordered}
    for _ in range(n):
        open_ones = [node for node in ordered if won[node] < limit[node]]
        best = max(open_ones, key=lambda node: (Fraction(stakes[node], won[node] + 1), stakes[node],
                                                -ordered.index(node)))
        won[best] += 1
    return {node: count for node, count in won.items() if count}


def transition(old, counts, ordered, lost):
    """C-5: {node: shards} of the old committee, seats of the new one in the order of C-1."""
    free, todo = [], [node for node in ordered if node in counts]
    new = {}
    growing = []
    for node in sorted(old):
        gone = [shard for shard in sorted(lost.get(node, [])) if shard in old[node]]
        shards = [shard for shard in old[node] if shard not in gone] + gone
        count = counts.get(node, 0)
        if node in todo:
            todo.remove(node)
        if count == 0:
            free += shards
            continue
        while len(shards) > count:
            free.append(shards.pop())
        new[node] = shards
        if len(shards) < count:
            growing.append(node)
    for node in todo + growing:
        shards = new.setdefault(node, [])
        while len(shards) < counts[node]:
            shards.append(free.pop())
    return new


def sits(state, node_id, epoch):
    """Not before the selection that makes the record."""
    record = state.get("committee", epoch_key(epoch)) or {"members": []}
    return any(m["node"] == node_id for m in record["members"])


def quorum(weight, n):
    """V-1."""
    return 3 * weight >= 2 * n + 1


def one_honest(weight, n):
    """V-1."""
    return 3 * weight >= n + 1


def price_target(votes, n):
    """V-2: the smallest value with a quorum at or below it."""
    weight = 0
    for value, w in sorted(votes):
        weight += w
        if quorum(weight, n):
            return value
    raise AssertionError("no quorum among all votes")


def price(old, target, step, first):
    """V-3."""
    if first:
        return target
    low = old * (10**4 - step) // 10**4
    high = max(ceil_div(old * (10**4 + step), 10**4), old + 1)
    return min(max(low, min(target, high)), 10**15)


def capacity(old, votes, n, most_used, first):
    """V-4; votes: (capacity, weight)."""
    counted = sorted(((min(c * n // w, 2**64 - 1), w) for c, w in votes), reverse=True)
    weight, target = 0, None
    for value, w in counted:
        weight += w
        if quorum(weight, n):
            target = value
            break
    assert target is not None
    new = target if first else max(old * 8000 // 10**4, min(target, 2 * old))
    return max(min(new, 2**63 - 1), most_used)
