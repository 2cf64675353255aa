# SPDX-License-Identifier: Apache-2.0
"""Shards that are lost, and statements about keys: rounds.md O-27, economics.md X-5, X-8, X-9.

Whether a statement counts is given; what it does is not.
"""
from money import Unsupported, ceil_div, sink, units
from pool import add, take_class
from state import epoch_key, name_key

REPAIR = name_key("repair")


def author(statement):
    return "0x" + statement[72:104].hex()


def vrf_key(ledger, statement):
    """O-4: a key of its own for the beacon, from the epoch after the next on."""
    node_id, key, first = author(statement), "0x" + statement[104:136].hex(), ledger.epoch + 2
    node = ledger.state.edit("node", node_id)
    in_force = max(k["from"] for k in node["vrf_keys"] if k["from"] <= ledger.epoch)
    node["vrf_keys"] = [k for k in node["vrf_keys"] if k["from"] >= in_force]
    node["vrf_keys"].append({"key": key, "from": first})
    ledger.state.put("key", key, {"node": node_id, "role": 2, "from": first})
    ledger.state.say("node.keyAnnounced", epoch=first)


def put_loss(state, node_id, shard, epoch, declared, excused):
    node = state.edit("node", node_id)
    kept = [loss for loss in node["losses"] if loss["shard"] != shard]
    kept.append({"shard": shard, "epoch": epoch, "declared": declared, "excused": excused})
    node["losses"] = sorted(kept, key=lambda loss: loss["shard"])


def over(loss, params, epoch):
    """Whether the selection held in that epoch counts it; the change after that ends it."""
    return loss["epoch"] + (params["restore_epochs"] if loss["declared"] else 1) <= epoch


def end_loss(state, node_id, shard):
    node = state.edit("node", node_id)
    node["losses"] = [loss for loss in node["losses"] if loss["shard"] != shard]


def declare(ledger, statement):
    state, p, node_id = ledger.state, ledger.params, author(statement)
    shard = int.from_bytes(statement[104:106], "little")
    used = state.get("ring", epoch_key(ledger.epoch))["used"]
    price = state.get("market", "0x")["storage_price"]
    asked = price * units(-(-used // p["shards"])) * p["repair_epochs"]
    taken = charge(state, node_id, asked)
    put_loss(state, node_id, shard, ledger.epoch, True, taken == asked)
    state.edit("fund", REPAIR)["earmarks"].append(
        {"node": node_id, "shard": shard, "epoch": ledger.epoch, "in_full": taken == asked,
         "amount": taken})
    state.say("node.shardLost", asked=asked, taken=taken)


def charge(state, node_id, amount):
    """X-5 without the pool's own place: escrow from the oldest on, free commission, the bond."""
    record, left = state.edit("pool", node_id), amount
    for epoch in sorted(record["escrow"], key=int):
        part = min(left, record["escrow"][epoch])
        add(record["escrow"], epoch, -part)
        left -= part
    part = min(left, record["free"])
    record["free"] -= part
    left -= part
    bond, w, s = record["bond"], record["active"], record["shares"]
    if bond is not None and left:
        part = min(left, bond["shares"] * w // s, w - 1)
        gone = ceil_div(part * s, w)
        if bond["leaving"] is None:
            take_class(record, bond["activation"], gone)
        bond["shares"] -= gone
        record.update(active=w - part, shares=s - gone, vault=record["vault"] - part)
        if bond["shares"] < 10**6:
            raise Unsupported("a bond that is used up")
        left -= part
    return amount - left


def chronic(state, params, node_id, epoch):
    """X-8: over 1 % of what was due unavailable at two closes running."""
    scores = [state.get("score", epoch_key(at) + node_id[2:]) for at in (epoch - 1, epoch)]
    if all(s is not None and 100 * s["unavailable"] > s["due"] for s in scores):
        for shard in sorted(set(scores[0]["bad_shards"]) & set(scores[1]["bad_shards"])):
            if all(loss["shard"] != shard or over(loss, params, epoch)
                   for loss in state.get("node", node_id)["losses"]):
                put_loss(state, node_id, shard, epoch, False, False)
                state.say("node.shardLost", asked=0, taken=0)


def free_earmark(ledger, node_id, shard, escrow=False):
    """X-9: by its own node in time half comes back, all else is the fund's; false without one."""
    state = ledger.state
    marks = state.get("fund", REPAIR)["earmarks"]
    mine = [m for m in marks if m["node"] == node_id and m["shard"] == shard]
    if not mine:
        return
    amount = mine[0]["amount"]
    state.edit("fund", REPAIR)["earmarks"].remove(mine[0])
    back = amount // 2 if escrow else 0
    if back:
        add(state.edit("pool", node_id)["escrow"], ledger.epoch, back)
    into = sink(state, ledger.params, amount - back, "earmark")
    state.say("reward.repairPaid", toEscrow=back, freed=into, burned=amount - back - into)


def restore(ledger, statement):
    node_id, shard = author(statement), int.from_bytes(statement[104:106], "little")
    end_loss(ledger.state, node_id, shard)
    ledger.state.say("node.shardRestored", shard=shard)
    free_earmark(ledger, node_id, shard, escrow=True)


def lost_now(ledger, held):
    """At a selection: {node: shards of those it holds} that count as lost; declarations whose time
    is over are paid for.
    """
    out = {}
    for node_id in ledger.state.keys("node"):
        for loss in ledger.state.get("node", node_id)["losses"]:
            if not over(loss, ledger.params, ledger.epoch) and loss["declared"]:
                continue
            if loss["declared"]:
                free_earmark(ledger, node_id, loss["shard"])
            if loss["shard"] in held.get(node_id, []):
                out.setdefault(node_id, []).append(loss["shard"])
    return out


def change(ledger, closed, members):
    """At the change: over is what was counted, and what another member has now."""
    for node_id in ledger.state.keys("node"):
        for loss in list(ledger.state.get("node", node_id)["losses"]):
            here = not loss["declared"] or loss["shard"] in members.get(node_id, [])
            if here and not over(loss, ledger.params, closed):
                continue
            free_earmark(ledger, node_id, loss["shard"])
            end_loss(ledger.state, node_id, loss["shard"])


STATEMENTS = {"vrfKey": vrf_key, "declareLost": declare, "declareRestored": restore}
# Of these only what the close of the epoch makes of them is looked at.
ROUND_STATEMENTS = ("beaconReveal", "responseCommit", "rowReport", "selfProof")
