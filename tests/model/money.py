# SPDX-License-Identifier: Apache-2.0
"""Whole numbers and the places money goes: specs/economics.md 1, 2 and 7."""
import hashlib
from datetime import datetime, timedelta, timezone

from state import epoch_key, name_key

PPM = 10**6
BPS = 10**4
MAX_AMOUNT = 2**63 - 1
BURN = {"fee": 1, "shift": 2, "epoch": 3, "unspent": 4, "dust": 5, "earmark": 6, "fine": 7,
        "slash": 8, "deposit": 9, "account": 10, "request": 11}


class Refused(Exception):
    """An operation that is refused, with its code."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Unsupported(Exception):
    """What this model does not follow: an error of the run, never a quiet pass."""


def require(condition, code):
    if not condition:
        raise Refused(code)


def ceil_div(a, b):
    return -(-a // b)


def B(tag, data):
    """The tagged hash of O-1."""
    return hashlib.blake2b(data, digest_size=32, person=tag.encode()).digest()


def raw(text):
    """The bytes of an id."""
    return bytes.fromhex(text[2:])


def object_id(tx, index):
    return "0x" + B("wald.obj", raw(tx) + index.to_bytes(4, "little")).hex()


def time_ms(value):
    """The history shows a time as the text of a date; beyond the year 9999 as a number."""
    if value.isdigit():
        return int(value)
    moment = datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
    return (moment - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(milliseconds=1)


def units(size):
    return ceil_div(size, 2**20)  # S-1


def spread(total, places):
    """M-7: the remainder goes to the first places."""
    return [total // places + (total % places if i == 0 else 0) for i in range(places)]


def burn(state, amount, cause):
    if amount:
        state.edit("supply", "0x")["burned"][BURN[cause]] += amount


def fund(state, name):
    return state.get("fund", name_key(name))["amount"]


def add_fund(state, name, change):
    if change:
        state.edit("fund", name_key(name))["amount"] += change


def sink(state, params, amount, cause):
    """M-6: into the repair fund up to its cap, the rest is burned."""
    into = min(amount, max(0, params["fund_cap"] - fund(state, "repair")))
    add_fund(state, "repair", into)
    burn(state, amount - into, cause)
    return into


def shift_fee(params, age):
    """X-1: parts per million of what leaves at that age."""
    k = params["shift_epochs"]
    return 100 * params["shift_bps"] * max(0, k - age) // k


def take_shift_fee(state, fee):
    """X-2: one half burned, rounded as M-7 says, the other waits as bonus."""
    burn(state, fee - fee // 2, "shift")
    add_fund(state, "bonus", fee // 2)
    return fee - fee // 2


def add_slot(state, epoch, used=0, money=0, sold=0):
    slot = state.edit("ring", epoch_key(epoch))
    slot["used"] += used
    slot["money"] += money
    slot["sold"] += sold


def buy(state, params, epochs, price_each, max_cost=None):
    """R-8: what a purchase of `price_each` for each of `epochs` costs its buyer; the slots get all.

    Returns (paid, a function that moves the subsidy and fills the slots).
    """
    cost = in_range(price_each * len(epochs))
    require(max_cost is None or cost <= int(max_cost), 302)
    buyer, system = params["buyer"], params["system"]
    b, y = cost * buyer // BPS, cost * system // BPS
    there = fund(state, "subsidy")
    if b + y > there:
        b = there * buyer // (buyer + system)
        y = there * system // (buyer + system)

    def settle():
        add_fund(state, "subsidy", -(b + y))
        if b + y:
            state.say("reward.subsidyPaid", amount=b + y)
        for epoch, less, more in zip(epochs, spread(b, len(epochs)), spread(y, len(epochs))):
            add_slot(state, epoch, 0, price_each + more, max(0, price_each - less))

    return cost - b, settle


def in_range(amount):
    """M-1."""
    require(amount <= MAX_AMOUNT, 38)
    return amount


def pay(state, account, amount):
    """Takes from a balance [34]."""
    require(state.get("account", account)["balance"] >= amount, 34)
    state.edit("account", account)["balance"] -= amount


def give(state, account, amount):
    in_range(state.get("account", account)["balance"] + amount)
    state.edit("account", account)["balance"] += amount
