// SPDX-License-Identifier: Apache-2.0
// Workload: random operations of a few accounts over five members and one node too small for the
// committee, in blocks that turn epochs: stakes come and go (by request, and directly from the
// small node, whose pool falls empty now and then), space is bought to the last byte, blobs are
// registered, certified, extended and deleted, envelopes are sent again. Equal seeds give equal
// histories. With kAll objects are also split, merged, moved, given away and released, a draw of
// its own before each step, so that kFlow stays the history it is; with kEvery also what the model
// of tests/model does not know: blobs get attributes and funds, are certified in pairs and proved
// invalid. Every change of epoch is followed by a recount of all laws.
#pragma once

#include "codec/base/prng.h"
#include "ledger/laws/law.h"
#include "tests/support/operations.h"

namespace wald::tests {

class Workload {
 public:
  enum class Mix : std::uint8_t { kFlow, kAll, kEvery };
  explicit Workload(std::uint64_t seed, Mix mix = Mix::kFlow);

  // Runs until `operations` were sent or a law broke.
  void run(std::uint64_t operations);

  std::uint64_t sent() const { return sent_; }
  std::uint64_t accepted() const { return accepted_; }
  const World& world() const { return world_; }
  // All that laws said: of transactions, blocks, and recounts of the whole state.
  const std::vector<std::string>& broken() const { return world_.law_failures; }
  const ledger::LawReports& laws() const { return laws_; }
  // How often each code was answered.
  const std::map<spec::Code, std::uint64_t>& codes() const { return codes_; }

 private:
  using Send = void (Workload::*)();
  void step();
  void turn();
  void send(const std::string& from, const spec::Operation& operation);

  void pay();
  void stake();
  void leave();
  void take_out();
  void run_node();
  void buy();
  void write();
  void confirm();
  void prolong();
  void remove();
  void again();
  void attest();
  void rearrange();
  void rearrange_stakes(const std::string& who);
  void rearrange_storage(const std::string& who);
  void dress(const std::string& who, const base::ObjectId& blob);
  void witness(const base::ObjectId& one, const base::ObjectId& other);

  std::string anybody();
  template <class Record, class Table, class Visit>
  std::vector<base::ObjectId> owned(const Table& table, const Visit& wanted) const;
  std::vector<base::ObjectId> stakes_of(const std::string& name) const;
  std::vector<base::ObjectId> blobs_of(const std::string& name) const;
  std::vector<base::ObjectId> resources_of(const std::string& name) const;
  template <class T>
  std::optional<T> pick(const std::vector<T>& list);

  World world_;
  base::Prng random_;
  Mix mix_;
  std::uint64_t sent_ = 0;
  std::uint64_t accepted_ = 0;
  std::uint64_t number_ = 0;                   // of files and new accounts
  std::map<std::string, base::Bytes> latest_;  // envelope of each account
  std::map<spec::Code, std::uint64_t> codes_;
  ledger::LawReports laws_;
};

}  // namespace wald::tests
