# SPDX-License-Identifier: Apache-2.0
"""Parameters, their bounds and relations, and the dry run: specs/ledger.md 9 and G-5."""
import pool
from committee import order, price_target, seats
from money import BPS, MAX_AMOUNT, require
from state import epoch_key, name_key

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
WAL = 10**9

# What only genesis sets.
GENESIS = ("shards", "epoch_zero", "tick", "foundation_spend")

BOUNDS = {
    "epoch_length": (DAY, 60 * DAY), "epoch_min_blocks": (1, 10**5),
    "handover": (MINUTE, 15 * DAY), "select": (2500, 7500), "horizon": (1, 1000),
    "price_step": (1, BPS), "reserve_bps": (0, 5000), "burn_bps": (0, 2000),
    "fund_cap": (0, MAX_AMOUNT), "rho": (0, 20_000), "per_shard": (0, 10**15), "buyer": (0, BPS),
    "system": (0, BPS), "max_members": (4, 1000), "threshold": (1, 10**18),
    "min_stake": (10**7, 10**15), "shift_bps": (0, 1000), "shift_epochs": (1, 32),
    "commission_max": (0, BPS), "step_max": (1, BPS), "node_deposit": (0, 10**6 * WAL),
    "pools_max": (4, 2000), "bar_epochs": (1, 26), "repair_epochs": (1, 12),
    "liveness_window": (100, 10**6), "gov_deposit": (WAL, 10**6 * WAL), "vote_epochs": (1, 4),
    "gov_delay": (0, 60 * DAY), "slash_delay": (0, 60 * DAY), "pause_max": (0, 14 * DAY),
    "fee_base": (0, 10**9), "fee_per_byte": (0, 10**9), "fee_per_signature": (0, 10**9),
    "account_min": (0, WAL), "creation_fee": (0, WAL), "valid_max": (100, 10**9),
    "block_cost": (10**5, 10**7), "block_bytes": (10**6, 16 * 10**6),
    "rounds": (2, 256), "points": (64, 8192), "blobs": (64, 8192), "verifiers": (4, 64),
    "k_spot": (1, 16), "beacon_grace": (200, MINUTE), "void_max": (2 * SECOND, 15 * MINUTE),
    "commit_min": (500, 10 * MINUTE), "grace": (0, 5 * MINUTE),
    "commit_max": (2 * SECOND, 2 * HOUR), "verify": (2 * SECOND, 24 * HOUR),
    "inspect": (SECOND, 6 * HOUR), "slack": (0, 2 * HOUR), "beacon_blocks": (1, 10**4),
    "void_blocks": (1, 10**4), "commit_blocks": (1, 10**4), "verify_blocks": (1, 10**4),
    "inspect_blocks": (1, 10**4), "new_blob_grace": (0, 7 * DAY), "kappa": (2, 16),
    "fraud_deposit": (10**7, 10**12), "equivocation_bps": (0, 2000),
    "false_attestation_bps": (0, 2000), "late_bad_bps": (0, 2000), "slash_floor_bps": (0, BPS),
    "restore_epochs": (1, 4),
}


def subsidies_fit(p):
    """R-8."""
    rest = BPS - p["buyer"]
    return BPS * (BPS + p["system"]) + p["rho"] * rest <= 3 * BPS * rest


def round_fits(p):
    """O-6."""
    need = p["slack"]
    for phase, blocks in (("void_max", "void_blocks"), ("commit_max", "commit_blocks"),
                          ("verify", "verify_blocks"), ("inspect", "inspect_blocks")):
        need += max(p[phase], p[blocks] * p["tick"])
    return need <= (p["epoch_length"] - p["handover"]) // p["rounds"]


def relations_hold(p):
    return (subsidies_fit(p) and p["handover"] * BPS < p["select"] * p["epoch_length"]
            and p["handover"] <= p["epoch_length"] // 4
            and p["points"] % p["blobs"] == 0 and round_fits(p))


def coming(state):
    """As they will stand when all that the foundation has set is in force."""
    out = {}
    for key in state.keys("param"):
        record = state.get("param", key)
        out[bytes.fromhex(key[4:]).decode()] = (
            record["value"] if record["pending"] is None else record["pending"])
    return out


def check_names(state, values):
    """[604]: 1 to 16 names, each once."""
    names = [v["name"] for v in values]
    require(names and len(set(names)) == len(names), 604)
    for name in names:
        require(name in BOUNDS and state.get("param", name_key(name)) is not None, 604)


def check_values(standing, values):
    """[605]"""
    for v in values:
        least, most = BOUNDS[v["name"]]
        require(least <= v["value"] <= most, 605)
        require(v["name"] != "horizon" or v["value"] >= standing["horizon"], 605)


def dry_run(ledger, params, running, election):
    """G-5 [606]: relations, and the election of that epoch with its votes."""
    require(relations_hold(params), 606)
    state, values = ledger.state, {}
    for node_id in state.keys("node"):
        worth = pool.value(state.get("pool", node_id), state.get("node", node_id), election)
        if worth >= params["threshold"] and state.get("quarantine", node_id) is None:
            values[node_id] = worth
    ordered = order(values, ledger.chain, election, ledger.prev_seed)[:params["max_members"]]
    sitting = len(state.get("committee", epoch_key(running))["members"])
    require(len(ordered) >= min(4, sitting), 606)
    won = seats(ordered, {node: values[node] for node in ordered}, params["shards"])
    for field in ("storage_price", "write_price"):
        votes = [(state.get("node", node)["votes"][field], won[node]) for node in won]
        price_target(votes, params["shards"])


def set_value(state, name, value):
    state.edit("param", name_key(name))["value"] = value


def params_due(ledger, epoch):
    """H-4 (c): what the foundation has set."""
    for key in ledger.state.keys("param"):
        record = ledger.state.get("param", key)
        if record["pending"] is not None and record["pending_epoch"] <= epoch:
            record = ledger.state.edit("param", key)
            record.update(value=record["pending"], pending=None, pending_epoch=0)
