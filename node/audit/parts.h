// SPDX-License-Identifier: Apache-2.0
// What the audit half of a node works with; all of it is owned by the wiring and outlives the
// AuditDriver. Times are milliseconds; `now_ms` is always monotonic and handed in.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "codec/codec.h"
#include "ledger/store.h"
#include "node/keys/sign_log.h"
#include "node/net/http.h"
#include "node/storage/peer_client.h"
#include "node/storage/read_gate.h"
#include "node/storage/sliver_store.h"
#include "proofs/prove/reveal.h"
#include "proofs/prove/signer.h"

namespace wald::audit {

// Asks a node under its registered address (host:port) for openings: body of O-38, its bytes back,
// at most `max_answer` of them, within `timeout_ms`. Called from several threads at once.
using AskOpenings = std::function<storage::PeerResult<base::Bytes>(
    const std::string& address, base::ByteView body, std::uint64_t max_answer,
    std::uint64_t timeout_ms)>;

struct AuditParts {
  codec::Codec codec;
  base::ChainId chain;
  base::NodeId self;
  std::string dir;  // own folder: outbox and answers, made if it is not there

  // The newest committed version, e.g. [&core] { return core.view(); }.
  std::function<std::shared_ptr<const ledger::Reader>()> state;
  // Hands an envelope to the ledger, here or upstream. May fail or block for a while: what became
  // of it is judged by the state alone, and it is sent again.
  std::function<void(base::Bytes envelope)> submit{};
  // Has this node's state reached the tip of the chain? Asked until it says yes once: before that
  // the gate stays as it is (closed at start) and nothing is signed. May be empty: yes.
  std::function<bool()> caught_up{};

  storage::SliverStore& store;
  storage::ReadGate& gate;
  keys::SignLog& sign_log;  // of the protocol key, the one that the Confirmer writes to
  const prove::Signer& signer;
  const prove::VrfSecret& vrf;

  AskOpenings ask{};  // http_openings(..) of exchange.h
  // For metadata that are not in the own store; null: only the own store is asked.
  storage::PeerClient* peers = nullptr;
  // The node that signed a request (as StorageNode::peer_of).
  std::function<std::optional<base::NodeId>(const net::Request&)> peer_of{};

  // Slivers turned out missing or damaged: e.g. ShardSync::wake. May be empty.
  std::function<void()> repair{};
  // Sentences for the operator: refused signatures, false openings. From several threads; may be
  // empty.
  std::function<void(const std::string&)> report{};

  void tell(const std::string& text) const {
    if (report) report(text);
  }
};

}  // namespace wald::audit
