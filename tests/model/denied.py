# SPDX-License-Identifier: Apache-2.0
"""What deny lists cost: d of proofs.md O-30 by rounds.md O-7 and O-28.

When a round opens is given; which lists are in force then, and what is stored, is not.
"""
import duties
from state import epoch_key
from storage import encoded_size


def stored(ledger):
    """Encoded bytes of all ids in the proof index."""
    ids = ledger.state.tables.get("blob_id", {}).values()
    shards = ledger.params["shards"]
    return sum(encoded_size(record["length"], shards) for record in ids if record["leaf"])


def rounds_opened(ledger):
    """Before all else that a block does."""
    for event in ledger.given_events:
        if event["type"] == "proof.roundOpened":
            total = stored(ledger)
            ledger.state.say("proof.roundOpened", stored=total)
            look(ledger, total)


def look(ledger, total):
    """Keeps for each member the largest share that its list had, as (size, of what)."""
    for member in ledger.state.get("committee", epoch_key(ledger.epoch))["members"]:
        force = duties.duty(ledger.state, member["node"])["deny_list"]
        size, of = ledger.listed.get(member["node"], (0, 1))
        if force and force["size"] * of > size * total and total:
            ledger.listed[member["node"]] = (force["size"], total)


def close(ledger, members, used):
    """At the close of the epoch: bytes of U that each member does not serve."""
    look(ledger, stored(ledger))
    shares = {node: ledger.listed.get(node, (0, 1)) for node in members}
    ledger.listed = {}
    return {node: min(used, -(-used * size // of)) for node, (size, of) in shares.items()}
