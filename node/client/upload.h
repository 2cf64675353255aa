// SPDX-License-Identifier: Apache-2.0
// The upload half of store_blob: slivers to the members of one committee, confirmations back. Each
// member is one unit of work; a few run at a time. A member that is busy or behind is asked again,
// one that does not answer twice is given up. `resumed`: asks
// for each sliver first, since an earlier run may have sent it. Thread rule: upload() blocks until
// all units ended.
#pragma once

#include "node/client/store_blob.h"
#include "proofs/certificate.h"

namespace wald::client {

struct UploadResult {
  proofs::Certificate certificate;  // over what came
  std::uint32_t weight = 0;
  std::vector<std::string> failed;
};

UploadResult upload(storage::PeerClient& peers, const codec::Codec& codec, const EncodedBlob& blob,
                    const base::ChainId& chain, const CommitteeView& committee,
                    const std::optional<base::ObjectId>& deletable, bool resumed,
                    const StoreOptions& options);

}  // namespace wald::client
