// SPDX-License-Identifier: Apache-2.0
// The ledger's HTTP routes (interfaces.md 5): what they need, and the one call that adds them.
//
// Reads answer from the newest committed version, each with the height it shows; transactions go
// through check before they are handed on; long polls and streams hold no worker. Foreign
// input is answered with the error object and never aborts. The rows may be served as long as
// `core` lives: stop the server and drop the router before the core goes.
// Thread rule: add_ledger_routes belongs to the owner of the router; the handlers run on workers,
// several at once; `submit`, `pending` and `health` are called from any of them.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "node/core/ledger_core.h"
#include "node/net/router.h"

namespace wald::http {

struct SubmitResult {
  enum class State {
    kAccepted,     // waits for a block
    kDropped,      // code and facts say why; nothing was charged
    kFull,         // the pool is full: 429, to be sent again
    kUnavailable,  // the sequencer cannot be reached: 503, to be sent again
    kNoRoom,       // this node's disk or map is full: 503, to be sent again
  };
  State state = State::kAccepted;
  spec::Code code = spec::OK;                // of kDropped
  std::map<std::string, std::string> facts;  // of kDropped
  std::string message;                       // of kFull, kUnavailable and kNoRoom, may be empty
};

// One row of /v1/readyz.
struct HealthRow {
  std::string check;
  bool ok = false;
  std::string detail;
};

struct LedgerApi {
  core::LedgerCore& core;
  // An envelope that passed check(); judges it against the state (A-13 stage 4), answers at once.
  std::function<SubmitResult(base::Bytes envelope)> submit;
  // Whether a transaction waits for a block here; may be empty.
  std::function<bool(const base::TxId&)> pending;
  // Rows from cached results, in constant time; empty: always ready.
  std::function<std::vector<HealthRow>()> health;
  std::string version;  // of the program
  std::string network;
  std::string mode;                    // sequencer, follower or cometbft
  std::optional<base::NodeId> node;    // this node's own id
  std::uint64_t heartbeat_ms = 5'000;  // of /v1/blocks/stream
  std::uint64_t comment_ms = 15'000;   // of /v1/events/stream
};

// Adds every row and registers one commit listener with the core.
void add_ledger_routes(net::Router& router, LedgerApi api);

}  // namespace wald::http
