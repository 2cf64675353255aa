# SPDX-License-Identifier: Apache-2.0
"""Transactions of storage: specs/ledger.md 4, economics.md 2."""
import base64
import hashlib

from certificates import CONFIRMATION, check_certificate
from committee import quorum
from money import add_slot, buy, give, object_id, pay, raw, require, units
from registry import operation
from state import dated_key, epoch_key


NOBODY = "0x" + "00" * 32


def encoded_size(length, n):
    """S-6; None where the blob is too large."""
    f = (n - 1) // 3
    p, s = n - 2 * f, n - f
    z = (max(length, 1) - 1) // (p * s) + 1
    z += z % 2
    return None if z > 65534 else n * ((p + s) * z + 64 * n + 32)


def blob_key(text):
    """The history shows blob ids in base64url."""
    return "0x" + base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).hex()


def id_of(root, length):
    """K-18."""
    data = b"\x01" + length.to_bytes(8, "little") + raw(root)
    return "0x" + hashlib.blake2b(data, digest_size=32).hexdigest()


def room(run, market, epochs, size, whole):
    """S-4: what a purchase must leave free, and what an extension may fill."""
    capacity = market["capacity"]
    limit = capacity if whole else capacity - capacity * run.params["reserve_bps"] // 10**4
    for epoch in epochs:
        require(run.state.get("ring", epoch_key(epoch))["used"] + size <= limit, 301)


def purchase(run, epochs, size, max_cost, whole, shared=None):
    """By the sender, or from the fund of a shared blob (L-10): the cost, room, the money."""
    market = run.state.get("market", "0x")
    price = market["storage_price"] * units(size)
    paid, settle = buy(run.state, run.params, epochs, price, max_cost)
    room(run, market, epochs, size, whole)
    if shared:
        require(run.state.get("blob", shared)["fund"]["money"] >= paid, 34)
        run.state.edit("blob", shared)["fund"]["money"] -= paid
    else:
        pay(run.state, run.sender, paid)
    settle()
    return paid


def put_resource(run, key, owner, start, end, size):
    run.state.put("resource", key, {"owner": owner, "start": start, "end": end, "size": size})
    run.state.put("expiry", dated_key(end, key), {})


def drop_resource(run, key):
    record = run.state.get("resource", key)
    run.state.drop("resource", key)
    run.state.drop("expiry", dated_key(record["end"], key))
    run.forget(record["owner"], key)


def change_resource(run, key, **fields):
    record = run.state.edit("resource", key)
    run.state.drop("expiry", dated_key(record["end"], key))
    record.update(fields)
    run.state.put("expiry", dated_key(record["end"], key), {})


@operation("reserveStorage")
def reserve(run, f):
    e, size, end = run.epoch, int(f["size"]), f["end"]
    start = max(f.get("start") if f.get("start") is not None else e, e)
    require(start < end and end - e <= run.params["horizon"], 300)
    require(size > 0, 303)
    epochs = range(start, end)
    cost = purchase(run, epochs, size, f["maxCost"], False)
    run.state.say("storage.reserved", start=start, end=end, size=size, cost=cost)
    for epoch in epochs:
        add_slot(run.state, epoch, used=size)
    put_resource(run, run.new_object(run.sender), run.sender, start, end, size)


@operation("splitStorage")
def split(run, f):
    key, record = run.owned("resource", f["resource"])
    owner, start, end, size = (record[x] for x in ("owner", "start", "end", "size"))
    if f.get("epoch") is not None:
        require(start < f["epoch"] < end, 304)
        change_resource(run, key, end=f["epoch"])
        put_resource(run, run.new_object(owner), owner, f["epoch"], end, size)
        return
    keep = int(f["size"])
    require(keep > 0, 303)
    require(keep < size, 304)
    change_resource(run, key, size=keep)
    put_resource(run, run.new_object(owner), owner, start, end, size - keep)


@operation("mergeStorage")
def merge(run, f):
    key, one = run.owned("resource", f["resource"])
    other_key, other = run.owned("resource", f["other"])
    require(key != other_key, 36)
    if (one["start"], one["end"]) == (other["start"], other["end"]):
        fields = {"size": one["size"] + other["size"]}
    else:
        touch = one["end"] == other["start"] or other["end"] == one["start"]
        require(one["size"] == other["size"] and touch, 304)
        fields = {"start": min(one["start"], other["start"]), "end": max(one["end"], other["end"])}
    drop_resource(run, other_key)
    change_resource(run, key, **fields)


@operation("releaseStorage")
def release(run, f):
    key, record = run.owned("resource", f["resource"])
    for epoch in range(max(run.epoch, record["start"]), record["end"]):
        add_slot(run.state, epoch, used=-record["size"])
    drop_resource(run, key)
    run.state.say("storage.released", size=record["size"])


# What an account may do with somebody's bucket (L-12).
RIGHTS = {"registerBlobs": 1, "deleteBlobs": 2, "extend": 4, "grow": 8, "attributes": 16}


def may_use(run, bucket, right):
    given = bucket["rights"].get(run.sender, 0)
    require(bucket["owner"] == run.sender or given & RIGHTS[right], 320)


def whole(state, blob):
    """What is inside a bucket has owner and epochs of the bucket."""
    if blob is None or blob["bucket"] is None:
        return blob
    bucket = state.get("bucket", blob["bucket"])
    return dict(blob, owner=bucket["owner"], start=bucket["start"], end=bucket["end"])


def blob_for(run, text, right):
    """A blob of the sender, or in a bucket that grants this right."""
    key = run.named(text)
    blob = run.state.get("blob", key)
    require(blob is not None, 33)
    if blob["bucket"] is None:
        require(blob["owner"] == run.sender, 31)
    else:
        may_use(run, run.state.get("bucket", blob["bucket"]), right)
    return key, whole(run.state, blob)


NEW_ID = {"permanent": 0, "permanent_certified": 0, "deletable": 0, "deletable_certified": 0,
          "bucketed": 0, "permanent_end": 0, "first_certified": None, "first_certified_at": 0,
          "certified_event": 0, "certified_tx": NOBODY, "leaf": None, "invalid": False,
          "invalid_event": 0, "invalid_tx": NOBODY, "denied": None}


def kind_of(blob):
    return "deletable" if blob["deletable"] else "permanent"


@operation("registerBlob")
def register(run, f):
    inside = f.get("bucket") is not None
    if inside:
        key = run.named(f["bucket"])
        record = run.state.get("bucket", key)
        require(record is not None, 33)
        may_use(run, record, "registerBlobs")
        free = record["size"] - record["used"]
    else:
        key, record = run.owned("resource", f["resource"])
        free = record["size"]
    e, length, n = run.epoch, int(f["length"]), run.params["shards"]
    require(record["start"] <= e < record["end"], 306)
    require(f["encoding"] == 1, 307)
    size = encoded_size(length, n)
    require(size is not None, 308)
    require(size <= free, 318 if inside else 305)
    blob_id = blob_key(f["blobId"])
    require(blob_id == id_of(f["root"], length), 309)
    totals = run.state.get("blob_id", blob_id)
    require(totals is None or not totals["invalid"], 314)
    require(not inside or run.state.get("bucket_blob", key + blob_id[2:]) is None, 321)
    market = run.state.get("market", "0x")
    cost = market["write_price"] * units(size)  # S-3: no purchase, so nobody adds to it
    require(cost <= int(f["maxCost"]), 302)
    pay(run.state, run.sender, cost)
    add_slot(run.state, e, money=cost, sold=cost)
    run.state.say("blob.registered", length=length, encoded=size, end=record["end"], cost=cost)
    record = dict(record)
    blob = {
        "owner": run.sender, "blob_id": blob_id, "length": length, "deletable": f["deletable"],
        "registered": e, "certified": None, "resource_id": key, "start": record["start"],
        "end": record["end"], "size": record["size"], "fund": None, "bucket": None,
        "attributes": 0, "attribute_bytes": 0}
    if inside:
        made = object_id(run.tx["id"], len(run.made))
        run.made.append(made)
        blob.update(owner=NOBODY, resource_id=NOBODY, start=0, end=0, size=0, bucket=key)
        run.state.put("bucket_blob", key + blob_id[2:], {"object": made})
        bucket = run.state.edit("bucket", key)
        bucket["used"] += size
        bucket["count"] += 1
    else:
        drop_resource(run, key)
        made = run.new_object(run.sender)
        run.state.put("expiry", dated_key(record["end"], made), {})
    run.state.put("blob", made, blob)
    if totals is None:
        run.state.put("blob_id", blob_id, dict(NEW_ID))
    totals = run.state.edit("blob_id", blob_id)
    totals["length"] = length
    totals[kind_of(run.state.get("blob", made))] += 1
    if not f["deletable"]:
        totals["permanent_end"] = max(totals["permanent_end"], record["end"])
        totals["bucketed"] += inside


def still_there(run, key):
    """A blob that may be certified (L-6)."""
    blob = whole(run.state, run.state.get("blob", key))
    require(blob is not None, 33)
    require(blob["certified"] is None, 311)
    require(run.epoch < blob["end"], 312)
    require(not run.state.get("blob_id", blob["blob_id"])["invalid"], 314)
    return blob


@operation("certifyBlob")
def certify(run, f):
    key = run.named(f["blob"])
    blob = still_there(run, key)
    body = check_certificate(run, f["certificate"], CONFIRMATION, quorum)
    require("0x" + body[:32].hex() == blob["blob_id"], 404)
    require(body[33:] == (raw(key) if blob["deletable"] else b""), 316)
    certify_one(run, key)


def certify_one(run, key):
    blob = whole(run.state, run.state.get("blob", key))
    totals = run.state.edit("blob_id", blob["blob_id"])
    run.state.edit("blob", key)["certified"] = run.epoch
    if totals["permanent_certified"] + totals["deletable_certified"] == 0:
        totals["leaf"] = True
    if totals["first_certified"] is None:
        totals["first_certified"] = run.epoch
        totals["first_certified_at"] = run.ledger.time
        totals["certified_event"] = run.next_event()
        totals["certified_tx"] = run.tx["id"]
    totals[kind_of(blob) + "_certified"] += 1
    if not blob["deletable"]:
        totals["permanent_end"] = max(totals["permanent_end"], blob["end"])
    if blob["bucket"] is not None:
        size = encoded_size(blob["length"], run.params["shards"])
        run.state.edit("bucket", blob["bucket"])["certified"] += size
    run.state.say("blob.certified", epoch=run.epoch, end=blob["end"])


@operation("extendBlob")
def extend(run, f):
    key = run.named(f["blob"])
    blob = run.state.get("blob", key)
    require(blob is not None, 33)
    require(blob["bucket"] is None, 304)
    fund = blob["fund"] if f["fromFund"] else None
    if f["fromFund"]:
        require(fund is not None, 315)
    else:
        require(blob["owner"] == run.sender, 31)
    require(blob["certified"] is not None, 310)
    require(run.epoch < blob["end"], 312)
    totals = run.state.edit("blob_id", blob["blob_id"])
    require(not totals["invalid"], 314)
    market = run.state.get("market", "0x")
    if f["fromFund"]:
        require(market["storage_price"] <= fund["price_limit"], 317)
    old_end, cost = blob["end"], 0
    if f.get("resource") is not None:
        other_key, other = run.owned("resource", f["resource"])
        require(other["size"] == blob["size"] and other["start"] == old_end, 304)
        end = other["end"]
        drop_resource(run, other_key)
    else:
        end = old_end + f["epochs"]
        require(f["epochs"] > 0 and end - run.epoch <= run.params["horizon"], 300)
        epochs = range(old_end, end)
        fills = 2 * encoded_size(blob["length"], run.params["shards"]) >= blob["size"]
        cost = purchase(run, epochs, blob["size"], f.get("maxCost"), fills, key if fund else None)
        for epoch in epochs:
            add_slot(run.state, epoch, used=blob["size"])
    run.state.say("blob.extended", before=old_end, end=end, cost=cost)
    run.state.edit("blob", key)["end"] = end
    run.state.drop("expiry", dated_key(old_end, key))
    run.state.put("expiry", dated_key(end, key), {})
    if not blob["deletable"]:
        totals["permanent_end"] = max(totals["permanent_end"], end)


def end_blob(state, key, shards):
    """Counts of its id, its leaf, attributes and fund, when an object ends (L-9 to L-11, L-15)."""
    blob = state.get("blob", key)
    for place in state.keys("attribute", key):
        state.drop("attribute", place)
    refund = blob["fund"]["money"] if blob["fund"] else 0
    if refund:
        give(state, blob["fund"]["refund"], refund)
    totals = state.edit("blob_id", blob["blob_id"])
    totals[kind_of(blob)] -= 1
    totals["bucketed"] -= blob["bucket"] is not None and not blob["deletable"]
    if blob["certified"] is not None:
        totals[kind_of(blob) + "_certified"] -= 1
        if totals["permanent_certified"] + totals["deletable_certified"] == 0:
            totals["leaf"] = None
    state.drop("blob", key)
    if blob["bucket"] is None:
        state.drop("expiry", dated_key(blob["end"], key))
        state.drop("owner", blob["owner"] + key[2:])
        return refund
    size = encoded_size(blob["length"], shards)
    bucket = state.edit("bucket", blob["bucket"])
    bucket["used"] -= size
    bucket["count"] -= 1
    if blob["certified"] is not None:
        bucket["certified"] -= size
    state.drop("bucket_blob", blob["bucket"] + blob["blob_id"][2:])
    return 0


@operation("deleteBlob")
def delete(run, f):
    key, blob = blob_for(run, f["blob"], "deleteBlobs")
    require(run.epoch < blob["end"], 312)
    invalid = run.state.get("blob_id", blob["blob_id"])["invalid"]
    require(blob["deletable"] or invalid, 313)
    end_blob(run.state, key, run.params["shards"])
    if blob["bucket"] is not None:
        return  # the bytes are free
    start = max(blob["start"], run.epoch)
    put_resource(run, blob["resource_id"], blob["owner"], start, blob["end"], blob["size"])
    run.state.put("owner", blob["owner"] + blob["resource_id"][2:], {})
