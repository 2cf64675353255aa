# SPDX-License-Identifier: Apache-2.0
"""Keys of accounts and WAL locked for a time: specs/ledger.md 2 and 3."""
import base64

from money import give, pay, require, time_ms
from registry import operation
from state import owner_key


def read_policy(data):
    """U-1: {key: weight} and threshold, or None where that is no policy."""
    if len(data) < 3:
        return None
    threshold, count = int.from_bytes(data[:2], "little"), data[2]
    keys = [(data[i:i + 32], data[i + 32]) for i in range(3, len(data) - 32, 33)]
    whole = len(data) == 3 + 33 * count and 1 <= count <= 16 and len(keys) == count
    if not whole or any(a[0] >= b[0] for a, b in zip(keys, keys[1:])):
        return None
    weights = [weight for _, weight in keys]
    return dict(keys) if all(weights) and 1 <= threshold <= sum(weights) else None


@operation("setKeys")
def set_keys(run, f):
    """U-2. That the keys are of prime order is given: curves are another's matter."""
    policy = base64.b64decode(f["policy"])
    require(read_policy(policy) is not None and run.tx["code"] != 40, 40)
    run.state.edit("account", run.sender)["policy"] = "0x" + policy.hex()
    run.state.say("account.keysChanged", threshold=int.from_bytes(policy[:2], "little"))


# Vesting (T-3). The record holds what is neither paid nor staked; `staked` is what left it for
# stakes and has not come back.


@operation("createVesting")
def create_vesting(run, f):
    amount, steps = int(f["amount"]), f["steps"]
    start, cliff, end = (time_ms(f[name]) for name in ("start", "cliff", "end"))
    require(amount > 0, 35)
    require(steps > 0 and start < end and start <= cliff <= end, 43)
    pay(run.state, run.sender, amount)
    lock(run, f["beneficiary"], amount,
         {"start": start, "cliff": cliff, "end": end, "steps": steps})


def lock(run, beneficiary, amount, terms):
    run.state.put("vesting", run.new_object(beneficiary), dict(
        terms, beneficiary=beneficiary, total=amount, released=0, staked=0, locked=amount))
    run.state.say("token.vestingCreated", amount=amount)


def own_vesting(run, text):
    key = run.named(text)
    record = run.state.get("vesting", key)
    require(record is not None, 33)
    require(record["beneficiary"] == run.sender, 31)
    return key, record


def free(record, now):
    if now < record["cliff"]:
        return 0
    if now >= record["end"]:
        return record["total"]
    passed = (now - record["start"]) * record["steps"] // (record["end"] - record["start"])
    return record["total"] * passed // record["steps"]


@operation("releaseVested")
def release(run, f):
    key, record = own_vesting(run, f["vesting"])
    amount = min(free(record, run.ledger.time) - record["released"], record["locked"])
    require(amount > 0, 42)
    record = run.state.edit("vesting", key)
    record["locked"] -= amount
    record["released"] += amount
    give(run.state, record["beneficiary"], amount)
    end_if_done(run.state, key)
    run.state.say("token.vestingReleased", amount=amount)


def end_if_done(state, key):
    record = state.get("vesting", key)
    if record["locked"] == 0 and record["staked"] == 0:
        state.drop("vesting", key)
        state.drop("owner", owner_key(record["beneficiary"], key))


def take_to_stake(run, key, amount):
    require(amount <= run.state.get("vesting", key)["locked"], 42)
    record = run.state.edit("vesting", key)
    record["locked"] -= amount
    record["staked"] += amount


def refill(state, stake, amount):
    """What came back of a stake: up to the principal that was taken into its record; the rest is
    the owner's, which is the answer."""
    if stake["vesting"] is None:
        return amount
    record = state.edit("vesting", stake["vesting"])
    taken = min(stake["principal"], record["staked"])
    back = min(taken, amount)
    record["locked"] += back
    record["staked"] -= taken
    end_if_done(state, stake["vesting"])
    return amount - back


def move_on(state, stake, amount):
    """A stake that moves with less than its principal: the rest will not come back."""
    if stake["vesting"] is not None and amount < stake["principal"]:
        record = state.edit("vesting", stake["vesting"])
        stays = min(amount, record["staked"])
        record["staked"] += stays - min(stake["principal"], record["staked"])
