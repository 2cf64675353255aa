# SPDX-License-Identifier: Apache-2.0
"""Transactions of accounts and stakes: specs/ledger.md 3 and 5."""
import accounts
import pool
from money import (Refused, Unsupported, add_slot, burn, give, in_range, object_id, pay, require,
                   spread)
from registry import OPERATIONS, operation
from state import epoch_key, owner_key


class Run:
    """One transaction under way: who sent it, and what it made so far."""

    def __init__(self, ledger, sender, tx, fee):
        self.ledger, self.sender, self.tx = ledger, sender, tx
        self.state, self.params = ledger.state, ledger.params
        self.epoch = ledger.epoch
        self.made = []
        self.said = len(self.state.said)  # before the event of the fee
        self.fee, self.returned = fee, 0  # what of the fee goes back

    def next_event(self):
        """The number of the next event; true while the model says all events of the transaction."""
        return self.tx["firstSeq"] + len(self.state.said) - self.said

    def said_of(self, event, field):
        """What the program's events of this transaction say, for what is given."""
        at = range(self.tx["firstSeq"], self.tx["firstSeq"] + self.tx["events"])
        return [e["body"][field] for e in self.ledger.given_events
                if e["type"] == event and int(e["seq"]) in at]

    def new_object(self, owner):
        made = object_id(self.tx["id"], len(self.made))
        self.made.append(made)
        self.state.put("owner", owner_key(owner, made), {})
        return made

    def named(self, text):
        """Inside a Batch 30 zero bytes and a number mean the object made so far (U-9)."""
        if text.startswith("0x" + "00" * 30):
            index = int(text[-4:], 16)
            require(index < len(self.made), 33)
            return self.made[index]
        return text

    def owned(self, table, text):
        key = self.named(text)
        record = self.state.get(table, key)
        require(record is not None, 33)
        require(record["owner"] == self.sender, 31)
        return key, record

    def own_stake(self, text):
        """Of the sender, in a pool that is not quarantined (N-9)."""
        key, stake = self.owned("stake", text)
        require(self.state.get("quarantine", stake["node"]) is None, 103)
        return key, stake

    def note_changed(self, *stakes):
        """Split, merged or given away in this block (P-2)."""
        for key in stakes:
            self.state.edit("stake", key)["changed"] = self.ledger.height

    def chosen(self):
        return self.state.get("committee", epoch_key(self.epoch + 1)) is not None

    def each_alone(self, items, one):
        """Each goes through or is refused alone; with none through the first one's code refuses.

        Returns how many went through.
        """
        codes = []
        for item in items:
            mark = self.state.mark()
            try:
                one(self, item)
                codes.append(0)
            except Refused as refused:
                self.state.back_to(mark)
                codes.append(refused.code)
        require(0 in codes, codes[0])
        return codes.count(0)

    def forget(self, owner, key):
        self.state.drop("owner", owner_key(owner, key))


def apply(run, operation_json):
    (name, fields), = operation_json.items()
    function = OPERATIONS.get(name)
    if function is None:
        raise Unsupported("the model does not know " + name)
    function(run, fields)


def credit(run, account, amount):
    """U-9: a first credit makes the account; the sender pays for it on top."""
    if run.state.get("account", account) is None:
        require(amount >= run.params["account_min"], 41)
        in_range(amount + run.params["creation_fee"])
        pay(run.state, run.sender, run.params["creation_fee"])
        burn(run.state, run.params["creation_fee"], "account")
        run.state.put("account", account, {"balance": 0, "nonce": 0, "policy": "0x"})
        run.state.say("account.created", amount=amount, fee=run.params["creation_fee"])
    pay(run.state, run.sender, amount)
    give(run.state, account, amount)
    run.state.say("account.transferred", amount=amount)


@operation("transfer")
def transfer(run, f):
    amount = int(f["amount"])
    require(amount > 0, 35)
    require(f["to"] != run.sender, 36)
    credit(run, f["to"], amount)


@operation("burn")
def burn_some(run, f):
    amount = int(f["amount"])
    require(amount > 0, 35)
    pay(run.state, run.sender, amount)
    burn(run.state, amount, "request")
    run.state.say("token.burned", amount=amount)


@operation("batch")
def batch(run, f):
    """U-8: all or none, or each for itself, refused only when none went through."""
    went = 0
    for each in f["operations"]:
        mark, made = run.state.mark(), len(run.made)
        try:
            apply(run, each)
            went += 1
        except Refused:
            if f["atomic"]:
                raise Refused(39)
            run.state.back_to(mark)
            del run.made[made:]
    require(went > 0, 39)


@operation("addRewards")
def add_rewards(run, f):
    amounts = [int(x) for x in f["amounts"]]
    if not amounts:
        amount, k = int(f["amount"]), f.get("epochs", 0)
        require(amount > 0, 35)
        require(0 < k <= run.params["horizon"], 300)
        amounts = spread(amount, k)
    pay(run.state, run.sender, sum(amounts))
    run.state.say("reward.donated", amount=sum(amounts), start=run.epoch, epochs=len(amounts))
    for i, amount in enumerate(amounts):
        add_slot(run.state, run.epoch + i, money=amount)


@operation("transferObject")
def transfer_object(run, f):
    key = run.named(f["object"])
    tables = ("stake", "resource", "blob", "bucket")
    table = next((t for t in tables if run.state.get(t, key)), None)
    require(table is not None, 33)
    record = run.state.edit(table, key)
    require(record["owner"] == run.sender, 31)
    require(f["to"] != run.sender, 36)
    require(run.state.get("account", f["to"]) is not None, 41)
    require(not record.get("bond") and record.get("vesting") is None, 109)
    record["owner"] = f["to"]
    if table == "stake":
        run.note_changed(key)
    run.forget(run.sender, key)
    run.state.put("owner", owner_key(f["to"], key), {})


# Stakes.


@operation("delegateStake")
def delegate(run, f):
    node = run.state.get("node", f["node"])
    require(node is not None, 200)
    amount = int(f["amount"])
    if f["bond"]:
        require(run.sender in (node["operator_account"], node["commission_account"]), 32)
    require(run.state.get("quarantine", f["node"]) is None, 103)
    vesting = f.get("vesting")
    if vesting is not None:
        vesting, _ = accounts.own_vesting(run, vesting)
    made = run.new_object(run.sender)
    activation = run.epoch + (2 if run.chosen() else 1)
    pool.accept(run.state, run.params, made, run.sender, f["node"], amount, activation, f["bond"])
    if vesting is not None:
        accounts.take_to_stake(run, vesting, amount)
        run.state.edit("stake", made)["vesting"] = vesting
    else:
        pay(run.state, run.sender, amount)
    run.state.say("stake.delegated", amount=amount, activation=activation)


@operation("requestExit")
def request_exit(run, f):
    key, stake = run.own_stake(f["stake"])
    amount = int(f["amount"]) if f.get("amount") is not None else stake["principal"]
    if amount != stake["principal"]:
        part = run.new_object(run.sender)
        pool.split(run.state, run.params, key, amount, part)
        run.note_changed(key, part)
        key, stake = part, run.state.get("stake", part)
    require(not pool.asked(run.state, stake), 104)
    exit_epoch = pool.way_out(run.state, stake, run.epoch)
    require(exit_epoch is not None, 106)
    pool.ask(run.state, run.params, key, exit_epoch)


@operation("withdrawStake")
def withdraw(run, f):
    run.each_alone(f["stakes"], withdraw_one)


def withdraw_one(run, text):
    key, stake = run.own_stake(text)
    paid = pool.pay_out(run.state, run.params, key, run.epoch)
    net = accounts.refill(run.state, stake, paid.gross - paid.fee)
    give(run.state, run.sender, net)
    run.state.say("stake.withdrawn", principal=paid.principal,
                  gain=max(0, paid.gross - paid.principal),
                  loss=max(0, paid.principal - paid.gross), fee=paid.fee)
    if paid.rest:
        run.state.say("pool.dustSwept", amount=paid.rest)
    run.state.drop("stake", key)
    run.forget(run.sender, key)


@operation("moveStake")
def move(run, f):
    key, stake = run.own_stake(f["stake"])
    require(run.state.get("node", f["node"]) is not None, 200)
    require(run.state.get("quarantine", f["node"]) is None, 103)
    require(f["node"] != stake["node"], 36)
    require(not pool.is_bond(run.state.get("pool", stake["node"]), stake), 109)
    require(not pool.asked(run.state, stake), 104)
    exit_epoch = pool.way_out(run.state, stake, run.epoch)
    if exit_epoch is not None:
        return pool.ask(run.state, run.params, key, exit_epoch)
    paid = pool.pay_out(run.state, run.params, key, run.epoch)
    money = paid.gross - paid.fee
    run.state.drop("stake", key)
    run.forget(run.sender, key)
    made = run.new_object(run.sender)
    activation = run.epoch + (2 if run.chosen() else 1)
    pool.accept(run.state, run.params, made, run.sender, f["node"], money, activation, False)
    run.state.edit("stake", made)["vesting"] = stake["vesting"]
    accounts.move_on(run.state, stake, money)
    run.state.say("stake.moved", amount=money, fee=paid.fee)
    if paid.rest:
        run.state.say("pool.dustSwept", amount=paid.rest)


@operation("splitStake")
def split_stake(run, f):
    key, _ = run.own_stake(f["stake"])
    part = run.new_object(run.sender)
    pool.split(run.state, run.params, key, int(f["amount"]), part)
    run.note_changed(key, part)


@operation("mergeStakes")
def merge_stakes(run, f):
    key, _ = run.own_stake(f["stake"])
    other, _ = run.own_stake(f["other"])
    require(key != other, 36)
    pool.merge(run.state, key, other)
    run.note_changed(key)
    run.forget(run.sender, other)
