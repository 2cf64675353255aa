// SPDX-License-Identifier: Apache-2.0
// What the verbs on blobs and on quilts share: the chain's code and somebody to ask, how a file is
// paid for and stored, how its figures are shown. Thread rule: main.
#pragma once

#include <boost/json.hpp>

#include "node/cli/codec_tools.h"
#include "node/client/read_blob.h"
#include "node/client/remote_ledger.h"
#include "node/client/store_blob.h"

namespace wald::cli {

std::string blob_text(const base::BlobId& id);
// Of the argument `id` or of --blob-id.
Outcome<base::BlobId> blob_of(const Given& given);

struct Network {
  std::unique_ptr<client::RemoteLedger> ledger;
  client::CommitteeView committee;
  codec::Codec codec;
  std::unique_ptr<net::Client> http = std::make_unique<net::Client>();
  std::unique_ptr<storage::PeerClient> peers{};
};
Outcome<Network> connect(Session& session, client::RemoteLedgerOptions options);

// A line per step, and one for each tenth of the slivers.
std::function<void(const client::StoreProgress&)> progress_of(Session& session,
                                                              const std::string& file);
// The first transaction of a run is asked for; the certificate it leads to costs its fee only.
client::RemoteLedgerOptions paying(Session& session, const client::WalletKey& key);
// --epochs or --until, --max-cost, --permanent.
Outcome<client::StoreOptions> store_options(Session& session, const Given& given);

// The blob with its slivers, in memory where the plan says so, else in scratch files. `spent`: one
// that is done with (or none), whose memory serves again.
Outcome<std::unique_ptr<client::EncodedBlob>> encoded(
    Tools& tools, const codec::Codec& codec, codec::Source& blob,
    std::unique_ptr<client::EncodedBlob> spent = nullptr);

boost::json::object stored_object(const std::string& file, const client::Stored& stored);
// A local answer, in text mode as people read it.
void show_figures(Session& session, boost::json::object object);

}  // namespace wald::cli
