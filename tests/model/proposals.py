# SPDX-License-Identifier: Apache-2.0
"""How ballots are opened, the dry run and the snapshot: specs/ledger.md 7, G-1, G-2 and G-5."""
import copy
import hashlib

import duties
import pool
import powers
from money import BPS, Unsupported, pay, require, time_ms
from registry import operation
from state import epoch_key

TEXT, PARAMETER, SLASH, TREASURY, UPGRADE, DENY_LIST = range(1, 7)
OPEN, PASSED, FAILED, NO_QUORUM, EXECUTED, UNDONE, EXPIRED = range(1, 8)
# What waits, and for what.
AT_EPOCH, CALLED, CHANGE, URGENT, VERSION, SOON = range(6)
# Parameters that ballots of the histories change, with their bounds; those of genesis alone.
BOUNDS = {"threshold": (1, 10**18), "horizon": (1, 1000), "rho": (0, 20_000), "buyer": (0, BPS),
          "fee_base": (0, 10**9), "burn_bps": (0, 2_000), "select": (2_500, 7_500)}
FIXED = ("tick",)


def number_key(number):
    return "0x%08x" % number


def queue_key(stage, when, number):
    return "0x%02x%016x%08x" % (stage, when, number)


def waiting(state, stage, now=2**64):
    """(when, number) of a stage whose time has come, earliest first."""
    out = []
    for key in state.keys("ballot_queue", "0x%02x" % stage):
        when, number = int(key[4:20], 16), int(key[20:], 16)
        if when <= now:
            out.append((when, number))
    return out


def has_proposal(tx):
    """Whether a snapshot may be asked for in the block of this transaction."""
    inside = any(has_proposal(one) for one in tx.get("inside", []))
    return inside or "body" in tx and "propose" in str(tx["body"]["operation"])


def remember(ledger):
    """The state before the block, as snapshots show it (G-2)."""
    record = ledger.state.get("committee", epoch_key(ledger.epoch))
    ledger.prior = (ledger.epoch, copy.deepcopy(record),
                    copy.deepcopy(ledger.state.tables.get("pool", {})))


# ---- Proposing


@operation("propose")
def propose(run, f):
    state, ledger, p = run.state, run.ledger, run.params
    require(len(f["title"].encode()) <= 200 and len(f["text"].encode()) <= 16_384, 37)
    values = (f.get("parameter") or {"values": []})["values"]
    require(len(values) <= 16, 37)
    shown, members, pools = ledger.prior
    require(members is not None, 610)
    extra = room(run)
    deadline = ledger.epoch + 1 + p["vote_epochs"]
    subject = read_subject(run, f, deadline)
    pay(state, run.sender, p["gov_deposit"])
    if state.get("ballot_count", "0x") is None:
        state.put("ballot_count", "0x", {"last": 0, "next_version": None})
    count = state.edit("ballot_count", "0x")
    count["last"] += 1
    number = count["last"]
    urgent = subject["kind"] == UPGRADE and subject["upgrade"]["urgent"]
    text_hash = "0x" + hashlib.blake2b(f["text"].encode(), digest_size=32).hexdigest()
    state.put("proposal", number_key(number), {
        "account": run.sender, "subject": subject, "text_hash": text_hash,
        "opened": ledger.height, "opened_at": ledger.time, "epoch": ledger.epoch, "shown": shown,
        "deadline": deadline, "closes": ledger.time + 3 * powers.DAY if urgent else None,
        "shards": snapshot(state, number, members["members"], pools, subject["accused"]),
        "tally": {"yes": 0, "no": 0}, "state": OPEN, "closed": 0, "due": 0, "expires": 0,
        "put_off": 0, "deposit": p["gov_deposit"]})
    state.put("ballot_text", number_key(number),
              {"title": f["title"], "text": f["text"], "url": ""})
    stage, when = (URGENT, ledger.time + 3 * powers.DAY) if urgent else (AT_EPOCH, deadline)
    state.put("ballot_queue", queue_key(stage, when, number),
              {"account": run.sender, "extra": extra})
    state.say("gov.proposed", proposal=number, deadline=deadline, deposit=p["gov_deposit"])


def room(run):
    """G-1: 4 of an account and 32 in all, but for one of a member and one of the foundation."""
    state, own, own_extra, every = run.state, 0, 0, 0
    for stage, now in ((AT_EPOCH, run.ledger.epoch), (URGENT, run.ledger.time)):
        for when, number in waiting(state, stage):
            if when <= now:
                continue
            entry = state.get("ballot_queue", queue_key(stage, when, number))
            mine = entry["account"] == run.sender
            own_extra += mine and entry["extra"]
            own += mine and not entry["extra"]
            every += not entry["extra"]
    members = state.get("committee", epoch_key(run.epoch))["members"]
    free = int(any(state.get("node", m["node"])["governance_account"] == run.sender
                   for m in members))
    record = state.get("foundation", "0x")
    free += int(record is not None and record["account"] == run.sender
                and not record["renounced"] and run.epoch < record["sunset"])
    extra = own_extra < free
    require(extra or (own < 4 and every < 32), 609)
    return extra


def read_subject(run, f, deadline):
    subject = {"kind": TEXT, "values": [], "accused": None, "payment": None, "upgrade": None,
               "deny_list": None}
    state = run.state
    if f.get("parameter"):
        values = sorted(((v["name"], int(v["value"])) for v in f["parameter"]["values"]))
        subject.update(kind=PARAMETER, values=[{"name": n, "value": v} for n, v in values])
        check_values(run, values)
    elif f.get("slash"):
        subject.update(kind=SLASH, accused=f["slash"]["node"])
        require(f["text"] and state.get("node", f["slash"]["node"]) is not None, 604)
    elif f.get("treasury"):
        subject.update(kind=TREASURY, payment=read_payment(state, f["treasury"]))
    elif f.get("upgrade"):
        plan = {"version": f["upgrade"]["version"], "binaries": f["upgrade"]["binaries"],
                "activation": f["upgrade"]["activation"], "urgent": f["upgrade"]["urgent"]}
        subject.update(kind=UPGRADE, upgrade=plan)
        require(plan["binaries"], 604)
        if plan["urgent"]:
            powers.foundation(run)
        else:
            require(plan["activation"] > deadline, 605)
        require(plan["version"] == run.ledger.version + 1, 611)
    elif f.get("denyList"):
        given = f["denyList"]
        entry = {"root": given["root"], "size": int(given["size"]),
                 "sequence": int(given["sequence"])}
        subject.update(kind=DENY_LIST, deny_list={"node": given["node"], "list": entry})
        node = state.get("node", given["node"])
        require(node is not None and node["left"] is None, 604)
        force = duties.duty(state, given["node"])["deny_list"]
        require(entry["sequence"] > (force["sequence"] if force else 0), 605)
    return subject


def read_payment(state, given):
    require(given["fund"] in ("treasury", "subsidy"), 604)
    terms = None
    if given.get("vesting"):
        terms = {name: time_ms(given["vesting"][name]) for name in ("start", "cliff", "end")}
        terms["steps"] = given["vesting"]["steps"]
        require(terms["steps"] > 0 and terms["start"] < terms["end"]
                and terms["start"] <= terms["cliff"] <= terms["end"], 604)
    require(state.get("account", given["payee"]) is not None, 41)
    require(int(given["amount"]) > 0, 605)
    return {"fund": given["fund"], "payee": given["payee"], "amount": int(given["amount"]),
            "terms": terms}


def check_values(run, values):
    names = [name for name, _ in values]
    require(len(set(names)) == len(names) and not set(names) & set(FIXED), 604)
    if set(names) - set(BOUNDS):
        raise Unsupported("a ballot about %s" % names)
    require(not out_of_bounds(run.params, values), 605)
    then = dict(run.params)
    for key in run.state.keys("param"):
        record = run.state.get("param", key)
        if record["pending"] is not None:
            then[bytes.fromhex(key[4:]).decode()] = record["pending"]
    then.update(values)
    require(works(run.ledger, then), 606)


def out_of_bounds(params, values):
    return any(not BOUNDS[name][0] <= value <= BOUNDS[name][1]
               or name == "horizon" and value < params["horizon"] for name, value in values)


def works(ledger, then):
    """G-5: the dry run. Capacity and the relations of other parameters are not met here."""
    rest = BPS - then["buyer"]
    if BPS * (BPS + then["system"]) + then["rho"] * rest > 3 * BPS * rest:
        return False
    state, coming = ledger.state, ledger.epoch + 1 + int(ledger.clock["selected"])
    stand = sum(1 for node_id in state.keys("node")
                if pool.value(state.get("pool", node_id), state.get("node", node_id), coming)
                >= then["threshold"])
    sit = len(state.get("committee", epoch_key(ledger.epoch))["members"])
    return min(stand, then["max_members"]) >= min(4, sit)


def snapshot(state, number, members, pools, accused):
    """G-2: what each member weighs; answers the shards that can vote."""
    shards = 0
    for member in members:
        if member["node"] == accused:
            continue
        own, bond = pools[member["node"]], pools[member["node"]]["bond"]
        shards += len(member["shards"])
        state.put("snapshot", number_key(number) + member["node"][2:], {
            "shards": len(member["shards"]), "total": own["shares"], "scale": own["scale"],
            "active": own["active"], "bond": bond["stake"] if bond else None,
            "bond_shares": bond["shares"] if bond else 0, "parts": 0})
    return shards
