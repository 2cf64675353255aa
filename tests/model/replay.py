# SPDX-License-Identifier: Apache-2.0
"""The second ledger: replays a history of model_history and compares every record and code.

It is written from the text of specs/ alone and shares nothing with the program but that text.
Usage: replay.py [HISTORY]; without a file it reads standard input. Exits 1 at the first difference.
Several histories may follow one another, each behind a line that names the input of a fuzzer.
"""
import base64
import copy
import hashlib
import json
import os
import sys
import tempfile
from collections import Counter

import ballots
import blobs  # noqa: F401 (each area files its operations)
import buckets  # noqa: F401
import duties
import epochs
import losses
import nodes  # noqa: F401
import operations
import powers
import storage  # noqa: F401
from money import B, Refused, add_slot, burn, raw
from state import State, epoch_key

# What is compared record by record. Of the chain the timetable is; rounds and scores are given.
COMPARED = ("supply", "account", "vesting", "fund", "node", "key", "pool", "rate", "stake",
            "quarantine", "committee", "sync", "ring", "resource", "blob", "attribute", "blob_id",
            "expiry", "owner", "market", "score", "close", "param", "pause", "foundation",
            "bucket", "bucket_blob", "duty", "absence", "authority", "roll",
            "proposal", "snapshot", "vote", "ballot_queue", "ballot_text", "ballot_count")


# Events and their numbers that the model says itself.
SAID = {
    "account.created": ("amount", "fee"),
    "account.feeCharged": ("fee", "burned"),
    "account.keysChanged": ("threshold",),
    "account.transferred": ("amount",),
    "blob.attributeChanged": (),
    "blob.certified": ("epoch", "end"),
    "blob.denied": ("epoch",),
    "blob.expired": ("refund",),
    "blob.extended": ("before", "end", "cost"),
    "blob.funded": ("amount",),
    "blob.invalidated": ("epoch",),
    "blob.registered": ("length", "encoded", "end", "cost"),
    "blob.shared": ("priceLimit",),
    "bucket.changed": ("sizeBefore", "size", "endBefore", "end", "cost", "certified"),
    "bucket.created": ("start", "end", "size", "cost"),
    "bucket.destroyed": ("end",),
    "bucket.granted": (),
    "commission.accrued": ("amount", "rate"),
    "commission.collected": ("amount",),
    "commission.escrowed": ("amount", "until"),
    "commission.fined": ("escrow", "free"),
    "commission.released": ("amount",),
    "epoch.closed": ("money", "subsidy", "burned", "pot", "rewards", "unspent", "carry", "used"),
    "gov.authorityChanged": ("threshold",),
    "gov.closed": ("proposal", "weightFor", "weightAgainst", "shards"),
    "gov.denyListChanged": ("sequence", "size", "inForce"),
    "gov.depositReturned": ("proposal", "amount"),
    "gov.executed": ("proposal", "amount"),
    "gov.parameterChanged": ("proposal", "before", "after", "epoch"),
    "gov.proposed": ("proposal", "deadline", "deposit"),
    "gov.upgradeActivated": ("proposal", "version", "epoch", "weight"),
    "gov.upgradeScheduled": ("proposal", "version", "epoch"),
    "gov.voted": ("proposal", "weight", "weightFor", "weightAgainst"),
    "node.commissionAnnounced": ("before", "after", "epoch"),
    "node.commissionChanged": ("before", "after"),
    "node.consensusOff": ("absent", "window", "power"),
    "node.consensusOn": (),
    "node.depositReturned": ("amount",),
    "node.keyAnnounced": ("epoch",),
    "node.shardLost": ("asked", "taken"),
    "node.shardRestored": ("shard",),
    "node.versionSignalled": ("version", "epoch"),
    "node.voteChanged": ("before", "after"),
    "pool.bonusPaid": ("amount",),
    "pool.dustSwept": ("amount",),
    "pool.generationReset": ("generation",),
    "pool.quarantined": ("setAside",),
    "pool.rateFixed": ("wal", "shares", "scale"),
    "pool.repaired": ("since", "epoch"),
    "pool.slashed": ("amount", "bond", "walBefore", "walAfter", "sharesBefore", "sharesAfter"),
    "pool.stepMissed": ("epoch", "setAside"),
    "proof.roundOpened": ("stored",),
    "reward.bountyPaid": ("epoch", "badRounds", "amount"),
    "reward.donated": ("amount", "start", "epochs"),
    "reward.held": ("held", "carry"),
    "reward.paid": ("full", "reward", "commission", "delegators", "score", "shards"),
    "reward.repairPaid": ("toEscrow", "freed", "burned"),
    "reward.subsidyPaid": ("amount",),
    "reward.unspent": ("repairFund", "burned"),
    "slash.executed": ("proposal", "weight", "escrow", "free", "bond", "pool"),
    "stake.activated": ("shares",),
    "stake.claimFixed": ("rateWal", "rateShares", "money", "fee"),
    "stake.delegated": ("amount", "activation"),
    "stake.exitRequested": ("shares", "exit", "feePpm"),
    "stake.merged": ("principal", "shares"),
    "stake.moved": ("amount", "fee"),
    "stake.split": ("principal", "shares"),
    "stake.withdrawn": ("principal", "gain", "loss", "fee"),
    "storage.expired": ("end",),
    "storage.released": ("size",),
    "storage.reserved": ("start", "end", "size", "cost"),
    "token.burned": ("amount",),
    "token.vestingCreated": ("amount",),
    "token.vestingReleased": ("amount",),
}


class Difference(Exception):
    pass


class Ledger:
    def __init__(self, first):
        self.chain = first["chain"]
        tables = normal(first["changes"])
        chain = tables.pop("chain")["0x"]
        self.clock, self.prev_seed = chain["clock"], chain["prev_seed"]
        self.version, self.signalled = chain["version"], {}
        self.height, self.time, self.begun = 0, chain["time"], chain["clock"]["start"]
        self.state = State(tables)
        self.read_params()
        self.program = copy.deepcopy(tables)  # the program's records
        self.codes, self.compared = Counter(), Counter()
        self.listed = {}  # the largest share of each deny list since the epoch began

    @property
    def epoch(self):
        return self.clock["epoch"]

    def read_params(self):
        self.params = {bytes.fromhex(k[4:]).decode(): r["value"]
                       for k, r in self.state.tables["param"].items()}

    def given_close(self, epoch):
        return dict(self.given.get("close", {})[epoch_key(epoch)])

    def given_score(self, epoch, node):
        return self.given.get("score", {})[epoch_key(epoch) + node[2:]]

    def block(self, line):
        if "edit" in line:
            return self.overwrite(normal(line["edit"]))
        self.given = normal(line["changes"])
        self.given_events = line["events"]
        self.height = line["height"]
        self.time = max(self.time, line["time"])
        self.epoch_before = self.epoch
        duties.count_absent(self, line.get("absent", []))
        epochs.advance(self)
        order = sorted(line["transactions"], key=lambda tx: not is_statement(tx))  # U-7
        for tx in order:
            self.transaction(tx)
        ballots.turn_version(self)
        self.compare()
        self.compare_events(line)
        chain = self.given["chain"]["0x"]
        if chain["clock"] != self.clock:
            raise Difference("clock: %s instead of %s" % (self.clock, chain["clock"]))
        self.prev_seed = chain["prev_seed"]

    def overwrite(self, changes):
        """A fault between two blocks, which no transaction could bring about: given."""
        for table, rows in changes.items():
            for key, record in rows.items():
                for tables in (self.state.tables, self.program):
                    tables.setdefault(table, {})[key] = copy.deepcopy(record)
                    if record is None:
                        del tables[table][key]

    def transaction(self, tx):
        code, fee = self.judge(tx)
        if (code, fee) != (tx["code"], tx["fee"]):
            raise Difference("code %d and fee %d instead of %d and %d of %s" % (
                code, fee, tx["code"], tx["fee"], json.dumps(tx)))
        self.codes[code] += 1

    def inside(self, tx, gateway):
        """What a Bundle carries (U-8): whether it got as far as its fee."""
        self.taken = False
        try:
            if "body" in tx:
                duties.must_be_alone(tx, gateway)
            code, fee = self.judge(tx)
        except Refused as refused:
            code, fee = refused.code, 0
        if (code, fee) != (tx["code"], tx["fee"]):
            raise Difference("inside code %d and fee %d instead of %d and %d of %s" % (
                code, fee, tx["code"], tx["fee"], json.dumps(tx)))
        self.codes[code] += 1
        return self.taken

    def bundle(self, tx, sender):
        """U-8: the nonce first, then what is inside, then what the gateway owes."""
        self.use_nonce(tx, sender)
        code, owed = duties.carry(self, tx)
        self.state.edit("account", sender)["balance"] -= owed
        burn(self.state, owed - owed // 2, "fee")
        add_slot(self.state, self.epoch, money=owed // 2)
        self.state.say("account.feeCharged", fee=owed, burned=owed - owed // 2)
        return code, owed

    def use_nonce(self, tx, sender):
        account = self.state.edit("account", sender)
        account["nonce"] += 1
        if account["policy"] == "0x":
            account["policy"] = tx["policy"]
        self.taken = True

    def judge(self, tx):
        """Whether a block had room left (U-6) is given: the table of work is the program's."""
        if "body" not in tx:  # bytes that are no transaction: not this model's matter
            return tx["code"], 0
        body = tx["body"]
        (name, fields), = body["operation"].items()
        if is_statement(tx):
            if body["version"] != self.version:  # G-6
                return 4, 0
            return self.say_statement(tx, name, base64.b64decode(fields["statement"])), 0
        sender = body["sender"]
        try:
            self.admit(tx, body, sender)
            fee = self.fee(tx, name, fields)
            account = self.state.get("account", sender)
            if fee > int(body["maxFee"]):
                raise Refused(10)
            if fee > account["balance"]:
                raise Refused(11)
            for group in powers.groups_of(body["operation"]):
                if powers.is_paused(self.state, group, self.time):
                    raise Refused(13)
        except Refused as refused:
            return refused.code, 0
        if tx["code"] == 14:
            return 14, 0
        if name == "bundle":
            return self.bundle(tx, sender)
        self.state.edit("account", sender)["balance"] -= fee
        self.use_nonce(tx, sender)
        run = operations.Run(self, sender, tx, fee)
        at = len(self.state.said)
        self.state.say("account.feeCharged")
        code, mark = 0, self.state.mark()
        try:
            operations.apply(run, body["operation"])
        except Refused as refused:
            self.state.back_to(mark)
            run.returned, code = 0, refused.code
        if run.returned:
            self.state.edit("account", sender)["balance"] += run.returned
        kept = fee - run.returned
        burn(self.state, kept - kept // 2, "fee")
        add_slot(self.state, self.epoch, money=kept // 2)
        self.state.said[at] = ("account.feeCharged", {"fee": kept, "burned": kept - kept // 2})
        return code, kept

    def say_statement(self, tx, name, statement):
        """Whether those about rounds, losses and the beacon count is given."""
        if tx["code"] == 14:
            return 14
        if name == "attestSync":
            return epochs.attest(self, statement)
        if name == "signalVersion":
            return duties.signal(self, statement)
        if name in losses.STATEMENTS and tx["code"] == 0:
            losses.STATEMENTS[name](self, statement)
        return tx["code"]

    def admit(self, tx, body, sender):
        """U-1 to U-4."""
        if body["chain"] != self.chain:
            raise Refused(3)
        if body["version"] != self.version:
            raise Refused(4)
        account = self.state.get("account", sender)
        if account is None:
            raise Refused(7)
        if account["policy"] == "0x":
            known = "0x" + B("wald.account", raw(tx["policy"])).hex() == sender
        else:
            known = account["policy"] == tx["policy"]
        if not known:
            raise Refused(6)
        if int(body["nonce"]) != account["nonce"]:
            raise Refused(8)
        if not self.height <= int(body["validUntil"]) <= self.height + self.params["valid_max"]:
            raise Refused(9)

    def fee(self, tx, name, fields):
        """U-5; of a Bundle the most that it may cost (U-8)."""
        if name == "bundle":
            return sum(duties.carriage(self, envelope) for envelope in fields["envelopes"])
        count, signatures = 1, tx["signatures"]
        if name == "batch":
            count = len(fields["operations"])
            inner = [list(each.values())[0] for each in fields["operations"]]
        else:
            inner = [fields]
        signed = [f for f in inner if "certificate" in f]
        signed += [item for f in inner for item in f.get("ids", [])]
        signatures += sum(len(f["certificate"]["signatures"]) for f in signed)
        for f in inner:  # possession of the keys a node names, proofs of an account's new ones
            signatures += ("possession" in f) + (f.get("consensusKey") is not None)
            signatures += len(f.get("proofs", []))
        p = self.params
        return (p["fee_base"] * count + p["fee_per_byte"] * tx["bytes"]
                + p["fee_per_signature"] * signatures)

    def compare_events(self, line):
        """Number and sums of each kind of event that the model says."""
        mine, theirs = {}, {}
        for event, numbers in self.state.take_said():
            add_numbers(mine.setdefault(event, Counter()), numbers)
        for event in line["events"]:
            if event["type"] in SAID:
                numbers = {f: event["body"][f] for f in SAID[event["type"]]}
                add_numbers(theirs.setdefault(event["type"], Counter()), numbers)
        for event in sorted(set(mine) | set(theirs)):
            if mine.get(event) != theirs.get(event):
                raise Difference("events %s: %s instead of %s" % (
                    event, dict(mine.get(event, {})), dict(theirs.get(event, {}))))
            self.compared["event"] += theirs[event]["count"]

    def compare(self):
        """Every record that either side wrote."""
        places = self.state.take_touched()
        for table in COMPARED:
            for key, record in self.given.get(table, {}).items():
                self.program.setdefault(table, {})[key] = record
                places.add((table, key))
        for table, key in sorted(places):
            mine, theirs = self.state.get(table, key), self.program.get(table, {}).get(key)
            if shown(table, mine) != shown(table, theirs):
                raise Difference("%s %s\n  model   %s\n  program %s" % (
                    table, key, json.dumps(mine), json.dumps(theirs)))
            self.compared[table] += 1


def add_numbers(sums, numbers):
    sums["count"] += 1
    for field, number in numbers.items():
        sums[field] += int(number)


def is_statement(tx):
    return "body" in tx and "statement" in list(tx["body"]["operation"].values())[0]


def normal(changes):
    """Numbers of 128 bits come as text."""
    for record in changes.get("pool", {}).values():
        for entry in (record or {"exits": {}})["exits"].values():
            entry["weight"] = int(entry["weight"]["value"] if isinstance(entry["weight"], dict)
                                  else entry["weight"])
    return changes


def shown(table, record):
    """A leaf's place in the index is proofs' matter: whether there is one is compared."""
    if table == "blob_id" and record is not None:
        return dict(record, leaf=record["leaf"] is not None)
    return record


class Inputs:
    """Histories one after the other: of which input of a fuzzer is the one at hand?"""

    def __init__(self):
        self.name, self.bytes, self.ledger = None, None, None
        self.blocks, self.epochs, self.codes, self.compared = 0, 0, Counter(), Counter()

    def line(self, line):
        if "input" in line:
            self.name, self.bytes = line["input"], bytes.fromhex(line["bytes"])
            self.finish()
        elif self.ledger is None:
            self.ledger = Ledger(line)
        else:
            self.ledger.block(line)
            self.blocks += "height" in line

    def finish(self):
        """The history at hand is over."""
        if self.ledger is not None:
            self.epochs += self.ledger.epoch
            self.codes += self.ledger.codes
            self.compared += self.ledger.compared
        self.ledger = None

    def place(self):
        """Where it failed; the input that led there is kept as a file."""
        out = ""
        if self.name is not None:
            kept = os.path.join(tempfile.gettempdir(),
                                "sequence-" + hashlib.blake2b(self.bytes).hexdigest()[:16])
            with open(kept, "wb") as file:
                file.write(self.bytes)
            out = "%s (kept as %s), " % (self.name, kept)
        if self.ledger is not None:
            out += "height %d, epoch %d" % (self.ledger.height, self.ledger.epoch)
        return out


def main(argv):
    source = open(argv[1], encoding="utf-8") if len(argv) > 1 else sys.stdin
    inputs = Inputs()
    try:
        for text in source:
            inputs.line(json.loads(text))
        if inputs.ledger is None:
            raise Difference("the ledger did not survive it")
    except Difference as difference:
        print("%s: %s" % (inputs.place(), difference))
        return 1
    except Exception:
        print("%s: the model did not survive it" % inputs.place())
        raise
    inputs.finish()
    print("%d blocks, %d epochs, %d transactions, %d records compared: equal" % (
        inputs.blocks, inputs.epochs, sum(inputs.codes.values()), sum(inputs.compared.values())))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
