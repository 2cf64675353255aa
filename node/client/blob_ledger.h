// SPDX-License-Identifier: Apache-2.0
// What storing and reading blobs ask of the ledger, whoever answers: a node over HTTP, a test.
// Values are those of one answer and may be old the next moment; a transaction that meets another
// epoch is refused with its code and can be made again. Thread rule: one thread.
#pragma once

#include <vector>

#include "codec/base/ids.h"
#include "node/client/failure.h"
#include "specs/proto/query.pb.h"
#include "specs/proto/query_storage.pb.h"
#include "specs/proto/tx.pb.h"

namespace wald::client {

struct CommitteeView {
  struct Member {
    base::NodeId node;
    base::PublicKey key;
    std::string address;  // host:port
    std::vector<base::ShardIndex> shards;
  };
  base::Epoch epoch;
  std::uint32_t shards = 0;     // n; 0: there is no such committee
  std::vector<Member> members;  // by node id, as in bitmaps

  const Member* holder(base::ShardIndex shard) const;
};
// From the answers of /committee and /shards of one epoch. BAD_ANSWER where they do not fit.
Outcome<CommitteeView> committee_view(const spec::Committee& committee, const spec::Shards& shards);

class BlobLedger {
 public:
  virtual ~BlobLedger() = default;
  virtual base::ChainId chain() = 0;
  virtual Outcome<CommitteeView> committee() = 0;  // of the running epoch
  // Of the epoch before, without members where there was none: earlier holders still serve reads.
  virtual Outcome<CommitteeView> previous_committee() = 0;
  virtual Outcome<spec::StoragePrices> prices() = 0;
  virtual Outcome<std::vector<spec::Resource>> resources() = 0;  // of the account
  virtual Outcome<std::vector<spec::BlobObject>> blobs() = 0;    // of the account
  virtual Outcome<spec::Bucket> bucket(const base::ObjectId& id) = 0;
  virtual Outcome<std::vector<spec::BlobObject>> blobs_in(const base::ObjectId& bucket) = 0;
  // Signs, sends and waits until it is committed. A rejection is a Failure of exit 4 whose reason
  // is the name of the code.
  virtual Outcome<base::TxId> submit(const spec::Operation& operation) = 0;
};

}  // namespace wald::client
