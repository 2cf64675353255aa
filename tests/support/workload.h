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
// ballots are held. With kEverything all of it happens on one chain. Every change of epoch is
// followed by a recount of all laws.
#pragma once

#include <deque>

#include "codec/base/prng.h"
#include "ledger/laws/law.h"
#include "ledger/state/keys.h"
#include "tests/support/operations.h"

namespace wald::tests {

// Who may spend the treasury, pause, and propose urgent versions, with kRights and kBallots.
inline const std::string kFoundation = "foundation";

class Workload {
 public:
  enum class Mix : std::uint8_t {
    kFlow,
    kAll,
    kNodes,
    kRights,
    kBuckets,
    kDuties,
    kBallots,
    kEverything
  };
  struct Setup {
    std::uint64_t seed = 1;
    Mix mix = Mix::kFlow;
    std::size_t people = 4;
    // Stakes of the first committee, in WAL; one more node is too small for it.
    std::vector<std::uint64_t> members{4000, 3000, 2500, 2000, 1500};
    std::map<std::string, std::uint64_t> accounts{};    // beside all these, in FROST
    std::map<std::string, std::uint64_t> parameters{};  // other than usual
    World::Trust trust = World::Trust::kNobody;
    std::uint64_t spoil = 0;  // one operation in so many is changed in one place; 0: none
    // Blobs are certified from this epoch on: by default late, so that the epochs before close with
    // every round excused and rewards paid.
    std::uint32_t certify_from = 9;
    std::vector<FileOf> files{};  // what is certified where members prove what they hold
  };
  explicit Workload(Setup setup);
  explicit Workload(std::uint64_t seed, Mix mix = Mix::kFlow) : Workload(Setup{seed, mix}) {}

  // Runs until `operations` were sent or a law broke.
  void run(std::uint64_t operations);
  // The parts of it: something is sent; a block is made, `ms` after the last one.
  void step();
  void turn(std::uint64_t ms = 1000);

  std::uint64_t sent() const { return sent_; }
  std::uint64_t accepted() const { return accepted_; }
  const World& world() const { return world_; }
  // For what others do on the same chain, and for all that is to be random in the same history.
  World& chain() { return world_; }
  base::Prng& random() { return random_; }
  const std::vector<std::string>& people() const { return people_; }
  const std::vector<std::string>& members() const { return members_; }
  // Every name that may be a node's.
  std::vector<std::string> all_nodes() const;
  // All that laws said: of transactions, blocks, and recounts of the whole state.
  const std::vector<std::string>& broken() const { return world_.law_failures; }
  const ledger::LawReports& laws() const { return laws_; }
  // How often each code was answered.
  const std::map<spec::Code, std::uint64_t>& codes() const { return codes_; }
  // How often each event was told, by its number in event.proto.
  const std::map<int, std::uint64_t>& events() const { return events_; }
  // Of each type of operation, by its number in tx.proto, how many were tried and accepted.
  struct Tries {
    std::uint64_t tried = 0;
    std::uint64_t accepted = 0;
    std::map<spec::Code, std::uint64_t> refused;
  };
  const std::map<int, Tries>& tries() const { return tries_; }

 private:
  using Send = void (Workload::*)();
  bool has(Mix mix) const { return setup_.mix == mix || setup_.mix == Mix::kEverything; }
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
  FileOf some_file();
  std::uint64_t room() const;
  bool may_certify(const base::ObjectId& blob) const;
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
  void hurry();
  bool everything() const { return setup_.mix == Mix::kEverything; }
  void step_everything();
  void prolong_certified();
  void fuse();
  void repack();
  void undress();
  void come_back();
  void serve_all();
  void next_list(const std::string& node);
  void resume_member();
  void change_authority();
  void hold_ballots_all();
  void govern_all();
  void attest_all();
  void denounce();
  void vote_oldest();
  void misaddress();
  void impoverish();
  void vote_member();
  void vote_stakes();
  spec::Operation some_proposal();
  std::optional<std::uint32_t> some_ballot(
      const std::function<bool(std::uint32_t, const ledger::ProposalRecord&)>& wanted);
  // Those of kComers that are nodes.
  std::vector<std::string> comers(
      const std::function<bool(const ledger::NodeRecord&)>& wanted) const;

  std::string operator_of(const std::string& node) const;
  static const std::vector<std::string> kComers;      // one after the other becomes a node (kNodes)
  static const std::vector<std::string> kMoreComers;  // those of kEverything
  const std::vector<std::string>& comers_of() const { return everything() ? kMoreComers : kComers; }

  std::string anybody();
  template <class Record, class Table, class Visit>
  std::vector<base::ObjectId> all_of(const Table& table, const Visit& wanted) const;
  // Of what an account owns by itself, not through a bucket.
  template <class Record, class Table>
  std::vector<base::ObjectId> owned(
      const Table& table, const std::string& name,
      const std::function<bool(const Record&)>& wanted = [](const Record&) { return true; }) const;
  std::vector<base::ObjectId> stakes_of(const std::string& name) const;
  std::vector<base::ObjectId> blobs_of(const std::string& name) const;
  std::vector<base::ObjectId> buckets_of(const std::string& name) const;
  std::vector<base::ObjectId> resources_of(const std::string& name) const;
  template <class T>
  std::optional<T> pick(const std::vector<T>& list);

  Setup setup_;
  std::vector<std::string> people_;
  std::vector<std::string> members_;
  std::string small_;  // too small for a seat
  World world_;
  base::Prng random_;
  std::uint64_t sent_ = 0;
  std::uint64_t accepted_ = 0;
  std::uint64_t number_ = 0;                   // of files and new accounts
  std::map<std::string, base::Bytes> latest_;  // envelope of each account
  std::map<spec::Code, std::uint64_t> codes_;
  std::map<int, std::uint64_t> events_;
  std::map<int, Tries> tries_;
  std::uint64_t unrecounted_ = 0;  // blocks since all records were looked at
  std::uint32_t asleep_ = 0;       // blocks that the smallest member will still miss
  std::vector<base::BlobId> denounced_;
  std::deque<std::string> ids_;  // of what operations named lately: what a spoilt one may name
  ledger::LawReports laws_;
};

template <class T>
std::optional<T> Workload::pick(const std::vector<T>& list) {
  if (list.empty()) return std::nullopt;
  return list[random_.below(list.size())];
}

template <class Record, class Table, class Visit>
std::vector<base::ObjectId> Workload::all_of(const Table& table, const Visit& wanted) const {
  std::vector<base::ObjectId> out;
  ledger::for_each<Record>(world_.view(), table, [&](base::ByteView key, const Record& record) {
    if (wanted(record)) out.push_back(base::ObjectId::from(key));
    return true;
  });
  return out;
}

template <class Record, class Table>
std::vector<base::ObjectId> Workload::owned(
    const Table& table, const std::string& name,
    const std::function<bool(const Record&)>& wanted) const {
  std::vector<base::ObjectId> out;
  const auto visit = [&](base::ByteView key, const ledger::OwnedRecord&) {
    const auto id = base::ObjectId::from(key);
    const auto record = ledger::load(world_.view(), table, id);
    if (record && wanted(*record)) out.push_back(id);
    return true;
  };
  ledger::for_each<ledger::OwnedRecord>(world_.view(), ledger::kOwned, visit, account_of(name));
  return out;
}

}  // namespace wald::tests
