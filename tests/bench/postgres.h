// SPDX-License-Identifier: Apache-2.0
// PostgreSQL as a peer (B5): a server of its own in the scratch folder, on a socket there, with
// fsync and synchronous_commit on. libpq is opened while it runs. Thread rule: main.
#pragma once

#include "tests/bench/sqlite.h"

namespace wald::bench {

class Postgres {
 public:
  // Why there can be none in that folder, or nothing.
  static std::string missing(const std::string& scratch);

  // A table with `count` rows under integer keys, balances large enough for any run.
  Postgres(const std::string& folder, std::size_t count);
  Postgres(const Postgres&) = delete;
  Postgres& operator=(const Postgres&) = delete;
  ~Postgres();
  // All of them in one call of a PL/pgSQL procedure and one durable transaction.
  void transfer(const std::vector<Move>& moves);
  std::uint64_t sum_of_nonces();
  std::string version();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wald::bench
