# SPDX-License-Identifier: Apache-2.0
"""Votes, counts and what comes of ballots: specs/ledger.md, G-3 to G-6 and G-8."""
import duties
import parameters
import powers
import repair
from accounts import lock
from committee import quorum
from money import PPM, Refused, add_fund, burn, fund, give, require
from nodes import held
from pool import condition, lift, shares_of
from proposals import (DENY_LIST, EXECUTED, EXPIRED, FAILED, NO_QUORUM, OPEN, PARAMETER, PASSED,
                       SLASH, SOON, TEXT, TO_APPLY, TO_COUNT, TO_EXPIRE, TREASURY, UNDONE, UPGRADE,
                       URGENT, VERSION, number_key, place_of, queue_key, queued, when_of)
from registry import operation
from state import epoch_key

AT_ONCE = 16  # closed in a block


# Voting (G-3).


@operation("vote")
def vote(run, f):
    state = run.state
    stakes = []
    if f.get("node") is not None:
        held(run, f, "governance_account")
    else:
        stakes = [run.owned("stake", text) for text in f["stakes"]]
    number = f["proposal"]
    ballot = state.get("proposal", number_key(number))
    require(ballot is not None, 600)
    over = (run.epoch >= ballot["deadline"] if ballot["closes"] is None
            else run.ledger.time >= ballot["closes"])
    require(ballot["state"] == OPEN and not over, 601)
    if stakes:
        for key, stake in stakes:
            vote_stake(run, f, number, key, stake)
    else:
        vote_member(run, f, number)


def side(yes):
    return "yes" if yes else "no"


def put_vote(run, f, number, voter, node, weight, shares):
    reason = f.get("reason")
    run.state.put("vote", number_key(number) + voter[2:], {
        "stake": shares is not None, "node": node, "yes": f["yes"], "weight": weight,
        "shares": shares or 0, "reason": reason, "height": run.ledger.height})
    tally = run.state.edit("proposal", number_key(number))["tally"]
    tally[side(f["yes"])] += weight
    run.state.say("gov.voted", proposal=number, weight=weight, weightFor=tally["yes"],
                  weightAgainst=tally["no"])


def vote_member(run, f, number):
    node = f["node"]
    require(run.state.get("vote", number_key(number) + node[2:]) is None, 602)
    shown = run.state.get("snapshot", number_key(number) + node[2:])
    require(shown is not None, 603)
    put_vote(run, f, number, node, node, PPM * shown["shards"] - shown["parts"], None)


def shares_shown(state, ballot, shown, key, stake):
    """What the stake had at work in the snapshot; 0 for nothing."""
    if shown["bond"] == key:
        return shown["bond_shares"]
    if stake["changed"] >= ballot["opened"] or stake["activation"] > ballot["shown"]:
        return 0
    if condition(state, stake) != "active" or stake["bond"]:
        return 0
    if stake["leaving"] is not None and stake["leaving"]["exit"] <= ballot["shown"]:
        return 0
    minted = stake["minted"] or shares_of(state, stake)
    return lift(minted["own"], minted["scale"], shown["scale"])


def vote_stake(run, f, number, key, stake):
    state, node = run.state, stake["node"]
    ballot = state.get("proposal", number_key(number))
    require(state.get("vote", number_key(number) + key[2:]) is None, 602)
    place = number_key(number) + node[2:]
    shown = state.get("snapshot", place)
    require(shown is not None, 603)
    own = shares_shown(state, ballot, shown, key, stake)
    weight = PPM * shown["shards"] * own // shown["total"] if shown["total"] else 0
    require(weight > 0, 603)
    state.edit("snapshot", place)["parts"] += weight
    voted = state.get("vote", place)
    if voted is not None:
        state.edit("vote", place)["weight"] -= weight
        state.edit("proposal", number_key(number))["tally"][side(voted["yes"])] -= weight
    put_vote(run, f, number, key, node, weight, own)


# Counting and what follows (G-4, G-5).


def sweep(ledger):
    """Urgent ones at once with their quorum, urgent versions, deadlines, what expired."""
    state, left = ledger.state, AT_ONCE
    for key, number in queued(state, URGENT)[:left]:
        ballot = state.get("proposal", number_key(number))
        if when_of(key) <= ledger.time or outcome(ballot) == PASSED:
            close(ledger, number)
            left -= 1
    for key, number in queued(state, SOON, ledger.time):
        state.drop("ballot_queue", key)
        bring_version(ledger, number, ledger.epoch)
    for _, number in queued(state, TO_COUNT, ledger.epoch)[:left]:
        close(ledger, number)
        left -= 1
    for key, number in queued(state, TO_EXPIRE, ledger.time)[:left]:
        state.drop("ballot_queue", key)
        end(state, number, EXPIRED)


def end(state, number, how):
    ballot = state.edit("proposal", number_key(number))
    ballot["state"] = how
    payment = ballot["subject"]["payment"]
    paid = payment["amount"] if payment and how == EXECUTED else 0
    state.say("gov.executed", proposal=number, amount=paid)


def outcome(ballot):
    yes, no = ballot["tally"]["yes"], ballot["tally"]["no"]
    n = ballot["shards"]
    if ballot["subject"]["kind"] == TEXT:
        enough = 3 * (yes + no) >= (n + 1) * PPM
        return PASSED if enough and yes > no else FAILED if enough else NO_QUORUM
    if 3 * yes >= (2 * n + 1) * PPM:
        return PASSED
    return FAILED if 3 * (yes + no) >= (2 * n + 1) * PPM else NO_QUORUM


def close(ledger, number):
    state, p = ledger.state, ledger.params
    ballot = state.edit("proposal", number_key(number))
    state.drop("ballot_queue", place_of(number, ballot))
    account, deposit = ballot["account"], ballot["deposit"]
    ballot.update(state=outcome(ballot), closed=ledger.time, deposit=0)
    state.say("gov.closed", proposal=number, weightFor=ballot["tally"]["yes"],
              weightAgainst=ballot["tally"]["no"], shards=ballot["shards"])
    if 10 * ballot["tally"]["yes"] >= p["shards"] * PPM:
        give(state, account, deposit)
        state.say("gov.depositReturned", proposal=number, amount=deposit)
    else:
        burn(state, deposit, "deposit")
        state.say("token.burned", amount=deposit)
    if ballot["state"] == PASSED:
        go_on(ledger, number, ballot)


def wait(state, queue, when, number):
    account = state.get("proposal", number_key(number))["account"]
    state.put("ballot_queue", queue_key(queue, when, number), {"account": account, "extra": False})


def go_on(ledger, number, ballot):
    """What one that passed waits for, and until when somebody must execute it."""
    state, p, subject = ledger.state, ledger.params, ballot["subject"]
    kind, urgent = subject["kind"], ballot["closes"] is not None
    delays = {PARAMETER: p["gov_delay"], SLASH: p["slash_delay"], TREASURY: p["gov_delay"]}
    if kind in delays or urgent:
        ballot["due"] = ledger.time + delays.get(kind, powers.DAY)
    if kind == PARAMETER:
        wait(state, TO_APPLY, ballot["due"], number)
    elif kind in (SLASH, TREASURY):
        ballot["expires"] = ballot["due"] + 2 * ledger.clock["length"]
        wait(state, TO_EXPIRE, ballot["expires"], number)
    elif kind == UPGRADE:
        plan = subject["upgrade"]
        wait_version(state, number, plan, SOON if urgent else VERSION,
                     ballot["due"] if urgent else plan["activation"])
    elif kind == DENY_LIST:
        put_list(state, number, subject["deny_list"])


# Lists and versions (L-14, G-6, G-8).


def put_list(state, number, plan):
    try:
        require(state.get("node", plan["node"])["left"] is None, 205)
        duties.rising(state, plan["node"], plan["list"]["sequence"])
    except Refused:
        return end(state, number, UNDONE)
    duties.put_in_force(state, plan["node"], dict(plan["list"]))
    end(state, number, EXECUTED)


def wait_version(state, number, plan, queue, when):
    wait(state, queue, when, number)
    state.say("gov.upgradeScheduled", proposal=number, version=plan["version"],
              epoch=0 if queue == SOON else when)


def signalled(state, plan, epoch):
    """Shards of members whose last word is that version with one of its programs."""
    weight = 0
    for member in state.get("committee", epoch_key(epoch))["members"]:
        word = duties.duty(state, member["node"])["signal"]
        if word and word["version"] == plan["version"] and word["binary_hash"] in plan["binaries"]:
            weight += len(member["shards"])
    return weight


def bring_version(ledger, number, opening):
    """At the change into an epoch, or urgent, within one."""
    state = ledger.state
    ballot, count = state.edit("proposal", number_key(number)), state.get("ballot_count", "0x")
    plan = ballot["subject"]["upgrade"]
    if count["next_version"] is not None or plan["version"] != ledger.version + 1:
        return end(state, number, UNDONE)
    weight = signalled(state, plan, opening)
    if plan["urgent"] or quorum(weight, ledger.params["shards"]):
        state.edit("ballot_count", "0x")["next_version"] = plan["version"]
        state.say("gov.upgradeActivated", proposal=number, version=plan["version"], epoch=opening,
                  weight=weight)
        return end(state, number, EXECUTED)
    if ballot["put_off"] == 3:
        return end(state, number, UNDONE)
    ballot["put_off"] += 1
    wait_version(state, number, plan, VERSION, opening + 1)


def versions_due(ledger, opening):
    """At the change, after the parameters that are due."""
    for key, number in queued(ledger.state, VERSION, opening):
        ledger.state.drop("ballot_queue", key)
        bring_version(ledger, number, opening)


def turn_version(ledger):
    """Behind the block."""
    count = ledger.state.get("ballot_count", "0x")
    if count is not None and count["next_version"] is not None:
        ledger.version = count["next_version"]
        ledger.state.edit("ballot_count", "0x")["next_version"] = None
        repair.begin(ledger.state)


# Parameters, and what somebody executes (G-4, G-5).


def apply_due(ledger, epoch, begins):
    """G-5, once the foundation's values stand: each whole or not at all."""
    state = ledger.state
    for key, number in queued(state, TO_APPLY, begins):
        state.drop("ballot_queue", key)
        values = state.get("proposal", number_key(number))["subject"]["values"]
        standing = parameters.coming(state)
        try:
            parameters.check_names(state, values)
            parameters.check_values(standing, values)
            after = dict(standing, **{v["name"]: v["value"] for v in values})
            parameters.dry_run(ledger, after, epoch - 1, epoch + 1)
        except Refused:
            end(state, number, UNDONE)
            continue
        for v in values:
            parameters.set_value(state, v["name"], v["value"])
            state.say("gov.parameterChanged", proposal=number, before=standing[v["name"]],
                      after=v["value"], epoch=epoch)
        for later in range(epoch + standing["horizon"], epoch + after["horizon"]):
            state.put("ring", epoch_key(later), {"used": 0, "money": 0, "sold": 0})
        end(state, number, EXECUTED)


@operation("executeProposal")
def execute(run, f):
    state, number, now = run.state, f["proposal"], run.ledger.time
    ballot = state.get("proposal", number_key(number))
    require(ballot is not None, 600)
    kind = ballot["subject"]["kind"]
    require(ballot["state"] in (PASSED, EXECUTED, UNDONE), 607)
    require(ballot["state"] == PASSED and kind != TEXT, 612)
    require(kind not in (PARAMETER, UPGRADE), 608)
    require(now < ballot["expires"], 607)
    require(now >= ballot["due"], 608)
    if kind == SLASH:
        burn_commission(run, number, ballot)
    else:
        require(not powers.is_paused(state, "treasury", now), 608)
        pay_from_fund(run, ballot["subject"]["payment"])
    state.drop("ballot_queue", queue_key(TO_EXPIRE, ballot["expires"], number))
    end(state, number, EXECUTED)


def burn_commission(run, number, ballot):
    """X-7."""
    state, node = run.state, ballot["subject"]["accused"]
    require(state.get("quarantine", node) is None, 606)
    pool = state.edit("pool", node)
    free, escrow = pool["free"], sum(pool["escrow"].values())
    pool["free"], pool["escrow"] = 0, {}
    burn(state, free + escrow, "slash")
    if free + escrow:
        state.say("commission.fined", escrow=escrow, free=free)
    state.say("slash.executed", proposal=number, weight=ballot["tally"]["yes"], escrow=escrow,
              free=free, bond=0, pool=0)


def pay_from_fund(run, payment):
    amount, payee, terms = payment["amount"], payment["payee"], payment["terms"]
    require(fund(run.state, payment["fund"]) >= amount, 606)
    add_fund(run.state, payment["fund"], -amount)
    if terms is None:
        give(run.state, payee, amount)
    else:
        lock(run, payee, amount, terms)
