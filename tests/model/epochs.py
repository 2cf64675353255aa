# SPDX-License-Identifier: Apache-2.0
"""What happens by itself: specs/ledger.md 6, economics.md 6 and 8."""
import ballots
import committee
import denied
import losses
import nodes
import parameters
import pool
import repair
from money import BPS, PPM, Unsupported, add_fund, add_slot, burn, fund, sink
from state import epoch_key
from buckets import end_bucket
from storage import end_blob


def shards_of(state, epoch):
    record = state.get("committee", epoch_key(epoch))
    return {m["node"]: m["shards"] for m in record["members"]} if record else {}


def advance(ledger):
    """H-1, H-2: at most one phase, the earliest due; then the sweep."""
    denied.rounds_opened(ledger)
    clock, now, p = ledger.clock, ledger.time, ledger.params
    start, length = clock["start"], clock["length"]
    if not clock["sync_closed"] and now >= start + p["handover"]:
        clock["sync_closed"] = True
    elif not clock["selected"] and now >= start + p["select"] * length // BPS:
        select(ledger)
    elif (clock["selected"] and now >= start + length
          and ledger.height >= clock["first_height"] + p["epoch_min_blocks"]):
        change(ledger)
    repair.sweep(ledger)
    ballots.sweep(ledger)
    sweep(ledger)


def sweep(ledger):
    """L-9, L-12: a thousand objects whose epochs are over, a blob inside a bucket being one."""
    state, left = ledger.state, 1000
    due = [k for k in state.keys("expiry") if int(k[2:10], 16) <= ledger.epoch][:1000]
    for key in due:
        object_id = "0x" + key[10:]
        inside = [state.get("bucket_blob", place)["object"]
                  for place in state.keys("bucket_blob", object_id)[:left]]
        for blob in inside:
            expire(ledger, blob)
        left -= len(inside)
        if left == 0:
            return
        left -= 1
        if state.get("blob", object_id):
            expire(ledger, object_id)
        elif state.get("bucket", object_id):
            end_bucket(state, object_id)
        else:
            owner = state.get("resource", object_id)["owner"]
            state.drop("resource", object_id)
            state.drop("expiry", key)
            state.drop("owner", owner + object_id[2:])
            state.say("storage.expired", end=int(key[2:10], 16))


def expire(ledger, blob):
    ledger.state.say("blob.expired",
                     refund=end_blob(ledger.state, blob, ledger.params["shards"]))


def select(ledger):
    """H-6: the committee of the next epoch."""
    state, p, coming = ledger.state, ledger.params, ledger.epoch + 1
    old = shards_of(state, ledger.epoch)
    lost = losses.lost_now(ledger, old)
    values = {}
    for node_id in state.keys("node"):
        node = state.get("node", node_id)
        worth = pool.value(state.get("pool", node_id), node, coming)
        if worth >= p["threshold"] and state.get("quarantine", node_id) is None:
            values[node_id] = worth
    ordered = committee.order(values, ledger.chain, coming, ledger.prev_seed)[:p["max_members"]]
    stakes = {node: values[node] for node in ordered}
    keep = {node: len(old.get(node, [])) - len(lost[node]) for node in lost}
    counts = committee.seats(ordered, stakes, p["shards"], keep)
    new = committee.transition(old, counts, ordered, lost)
    members = []
    for node_id in sorted(new):
        node = state.get("node", node_id)
        vrf = [k["key"] for k in node["vrf_keys"] if k["from"] <= coming][-1]
        members.append({"node": node_id, "protocol_key": node["protocol_key"], "vrf_key": vrf,
                        "shards": new[node_id]})
    state.put("committee", epoch_key(coming), {"members": members})
    ledger.clock["selected"] = True
    ledger.clock["next_length"] = p["epoch_length"]


def change(ledger):
    """H-4: pays the epoch that closes, steps every pool, seats the next committee."""
    state, p, e, n = ledger.state, ledger.params, ledger.epoch, ledger.params["shards"]
    members = shards_of(state, e)
    close, scores = ledger.given_close(e), {m: ledger.given_score(e, m) for m in members}

    slot = state.get("ring", epoch_key(e))
    match = min(slot["sold"] * p["rho"] // BPS, fund(state, "subsidy"))
    add_fund(state, "subsidy", -match)
    fixed = n * min(p["per_shard"], fund(state, "subsidy") // n)
    add_fund(state, "subsidy", -fixed)
    money = slot["money"] + match + fixed
    burned = money * p["burn_bps"] // BPS
    burn(state, burned, "epoch")
    pot, used = money - burned, slot["used"]
    unserved = denied.close(ledger, members, used)
    held = pot * close["void_rounds"] // close["rounds"] if close["rounds"] else 0
    weight = {m: len(members[m]) * (used - unserved[m]) for m in members}
    total, shared = sum(weight.values()), pot - held
    full = {m: shared * weight[m] // total if total else 0 for m in members}
    reward = {m: shared * weight[m] * scores[m]["s"] // (total * PPM) if total else 0
              for m in members}
    if any(scores[m]["q"] for m in members):
        raise Unsupported("bad rounds: there is no evidence of fraud yet")
    unspent = shared - sum(reward.values()) if total else 0
    carry = held if total else pot

    if match:
        state.say("reward.subsidyPaid", amount=match)
    if fixed:
        state.say("reward.subsidyPaid", amount=fixed)
    if burned:
        state.say("token.burned", amount=burned)
    if carry:
        state.say("reward.held", held=held, carry=carry)
    bonuses = share_bonus(state)
    sinks = []
    for node_id in state.keys("node"):
        left = state.get("node", node_id)["left"] is not None
        if left and state.get("pool", node_id)["bond"] is None:
            continue  # it stands still
        due = {"into": e + 1, "full": full.get(node_id, 0), "reward": reward.get(node_id, 0),
               "fine": 0, "bonus": bonuses.get(node_id, 0), "holders": []}
        done, error = None, ""
        if state.get("quarantine", node_id) is None:
            done, error = repair.take_step(ledger, node_id, due, left)
        if done is None:
            repair.set_aside(state, node_id, due, error)
        commission, ownerless, dust = done or (0, 0, 0)
        sinks += [(dust, "dust"), (ownerless, "unspent")]
        if node_id in members:
            state.say("reward.paid", full=full[node_id], reward=reward[node_id],
                      commission=commission, delegators=reward[node_id] - commission,
                      score=scores[node_id]["s"], shards=len(members[node_id]))
            keep_score(ledger, e, node_id,
                       {"weight": len(members[node_id]), "denied": unserved[node_id],
                        "full": full[node_id], "reward": reward[node_id],
                        "commission": commission, "fine": 0})
    into = sink(state, p, unspent, "unspent")
    if unspent:
        state.say("reward.unspent", repairFund=into, burned=unspent - into)
    for rest, cause in sinks:
        sink(state, p, rest, cause)
    state.say("epoch.closed", money=slot["money"], subsidy=match + fixed, burned=burned, pot=pot,
              rewards=sum(reward.values()), unspent=unspent, carry=carry, used=used)
    for node_id in members:
        standing(state, p, node_id, scores[node_id]["s"], e)
        losses.chronic(state, p, node_id, e)
    state.put("close", epoch_key(e), dict(close, pot=pot, held=held, used=used))

    state.drop("ring", epoch_key(e))
    state.put("ring", epoch_key(e + p["horizon"]), {"used": 0, "money": 0, "sold": 0})
    add_slot(state, e + 1, money=carry)
    clock = ledger.clock
    clock.update(epoch=e + 1, start=clock["start"] + clock["length"], length=clock["next_length"],
                 first_height=ledger.height, synced=False, sync_closed=False, selected=False)
    delayed = ledger.time - clock["start"]
    if delayed > (clock["start"] - ledger.begun) // 4:
        clock["start"] = ledger.time
    ledger.begun = clock["start"]
    parameters.params_due(ledger, e + 1)
    ballots.apply_due(ledger, e + 1, clock["start"])
    ballots.versions_due(ledger, e + 1)
    ledger.read_params()
    p = ledger.params
    for node_id in shards_of(state, e + 1):
        state.edit("node", node_id)["last_seat"] = e + 1
    losses.change(ledger, e, shards_of(state, e + 1))
    set_market(state, p, e + 1)
    begin_sync(state, members, e + 1, clock, n)
    for node_id in state.keys("node"):
        node = state.get("node", node_id)
        if node["left"] is not None:
            if node["deposit"]:
                nodes.pay_left(state, node_id, e + 1)
        elif node["leaving"] and not any(
                committee.sits(state, node_id, epoch) for epoch in (e, e + 1)):
            nodes.end_node(state, p, node_id, e + 1)
    for node_id in state.keys("roll"):  # N-6: no later change looks at who is done
        node = state.get("node", node_id)
        if (node["left"] is not None and nodes.is_due(node, e + 1)
                and state.get("quarantine", node_id) is None
                and state.get("pool", node_id)["bond"] is None):
            state.drop("roll", node_id)


def share_bonus(state):
    """X-2: by what is old in each pool with principal at work."""
    bonus, old = fund(state, "bonus"), {}
    for node_id in state.keys("pool"):
        record = state.get("pool", node_id)
        if record["live"] and state.get("node", node_id)["left"] is None:
            old[node_id] = record["old"] * record["active"] // record["shares"]
    total = sum(old.values())
    if total == 0:
        return {}
    out = {node_id: bonus * o // total for node_id, o in old.items()}
    add_fund(state, "bonus", -sum(out.values()))
    return out


def keep_score(ledger, epoch, node_id, own):
    given = ledger.given_score(epoch, node_id)
    ledger.state.put("score", epoch_key(epoch) + node_id[2:], dict(given, **own))


def standing(state, p, node_id, s, epoch):
    """X-8."""
    node = state.edit("node", node_id)
    node["standing"] = (3 * node["standing"] + s) // 4
    node["low_closes"] = node["low_closes"] + 1 if node["standing"] < PPM // 2 else 0
    if node["low_closes"] == 3:
        node.update(low_closes=0, standing=PPM // 2, barred_until=epoch + 1 + p["bar_epochs"])


def set_market(state, p, epoch):
    n = p["shards"]
    votes = [(state.get("node", m)["votes"], len(shards))
             for m, shards in shards_of(state, epoch).items()]
    market = state.edit("market", "0x")
    first = not market["priced"]
    for field in ("storage_price", "write_price"):
        target = committee.price_target([(v[field], w) for v, w in votes], n)
        market[field] = committee.price(market[field], target, p["price_step"], first)
    most = max(slot["used"] for slot in state.tables["ring"].values())
    market["capacity"] = committee.capacity(
        market["capacity"], [(v["capacity"], w) for v, w in votes], n, most, first)
    market["priced"] = True


def begin_sync(state, before, epoch, clock, n):
    """H-5: who gained no shard counts at the change."""
    members = state.get("committee", epoch_key(epoch))["members"]
    attested, weight = bytearray((len(members) + 7) // 8), 0
    for i, member in enumerate(members):
        if set(member["shards"]) <= set(before.get(member["node"], [])):
            attested[i // 8] |= 1 << i % 8
            weight += len(member["shards"])
    state.put("sync", epoch_key(epoch), {"attested": "0x" + attested.hex(), "weight": weight})
    clock["synced"] = committee.quorum(weight, n)


def attest(ledger, statement):
    """AttestSync [207, 206, 208]; a signature is proofs' matter. Returns the code."""
    epoch, author = int.from_bytes(statement[34:38], "little"), "0x" + statement[72:104].hex()
    members = ledger.state.get("committee", epoch_key(ledger.epoch))["members"]
    place = next((i for i, m in enumerate(members) if m["node"] == author), None)
    if epoch != ledger.epoch:
        return 207
    if place is None:
        return 206
    record = ledger.state.get("sync", epoch_key(epoch))
    attested = bytearray.fromhex(record["attested"][2:])
    if attested[place // 8] >> place % 8 & 1:
        return 208
    record = ledger.state.edit("sync", epoch_key(epoch))
    attested[place // 8] |= 1 << place % 8
    record["attested"] = "0x" + attested.hex()
    record["weight"] += len(members[place]["shards"])
    if committee.quorum(record["weight"], ledger.params["shards"]):
        ledger.clock["synced"] = True
    return 0
