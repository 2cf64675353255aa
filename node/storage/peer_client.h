// SPDX-License-Identifier: Apache-2.0
// Asking a storage node under the paths of routes.h: what a node that syncs and a client that
// stores or reads have in common. Whatever comes back is foreign: metadata and slivers are verified
// (K-21) before they are answered, everything is bounded, nothing is retried here. Errors:
// PeerError with the reason of the error object, or status 0 where no answer came. Thread rule: any
// thread.
#pragma once

#include <functional>
#include <vector>

#include "codec/codec.h"
#include "node/net/client.h"
#include "node/storage/confirmer.h"

namespace wald::storage {

struct PeerError {
  int status = 0;      // of HTTP; 0: unreachable, cut or silent
  std::string reason;  // of the error object, UNREACHABLE or BAD_ANSWER
  std::string text;
  std::uint64_t retry_after_s = 0;  // of a 503 or 429

  bool unreachable() const { return status == 0; }
  bool busy() const { return status == 503 || status == 429; }
};
template <class T>
using PeerResult = base::Result<T, PeerError>;

// A sliver of a blob as its pair's node knows it.
struct SliverAt {
  codec::Axis axis = codec::Axis::kPrimary;
  base::PairIndex pair;
};

class PeerClient {
 public:
  // Value of the Authorization header for a request, as net::peer_header makes it; empty: none.
  using Authorise = std::function<std::string(net::Method method, const std::string& target,
                                              const std::string& host, base::ByteView body)>;

  PeerClient(const codec::Codec& codec, net::Client& client, std::uint64_t timeout_ms,
             Authorise authorise = {})
      : codec_(codec), client_(client), timeout_ms_(timeout_ms), authorise_(std::move(authorise)) {}

  // `address`: host:port as registered.
  PeerResult<codec::Metadata> metadata(const std::string& address, const base::BlobId& blob);
  PeerResult<shape::SliverData> sliver(const std::string& address, const codec::Metadata& metadata,
                                       const SliverAt& at);
  // Symbols for one target sliver; well formed, not yet verified (recover_sliver does it).
  PeerResult<std::vector<shape::GeneralRecoverySymbol>> symbols(const std::string& address,
                                                                const base::BlobId& blob,
                                                                codec::Axis axis,
                                                                std::uint32_t index);
  PeerResult<void> put_metadata(const std::string& address, const codec::Metadata& metadata);
  PeerResult<void> put_sliver(const std::string& address, const base::BlobId& blob,
                              const SliverAt& at, const shape::SliverData& sliver);
  // Whether the node has it.
  PeerResult<bool> has_sliver(const std::string& address, const base::BlobId& blob,
                              const SliverAt& at);
  // JSON of what the node's ledger says about the blob, as it wrote it.
  PeerResult<std::string> status(const std::string& address, const base::BlobId& blob);
  // Signed bytes as they came: whose signature it is, and over what, the caller judges.
  PeerResult<SignedMessage> confirmation(const std::string& address, const base::BlobId& blob,
                                         const std::optional<base::ObjectId>& object);

 private:
  PeerResult<net::Response> ask(net::Method method, const std::string& address,
                                const std::string& target, base::ByteView body,
                                std::uint64_t max_answer);

  const codec::Codec codec_;
  net::Client& client_;
  const std::uint64_t timeout_ms_;
  const Authorise authorise_;
};

}  // namespace wald::storage
