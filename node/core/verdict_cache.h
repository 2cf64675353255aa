// SPDX-License-Identifier: Apache-2.0
// Verdicts of the stateless stages by the hash of the whole envelope: a signature is checked
// once between admission and block. Bounded; the oldest half goes when it is full. Any thread.
#pragma once

#include <map>
#include <mutex>
#include <optional>

#include "ledger/state_machine.h"

namespace wald::core {

class VerdictCache {
 public:
  static constexpr std::size_t kMost = 20'000;  // entries in each of two generations

  std::optional<ledger::TxVerdict> find(const base::Hash& envelope) {
    const std::lock_guard lock(mutex_);
    for (const auto* half : {&young_, &old_}) {
      const auto at = half->find(envelope);
      if (at != half->end()) return at->second;
    }
    return std::nullopt;
  }
  void put(const base::Hash& envelope, const ledger::TxVerdict& verdict) {
    const std::lock_guard lock(mutex_);
    if (young_.size() >= kMost) old_ = std::exchange(young_, {});
    young_.insert_or_assign(envelope, verdict);
  }

 private:
  std::mutex mutex_;
  std::map<base::Hash, ledger::TxVerdict> young_;
  std::map<base::Hash, ledger::TxVerdict> old_;
};

}  // namespace wald::core
