// SPDX-License-Identifier: Apache-2.0
// Verdicts of the stateless stages by the hash of the whole envelope: a signature is checked
// once between admission and block. Bounded; the oldest half goes when it is full. Any thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <mutex>

#include "ledger/state_machine.h"

namespace wald::core {

using SharedVerdict = std::shared_ptr<const ledger::TxVerdict>;

class VerdictCache {
 public:
  static constexpr std::size_t kMost = 20'000;  // entries in each of two generations

  // Null where it is not known.
  SharedVerdict find(const base::Hash& envelope) {
    const std::lock_guard lock(mutex_);
    for (const auto* half : {&young_, &old_}) {
      const auto at = half->find(envelope);
      if (at != half->end()) return at->second;
    }
    return nullptr;
  }
  void put(const base::Hash& envelope, SharedVerdict verdict) {
    Half gone;  // freed outside of the lock
    const std::lock_guard lock(mutex_);
    if (young_.size() >= kMost) gone = std::exchange(old_, std::exchange(young_, {}));
    young_.insert_or_assign(envelope, std::move(verdict));
  }

 private:
  // A hash of the node's own making is as good as random: its first bytes spread the entries. Who
  // wants two envelopes to meet there has to find them, and gains one more comparison.
  struct FirstBytes {
    using is_avalanching = void;
    std::size_t operator()(const base::Hash& hash) const {
      std::size_t out = 0;
      for (std::size_t i = 0; i < sizeof out; ++i) out = out << 8 | hash.view()[i];
      return out;
    }
  };
  using Half = boost::unordered_flat_map<base::Hash, SharedVerdict, FirstBytes>;

  std::mutex mutex_;
  Half young_;
  Half old_;
};

}  // namespace wald::core
