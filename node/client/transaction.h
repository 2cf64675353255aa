// SPDX-License-Identifier: Apache-2.0
// A transaction on its way (interfaces.md 2): the body is built from what the node says, priced by
// a simulation of these very bytes, signed by one key, handed in, waited for. Building and sending
// need the network, signing and decoding do not. Thread rule: one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/base/ids.h"
#include "node/client/remote.h"
#include "node/keys/keystore.h"
#include "specs/proto/tx.pb.h"

namespace wald::client {

base::AccountId account_of(const base::PublicKey& key);  // of a single key

struct BuildOptions {
  std::optional<std::uint64_t> max_fee;  // FROST; without it exactly what it costs
  std::uint64_t valid_for = 1'000;       // blocks
};

struct Draft {
  base::ChainId chain;
  base::AccountId sender;
  spec::Body body;
  base::Bytes bytes;  // canonical
  bool test_chain = false;
  std::uint64_t fee = 0;
  std::string code;                // of the simulation
  std::string message;             // what the code says
  std::string advice;              // and what to do
  boost::json::object simulation;  // fee, events, effects
  std::uint64_t balance = 0;       // now
  std::uint64_t balance_after = 0;
};
Outcome<Draft> build(Remote& remote, const base::AccountId& sender,
                     const spec::Operation& operation, const BuildOptions& options);

// The envelope of a body with a single key's signature; what the signature is over.
base::Bytes seal(base::ByteView body, const base::PublicKey& key, base::ByteView signature);
base::Bytes preimage_of(const base::ChainId& chain, base::ByteView body);
// Both by a key at hand.
base::Bytes sign_body(const base::ChainId& chain, base::ByteView body, const keys::Key& key);
base::TxId body_id(base::ByteView body);

struct Decoded {
  spec::Envelope envelope;
  spec::Body body;
  base::TxId id;
};
// An envelope, or a body alone.
Outcome<Decoded> decode(base::ByteView bytes);

enum class Wait { kNone, kAccepted, kCommitted };
struct Sent {
  std::string digest;
  boost::json::object result;  // TxResult
};
// A committed rejection is a Failure with exit 4, a wait that runs out one with exit 5.
Outcome<Sent> send(Remote& remote, const base::Bytes& envelope, Wait wait,
                   std::uint64_t timeout_ms);
Outcome<Sent> wait_for(Remote& remote, const std::string& digest, std::uint64_t timeout_ms);

}  // namespace wald::client
