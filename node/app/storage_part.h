// SPDX-License-Identifier: Apache-2.0
// The storage half of a node, wired: sliver store, routes, shard sync, and the driver that answers
// challenge rounds. Present where the node has its protocol and VRF keys. Thread rule: made,
// started and stopped by the owner of the node.
#pragma once

#include <memory>

#include "node/app/config.h"
#include "node/core/ledger_core.h"
#include "node/keys/keystore.h"
#include "node/net/router.h"

namespace wald::app {

class StoragePart {
 public:
  // The keys outlive this. `submit` hands an envelope to the ledger and may fail: what became of it
  // is judged by the state alone. `caught_up`: the state here has reached the tip of the chain.
  struct Means {
    const core::LedgerCore& core;
    const keys::Key& protocol;
    const keys::Key& vrf;
    std::function<void(base::Bytes envelope)> submit;
    std::function<bool()> caught_up;
  };
  static base::Result<std::unique_ptr<StoragePart>, std::string> open(const Config& config,
                                                                      Means means);
  ~StoragePart();

  void add_routes(net::Router& router);
  void start();
  // After a commit: where something may have to be fetched or dropped, the sync looks at once.
  void committed(const core::Head& head, const ledger::BlockOutput& output);
  void stop();

  // Reads and checks every stored file on a thread of its own; a damaged one is dropped, and the
  // sync fetches it again. False: one is under way.
  bool scrub();
  // `scrub: 120 of 400 files, 0 damaged`, for people.
  std::string scrub_state() const;

 private:
  struct Parts;
  explicit StoragePart(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

// A statement of the free lane as an envelope (O-16): body of chain, version and operation, no
// more.
base::Bytes bare_envelope(const base::ChainId& chain, const spec::Operation& operation);

}  // namespace wald::app
