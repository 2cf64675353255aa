// SPDX-License-Identifier: Apache-2.0
// B11: the epoch's own work must not grow with the number of stakes. Two chains with the same 1,000
// pools, the same stake in each and the same committee; in one a thousand stakes make up each pool,
// in the other a single one. Timed are the two blocks in which an epoch works: the one that selects
// the next committee and the one that changes over (every pool steps); apply_block is pure, so the
// same blocks are executed again and again over the view from which they were due. B12 holds the
// same against what a ledger pays that credits every stake: one pass over their rows in one
// transaction.
#include <lmdb.h>

#include <stdexcept>

#include "ledger/state/keys.h"
#include "ledger/timetable.h"
#include "node/os/clock.h"
#include "node/os/files.h"
#include "tests/bench/bench.h"
#include "tests/bench/chain.h"
#include "tests/support/nodes.h"

namespace wald::bench {
namespace {

struct Sizes {
  std::size_t pools;
  std::size_t stakes_each;
  std::uint16_t shards;
};

std::string name_of(std::size_t pool) { return "n" + std::to_string(pool + 1); }

spec::Genesis document_of(const Sizes& sizes) {
  std::map<std::string, std::uint64_t> accounts;
  for (std::size_t i = 0; i < sizes.pools; ++i) accounts[name_of(i)] = 1'000 * tests::kWal;
  spec::Genesis document;
  document.set_network("bench");
  document.set_test(true);
  document.set_start_ms(tests::kStart);
  document.set_protocol_version(1);
  document.set_shards(sizes.shards);
  tests::set_param(document, "max_members", std::min<std::size_t>(sizes.pools, 1'000));
  tests::set_param(document, "epoch_min_blocks", 1);
  document.set_sequencer_key(base::string_of(sequencer_public_key().view()));
  std::map<base::AccountId, std::uint64_t> ids;
  for (const auto& [name, amount] : accounts) ids[tests::account_of(name)] = amount;
  for (const auto& [id, amount] : ids) {
    spec::GenesisAccount& account = *document.add_accounts();
    account.set_account(base::string_of(id.view()));
    account.set_amount(amount);
  }
  return document;
}

// The same principal in every pool whatever the number of stakes: 2,000 to 51,000 WAL.
void add_pools(spec::Genesis& document, const Sizes& sizes) {
  for (std::size_t i = 0; i < sizes.pools; ++i) {
    const std::string name = name_of(i);
    spec::GenesisNode& entry = *document.add_nodes();
    entry.set_operator_(base::string_of(tests::account_of(name).view()));
    *entry.mutable_registration() =
        tests::registration(name, base::ChainId(), base::Epoch(0), base::Epoch(1));
    entry.set_deposit(100 * tests::kWal);
    const std::uint64_t principal = (2 + i % 50) * 1'000 * tests::kWal;
    for (std::size_t k = 0; k < sizes.stakes_each; ++k) {
      spec::GenesisStake& stake = *entry.add_stakes();
      const std::size_t owner = (i + k) % sizes.pools;
      stake.set_owner(base::string_of(tests::account_of(name_of(owner)).view()));
      stake.set_amount(principal / sizes.stakes_each);
    }
  }
  tests::balance_treasury(document);
}

// A chain that stands before the end of its epoch, with what its two blocks need.
class Epochs {
 public:
  Epochs(const Sizes& sizes, const std::string& folder) {
    spec::Genesis document = document_of(sizes);
    add_pools(document, sizes);
    chain_ = std::make_unique<Chain>(document, folder);
    // Handover ends, then the selection comes, then the change: each in the block that is due.
    step(nullptr);
    step(&select_);
    step(&change_);
  }

  double milliseconds() const {
    return 1e3 * seconds([&] {
             for (const Due* due : {&select_, &change_}) {
               const auto output = chain_->core().machine().apply_block(*due->view, due->input);
               WALD_CHECK(output.state_root == due->root);
             }
           });
  }

 private:
  struct Due {
    std::shared_ptr<const store::View> view;
    ledger::BlockInput input;
    base::Hash root;
  };

  void step(Due* keep) {
    const auto view = chain_->core().view();
    const auto clock = ledger::must_load(*view, ledger::kChain).clock;
    const auto params = ledger::load_params(*view);
    const std::uint64_t start = clock.start.value();
    std::uint64_t due = clock.end().value();
    if (!clock.sync_closed)
      due = start + params.handover;
    else if (!clock.selected)
      due = start + clock.length * params.select / 10'000;
    ledger::BlockInput input = chain_->next({}, due - chain_->core().head().time.value());
    chain_->commit(input);
    if (keep != nullptr) *keep = {view, std::move(input), chain_->core().head().root};
  }

  std::unique_ptr<Chain> chain_;
  Due select_, change_;
};

// The records of `count` stakes in a bare LMDB table, synced at each commit.
class StakeRows {
 public:
  StakeRows(const std::string& folder, std::size_t count) {
    os::remove_tree(folder).value();
    os::make_dirs(folder, 0700).value();
    require(::mdb_env_create(&env_));
    require(::mdb_env_set_mapsize(env_, std::size_t{4} << 30));
    require(::mdb_env_open(env_, folder.c_str(), 0, 0600));
    MDB_txn* txn = nullptr;
    require(::mdb_txn_begin(env_, nullptr, 0, &txn));
    require(::mdb_dbi_open(txn, nullptr, 0, &table_));
    economics::Stake stake;
    for (std::size_t i = 0; i < count; ++i) {
      base::Bytes key = base::Writer().be(static_cast<std::uint64_t>(i)).bytes();
      key.resize(base::ObjectId::kSize);  // ascending
      base::Bytes record = ledger::encode_record(stake);
      MDB_val name = of(key), value = of(record);
      require(::mdb_put(txn, table_, &name, &value, MDB_APPEND));
    }
    require(::mdb_txn_commit(txn));
  }
  StakeRows(const StakeRows&) = delete;
  StakeRows& operator=(const StakeRows&) = delete;
  ~StakeRows() { ::mdb_env_close(env_); }

  // Adds a FROST to each principal.
  double milliseconds() {
    return 1e3 * seconds([&] {
             MDB_txn* txn = nullptr;
             MDB_cursor* cursor = nullptr;
             require(::mdb_txn_begin(env_, nullptr, 0, &txn));
             require(::mdb_cursor_open(txn, table_, &cursor));
             MDB_val key, value;
             while (::mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
               auto stake = ledger::decode_record<economics::Stake>(
                   {static_cast<const std::uint8_t*>(value.mv_data), value.mv_size});
               stake->principal = stake->principal.plus(economics::Amount::of(1)).value();
               base::Bytes record = ledger::encode_record(*stake);
               MDB_val now = of(record);
               require(::mdb_cursor_put(cursor, &key, &now, MDB_CURRENT));
             }
             ::mdb_cursor_close(cursor);
             require(::mdb_txn_commit(txn));
           });
  }

 private:
  static MDB_val of(base::Bytes& bytes) { return {bytes.size(), bytes.data()}; }
  static void require(int code) {
    if (code != 0) throw std::runtime_error(std::string("lmdb: ") + ::mdb_strerror(code));
  }
  MDB_env* env_ = nullptr;
  MDB_dbi table_ = 0;
};

Sizes few_stakes(const Settings& settings) {
  return {settings.quick ? 20u : 1'000u, 1,
          static_cast<std::uint16_t>(settings.quick ? 20 : 1'000)};
}
Sizes many_stakes(const Settings& settings) {
  Sizes out = few_stakes(settings);
  out.stakes_each = settings.quick ? 10 : 1'000;
  return out;
}

}  // namespace

std::vector<Figure> epoch_over_rewrite(const Settings& settings) {
  const Sizes sizes = many_stakes(settings);
  const std::size_t stakes = sizes.pools * sizes.stakes_each;
  Epochs ours(sizes, settings.scratch + "/b12");
  StakeRows rows(settings.scratch + "/b12.rows", stakes);
  Figure figure;
  figure.id = "B12";
  figure.numerator = "selection and change of an epoch";
  figure.denominator = "every stake rewritten in one synced LMDB transaction";
  figure.unit = "ms";
  figure.better = Better::kLess;
  figure.must = 1.0 / 50;
  figure.aim = 1.0 / 200;
  figure.data = std::to_string(stakes) + " stakes in " + std::to_string(sizes.pools) + " pools";
  measure(
      figure, settings.pairs, [&] { return ours.milliseconds(); },
      [&] { return rows.milliseconds(); });
  return {figure};
}

std::vector<Figure> epoch_step(const Settings& settings) {
  const Sizes few = few_stakes(settings);
  const Sizes many = many_stakes(settings);
  Epochs large(many, settings.scratch + "/b11-many");
  Epochs small(few, settings.scratch + "/b11-few");
  Figure figure;
  figure.id = "B11";
  figure.numerator = std::to_string(many.pools * many.stakes_each) + " stakes";
  figure.denominator = std::to_string(few.pools) + " stakes";
  figure.unit = "ms for selection and change of an epoch";
  figure.better = Better::kLess;
  figure.must = 1.25;
  figure.aim = 1.05;
  figure.data =
      std::to_string(few.pools) + " pools in both, " + std::to_string(few.shards) + " shards";
  measure(
      figure, settings.pairs, [&] { return large.milliseconds(); },
      [&] { return small.milliseconds(); });
  return {figure};
}

}  // namespace wald::bench
