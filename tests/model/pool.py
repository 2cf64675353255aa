# SPDX-License-Identifier: Apache-2.0
"""A pool and its stakes: specs/economics.md 3 and 7."""
from collections import namedtuple

import losses
from committee import sits
from money import MAX_AMOUNT, PPM, ceil_div, in_range, require, shift_fee, sink, take_shift_fee
from state import owner_key, pair_key

EMPTY = {"minted": False, "mint": None, "returned": 0, "claim": None, "claim_money": 0,
         "claim_principal": 0}


class Fails(Exception):
    """A step whose arithmetic refuses (M-1, M-3), with the name of the refusal."""

    def __init__(self, name):
        super().__init__(name)
        self.name = name


Paid = namedtuple("Paid", "principal gross fee rest", defaults=(0,))


FRESH = {"vault": 0, "active": 0, "shares": 0, "scale": 0, "generation": 0, "live": 0, "claimed": 0,
         "returned": 0, "old": 0, "bond": None, "bond_pending": None, "free": 0}


def places():
    return {name: {} for name in ("pend", "pre", "exits", "young", "escrow", "scheduled")}


def add(places, epoch, amount):
    """Into a map by epoch; what falls to nothing is no entry."""
    key = str(epoch)
    places[key] = places.get(key, 0) + amount
    if places[key] == 0:
        del places[key]


def edit_rate(state, node, epoch):
    key = pair_key(node, epoch)
    if state.get("rate", key) is None:
        state.put("rate", key, dict(EMPTY))
    return state.edit("rate", key)


def lift(shares, scale, to):
    return shares << (to - scale)


def condition(state, stake):
    """P-9: pending, returned or active."""
    rate = state.get("rate", pair_key(stake["node"], stake["activation"]))
    if rate is None or not rate["minted"]:
        return "pending"
    return "active" if rate["mint"] is not None else "returned"


def mint(state, stake, ends=False):
    """P-2: shares are written at the first look after the mint; said unless the stake ends here."""
    if stake["minted"] is not None or condition(state, stake) != "active":
        return
    stake["minted"] = shares_of(state, stake)
    if not ends:
        state.say("stake.activated", shares=stake["minted"]["own"])


def shares_of(state, stake):
    """By the rate of its activation."""
    rate = state.get("rate", pair_key(stake["node"], stake["activation"]))["mint"]
    if rate["w"] == 0 and rate["s"] == 0:
        own = stake["principal"]
    else:
        own = stake["principal"] * rate["s"] // rate["w"]
    return {"own": own, "scale": rate["scale"]}


def is_bond(pool, stake):
    """The minted bond: its figures are in the pool, its record waits until it leaves (P-12)."""
    return pool["bond"] is not None and pool["bond"]["stake"] == stake["id"]


def asked(state, stake):
    """Whether it asked to leave and still has to (P-9)."""
    pool = state.get("pool", stake["node"])
    leaving = pool["bond"]["leaving"] if is_bond(pool, stake) else stake["leaving"]
    return leaving is not None and condition(state, stake) != "returned"


def own_shares(pool, stake):
    return lift(stake["minted"]["own"], stake["minted"]["scale"], pool["scale"])


def value(pool, node, epoch):
    """P-10."""
    if node["leaving"] or node["left"] is not None or node["barred_until"] >= epoch:
        return 0
    w, s = pool["active"], pool["shares"]
    total = w if pool["live"] else 0
    if 2 * w >= s:
        total += sum(x for a, x in pool["pend"].items() if int(a) <= epoch)
        total -= sum(x for a, x in pool["pre"].items() if int(a) + 1 <= epoch)
    gone = sum(x["shares"] for a, x in pool["exits"].items() if int(a) <= epoch)
    bond = pool["bond"]
    if bond and bond["leaving"] and bond["leaving"]["exit"] <= epoch:
        gone += bond["shares"]
    return total - (gone * w // s if s else 0)


def accept(state, params, stake_id, owner, node_id, amount, activation, bond):
    """P-4: the stake waits in the pool until its epoch begins."""
    node, pool = state.get("node", node_id), state.get("pool", node_id)
    require(state.get("quarantine", node_id) is None, 103)
    require(amount >= params["min_stake"], 100)
    require(pool["shares"] == 0 or 2 * pool["active"] >= pool["shares"], 101)
    require(not node["leaving"] and node["left"] is None, 102)
    if bond:
        require(pool["bond_pending"] is None, 110)
        require(pool["bond"] is None or pool["bond"]["leaving"] is None, 110)
    pool = state.edit("pool", node_id)
    in_range(pool["vault"] + amount)
    add(pool["pend"], activation, amount)
    pool["vault"] += amount
    if bond:
        pool["bond_pending"] = {"stake": stake_id, "principal": amount, "activation": activation}
    state.put("stake", stake_id, {
        "id": stake_id, "owner": owner, "node": node_id, "principal": amount,
        "activation": activation, "leaving": None, "minted": None, "bond": bond, "vesting": None,
        "changed": 0})


def take_class(pool, activation, shares):
    """Out of the class of that age: young by activation, else old."""
    if str(activation) in pool["young"]:
        add(pool["young"], activation, -shares)
    else:
        pool["old"] -= shares


def way_out(state, stake, epoch):
    """P-9: the exit epoch of a request, or None where the way is direct."""
    kind = condition(state, stake)
    if state.get("node", stake["node"])["left"] is not None and kind != "returned":
        bond = is_bond(state.get("pool", stake["node"]), stake)
        return epoch + 2 if bond else None
    following = sits(state, stake["node"], epoch + 1)
    if kind == "returned":
        return None
    if kind == "pending":
        works = stake["activation"] == epoch + 1 and following
        require(not (works and stake["bond"]), 109)  # a pending bond has direct ways only
        return epoch + 2 if works else None
    bond = is_bond(state.get("pool", stake["node"]), stake)
    later = 2 if bond else 0
    if following:
        return epoch + 2 + later
    if sits(state, stake["node"], epoch):
        return epoch + 1 + later
    return epoch + 2 if bond else None


def add_exit(pool, exit_epoch, shares, weight, principal):
    entry = pool["exits"].setdefault(str(exit_epoch), {"shares": 0, "weight": 0, "principal": 0})
    entry["shares"] += shares
    entry["weight"] += weight
    entry["principal"] += principal


def ask(state, params, stake_id, exit_epoch):
    """P-9: the request fixes date and fee."""
    stake = state.edit("stake", stake_id)
    pool = state.edit("pool", stake["node"])
    fee = shift_fee(params, exit_epoch - stake["activation"])
    if is_bond(pool, stake):
        require(pool["bond_pending"] is None, 110)
        take_class(pool, pool["bond"]["activation"], pool["bond"]["shares"])
        fee = shift_fee(params, exit_epoch - pool["bond"]["activation"])
        pool["bond"]["leaving"] = {"exit": exit_epoch, "fee": fee}
        stake["leaving"] = dict(pool["bond"]["leaving"])
        state.say("stake.exitRequested", shares=pool["bond"]["shares"], exit=exit_epoch, feePpm=fee)
        return
    told = 0
    if condition(state, stake) == "pending":
        add(pool["pre"], stake["activation"], stake["principal"])
    else:
        mint(state, stake)
        own = own_shares(pool, stake)
        take_class(pool, stake["activation"], own)
        add_exit(pool, exit_epoch, own, own * fee, stake["principal"])
        told = stake["minted"]["own"]
    stake["leaving"] = {"exit": exit_epoch, "fee": fee}
    state.say("stake.exitRequested", shares=told, exit=exit_epoch, feePpm=fee)


def pay_out(state, params, stake_id, epoch):
    """P-8 and the direct ways of P-9: what the stake brings; it is gone then."""
    stake = state.get("stake", stake_id)
    node_id, principal = stake["node"], stake["principal"]
    kind = condition(state, stake)
    leaving = stake["leaving"]
    if kind == "returned":
        pool = state.edit("pool", node_id)
        pool["returned"] -= principal
        pool["vault"] -= principal
        edit_rate(state, node_id, stake["activation"])["returned"] -= principal
        return Paid(principal, principal, 0)
    if leaving is not None:
        require(leaving["exit"] <= epoch, 105)
        return claim(state, params, stake_id)
    require(not asked(state, stake), 105)  # a bond that leaves
    require(way_out(state, stake, epoch) is None, 108)
    pool = state.edit("pool", node_id)
    if kind == "pending":
        add(pool["pend"], stake["activation"], -principal)
        pool["vault"] -= principal
        if stake["bond"]:
            pool["bond_pending"] = None
        return Paid(principal, principal, 0)
    stake = state.edit("stake", stake_id)
    mint(state, stake, ends=True)
    own = own_shares(pool, stake)
    gross = own * pool["active"] // pool["shares"]
    take_class(pool, stake["activation"], own)
    pool["active"] -= gross
    pool["vault"] -= gross
    pool["shares"] -= own
    pool["live"] -= principal
    fee = ceil_div(gross * shift_fee(params, max(1, epoch - stake["activation"])), PPM)
    take_shift_fee(state, fee)
    rest = 0
    if state.get("node", node_id)["left"] is not None:
        rest = sweep(state, pool)
        sink(state, params, rest, "dust")
    return Paid(principal, gross, fee, rest)


def sweep(state, pool):
    """P-5.6: without principal at work nothing is left; what there was goes to the sink."""
    if pool["live"] or not (pool["active"] or pool["shares"] or pool["scale"]):
        return 0
    rest = pool["active"]
    pool["vault"] -= rest
    pool.update(active=0, shares=0, old=0, young={}, scale=0)
    pool["generation"] += 1
    state.say("pool.generationReset", generation=pool["generation"])
    return rest


def claim(state, params, stake_id):
    stake = state.edit("stake", stake_id)
    mint(state, stake, ends=True)
    pool = state.edit("pool", stake["node"])
    record = edit_rate(state, stake["node"], stake["leaving"]["exit"])
    rate = record["claim"]
    own = lift(stake["minted"]["own"], stake["minted"]["scale"], rate["scale"])
    gross = own * rate["w"] // rate["s"]
    net = gross - ceil_div(gross * stake["leaving"]["fee"], PPM)
    record["claim_money"] -= net
    record["claim_principal"] -= stake["principal"]
    pool["claimed"] -= net
    pool["vault"] -= net
    rest = 0
    if record["claim_principal"] == 0:
        rest = record["claim_money"]
        record["claim_money"] = 0
        pool["claimed"] -= rest
        pool["vault"] -= rest
        sink(state, params, rest, "dust")
    return Paid(stake["principal"], gross, gross - net, rest)


def split(state, params, stake_id, amount, new_id):
    """P-12: own of the new part is rounded down, the old one keeps the rest."""
    stake = state.edit("stake", stake_id)
    require(0 < amount < stake["principal"], 35)
    require(not stake["bond"], 109)
    require(min(amount, stake["principal"] - amount) >= params["min_stake"], 100)
    mint(state, stake)
    part = dict(stake, id=new_id, principal=amount)
    if stake["minted"]:
        own = stake["minted"]["own"] * amount // stake["principal"]
        part["minted"] = dict(stake["minted"], own=own)
        stake["minted"]["own"] -= own
    if stake["leaving"]:
        part["leaving"] = dict(stake["leaving"])
    stake["principal"] -= amount
    state.put("stake", new_id, part)
    state.say("stake.split", principal=amount,
              shares=part["minted"]["own"] if part["minted"] else 0)


def is_old(state, stake):
    """Counted in the class of all ages from K on."""
    pool = state.get("pool", stake["node"])
    return condition(state, stake) == "active" and str(stake["activation"]) not in pool["young"]


def merge(state, stake_id, other_id):
    stake, other = state.edit("stake", stake_id), state.edit("stake", other_id)
    require(not stake["bond"] and not other["bond"], 109)
    require(stake["vesting"] == other["vesting"], 109)
    same = all(stake[f] == other[f] for f in ("node", "owner", "vesting", "leaving"))
    together = stake["activation"] == other["activation"] or (
        stake["leaving"] is None and is_old(state, stake) and is_old(state, other))
    require(same and together, 107)
    mint(state, stake)
    mint(state, other)
    if stake["minted"]:
        scale = max(stake["minted"]["scale"], other["minted"]["scale"])
        stake["minted"] = {"own": sum(lift(s["minted"]["own"], s["minted"]["scale"], scale)
                                      for s in (stake, other)), "scale": scale}
    stake["principal"] += other["principal"]
    stake["activation"] = max(stake["activation"], other["activation"])
    state.drop("stake", other_id)
    state.say("stake.merged", principal=stake["principal"],
              shares=stake["minted"]["own"] if stake["minted"] else 0)


def double(pool):
    """P-5.3."""
    while pool["shares"] > 0 and pool["active"] >= 2 * pool["shares"]:
        if 2 * max([pool["shares"]] + [x["shares"] for x in pool["exits"].values()]) >= 2**64:
            raise Fails("OVERFLOW")
        pool["shares"] *= 2
        pool["old"] *= 2
        for a in pool["young"]:
            pool["young"][a] *= 2
        for entry in pool["exits"].values():
            entry["shares"] *= 2
            entry["weight"] *= 2
        if pool["bond"]:
            pool["bond"]["shares"] *= 2
        pool["scale"] += 1


def step(state, params, node_id, due, left):
    """P-5 with what is due; the money of reward and bonus is the caller's, who gets (commission,
    what is unspent, dust).
    """
    pool, before = state.edit("pool", node_id), dict(state.get("pool", node_id))
    epoch, reward, bonus = due["into"], due["reward"], due["bonus"]
    commission = max(0, due["full"] * pool["rate"] // 10**4 - (due["full"] - reward))
    if commission:
        add(pool["escrow"], epoch - 1, commission)
        state.say("commission.accrued", amount=commission, rate=pool["rate"])
        state.say("commission.escrowed", amount=commission, until=epoch + 2)
    for e in sorted((int(e) for e in pool["scheduled"] if int(e) <= epoch)):
        old, pool["rate"] = pool["rate"], pool["scheduled"].pop(str(e))
        if old != pool["rate"]:
            state.say("node.commissionChanged", before=old, after=pool["rate"])
    released = pool["escrow"].pop(str(epoch - 3), 0)
    pool["free"] += released
    if released:
        state.say("commission.released", amount=released)
    if bonus:
        state.say("pool.bonusPaid", amount=bonus)
    gain, unspent = reward - commission + bonus, 0
    if pool["live"] == 0:
        unspent = gain
    else:
        pool["active"] += gain
        pool["vault"] += gain
    fined = losses.take_fine(state, params, node_id, due)
    double(pool)
    rate = {"w": pool["active"], "s": pool["shares"], "scale": pool["scale"]}
    burn_exits(state, pool, node_id, epoch, rate)
    dust = sweep(state, pool)
    if dust:
        state.say("pool.dustSwept", amount=dust)
    double(pool)
    if not left:
        mint_pending(state, params, pool, node_id, epoch)
    for a in [a for a in pool["young"] if epoch - int(a) >= params["shift_epochs"]]:
        pool["old"] += pool["young"].pop(a)
    pool["stepped"] = epoch
    state.say("pool.rateFixed", wal=pool["active"], shares=pool["shares"], scale=pool["scale"])
    if fined["pool"] or fined["bond"]:
        state.say("pool.slashed", amount=fined["pool"], bond=fined["bond"],
                  walBefore=before["active"], walAfter=pool["active"],
                  sharesBefore=before["shares"], sharesAfter=pool["shares"])
    return commission, unspent, dust


def burn_exits(state, pool, node_id, epoch, rate):
    """P-5.5: what matures leaves at the frozen rate."""
    entry = pool["exits"].pop(str(epoch), {"shares": 0, "weight": 0, "principal": 0})
    bond = pool["bond"]
    if bond and bond["leaving"] and bond["leaving"]["exit"] == epoch:
        entry["shares"] += bond["shares"]
        entry["weight"] += bond["shares"] * bond["leaving"]["fee"]
        entry["principal"] += bond["principal"]
        stake = state.edit("stake", bond["stake"])
        stake.update(principal=bond["principal"], activation=bond["activation"],
                     leaving=bond["leaving"],
                     minted={"own": bond["shares"], "scale": pool["scale"]})
        pool["bond"] = None
    if entry["shares"] == 0:
        return
    w, s = pool["active"], pool["shares"]
    paid = entry["shares"] * w // s
    fee = entry["weight"] * w // (s * PPM)
    if max(paid, fee) > MAX_AMOUNT:
        raise Fails("OVERFLOW")
    if fee > paid or paid > w or entry["shares"] > s or entry["principal"] > pool["live"]:
        raise Fails("INSUFFICIENT")
    record = edit_rate(state, node_id, epoch)
    record["claim"] = rate
    record["claim_money"] = paid - fee
    record["claim_principal"] = entry["principal"]
    pool["active"] -= paid
    pool["shares"] -= entry["shares"]
    pool["live"] -= entry["principal"]
    pool["vault"] -= fee
    pool["claimed"] += paid - fee
    state.say("stake.claimFixed", rateWal=rate["w"], rateShares=rate["s"], money=paid - fee,
              fee=fee)
    burned = take_shift_fee(state, fee)
    if burned:
        state.say("token.burned", amount=burned)


def mint_pending(state, params, pool, node_id, epoch):
    """P-5.7, a starting bond joins the one there is (P-12)."""
    principal = pool["pend"].pop(str(epoch), 0)
    asked = pool["pre"].pop(str(epoch), 0)
    if principal == 0:
        return
    w, s = pool["active"], pool["shares"]
    record = edit_rate(state, node_id, epoch)
    record["minted"] = True
    waiting = pool["bond_pending"]
    starts = waiting is not None and waiting["activation"] == epoch
    if s > 0 and 2 * w < s:
        record["returned"] = principal
        pool["returned"] += principal
        if starts:
            pool["bond_pending"] = None
        return
    record["mint"] = {"w": w, "s": s, "scale": pool["scale"]}
    own = lambda x: x * s // w if s else x
    minted = own(principal)
    pool["active"] += principal
    pool["shares"] += minted
    pool["live"] += principal
    part = own(asked)
    if asked:
        add_exit(pool, epoch + 1, part, part * shift_fee(params, 1), asked)
    if minted - part:
        add(pool["young"], epoch, minted - part)
    if starts:
        join_bond(state, pool, epoch, own(waiting["principal"]))


def join_bond(state, pool, epoch, shares):
    waiting, bond = pool["bond_pending"], pool["bond"]
    pool["bond_pending"] = None
    if bond is None:
        pool["bond"] = {"stake": waiting["stake"], "shares": shares,
                        "principal": waiting["principal"], "activation": epoch, "leaving": None}
        return
    take_class(pool, bond["activation"], bond["shares"])
    add(pool["young"], epoch, bond["shares"])
    bond["shares"] += shares
    bond["principal"] += waiting["principal"]
    bond["activation"] = epoch
    owner = state.get("stake", waiting["stake"])["owner"]
    state.drop("stake", waiting["stake"])
    state.drop("owner", owner_key(owner, waiting["stake"]))
