# SPDX-License-Identifier: Apache-2.0
"""Votes, counts and what comes of ballots: specs/ledger.md 7, G-3 to G-6 and G-8."""
import duties
import pool
import powers
from committee import quorum
from money import PPM, Refused, add_fund, burn, fund, give, require
from nodes import held
from proposals import (AT_EPOCH, CALLED, CHANGE, DENY_LIST, EXECUTED, EXPIRED, FAILED, NO_QUORUM,
                       OPEN, PARAMETER, PASSED, SLASH, SOON, TEXT, TREASURY, UNDONE, UPGRADE,
                       URGENT, VERSION, number_key, out_of_bounds, queue_key, waiting, works)
from registry import operation
from state import epoch_key, name_key, pair_key

SWEEP = 16  # ballots a block


# ---- Votes


@operation("vote")
def vote(run, f):
    state, ledger, number = run.state, run.ledger, f["proposal"]
    by_node = f.get("node") is not None
    stakes = [] if by_node else [run.owned("stake", text) for text in f["stakes"]]
    if by_node:
        held(run, f, "governance_account")
    record = state.get("proposal", number_key(number))
    require(record is not None, 600)
    over = (ledger.time >= record["closes"] if record["closes"] is not None
            else ledger.epoch >= record["deadline"])
    require(record["state"] == OPEN and not over, 601)
    cast = {"stake": not by_node, "yes": f["yes"], "reason": f.get("reason"),
            "height": ledger.height}
    if by_node:
        voter = number_key(number) + f["node"][2:]
        require(state.get("vote", voter) is None, 602)
        snap = state.get("snapshot", voter)
        require(snap is not None, 603)
        file_vote(state, number, voter, dict(
            cast, node=f["node"], weight=PPM * snap["shards"] - snap["parts"], shares=0))
    for key, stake in stakes:
        vote_stake(state, number, record, key, stake, cast)


def vote_stake(state, number, record, key, stake, cast):
    """G-3: its part of the node's shards leaves the node's vote."""
    voter, place = (number_key(number) + text[2:] for text in (key, stake["node"]))
    require(state.get("vote", voter) is None, 602)
    snap = state.get("snapshot", place)
    shares = shares_then(state, record, snap, stake) if snap else None
    require(shares is not None, 603)
    part = PPM * snap["shards"] * shares // snap["total"]
    require(part > 0, 603)
    state.edit("snapshot", place)["parts"] += part
    node_vote = state.get("vote", place)
    if node_vote is not None:
        state.edit("vote", place)["weight"] -= part
        tally = state.edit("proposal", number_key(number))["tally"]
        tally["yes" if node_vote["yes"] else "no"] -= part
    file_vote(state, number, voter, dict(cast, node=stake["node"], weight=part, shares=shares))


def shares_then(state, record, snap, stake):
    """The shares of a stake in the snapshot, at its scale; None where it has no say."""
    if stake["changed"] >= record["opened"]:
        return None
    if snap["bond"] == stake["id"]:
        return snap["bond_shares"]
    gone = stake["leaving"] is not None and stake["leaving"]["exit"] <= record["shown"]
    if stake["bond"] or gone or stake["activation"] > record["shown"]:
        return None
    minted = stake["minted"]
    if minted is None:
        rate = state.get("rate", pair_key(stake["node"], stake["activation"]))
        if rate is None or rate["mint"] is None:
            return None
        w, s = rate["mint"]["w"], rate["mint"]["s"]
        own = stake["principal"] if w == 0 and s == 0 else stake["principal"] * s // w
        minted = {"own": own, "scale": rate["mint"]["scale"]}
    if minted["scale"] > snap["scale"]:
        return None
    shares = pool.lift(minted["own"], minted["scale"], snap["scale"])
    return shares if shares <= snap["total"] else None


def file_vote(state, number, voter, record):
    state.put("vote", voter, record)
    tally = state.edit("proposal", number_key(number))["tally"]
    tally["yes" if record["yes"] else "no"] += record["weight"]
    state.say("gov.voted", proposal=number, weight=record["weight"], weightFor=tally["yes"],
              weightAgainst=tally["no"])


# ---- What happens by itself


def count(record):
    """G-2, G-4; weights are shards times PPM."""
    yes, voted, n = record["tally"]["yes"], sum(record["tally"].values()), record["shards"] * PPM
    if record["subject"]["kind"] == TEXT:
        if 3 * voted < n + PPM:
            return NO_QUORUM
        return PASSED if 2 * yes > voted else FAILED
    if 3 * yes >= 2 * n + PPM:
        return PASSED
    return FAILED if 3 * voted >= 2 * n + PPM else NO_QUORUM


def sweep(ledger):
    """Urgent ones that are over, urgent versions whose time has come, deadlines, what expired."""
    state, left = ledger.state, SWEEP
    for when, number in waiting(state, URGENT)[:left]:
        if when <= ledger.time or count(state.get("proposal", number_key(number))) == PASSED:
            close(ledger, number, queue_key(URGENT, when, number))
            left -= 1
    for when, number in waiting(state, SOON, ledger.time):
        state.drop("ballot_queue", queue_key(SOON, when, number))
        bring_version(ledger, number, ledger.epoch, True)
    for when, number in waiting(state, AT_EPOCH, ledger.epoch)[:left]:
        close(ledger, number, queue_key(AT_EPOCH, when, number))
        left -= 1
    for when, number in waiting(state, CALLED, ledger.time)[:left]:
        state.drop("ballot_queue", queue_key(CALLED, when, number))
        end(state, number, EXPIRED)


def end(state, number, how):
    state.edit("proposal", number_key(number))["state"] = how
    state.say("gov.executed", proposal=number)


def close(ledger, number, place):
    state, p = ledger.state, ledger.params
    state.drop("ballot_queue", place)
    record = state.edit("proposal", number_key(number))
    record.update(state=count(record), closed=ledger.time)
    subject, passed = record["subject"], record["state"] == PASSED
    if passed:
        set_times(ledger, record)
    tally = record["tally"]
    state.say("gov.closed", proposal=number, weightFor=tally["yes"], weightAgainst=tally["no"],
              shards=record["shards"])
    deposit, record["deposit"] = record["deposit"], 0
    if 10 * tally["yes"] >= PPM * p["shards"]:
        give(state, record["account"], deposit)
        state.say("gov.depositReturned", amount=deposit)
    else:
        burn(state, deposit, "deposit")
        state.say("token.burned", amount=deposit)
    if not passed:
        return
    entry = {"account": record["account"], "extra": False}
    if subject["kind"] == PARAMETER:
        state.put("ballot_queue", queue_key(CHANGE, record["due"], number), entry)
    elif subject["kind"] in (SLASH, TREASURY):
        state.put("ballot_queue", queue_key(CALLED, record["expires"], number), entry)
    elif subject["kind"] == UPGRADE:
        plan_version(state, number, record)
    elif subject["kind"] == DENY_LIST:
        put_list(state, number, subject["deny_list"])


def set_times(ledger, record):
    kind, p, upgrade = record["subject"]["kind"], ledger.params, record["subject"]["upgrade"]
    if kind == SLASH:
        record["due"] = ledger.time + p["slash_delay"]
    elif kind in (PARAMETER, TREASURY):
        record["due"] = ledger.time + p["gov_delay"]
    elif kind == UPGRADE and upgrade["urgent"]:
        record["due"] = ledger.time + powers.DAY
    if kind in (SLASH, TREASURY):
        record["expires"] = record["due"] + 2 * ledger.clock["length"]


def put_list(state, number, plan):
    """L-14, in force with the count."""
    node = state.get("node", plan["node"])
    try:
        require(node["left"] is None, 205)
        duties.rising(state, plan["node"], plan["list"]["sequence"])
    except Refused:
        return end(state, number, UNDONE)
    record = duties.edit_duty(state, plan["node"])
    record["deny_list"] = dict(plan["list"])
    if record["announced"] and record["announced"]["sequence"] <= plan["list"]["sequence"]:
        record["announced"] = None
    state.say("gov.denyListChanged", sequence=plan["list"]["sequence"],
              size=plan["list"]["size"], inForce=True)
    end(state, number, EXECUTED)


def plan_version(state, number, record):
    """G-6, G-8: where an approved version waits."""
    plan = record["subject"]["upgrade"]
    stage, when = (SOON, record["due"]) if plan["urgent"] else (VERSION, plan["activation"])
    state.put("ballot_queue", queue_key(stage, when, number),
              {"account": record["account"], "extra": False})
    state.say("gov.upgradeScheduled", version=plan["version"],
              epoch=0 if plan["urgent"] else plan["activation"])


def signalled(state, plan, epoch):
    weight = 0
    for member in state.get("committee", epoch_key(epoch))["members"]:
        word = duties.duty(state, member["node"])["signal"]
        if word and word["version"] == plan["version"] and word["binary_hash"] in plan["binaries"]:
            weight += len(member["shards"])
    return weight


def bring_version(ledger, number, opening, urgent=False):
    state = ledger.state
    record = state.edit("proposal", number_key(number))
    plan = record["subject"]["upgrade"]
    coming = state.get("ballot_count", "0x")["next_version"]
    if coming is not None or plan["version"] != ledger.version + 1:
        return end(state, number, UNDONE)
    weight = signalled(state, plan, opening)
    if urgent or quorum(weight, ledger.params["shards"]):
        state.edit("ballot_count", "0x")["next_version"] = plan["version"]
        state.say("gov.upgradeActivated", version=plan["version"], epoch=opening, weight=weight)
        return end(state, number, EXECUTED)
    if record["put_off"] == 3:
        return end(state, number, UNDONE)
    record["put_off"] += 1
    state.put("ballot_queue", queue_key(VERSION, opening + 1, number),
              {"account": record["account"], "extra": False})
    state.say("gov.upgradeScheduled", version=plan["version"], epoch=opening + 1)


def at_change(ledger, opening, start):
    """H-4 (c): parameters that are due, then versions. `start`: when the new epoch begins."""
    state = ledger.state
    for when, number in waiting(state, CHANGE, start):
        state.drop("ballot_queue", queue_key(CHANGE, when, number))
        ledger.read_params()
        values = [(v["name"], v["value"])
                  for v in state.get("proposal", number_key(number))["subject"]["values"]]
        if out_of_bounds(ledger.params, values) or not works(
                ledger, dict(ledger.params, **dict(values))):
            end(state, number, UNDONE)
            continue
        for name, value in values:
            record = state.edit("param", name_key(name))
            state.say("gov.parameterChanged", before=record["value"], after=value, epoch=opening)
            record["value"] = value
        end(state, number, EXECUTED)
    for when, number in waiting(state, VERSION, opening):
        state.drop("ballot_queue", queue_key(VERSION, when, number))
        bring_version(ledger, number, opening)


def turn_version(ledger):
    """Behind the block."""
    count_record = ledger.state.get("ballot_count", "0x")
    if count_record is not None and count_record["next_version"] is not None:
        ledger.version = count_record["next_version"]
        ledger.state.edit("ballot_count", "0x")["next_version"] = None


# ---- Executing


@operation("executeProposal")
def execute(run, f):
    state, now, number = run.state, run.ledger.time, f["proposal"]
    record = state.get("proposal", number_key(number))
    require(record is not None, 600)
    require(record["state"] not in (EXECUTED, UNDONE), 612)
    require(record["state"] == PASSED, 607)
    kind = record["subject"]["kind"]
    require(kind != TEXT, 612)
    require(kind not in (PARAMETER, UPGRADE), 608)
    require(now < record["expires"], 607)
    require(now >= record["due"], 608)
    if kind == SLASH:
        slash(state, record)
    else:
        pay_out(run, record["subject"]["payment"])
    state.drop("ballot_queue", queue_key(CALLED, record["expires"], number))
    end(state, number, EXECUTED)


def slash(state, record):
    """X-7: all commission, in escrow and free, is burned."""
    own = state.edit("pool", record["subject"]["accused"])
    free, escrow = own["free"], sum(own["escrow"].values())
    own["free"], own["escrow"] = 0, {}
    burn(state, free + escrow, "slash")
    if free + escrow:
        state.say("commission.fined", escrow=escrow, free=free)
    state.say("slash.executed", weight=record["tally"]["yes"], escrow=escrow, free=free, bond=0,
              pool=0)


def pay_out(run, payment):
    state, amount = run.state, payment["amount"]
    require(not powers.is_paused(state, "treasury", run.ledger.time), 608)
    require(fund(state, payment["fund"]) >= amount, 606)
    add_fund(state, payment["fund"], -amount)
    terms = payment["terms"]
    if terms is None:
        return give(state, payment["payee"], amount)
    made = run.new_object(payment["payee"])
    state.put("vesting", made, dict(terms, beneficiary=payment["payee"], total=amount, released=0,
                                    staked=0, locked=amount))
    state.say("token.vestingCreated", amount=amount)
