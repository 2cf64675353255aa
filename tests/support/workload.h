// SPDX-License-Identifier: Apache-2.0
// Workload: random operations of a few accounts over five members and one node too small for the
// committee, in blocks that turn epochs: stakes come and go (by request, and directly from the
// small node, whose pool falls empty now and then), space is bought to the last byte, blobs are
// registered, certified, extended and deleted, envelopes are sent again. Equal seeds give equal
// histories. With kAll objects are also split, merged, moved, given away and released, blobs get
// attributes and funds, are certified in pairs and proved invalid: a draw of its own before each
// step, so that kFlow stays the history it is. With kNodes nodes come and go beside all that. With
// kRights accounts get other keys, WAL is locked, staked and freed, nodes announce consensus keys,
// the foundation spends, sets rates and pauses, members pause and go on. With kBuckets blobs lie in
// buckets too. With kDuties members ask for deny lists, signal versions, miss blocks and come back,
// the sequencer's authority changes hands, and whole envelopes travel in bundles. With kBallots
// ballots are held. Every change of epoch is followed by a recount of all laws.
#pragma once

#include "codec/base/prng.h"
#include "ledger/laws/law.h"
#include "ledger/state/keys.h"
#include "tests/support/operations.h"

namespace wald::tests {

// Who may spend the treasury, pause, and propose urgent versions, with kRights and kBallots.
inline const std::string kFoundation = "foundation";

class Workload {
 public:
  enum class Mix : std::uint8_t { kFlow, kAll, kNodes, kRights, kBuckets, kDuties, kBallots };
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
  // How often each event was told, by its number in event.proto.
  const std::map<int, std::uint64_t>& events() const { return events_; }

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
  void rekey();
  void vest();
  void govern();
  void rearrange_stakes(const std::string& who);
  void rearrange_storage(const std::string& who);
  void dress(const std::string& who, const base::ObjectId& blob);
  void pack(const std::string& who);
  void use_bucket(const std::string& who, const base::ObjectId& bucket);
  void witness(const base::ObjectId& one, const base::ObjectId& other);
  void serve();
  void serve_lists();
  void carry();
  base::Bytes carried(const std::string& gateway);
  void come_and_go();
  void come();
  void go();
  void follow();
  void hold_ballots();
  void signal();
  void vote_member();
  void vote_stakes();
  spec::Operation some_proposal();
  std::optional<std::uint32_t> some_ballot(
      const std::function<bool(std::uint32_t, const ledger::ProposalRecord&)>& wanted);
  // Those of kComers that are nodes.
  std::vector<std::string> comers(
      const std::function<bool(const ledger::NodeRecord&)>& wanted) const;

  std::string operator_of(const std::string& node) const;
  static const std::vector<std::string> kPeople;
  static const std::vector<std::string> kMembers;
  static const std::vector<std::string> kComers;  // one after the other becomes a node (kNodes)

  std::string anybody();
  template <class Record, class Table, class Visit>
  std::vector<base::ObjectId> owned(const Table& table, const Visit& wanted) const;
  std::vector<base::ObjectId> stakes_of(const std::string& name) const;
  std::vector<base::ObjectId> blobs_of(const std::string& name) const;
  std::vector<base::ObjectId> buckets_of(const std::string& name) const;
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
  std::map<int, std::uint64_t> events_;
  ledger::LawReports laws_;
};

template <class T>
std::optional<T> Workload::pick(const std::vector<T>& list) {
  if (list.empty()) return std::nullopt;
  return list[random_.below(list.size())];
}

template <class Record, class Table, class Visit>
std::vector<base::ObjectId> Workload::owned(const Table& table, const Visit& wanted) const {
  std::vector<base::ObjectId> out;
  ledger::for_each<Record>(world_.view(), table, [&](base::ByteView key, const Record& record) {
    if (wanted(record)) out.push_back(base::ObjectId::from(key));
    return true;
  });
  return out;
}

}  // namespace wald::tests
