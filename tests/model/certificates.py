# SPDX-License-Identifier: Apache-2.0
"""What committees sign for the ledger: specs/ledger.md, L-5; the layout is that of K-22."""
import base64

from money import require
from state import epoch_key

CONFIRMATION, INVALID, DENY_LIST, DENIED_DELETED, BATCH = 1, 2, 4, 5, 128
SIZES = {INVALID: (32,), DENY_LIST: (80,), DENIED_DELETED: (32,), BATCH: (34,)}


def read_message(given, kind):
    """The body of a message that is well formed and of that kind [404]."""
    message = base64.b64decode(given["message"])
    head, body = message[:3], message[7:]
    require(len(message) >= 7 and head == bytes([kind, 0, 3]), 404)
    if kind == CONFIRMATION:
        require(len(body) in (33, 65) and body[32] == (len(body) == 65), 404)
    else:
        require(len(body) in SIZES[kind], 404)
    require(kind != BATCH or 1 <= int.from_bytes(body[:2], "little") <= 256, 404)
    return body


def check_certificate(run, given, kind, enough, signed=None):
    """L-5 in its order; whether signatures hold is given: by the code, or by who asks.

    Returns the body of the message.
    """
    body = read_message(given, kind)
    message, bitmap = base64.b64decode(given["message"]), base64.b64decode(given["bitmap"])
    require(int.from_bytes(message[3:7], "little") == run.epoch, 400)
    members = run.state.get("committee", epoch_key(run.epoch))["members"]
    bits = [i for i in range(8 * len(bitmap)) if bitmap[i // 8] >> i % 8 & 1]
    require(len(bitmap) == (len(members) + 7) // 8 and all(i < len(members) for i in bits), 401)
    require(len(bits) == len(given["signatures"]), 401)
    require(enough(sum(len(members[i]["shards"]) for i in bits), run.params["shards"]), 402)
    require(run.tx["code"] != 403 if signed is None else signed, 403)
    return body
