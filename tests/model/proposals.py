# SPDX-License-Identifier: Apache-2.0
"""How ballots are opened: specs/ledger.md, G-1 and G-2."""
import hashlib

import duties
import parameters
import powers
from money import Refused, pay, require, time_ms
from registry import operation
from state import epoch_key

TEXT, PARAMETER, SLASH, TREASURY, UPGRADE, DENY_LIST = range(1, 7)
OPEN, PASSED, FAILED, NO_QUORUM, EXECUTED, UNDONE, EXPIRED = range(1, 8)
# Queues: by the epoch of the deadline, by the time of expiry, by the time of new parameters; urgent
# ones by the end of their three days, versions by their epoch, urgent versions by their time.
TO_COUNT, TO_EXPIRE, TO_APPLY, URGENT, VERSION, SOON = range(6)


def number_key(number):
    return "0x%08x" % number


def queue_key(queue, when, number):
    return "0x%02x%016x%08x" % (queue, when, number)


def when_of(key):
    return int(key[4:20], 16)


def queued(state, queue, upto=2**64):
    """Of that queue, in order, all that is due: (key, number)."""
    rows = state.keys("ballot_queue", "0x%02x" % queue)
    return [(key, int(key[20:], 16)) for key in rows if when_of(key) <= upto]


def place_of(number, ballot):
    """Where an open one waits to be counted."""
    if ballot["closes"] is not None:
        return queue_key(URGENT, ballot["closes"], number)
    return queue_key(TO_COUNT, ballot["deadline"], number)


def uncounted(run):
    """G-1: one ballot more of a member's governance account, one of the foundation."""
    state = run.state
    members = state.get("committee", epoch_key(run.epoch))["members"]
    of_member = any(state.get("node", m["node"])["governance_account"] == run.sender
                    for m in members)
    try:
        powers.foundation(run)
    except Refused:
        return int(of_member)
    return int(of_member) + 1


def open_place(run):
    """Whether the new one is one that is not counted [609]."""
    rows = [run.state.get("ballot_queue", key)
            for queue, now in ((TO_COUNT, run.epoch), (URGENT, run.ledger.time))
            for key in run.state.keys("ballot_queue", "0x%02x" % queue) if when_of(key) > now]
    own = [row for row in rows if row["account"] == run.sender]
    if len([row for row in own if row["extra"]]) < uncounted(run):
        return True
    counted = [row for row in rows if not row["extra"]]
    require(len([row for row in own if not row["extra"]]) < 4 and len(counted) < 32, 609)
    return False


def subject_of(run, f, deadline):
    """G-2: kind and subject, checked at once."""
    subject = {"kind": TEXT, "values": [], "accused": None, "payment": None, "upgrade": None,
               "deny_list": None}
    if f.get("parameter") is not None:
        given = [{"name": v["name"], "value": int(v["value"])} for v in f["parameter"]["values"]]
        parameters.check_names(run.state, given)
        parameters.check_values(run.params, given)
        standing = parameters.coming(run.state)
        standing.update((v["name"], v["value"]) for v in given)
        parameters.dry_run(run.ledger, standing, run.epoch, run.epoch + (2 if run.chosen() else 1))
        subject.update(kind=PARAMETER, values=sorted(given, key=lambda v: v["name"]))
    elif f.get("slash") is not None:
        require(run.state.get("node", f["slash"]["node"]) is not None, 604)
        require(f["text"] or f.get("textHash") is not None, 604)
        subject.update(kind=SLASH, accused=f["slash"]["node"])
    elif f.get("treasury") is not None:
        subject.update(kind=TREASURY, payment=payment_of(run, f["treasury"]))
    elif f.get("upgrade") is not None:
        subject.update(kind=UPGRADE, upgrade=upgrade_of(run, f["upgrade"], deadline))
    elif f.get("denyList") is not None:
        subject.update(kind=DENY_LIST, deny_list=list_of(run, f["denyList"]))
    return subject


def payment_of(run, f):
    require(f["fund"] in ("treasury", "subsidy"), 604)
    terms = None
    if f.get("vesting") is not None:
        terms = {name: time_ms(f["vesting"][name]) for name in ("start", "cliff", "end")}
        terms["steps"] = f["vesting"]["steps"]
        require(terms["steps"] > 0 and terms["start"] < terms["end"]
                and terms["start"] <= terms["cliff"] <= terms["end"], 604)
    require(run.state.get("account", f["payee"]) is not None, 41)
    require(int(f["amount"]) > 0, 605)
    return {"fund": f["fund"], "payee": f["payee"], "amount": int(f["amount"]), "terms": terms}


def upgrade_of(run, f, deadline):
    plan = {name: f[name] for name in ("version", "binaries", "activation", "urgent")}
    require(plan["binaries"], 604)
    if plan["urgent"]:
        powers.foundation(run)
    else:
        require(plan["activation"] > deadline, 605)
    require(plan["version"] == run.ledger.version + 1, 611)
    return plan


def list_of(run, f):
    node = run.state.get("node", f["node"])
    require(node is not None and node["left"] is None, 604)
    entry = {"root": f["root"], "size": int(f["size"]), "sequence": int(f["sequence"])}
    force = duties.duty(run.state, f["node"])["deny_list"]
    require(entry["sequence"] > (force["sequence"] if force else 0), 605)
    return {"node": f["node"], "list": entry}


@operation("propose")
def propose(run, f):
    state, p, ledger = run.state, run.params, run.ledger
    require(len(f["title"].encode()) <= 200 and len(f["text"].encode()) <= 16384, 37)
    if f.get("parameter") is not None:
        require(len(f["parameter"]["values"]) <= 16, 37)
    committee = state.before("committee", epoch_key(ledger.epoch_before))
    require(committee is not None, 610)
    extra = open_place(run)
    deadline = run.epoch + 1 + p["vote_epochs"]
    subject = subject_of(run, f, deadline)
    pay(state, run.sender, p["gov_deposit"])
    if state.get("ballot_count", "0x") is None:
        state.put("ballot_count", "0x", {"last": 0, "next_version": None})
    state.edit("ballot_count", "0x")["last"] += 1
    number = state.get("ballot_count", "0x")["last"]
    shards = p["shards"]
    for member in committee["members"]:
        if member["node"] == subject["accused"]:
            shards -= len(member["shards"])
        else:
            take_snapshot(state, number, member)
    digest = f.get("textHash")
    if digest is None:
        digest = "0x" + hashlib.blake2b(f["text"].encode(), digest_size=32).hexdigest()
    urgent = subject["upgrade"] is not None and subject["upgrade"]["urgent"]
    closes = ledger.time + 3 * powers.DAY if urgent else None
    state.put("proposal", number_key(number), {
        "account": run.sender, "subject": subject, "text_hash": digest, "opened": ledger.height,
        "opened_at": ledger.time, "epoch": run.epoch, "shown": ledger.epoch_before,
        "deadline": deadline, "closes": closes, "shards": shards, "tally": {"yes": 0, "no": 0},
        "state": OPEN, "closed": 0, "due": 0, "expires": 0, "put_off": 0,
        "deposit": p["gov_deposit"]})
    state.put("ballot_text", number_key(number),
              {"title": f["title"], "text": f["text"], "url": f["url"]})
    state.put("ballot_queue", place_of(number, state.get("proposal", number_key(number))),
              {"account": run.sender, "extra": extra})
    state.say("gov.proposed", proposal=number, deadline=deadline, deposit=p["gov_deposit"])


def take_snapshot(state, number, member):
    """Of the state before the block."""
    pool = state.before("pool", member["node"])
    bond = pool["bond"]
    state.put("snapshot", number_key(number) + member["node"][2:], {
        "shards": len(member["shards"]), "total": pool["shares"], "scale": pool["scale"],
        "active": pool["active"], "bond": bond["stake"] if bond else None,
        "bond_shares": bond["shares"] if bond else 0, "parts": 0})
