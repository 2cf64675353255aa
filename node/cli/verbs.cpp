// SPDX-License-Identifier: Apache-2.0
#include "node/cli/verbs.h"

#include <iterator>

namespace wald::cli {

const std::vector<std::pair<std::string, std::string>>& groups() {
  static const std::vector<std::pair<std::string, std::string>> kGroups{
      {"keys", "key files on this machine; no network"},
      {"account", "balances, history, transfers"},
      {"epoch", "the running epoch, its committee and shards"},
      {"node", "storage nodes and what they earn"},
      {"stake", "delegate, leave, be paid"},
      {"operator", "register a node, its votes and commission"},
      {"gov", "ballots, votes, powers"},
      {"storage", "prices and reserved storage"},
      {"bucket", "one storage with many blobs and rights for others"},
      {"blob", "store files and read them back"},
      {"codec", "the erasure code on files; no network"},
      {"tx", "any transaction type; status, decode, sign, submit"},
      {"events", "the numbered log"},
      {"completion", "scripts with which a shell completes these words"}};
  return kGroups;
}

Verbs all_verbs() {
  Verbs out;
  for (auto* part : {key_verbs, account_verbs, epoch_verbs, node_verbs, stake_verbs, operator_verbs,
                     gov_verbs, storage_verbs, share_verbs, bucket_verbs, blob_verbs, quilt_verbs,
                     codec_verbs, tx_verbs, event_verbs, completion_verbs}) {
    Verbs verbs = part();
    std::move(verbs.begin(), verbs.end(), std::back_inserter(out));
  }
  return out;
}

}  // namespace wald::cli
