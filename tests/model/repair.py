# SPDX-License-Identifier: Apache-2.0
"""Pools whose step failed, and what an upgrade does about them: specs/ledger.md H-8."""
import nodes
import pool
from money import sink
from state import epoch_key

AT_ONCE = 16  # pools a block


def take_step(ledger, node_id, due, left):
    """The step `due`, whole or not at all: (commission, unspent, dust), or the name of what failed.
    """
    mark = ledger.state.mark()
    try:
        return pool.step(ledger.state, ledger.params, node_id, due, left), None
    except pool.Fails as fails:
        ledger.state.back_to(mark)
        return None, fails.name


def set_aside(state, node_id, due, error):
    """It waits with its inputs; the quarantine is told once, each later step by its epoch."""
    record = state.get("quarantine", node_id)
    amount = due["reward"] + due["bonus"]
    if record is None:
        state.put("quarantine", node_id, {"error": error, "since": due["into"], "missed": [],
                                          "money": 0, "repairs": False})
        state.say("pool.quarantined", setAside=amount)
    else:
        state.say("pool.stepMissed", epoch=due["into"], setAside=amount)
    record = state.edit("quarantine", node_id)
    record["missed"].append(dict(due))
    record["money"] += amount


def begin(state):
    """As the version turns."""
    for node_id in state.keys("quarantine"):
        if state.get("quarantine", node_id)["missed"]:
            state.edit("quarantine", node_id)["repairs"] = True


def sweep(ledger):
    state = ledger.state
    waiting = [n for n in state.keys("quarantine") if state.get("quarantine", n)["repairs"]]
    if ledger.height != ledger.clock["first_height"]:
        for node_id in waiting[:AT_ONCE]:
            repair(ledger, node_id)


def repair(ledger, node_id):
    state, params = ledger.state, ledger.params
    due, left = state.get("quarantine", node_id)["missed"][0], state.get("node", node_id)["left"]
    gone = left is not None and due["into"] > left
    if gone and state.get("pool", node_id)["bond"] is None:
        return end(ledger, node_id)  # it stands still: the rest would not have been taken
    done, error = take_step(ledger, node_id, due, gone)
    record = state.edit("quarantine", node_id)
    if done is None:
        record.update(error=error, repairs=False)
        return state.say("pool.stepMissed", epoch=due["into"], setAside=0)
    record["missed"].pop(0)
    record["money"] -= due["reward"] + due["bonus"]
    commission, unspent, dust = done
    score = epoch_key(due["into"] - 1) + node_id[2:]
    if state.get("score", score) is not None:
        state.edit("score", score)["commission"] = commission
    for amount, cause in ((dust, "dust"), (unspent, "unspent")):
        sink(state, params, amount, cause)
    if left == due["into"]:
        nodes.leave_pool(state, params, node_id, left)
    if not record["missed"]:
        end(ledger, node_id)


def end(ledger, node_id):
    state = ledger.state
    since = state.get("quarantine", node_id)["since"]
    state.drop("quarantine", node_id)
    node = state.get("node", node_id)
    if node["left"] is not None and nodes.is_due(node, ledger.epoch):
        nodes.pay_commission(state, node_id)
    state.say("pool.repaired", since=since, epoch=state.get("pool", node_id)["stepped"])
