# SPDX-License-Identifier: Apache-2.0
"""What members owe beside proofs, who names the sequencer, bundles: specs/ledger.md 3 to 7."""
import base64

from accounts import read_policy
from certificates import DENIED_DELETED, DENY_LIST, check_certificate, read_message
from committee import one_honest, quorum, sits
from money import Refused, require
from nodes import held
from registry import operation
from state import epoch_key
from storage import NEW_ID, blob_key

FRESH = {"announced": None, "deny_list": None, "signal": None, "absent": 0, "counted_from": 0,
         "consensus_off": False}


def edit_duty(state, node):
    if state.get("duty", node) is None:
        state.put("duty", node, dict(FRESH))
    return state.edit("duty", node)


def duty(state, node):
    return state.get("duty", node) or FRESH


def rising(state, node, sequence):
    """L-14: above the list in force, 0 where there is none."""
    force = duty(state, node)["deny_list"]
    require(sequence > (force["sequence"] if force else 0), 405)


def say_list(state, entry, in_force):
    state.say("gov.denyListChanged", sequence=entry["sequence"], size=entry["size"],
              inForce=in_force)


def put_in_force(state, node, entry):
    record = edit_duty(state, node)
    record["deny_list"] = entry
    if record["announced"] and record["announced"]["sequence"] <= entry["sequence"]:
        record["announced"] = None
    say_list(state, entry, True)


@operation("announceDenyList")
def announce(run, f):
    held(run, f)
    require(sits(run.state, f["node"], run.epoch), 206)
    entry = {"root": f["root"], "size": int(f["size"]), "sequence": int(f["sequence"])}
    rising(run.state, f["node"], entry["sequence"])
    edit_duty(run.state, f["node"])["announced"] = entry
    say_list(run.state, entry, False)


@operation("updateDenyList")
def update(run, f):
    body = read_message(f["certificate"], DENY_LIST)
    node, rest = "0x" + body[:32].hex(), body[32:]
    require(run.state.get("node", node) is not None, 200)
    require(sits(run.state, node, run.epoch), 206)
    check_certificate(run, f["certificate"], DENY_LIST, quorum)
    entry = {"root": "0x" + rest[16:].hex(), "size": int.from_bytes(rest[8:16], "little"),
             "sequence": int.from_bytes(rest[:8], "little")}
    rising(run.state, node, entry["sequence"])
    put_in_force(run.state, node, entry)


@operation("denyListBlobDeleted")
def deleted(run, f):
    body = check_certificate(run, f["certificate"], DENIED_DELETED, one_honest)
    blob_id = blob_key(f["blobId"])
    require("0x" + body.hex() == blob_id, 404)
    if run.state.get("blob_id", blob_id) is None:
        run.state.put("blob_id", blob_id, dict(NEW_ID, length=0))
    record = run.state.edit("blob_id", blob_id)
    if record["denied"] is None:
        record["denied"] = run.epoch
    run.state.say("blob.denied", epoch=run.epoch)


def signal(ledger, statement):
    """G-2; the signature is given. Returns the code."""
    epoch, author = int.from_bytes(statement[34:38], "little"), "0x" + statement[72:104].hex()
    version = int.from_bytes(statement[104:108], "little")
    if epoch != ledger.epoch:
        return 207
    node = ledger.state.get("node", author)
    if node is None or node["left"] is not None:
        return 200
    if version != ledger.version + 1:
        return 611
    before = ledger.signalled.get((epoch, author))
    if before is not None:
        return 15 if before == statement else 12
    ledger.signalled[epoch, author] = statement
    edit_duty(ledger.state, author)["signal"] = {
        "version": version, "binary_hash": "0x" + statement[108:140].hex(), "epoch": epoch}
    ledger.state.say("node.versionSignalled", version=version, epoch=epoch)
    return 0


def height_key(height):
    return "0x%016x" % height


def power(ledger):
    """N-8: shards with a consensus key behind them and not switched off."""
    state = ledger.state
    members = state.get("committee", epoch_key(ledger.epoch))["members"]
    return {m["node"]: len(m["shards"]) for m in members
            if state.get("node", m["node"])["consensus_key"] is not None
            and not duty(state, m["node"])["consensus_off"]}


def count_absent(ledger, absent):
    state, window = ledger.state, ledger.params["liveness_window"]
    over = [k for k in state.keys("absence") if int(k, 16) <= ledger.height - window][:1000]
    for key in over:
        for node in state.get("absence", key)["nodes"]:
            if state.get("duty", node) and int(key, 16) >= duty(state, node)["counted_from"]:
                edit_duty(state, node)["absent"] -= 1
        state.drop("absence", key)
    missing = sorted(node for node in set(absent) if sits(state, node, ledger.epoch))
    if not missing:
        return
    for node in missing:
        edit_duty(state, node)["absent"] += 1
    state.put("absence", height_key(ledger.height), {"nodes": missing})
    for node in missing:
        powers = power(ledger)
        rest = sum(powers.values()) - powers.get(node, 0)
        if (2 * duty(state, node)["absent"] > window and node in powers
                and 3 * rest > 2 * ledger.params["shards"]):
            record = edit_duty(state, node)
            record["consensus_off"] = True
            state.say("node.consensusOff", absent=record["absent"], window=window, power=rest)


@operation("resumeConsensus")
def resume(run, f):
    held(run, f)
    require(sits(run.state, f["node"], run.epoch), 206)
    require(duty(run.state, f["node"])["consensus_off"], 205)
    edit_duty(run.state, f["node"]).update(consensus_off=False, absent=0,
                                           counted_from=run.ledger.height + 1)
    run.state.say("node.consensusOn")


@operation("setSequencerAuthority")
def set_authority(run, f):
    """G-9. That the keys are of prime order is given."""
    record = run.state.get("authority", "0x")
    require(record is not None, 32)
    require(run.state.get("account", run.sender)["policy"] == record["policy"], 32)
    policy = base64.b64decode(f["policy"])
    require(read_policy(policy) is not None and run.tx["code"] != 40, 40)
    run.state.put("authority", "0x", {"policy": "0x" + policy.hex()})
    run.state.say("gov.authorityChanged", threshold=int.from_bytes(policy[:2], "little"))


def carriage(ledger, envelope):
    """U-8: what a dropped envelope costs the gateway; envelopes as base64."""
    p = ledger.params
    return p["fee_base"] + p["fee_per_byte"] * len(base64.b64decode(envelope))


def carry(ledger, tx):
    """U-8, once admitted and its nonce used. Returns the code and what the gateway owes."""
    body = tx["body"]
    envelopes = body["operation"]["bundle"]["envelopes"]
    if len(envelopes) > 256:
        return 37, sum(carriage(ledger, e) for e in envelopes)
    owed = 0
    for envelope, inside in zip(envelopes, tx["inside"], strict=True):
        if not ledger.inside(inside, body["sender"]):
            owed += carriage(ledger, envelope)
    return 0, owed


def must_be_alone(tx, gateway):
    """What a bundle does not carry (U-8)."""
    (name, fields), = tx["body"]["operation"].items()
    if name == "bundle" or "statement" in fields or tx["body"].get("sender") == gateway:
        raise Refused(1)
