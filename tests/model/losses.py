# SPDX-License-Identifier: Apache-2.0
"""Shards that are lost, and statements about keys: rounds.md O-27, economics.md X-5, X-8, X-9.

Whether a statement counts is given; what it does is not.
"""
import pool
from money import burn, ceil_div, give, sink, spread, units
from state import epoch_key, name_key, owner_key

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
    taken, in_full = 0, False  # a pool in quarantine is not charged
    if state.get("quarantine", node_id) is None:
        taken = sum(charge(state, node_id, asked).values())
        in_full = taken == asked
    put_loss(state, node_id, shard, ledger.epoch, True, in_full)
    state.edit("fund", REPAIR)["earmarks"].append(
        {"node": node_id, "shard": shard, "epoch": ledger.epoch, "in_full": in_full,
         "amount": taken})
    state.say("node.shardLost", asked=asked, taken=taken)


def charge(state, node_id, amount, limit=0):
    """X-5: escrow from the oldest on, free commission, the bond, and of the pool up to a limit.

    What was taken of each.
    """
    record, left, escrow = state.edit("pool", node_id), amount, 0
    for epoch in sorted(record["escrow"], key=int):
        part = min(left, record["escrow"][epoch])
        pool.add(record["escrow"], epoch, -part)
        escrow += part
        left -= part
    free = min(left, record["free"])
    record["free"] -= free
    left -= free
    bond = take_bond(state, record, left) if record["bond"] is not None else 0
    of_pool = min(left - bond, limit, max(0, record["active"] - 1))
    record["active"] -= of_pool
    record["vault"] -= of_pool
    return {"escrow": escrow, "free": free, "bond": bond, "pool": of_pool}


def take_bond(state, record, amount):
    bond, w, s = record["bond"], record["active"], record["shares"]
    part = min(amount, bond["shares"] * w // s, w - 1)
    if part <= 0:
        return 0
    drop_shares(record, ceil_div(part * s, w))
    record.update(active=w - part, vault=record["vault"] - part)
    if bond["shares"] < 10**6:  # used up: what is left of it is its neighbours'
        drop_shares(record, bond["shares"])
        record["live"] -= bond["principal"]
        record["bond"] = None
        owner = state.get("stake", bond["stake"])["owner"]
        state.drop("stake", bond["stake"])
        state.drop("owner", owner_key(owner, bond["stake"]))
    return part


def drop_shares(record, shares):
    bond = record["bond"]
    if bond["leaving"] is None:
        pool.take_class(record, bond["activation"], shares)
    bond["shares"] -= shares
    record["shares"] -= shares


def take_fine(state, params, node_id, due):
    """X-6, inside the step: its holders name one account for each bad round that has one."""
    holders = due["holders"]
    if not due["fine"]:
        return {"pool": 0, "bond": 0}
    taken = charge(state, node_id, due["fine"], state.get("pool", node_id)["active"] // 10)
    total = sum(taken.values())
    bounty = 0
    if holders:
        bounty = ((total - taken["pool"]) // 10
                  + min(taken["pool"] // 10, params["fraud_deposit"] * len(holders)))
        accounts = sorted(set(holders))
        for account, part in zip(accounts, spread(bounty, len(accounts))):
            give(state, account, part)
            if part:
                state.say("reward.bountyPaid", epoch=due["into"] - 1, badRounds=len(holders),
                          amount=part)
    burn(state, total - bounty, "fine")
    if taken["escrow"] or taken["free"]:
        state.say("commission.fined", escrow=taken["escrow"], free=taken["free"])
    if total - bounty:
        state.say("token.burned", amount=total - bounty)
    return taken


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
        pool.add(state.edit("pool", node_id)["escrow"], ledger.epoch, back)
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
