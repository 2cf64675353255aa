// SPDX-License-Identifier: Apache-2.0
// SQLite as a peer: a table of accounts, transfers in transactions of WAL mode with
// synchronous=FULL, so that what is committed is on disk. The library is opened when it is asked
// for, not linked. Thread rule: one thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "codec/base/bytes.h"

namespace wald::bench {

// One transfer between places of the list of accounts.
struct Move {
  std::size_t from;
  std::size_t to;
  std::uint64_t amount;
};

class Sqlite {
 public:
  // Why there is none, or nothing.
  static std::string missing();
  static std::string version();

  // keys: 32 bytes each, the primary key of their row; empty: integers 1 .. count. Balances are
  // large enough for any run.
  Sqlite(const std::string& file, std::size_t count, const std::vector<base::Bytes>& keys);
  ~Sqlite();
  // All of them in one transaction: the sender pays and its nonce counts, the receiver gets.
  void transfer(const std::vector<Move>& moves);
  std::uint64_t sum_of_nonces();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wald::bench
