# SPDX-License-Identifier: Apache-2.0
"""What blobs have beside their storage, and certificates of many: specs/ledger.md 4."""
from certificates import BATCH, INVALID, check_certificate, read_message
from committee import one_honest, quorum
from money import pay, require
from registry import operation
from state import object_key
from storage import NEW_ID, blob_for, blob_key, certify_one, still_there, whole


def attribute_key(blob, name):
    return object_key(blob, name.encode())


@operation("setAttributes")
def set_attributes(run, f):
    """L-11: each pair alone within its bounds, then the whole within its own [37]."""
    key, blob = blob_for(run, f["blob"], "attributes")
    names = [pair["key"] for pair in f["pairs"]]
    require(len(set(names)) == len(names), 37)
    for pair in f["pairs"]:
        require(1 <= len(pair["key"].encode()) <= 64 and len(pair["value"].encode()) <= 1024, 37)
    blob = run.state.edit("blob", key)
    for pair in f["pairs"]:
        place = attribute_key(key, pair["key"])
        old = run.state.get("attribute", place)
        if old is None:
            blob["attributes"] += 1
            blob["attribute_bytes"] += len(pair["key"].encode())
        else:
            blob["attribute_bytes"] -= len(old["value"].encode())
        blob["attribute_bytes"] += len(pair["value"].encode())
        run.state.put("attribute", place, {"value": pair["value"]})
        run.state.say("blob.attributeChanged")
    require(blob["attributes"] <= 64 and blob["attribute_bytes"] <= 8192, 37)


@operation("removeAttributes")
def remove_attributes(run, f):
    key, blob = blob_for(run, f["blob"], "attributes")
    if f["all"]:
        places = run.state.keys("attribute", key)
        require(places, 322)
    else:
        require(all(1 <= len(name.encode()) <= 64 for name in f["keys"]), 37)
        places = [attribute_key(key, name) for name in f["keys"]]
    blob = run.state.edit("blob", key)
    for place in places:
        old = run.state.get("attribute", place)
        require(old is not None, 322)
        run.state.drop("attribute", place)
        blob["attributes"] -= 1
        blob["attribute_bytes"] -= len(old["value"].encode()) + len(place) // 2 - 34
        run.state.say("blob.attributeChanged")


@operation("shareBlob")
def share(run, f):
    key, blob = run.owned("blob", f["blob"])
    require(run.epoch < blob["end"], 312)
    require(blob["fund"] is None, 315)
    require(run.state.get("account", f["refund"]) is not None, 41)
    limit = int(f["priceLimit"])
    run.state.edit("blob", key)["fund"] = {"money": 0, "price_limit": limit,
                                           "refund": f["refund"]}
    run.state.say("blob.shared", priceLimit=limit)


@operation("fundBlob")
def fund_blob(run, f):
    key = run.named(f["blob"])
    blob = whole(run.state, run.state.get("blob", key))
    require(blob is not None, 33)
    require(run.epoch < blob["end"], 312)
    require(blob["fund"] is not None, 315)
    pay(run.state, run.sender, int(f["amount"]))
    run.state.edit("blob", key)["fund"]["money"] += int(f["amount"])
    run.state.say("blob.funded", amount=int(f["amount"]))


@operation("certifyBatch")
def certify_batch(run, f):
    """L-7: that the digest is over these entries is given; each item goes through alone."""
    require(len(f["blobs"]) <= 256, 37)
    body = check_certificate(run, f["certificate"], BATCH, quorum)
    entries = {(item["blobId"], item["deletable"] and item["blob"]) for item in f["blobs"]}
    require(int.from_bytes(body[:2], "little") == len(entries), 404)
    require(run.tx["code"] != 404, 404)
    run.each_alone(f["blobs"], certify_item)


def certify_item(run, item):
    key = run.named(item["blob"])
    blob = still_there(run, key)
    require(blob["blob_id"] == blob_key(item["blobId"]), 404)
    require(blob["deletable"] == item["deletable"], 316)
    certify_one(run, key)


@operation("invalidateBlob")
def invalidate(run, f):
    """L-13; the part of the fee for ids that were marked returns (U-5)."""
    require(len(f["ids"]) <= 256, 37)
    run.returned = run.fee * run.each_alone(f["ids"], mark_invalid) // len(f["ids"])


def mark_invalid(run, item):
    blob_id = blob_key(item["blobId"])
    totals = run.state.get("blob_id", blob_id)
    require(totals is None or not totals["invalid"], 323)
    own = "0x" + read_message(item["certificate"], INVALID).hex() == blob_id
    signed = item["blobId"] in run.said_of("blob.invalidated", "blobId") if own else None
    check_certificate(run, item["certificate"], INVALID, one_honest, signed)
    require(own, 404)
    if totals is None:
        run.state.put("blob_id", blob_id, dict(NEW_ID, length=0))
    totals = run.state.edit("blob_id", blob_id)
    totals["invalid"], totals["leaf"] = True, None
    totals["invalid_event"], totals["invalid_tx"] = run.next_event(), run.tx["id"]
    run.state.say("blob.invalidated", epoch=run.epoch)
