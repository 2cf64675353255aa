# SPDX-License-Identifier: Apache-2.0
"""The foundation's powers and emergency pauses: specs/ledger.md 7."""
import parameters
from committee import one_honest, quorum, sits
from money import add_fund, fund, give, require, time_ms
from nodes import held
from registry import operation
from state import epoch_key, name_key

DAY = 86_400_000
GROUPS = {"purchases": "0x01", "registrations": "0x02", "delegation": "0x03", "treasury": "0x04"}
FRESH = {"until": 0, "epoch": None, "votes": [], "resume": []}
RATES = ("rho", "per_shard", "buyer", "system")


def groups_of(operation_json):
    """What an operation needs not to be paused."""
    (name, fields), = operation_json.items()
    if name == "batch":
        return set().union(*(groups_of(each) for each in fields["operations"]))
    if name in ("reserveStorage", "extendBucket"):
        return {"purchases"}
    if name in ("extendBlob", "createBucket", "growBucket") and fields.get("resource") is None:
        return {"purchases"}
    if name in ("registerNode", "registerBlob"):
        return {"registrations"}
    return {"delegateStake": {"delegation"}, "foundationSpend": {"treasury"}}.get(name, set())


def is_paused(state, group, now):
    return now < (state.get("pause", GROUPS[group]) or FRESH)["until"]


def edit_pause(run, group):
    key = GROUPS[group]
    if run.state.get("pause", key) is None:
        run.state.put("pause", key, {"until": 0, "epoch": None, "votes": [], "resume": []})
    return run.state.edit("pause", key)


def foundation(run):
    record = run.state.get("foundation", "0x")
    require(record is not None and record["account"] == run.sender, 610)
    require(run.epoch < record["sunset"] and not record["renounced"], 610)
    return record


def weight(run, node_ids):
    record = run.state.get("committee", epoch_key(run.epoch))
    return sum(len(m["shards"]) for m in record["members"] if m["node"] in node_ids)


def member(run, f):
    held(run, f, "governance_account")
    require(sits(run.state, f["node"], run.epoch), 32)


@operation("emergencyPause")
def pause(run, f):
    now, n = run.ledger.time, run.params["shards"]
    by_member = f.get("node") is not None
    if by_member:
        member(run, f)
    else:
        foundation(run)
    until = time_ms(f["until"])
    longest = min(run.params["pause_max"], run.ledger.clock["length"] // 4)
    require(now < until <= now + longest, 605)
    named = [group for group in GROUPS if f[group]]
    for group in named:
        record = run.state.get("pause", GROUPS[group]) or FRESH
        require(record["epoch"] != run.epoch, 612)
    for group in named:
        record = edit_pause(run, group)
        if by_member:
            kept = [v for v in record["votes"] if v["node"] != f["node"]
                    and now < v["given"] + DAY and now < v["until"]]
            kept.append({"node": f["node"], "given": now, "until": until})
            record["votes"] = kept
            if not one_honest(weight(run, {v["node"] for v in kept}), n):
                continue
            until_all = min(v["until"] for v in kept if sits(run.state, v["node"], run.epoch))
        else:
            until_all = until
        record.update(until=until_all, epoch=run.epoch, votes=[], resume=[])


@operation("resume")
def resume(run, f):
    now, n = run.ledger.time, run.params["shards"]
    member(run, f)
    named = [group for group in GROUPS if f[group]]
    for group in named:
        require(is_paused(run.state, group, now), 612)
        require(f["node"] not in run.state.get("pause", GROUPS[group])["resume"], 612)
    for group in named:
        record = edit_pause(run, group)
        record["resume"].append(f["node"])
        if quorum(weight(run, set(record["resume"])), n):
            record["until"], record["resume"] = 0, []


@operation("setSubsidyRates")
def set_rates(run, f):
    """G-7: from the next epoch on, judged as all parameters will stand then."""
    foundation(run)
    names = {"rho": "rho", "perShard": "per_shard", "buyer": "buyer", "system": "system"}
    given = {names[k]: int(v) for k, v in f.items() if v is not None}
    coming = dict(parameters.coming(run.state), **given)
    require(all(coming[name] <= parameters.BOUNDS[name][1] for name in RATES), 605)
    require(parameters.subsidies_fit(coming), 605)
    for name, value in given.items():
        record = run.state.edit("param", name_key(name))
        record["pending"], record["pending_epoch"] = value, run.epoch + 1


@operation("foundationSpend")
def spend(run, f):
    record, amount = foundation(run), int(f["amount"])
    require(run.state.get("account", f["payee"]) is not None, 41)
    before = record["spent"] if record["spent_in"] == run.epoch else 0
    require(amount > 0 and before + amount <= run.params["foundation_spend"], 605)
    require(amount <= fund(run.state, "treasury"), 34)
    run.state.edit("foundation", "0x").update(spent_in=run.epoch, spent=before + amount)
    add_fund(run.state, "treasury", -amount)
    give(run.state, f["payee"], amount)


@operation("renouncePowers")
def renounce(run, f):
    foundation(run)
    run.state.edit("foundation", "0x")["renounced"] = True
