# SPDX-License-Identifier: Apache-2.0
"""What committees sign for the ledger: specs/ledger.md, L-5; the layout is that of K-22."""
import base64

from money import require
from state import epoch_key

POSSESSION, CONFIRMATION, INVALID, SYNC, DENY_LIST, DENIED_DELETED, VERSION = range(7)
BATCH = 128
SIZES = {POSSESSION: (64,), CONFIRMATION: (33, 65), INVALID: (32,), SYNC: (48,), DENY_LIST: (80,),
         DENIED_DELETED: (32,), VERSION: (12,), BATCH: (34,)}


def read_any(given):
    """Kind, epoch and body of a message that can be read [404]."""
    message = base64.b64decode(given["message"])
    kind, body = message[:1], message[7:]
    require(len(message) >= 7 and message[1:3] == bytes([0, 3]) and kind[0] in SIZES, 404)
    require(len(body) in SIZES[kind[0]], 404)
    if kind[0] == CONFIRMATION:
        require(body[32] == (len(body) == 65), 404)
    if kind[0] == SYNC:
        require(body[0] == 0 and body[3] <= 1, 404)
    if kind[0] == BATCH:
        require(1 <= int.from_bytes(body[:2], "little") <= 256, 404)
    return kind[0], int.from_bytes(message[3:7], "little"), body


def read_message(given, kind):
    """The body of a message that can be read and is of that kind [404]."""
    found, _, body = read_any(given)
    require(found == kind, 404)
    return body


def check_certificate(run, given, kind, enough, signed=None):
    """L-5 in its order; whether signatures hold is given: by the code, or by who asks.

    Returns the body of the message.
    """
    found, epoch, body = read_any(given)
    bitmap = base64.b64decode(given["bitmap"])
    require(epoch == run.epoch, 400)
    members = run.state.get("committee", epoch_key(run.epoch))["members"]
    bits = [i for i in range(8 * len(bitmap)) if bitmap[i // 8] >> i % 8 & 1]
    require(len(bitmap) == (len(members) + 7) // 8 and all(i < len(members) for i in bits), 401)
    require(len(bits) == len(given["signatures"]), 401)
    require(enough(sum(len(members[i]["shards"]) for i in bits), run.params["shards"]), 402)
    require(found == kind, 404)
    require(run.tx["code"] != 403 if signed is None else signed, 403)
    return body
