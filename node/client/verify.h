// SPDX-License-Identifier: Apache-2.0
// Checking a node's answer without trusting it (interfaces.md 5.4): a record, or its absence, by
// its path in the state tree to the root of a header that the chain's sequencer signed. What is
// trusted is the genesis document: it gives the chain id and the sequencer's key of term 1.
// Thread rule: one thread.
#pragma once

#include <optional>
#include <string>

#include "codec/base/ids.h"
#include "node/client/remote.h"

namespace wald::client {

struct Trust {
  base::ChainId chain;
  base::PublicKey sequencer;
};
Outcome<Trust> trust_genesis(const std::string& path);

struct Verified {
  std::uint64_t height = 0;
  std::optional<base::Bytes> value;  // nothing: proved absent
};
Outcome<Verified> verified_record(Remote& remote, const Trust& trust, const std::string& table,
                                  base::ByteView key_parts);

// Reads whose answer must say what the record of the same height says.
Outcome<Reply> verified_account(Remote& remote, const Trust& trust, const base::AccountId& id);
Outcome<Reply> verified_stake(Remote& remote, const Trust& trust, const base::ObjectId& id);
Outcome<Reply> verified_node(Remote& remote, const Trust& trust, const base::NodeId& id);

}  // namespace wald::client
