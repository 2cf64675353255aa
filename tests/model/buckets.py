# SPDX-License-Identifier: Apache-2.0
"""Transactions of buckets: specs/ledger.md, L-12."""
from money import add_slot, object_id, require
from registry import operation
from state import dated_key, owner_key
from storage import RIGHTS, drop_resource, may_use, purchase, put_resource


def bought(run, epochs, size, whole, max_cost):
    require(size > 0, 303)
    cost = purchase(run, epochs, size, max_cost, whole)
    for epoch in epochs:
        add_slot(run.state, epoch, used=size)
    return cost


@operation("createBucket")
def create(run, f):
    e, cost = run.epoch, 0
    if f.get("resource") is not None:
        resource, held = run.owned("resource", f["resource"])
        require(held["start"] <= e < held["end"], 306)
        start, end, size = held["start"], held["end"], held["size"]
        drop_resource(run, resource)
    else:
        require(0 < f["epochs"] <= run.params["horizon"], 300)
        start, end, size = e, e + f["epochs"], int(f["size"])
        cost = bought(run, range(start, end), size, False, int(f["maxCost"]))
        resource = object_id(run.tx["id"], len(run.made))  # inside from the first
        run.made.append(resource)
    made = run.new_object(run.sender)
    run.state.put("bucket", made, {
        "owner": run.sender, "resource_id": resource, "start": start, "end": end, "size": size,
        "used": 0, "certified": 0, "count": 0, "rights": {}})
    run.state.put("expiry", dated_key(end, made), {})
    run.state.say("bucket.created", start=start, end=end, size=size, cost=cost)


def opened(run, f, right):
    key = run.named(f["bucket"])
    bucket = run.state.get("bucket", key)
    require(bucket is not None, 33)
    may_use(run, bucket, right)
    require(run.epoch < bucket["end"], 312)
    return key, bucket


def changed(run, before, after, cost):
    run.state.say("bucket.changed", sizeBefore=before["size"], size=after["size"],
                  endBefore=before["end"], end=after["end"], cost=cost,
                  certified=after["certified"])


@operation("growBucket")
def grow(run, f):
    key, bucket = opened(run, f, "grow")
    before, cost = dict(bucket), 0
    if f.get("resource") is not None:
        part, held = run.owned("resource", f["resource"])
        require(held["end"] == bucket["end"] and held["start"] <= run.epoch, 304)
        size = held["size"]
        drop_resource(run, part)
    else:
        size = int(f["size"])
        cost = bought(run, range(run.epoch, bucket["end"]), size, False, int(f["maxCost"]))
    after = run.state.edit("bucket", key)
    after["size"] += size
    changed(run, before, after, cost)


@operation("shrinkBucket")
def shrink(run, f):
    key, bucket = run.owned("bucket", f["bucket"])
    require(run.epoch < bucket["end"], 312)
    before, unused = dict(bucket), bucket["size"] - bucket["used"]
    if f.get("percent") is not None:
        require(f["percent"] <= 100, 304)
        given = unused * f["percent"] // 100
        require(given > 0, 304)
    else:
        given = int(f["size"])
        require(given > 0, 303)
    require(given <= unused, 318)
    require(given < bucket["size"], 304)
    after = run.state.edit("bucket", key)
    after["size"] -= given
    owner = bucket["owner"]
    start = max(bucket["start"], run.epoch)
    put_resource(run, run.new_object(owner), owner, start, bucket["end"], given)
    changed(run, before, after, 0)


@operation("extendBucket")
def extend(run, f):
    key, bucket = opened(run, f, "extend")
    before, end = dict(bucket), bucket["end"] + f["epochs"]
    require(f["epochs"] > 0 and end - run.epoch <= run.params["horizon"], 300)
    fills = 2 * bucket["certified"] >= bucket["size"]
    cost = bought(run, range(bucket["end"], end), bucket["size"], fills, int(f["maxCost"]))
    run.state.drop("expiry", dated_key(before["end"], key))
    run.state.put("expiry", dated_key(end, key), {})
    after = run.state.edit("bucket", key)
    after["end"] = end
    changed(run, before, after, cost)


@operation("grantBucket")
def grant(run, f):
    key, _ = run.owned("bucket", f["bucket"])
    given = f.get("rights") or {}
    bits = sum(bit for name, bit in RIGHTS.items() if given.get(name))
    rights = run.state.edit("bucket", key)["rights"]
    rights.pop(f["account"], None)
    if bits:
        require(len(rights) < 16, 37)
        rights[f["account"]] = bits
    run.state.say("bucket.granted")


@operation("destroyBucket")
def destroy(run, f):
    key, bucket = run.owned("bucket", f["bucket"])
    require(bucket["count"] == 0, 319)
    end_bucket(run.state, key)
    if run.epoch < bucket["end"]:
        resource, owner = bucket["resource_id"], bucket["owner"]
        start = max(bucket["start"], run.epoch)
        put_resource(run, resource, owner, start, bucket["end"], bucket["size"])
        run.state.put("owner", owner_key(owner, resource), {})


def end_bucket(state, key):
    bucket = state.get("bucket", key)
    state.drop("bucket", key)
    state.drop("expiry", dated_key(bucket["end"], key))
    state.drop("owner", owner_key(bucket["owner"], key))
    state.say("bucket.destroyed", end=bucket["end"])
