// SPDX-License-Identifier: Apache-2.0
// BlobLedger by one node's HTTP routes. Transactions are built, simulated, shown to `approve`,
// signed by one key, sent and waited for. Errors: Failure, those of Remote and of transaction.h.
// Thread rule: one thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "node/client/blob_ledger.h"
#include "node/client/transaction.h"

namespace wald::client {

struct RemoteLedgerOptions {
  std::optional<base::AccountId> account;  // nothing: only reads
  BuildOptions build;
  std::uint64_t timeout_ms = 30'000;  // of one transaction
  // Shown before each signature; an error stops it. Empty: everything is approved.
  std::function<Outcome<void>(const spec::Operation&, const Draft&)> approve;
  std::function<Outcome<base::Bytes>(const Draft&)> sign;  // the envelope
};

class RemoteLedger : public BlobLedger {
 public:
  static Outcome<std::unique_ptr<RemoteLedger>> connect(Remote& remote,
                                                        RemoteLedgerOptions options);

  base::ChainId chain() override { return chain_; }
  Outcome<CommitteeView> committee() override;
  Outcome<CommitteeView> previous_committee() override;
  Outcome<spec::StoragePrices> prices() override;
  Outcome<std::vector<spec::Resource>> resources() override;
  Outcome<std::vector<spec::BlobObject>> blobs() override;
  Outcome<spec::Bucket> bucket(const base::ObjectId& id) override;
  Outcome<std::vector<spec::BlobObject>> blobs_in(const base::ObjectId& bucket) override;
  Outcome<base::TxId> submit(const spec::Operation& operation) override;

 private:
  RemoteLedger(Remote& remote, RemoteLedgerOptions options)
      : remote_(remote), options_(std::move(options)) {}
  Outcome<CommitteeView> committee_of(const std::string& which);
  Outcome<std::string> account_path(const std::string& rest) const;

  Remote& remote_;
  RemoteLedgerOptions options_;
  base::ChainId chain_;
};

}  // namespace wald::client
