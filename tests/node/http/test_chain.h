// SPDX-License-Identifier: Apache-2.0
// A chain with its routes on loopback: a real core in a folder of its own, a server in front, a
// pool that block() empties. Time moves by block() only; keep_going() makes blocks on a thread of
// its own, as a node does, for programs that wait for them.
#pragma once

#include <atomic>
#include <boost/json.hpp>
#include <memory>
#include <mutex>
#include <thread>

#include "node/http/ledger_api.h"
#include "node/net/client.h"
#include "node/net/server.h"
#include "tests/node/temp_dir.h"
#include "tests/support/operations.h"
#include "tests/support/world.h"

namespace wald::tests {

struct Answer {
  int status = 0;
  boost::json::value json;
  net::Response raw;
  std::string reason() const;  // of an error object
};

class TestChain {
 public:
  explicit TestChain(const spec::Genesis& document, std::uint64_t history_blocks = 10'000);
  ~TestChain();

  std::string url() const;
  const std::string& dir() const { return dir_.path(); }
  core::LedgerCore& core() { return *core_; }
  base::Bytes genesis_bytes() const { return genesis_; }

  // Makes one block of all that waits, `ms` after the last one.
  void block(std::uint64_t ms = 1'000);
  // A block of exactly these bytes, as a hostile proposer would make it.
  void force(const std::vector<base::Bytes>& transactions);
  // From now on a block for whatever comes in.
  void keep_going();

  // Signed with the next nonce this chain knows of.
  base::Bytes sign(const std::string& from, const spec::Operation& operation) const;
  base::Bytes sign_body(const std::string& from, const spec::Body& body) const;
  spec::Body body_of(const std::string& from, const spec::Operation& operation) const;

  Answer get(const std::string& path);
  Answer post(const std::string& path, const std::string& body,
              const std::string& type = "application/json");
  Answer submit(const base::Bytes& envelope);

  http::SubmitResult::State refuse = http::SubmitResult::State::kAccepted;  // of the next submits
  std::vector<http::HealthRow> health;

 private:
  http::LedgerApi api();
  void make_block(std::uint64_t ms);
  void commit(const ledger::BlockInput& input);

  TempDir dir_;
  base::Bytes genesis_;
  Key sequencer_;
  std::unique_ptr<core::LedgerCore> core_;
  mutable std::mutex mutex_;
  std::map<base::TxId, base::Bytes> pool_;
  std::vector<base::TxId> order_;
  std::unique_ptr<net::Server> server_;
  net::Client client_;
  std::atomic<bool> stop_{false};
  std::thread maker_;
};

// small_genesis with a sequencer key.
spec::Genesis chain_genesis(const std::map<std::string, std::uint64_t>& accounts);

}  // namespace wald::tests
