# SPDX-License-Identifier: Apache-2.0
"""Nodes that come, change hands and leave: specs/ledger.md 5."""
import re

import pool
from committee import sits
from money import B, MAX_AMOUNT, PPM, add_fund, give, pay, raw, require, shift_fee, sink
from registry import operation

LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?")
ROLES = {"operator": "operator_account", "commission": "commission_account",
         "governance": "governance_account"}


def is_address(text):
    """N-1: host and port."""
    host, _, port = text.rpartition(":")
    if len(text.encode()) > 259 or not re.fullmatch("[1-9][0-9]{0,4}", port) or int(port) > 65535:
        return False
    if host.startswith("["):
        return host.endswith("]") and re.fullmatch(r"[0-9a-fA-F:.]+", host[1:-1]) is not None
    return all(LABEL.fullmatch(label) for label in host.split("."))


def check_info(f):
    name, address = f.get("name"), f.get("address")
    require(name is None or 1 <= len(name.encode()) <= 100, 201)
    require(address is None or is_address(address), 201)


def held(run, f, role="operator_account"):
    """The node, of which the sender holds that role [200, 32]."""
    node = run.state.get("node", f["node"])
    require(node is not None, 200)
    require(node[role] == run.sender, 32)
    return node


@operation("registerNode")
def register(run, f):
    """N-1. Whether the proofs of the keys hold is given: signatures are another's matter."""
    e, p, state = run.epoch, run.params, run.state
    check_info(f)
    require(run.tx["code"] != 202, 202)
    require(state.get("key", f["protocolKey"]) is None, 203)
    require(state.get("key", f["vrfKey"]) is None, 203)
    require(f["commission"] <= p["commission_max"], 204)
    votes = {"storage_price": int(f["storagePrice"]), "write_price": int(f["writePrice"]),
             "capacity": int(f["capacity"])}
    require(max(votes["storage_price"], votes["write_price"]) <= 10**15
            and votes["capacity"] <= MAX_AMOUNT, 210)
    for role in ("commissionAccount", "governanceAccount"):
        require(state.get("account", f[role]) is not None, 41)
    make_place(run)
    pay(state, run.sender, p["node_deposit"])
    node_id = "0x" + B("wald.node", raw(f["protocolKey"])).hex()
    state.put("node", node_id, {
        "name": f["name"], "address": f["address"], "metadata": "0x",
        "operator_account": run.sender, "commission_account": f["commissionAccount"],
        "governance_account": f["governanceAccount"], "protocol_key": f["protocolKey"],
        "consensus_key": None,
        "vrf_keys": [{"key": f["vrfKey"], "from": e + 1}], "votes": votes, "registered": e,
        "standing": PPM, "low_closes": 0, "losses": [], "leaving": False, "leave_from": 0,
        "left": None, "barred_until": 0, "last_seat": None, "deposit": p["node_deposit"]})
    state.put("roll", node_id, {})
    state.put("key", f["protocolKey"], {"node": node_id, "role": 0, "from": e})
    state.put("key", f["vrfKey"], {"node": node_id, "role": 2, "from": e + 1})
    state.put("pool", node_id, dict(pool.FRESH, rate=f["commission"], stepped=e, **pool.places()))


def make_place(run):
    """N-7: with all places taken the weakest idle node becomes left at once [211]."""
    state, e = run.state, run.epoch
    standing = [n for n in state.keys("node") if state.get("node", n)["left"] is None]
    if len(standing) < run.params["pools_max"]:
        return
    idle = []
    for node_id in standing:
        node = state.get("node", node_id)
        worth = pool.value(state.get("pool", node_id), node, e + 1)
        if (worth < run.params["threshold"] and node["barred_until"] <= e
                and state.get("quarantine", node_id) is None
                and not sits(state, node_id, e) and not sits(state, node_id, e + 1)
                and node["registered"] + 2 <= e):
            idle.append((worth, node_id))
    require(idle, 211)
    end_node(state, run.params, min(idle)[1], e)


def end_node(state, params, node_id, epoch):
    """N-6: left for good; the bond is taken as asked for, and paid is what is due."""
    node = state.edit("node", node_id)
    node["leaving"], node["left"] = True, epoch
    if state.get("duty", node_id) is not None:
        state.drop("duty", node_id)
    if state.get("quarantine", node_id) is None:
        leave_pool(state, params, node_id, epoch)
    pay_left(state, node_id, epoch)


def leave_pool(state, params, node_id, epoch):
    record = state.edit("pool", node_id)
    bond = record["bond"]
    if bond and bond["leaving"] is None:
        fee = shift_fee(params, epoch + 2 - bond["activation"])
        pool.take_class(record, bond["activation"], bond["shares"])
        bond["leaving"] = {"exit": epoch + 2, "fee": fee}
        state.say("stake.exitRequested", shares=bond["shares"], exit=epoch + 2, feePpm=fee)
    swept = pool.sweep(state, record)
    sink(state, params, swept, "dust")
    if swept:
        state.say("pool.dustSwept", amount=swept)


def is_due(node, epoch):
    return node["last_seat"] is None or epoch >= node["last_seat"] + 3


def pay_left(state, node_id, epoch):
    """N-6: commission and deposit, three epochs after the last seat."""
    node = state.edit("node", node_id)
    if not is_due(node, epoch):
        return
    if state.get("quarantine", node_id) is None:
        pay_commission(state, node_id)
    if node["deposit"]:
        state.say("node.depositReturned", amount=node["deposit"])
    give(state, node["operator_account"], node["deposit"])
    node["deposit"] = 0


def pay_commission(state, node_id):
    node, record = state.get("node", node_id), state.edit("pool", node_id)
    money = record["free"] + sum(record["escrow"].values())
    record["free"], record["escrow"] = 0, {}
    give(state, node["commission_account"], money)
    if money:
        state.say("commission.collected", amount=money)


@operation("setNodeInfo")
def set_info(run, f):
    held(run, f)
    check_info(f)
    node = run.state.edit("node", f["node"])
    for name in ("name", "address"):
        if f.get(name) is not None:
            node[name] = f[name]


@operation("setAuthority")
def set_authority(run, f):
    role = ROLES[f["role"]]
    held(run, f, role)
    require(run.state.get("account", f["account"]) is not None, 41)
    run.state.edit("node", f["node"])[role] = f["account"]


@operation("leaveNode")
def leave(run, f):
    """N-6: leave_from is the first epoch chosen without the node."""
    require(not held(run, f)["leaving"], 205)
    node = run.state.edit("node", f["node"])
    node["leaving"] = True
    node["leave_from"] = run.epoch + (2 if run.chosen() else 1)


@operation("returnNode")
def come_back(run, f):
    node = held(run, f)
    chosen_without = run.epoch + (1 if run.chosen() else 0) >= node["leave_from"]
    require(node["leaving"] and node["left"] is None and not chosen_without, 205)
    node = run.state.edit("node", f["node"])
    node["leaving"], node["leave_from"] = False, 0


def donate(fund):
    def function(run, f):
        amount = int(f["amount"])
        require(amount > 0, 35)
        pay(run.state, run.sender, amount)
        add_fund(run.state, fund, amount)
        run.state.say("reward.donated", amount=amount, start=0, epochs=0)
    return function


operation("addSubsidy")(donate("subsidy"))
operation("addTreasury")(donate("treasury"))


@operation("announceKey")
def announce_key(run, f):
    """N-4. Whether the possession holds is given."""
    held(run, f)
    require(run.tx["code"] != 202, 202)
    require(run.state.get("key", f["key"]) is None, 203)
    from_epoch = run.epoch + (2 if run.chosen() else 1)
    protocol = f["role"] == "protocol"
    run.state.edit("node", f["node"])["protocol_key" if protocol else "consensus_key"] = f["key"]
    run.state.put("key", f["key"], {"node": f["node"], "role": 0 if protocol else 1,
                                    "from": from_epoch})
    run.state.say("node.keyAnnounced", epoch=from_epoch)


@operation("setVotes")
def set_votes(run, f):
    held(run, f)
    names = {"storagePrice": "storage_price", "writePrice": "write_price", "capacity": "capacity"}
    votes = run.state.edit("node", f["node"])["votes"]
    for name, field in names.items():
        if f.get(name) is not None:
            require(int(f[name]) <= (MAX_AMOUNT if name == "capacity" else 10**15), 210)
            if votes[field] != int(f[name]):
                run.state.say("node.voteChanged", before=votes[field], after=int(f[name]))
            votes[field] = int(f[name])


@operation("setCommission")
def set_commission(run, f):
    """P-11: from the rewards of e+2 on; a rise is bounded by the rate just before."""
    held(run, f)
    require(run.state.get("quarantine", f["node"]) is None, 103)
    rate, target = f["commission"], run.epoch + 2
    require(rate <= run.params["commission_max"], 204)
    record = run.state.edit("pool", f["node"])
    earlier = [int(e) for e in record["scheduled"] if int(e) < target]
    before = record["scheduled"][str(max(earlier))] if earlier else record["rate"]
    require(rate <= before + run.params["step_max"], 204)
    record["scheduled"][str(target)] = rate
    run.state.say("node.commissionAnnounced", before=record["rate"], after=rate, epoch=target)


@operation("collectCommission")
def collect(run, f):
    held(run, f, "commission_account")
    require(run.state.get("quarantine", f["node"]) is None, 103)
    record = run.state.edit("pool", f["node"])
    require(record["free"] > 0, 209)
    give(run.state, run.sender, record["free"])
    run.state.say("commission.collected", amount=record["free"])
    record["free"] = 0
