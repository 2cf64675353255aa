// SPDX-License-Identifier: Apache-2.0
#include "ledger/rows.h"

#include <catch2/catch.hpp>

#include "codec/base/prng.h"
#include "ledger/events.h"
#include "ledger/laws/support.h"
#include "ledger/wire/canonical.h"
#include "tests/support/map_store.h"

using namespace wald;
using ledger::Change;
using ledger::Changes;
using ledger::Rows;

namespace {

using Model = std::map<base::Bytes, std::optional<base::Bytes>>;

// Of several lengths, many alike in their first bytes, in three tables.
base::Bytes random_key(base::Prng& prng) {
  base::Bytes out(1 + prng.below(12), 7);
  out[0] = static_cast<std::uint8_t>(prng.below(3));
  const base::Bytes rest = prng.bytes(1 + prng.below(2));
  out.insert(out.end(), rest.begin(), rest.end());
  return out;
}

bool same(const std::optional<base::ByteView>& seen, const std::optional<base::Bytes>& want) {
  return seen.has_value() == want.has_value() && (!seen || base::equal(*seen, *want));
}

// The rows from a cursor are those of the model, in its order.
void check_walk(const Rows& rows, const Model& model, const base::Bytes& prefix,
                const base::Bytes& from) {
  Rows::Cursor at(rows, prefix, from);
  for (const auto& [key, value] : model) {
    const bool inside = key.size() >= prefix.size() &&
                        std::equal(prefix.begin(), prefix.end(), key.begin()) && key >= from;
    if (!inside) continue;
    REQUIRE(at.row() != nullptr);
    REQUIRE(base::equal(at.row()->key, key));
    REQUIRE(same(at.row()->value, value));
    at.next();
  }
  REQUIRE(at.row() == nullptr);
}

}  // namespace

TEST_CASE("rows: written, found and walked in any order they are a plain map",
          "[ledger][rule:A-10]") {
  base::Prng prng(31);
  for (int round = 0; round < 60; ++round) {
    Rows rows;
    Model model;
    const std::uint64_t steps = round % 3 == 0 ? 2'000 : prng.below(40);
    for (std::uint64_t i = 0; i < steps; ++i) {
      const base::Bytes key = random_key(prng);
      std::optional<base::Bytes> value;
      if (prng.below(4) != 0) value = prng.bytes(prng.below(70));
      Rows::Row* row = rows.find(key);
      REQUIRE((row != nullptr) == (model.count(key) == 1));
      if (row == nullptr) row = &rows.add(key);
      rows.set(*row, value ? std::optional<base::ByteView>(*value) : std::nullopt);
      model[key] = value;
      if (prng.below(steps > 100 ? 200 : 8) != 0) continue;
      check_walk(rows, model, {static_cast<std::uint8_t>(prng.below(3))}, random_key(prng));
      check_walk(rows, model, {}, {});
    }
    REQUIRE(rows.size() == model.size());
    for (const auto& [key, value] : model) REQUIRE(same(rows.find(key)->value, value));
    std::vector<Change> room;
    rows.list(room);
    const Changes changes(room);
    rows.clear();  // they have bytes of their own
    REQUIRE(rows.empty());
    REQUIRE(changes.size() == model.size());
    auto at = changes.begin();
    for (const auto& [key, value] : model) {
      REQUIRE(base::equal(at->key, key));
      REQUIRE(same(at->value, value));
      REQUIRE(changes.find(key) == &*at++);
    }
    REQUIRE(changes.find(base::Bytes{9}) == nullptr);
  }
}

TEST_CASE("rows: what was noted stays as it was, and a value may be set from itself",
          "[ledger][rule:A-10]") {
  Rows rows;
  Rows::Row& row = rows.add(base::Bytes{1, 2});
  rows.set(row, base::Bytes(40, 5));
  const base::ByteView first = *row.value;
  rows.set(row, first.subspan(1));
  REQUIRE(same(row.value, base::Bytes(39, 5)));
  rows.note(row, row.value);
  for (std::uint8_t i = 0; i < 100; ++i) rows.set(row, base::Bytes(i, i));
  REQUIRE(same(row.noted, base::Bytes(39, 5)));
  REQUIRE(same(row.value, base::Bytes(99, 99)));
}

TEST_CASE("overlay: the journal tells what money was before the first write since it was drained",
          "[ledger][rule:I32]") {
  base::Prng prng(32);
  tests::MapReader below;
  std::map<base::Bytes, base::Bytes> now;
  for (std::uint8_t i = 0; i < 30; ++i) {
    const base::Bytes key{static_cast<std::uint8_t>(i % 2), i};
    below.rows[key] = now[key] = prng.bytes(10);
  }
  ledger::Overlay overlay(&below);
  overlay.keep_journal([](std::uint8_t table) { return table == 1; });
  for (int round = 0; round < 50; ++round) {
    std::map<base::Bytes, std::optional<base::Bytes>> want;
    for (std::uint64_t n = prng.below(25); n > 0; --n) {
      const auto i = static_cast<std::uint8_t>(prng.below(40));
      const base::Bytes key{static_cast<std::uint8_t>(i % 2), i};
      const auto was = now.find(key);
      if (key[0] == 1)
        want.try_emplace(key, was == now.end() ? std::nullopt : std::optional(was->second));
      if (prng.below(3) == 0) {
        overlay.erase(key);
        now.erase(key);
      } else {
        now[key] = prng.bytes(prng.below(20));
        overlay.put(key, now[key]);
      }
    }
    const ledger::Overlay::Journal journal = overlay.drain_journal();
    REQUIRE(journal.size() == want.size());
    auto at = journal.begin();
    for (const auto& [key, before] : want) {
      REQUIRE(base::equal(at->key, key));
      REQUIRE(same(at->before, before));
      ++at;
    }
    REQUIRE(overlay.drain_journal().empty());
  }
}

TEST_CASE("events: one that is cut is gone, and the last one can go before others",
          "[ledger][rule:A-10]") {
  ledger::Events events;
  for (std::uint64_t i = 0; i < 5; ++i) events.add(spec::EventRecord::kTokenBurned).set_seq(i);
  events.cut(4);
  events.move_last_to(1);
  const ledger::Events copy = events;
  std::vector<std::uint64_t> seen;
  for (const auto& event : copy) seen.push_back(event.seq());
  REQUIRE(seen == std::vector<std::uint64_t>{0, 3, 1, 2});
  REQUIRE(copy.from(2).size() == 2);
  REQUIRE(copy.from(2).front().seq() == 1);
  REQUIRE(copy.from(4).empty());
}

TEST_CASE("events: a message that is filled again has nothing of the event before", "[events]") {
  constexpr auto kBody = spec::EventRecord::kTokenBurned;
  const auto fill = [](spec::EventRecord& event, std::uint64_t number) {
    event.set_seq(number);
    event.set_tx(std::string(32, static_cast<char>(number)));
    event.mutable_token_burned()->set_amount(number);
  };
  {
    ledger::Events events;
    for (std::uint64_t i = 1; i <= 3; ++i) {
      spec::EventRecord& event = events.add(kBody);
      fill(event, i);
      event.set_height(i);
      event.set_index(7);
      auto& posting = *event.mutable_token_burned()->add_postings();
      posting.set_key("key");
      posting.set_before(i);
    }
    const ledger::Events shared = events;  // ends with the last of both
    events = {};
    CHECK(shared[2].height() == 3);
  }
  ledger::Events events;
  for (std::uint64_t i = 4; i <= 8; ++i) {  // more than were given back
    spec::EventRecord& event = events.add(kBody);
    spec::EventRecord plain;
    CHECK(event.token_burned().postings_size() == 0);
    fill(event, i);
    fill(plain, i);
    CHECK(wire::write_canonical(event) == wire::write_canonical(plain));
  }
  ledger::Events others;  // of another kind
  CHECK(others.add(spec::EventRecord::kAccountTransferred).body_case() != kBody);
}

TEST_CASE("laws: an account and the ends of money read where they lie are those of the record",
          "[ledger][laws][rule:I1][rule:I30]") {
  base::Prng prng(33);
  for (int i = 0; i < 50; ++i) {
    ledger::AccountRecord account;
    account.balance = ledger::Held::decoded(ledger::Amount::of(prng.below(1'000'000)));
    account.nonce = prng.next();
    account.policy = prng.bytes(prng.below(60));
    const base::Bytes bytes = ledger::encode_record(account);
    REQUIRE(base::equal(ledger::encoded_record(account), bytes));
    const auto view = ledger::laws::account_in(base::ByteView(bytes));
    REQUIRE(view->nonce == account.nonce);
    REQUIRE(base::equal(view->policy, account.policy));
    ledger::SupplyRecord supply;
    supply.minted = ledger::Noted(ledger::Amount::of(prng.below(1'000'000)));
    std::uint64_t burned = 0;
    for (std::uint64_t n = prng.below(12); n > 0; --n) {
      const std::uint64_t amount = prng.below(1'000'000);
      supply.burned.emplace_back(ledger::Amount::of(amount));
      burned += amount;
    }
    const base::Bytes ends = ledger::encode_record(supply);
    const auto read = ledger::laws::ends_of(base::ByteView(ends));
    REQUIRE(read.minted == ledger::laws::frost(supply.minted.amount()));
    REQUIRE(read.burned == ledger::laws::Sum{burned});
  }
  REQUIRE_FALSE(ledger::laws::account_in(std::nullopt).has_value());
  REQUIRE(ledger::laws::ends_of(std::nullopt).burned == 0);
}

TEST_CASE("laws: money read at its place in a record is what a walk over the record finds",
          "[ledger][laws][rule:I32]") {
  base::Prng prng(34);
  const auto amount = [&] { return ledger::Held::decoded(ledger::Amount::of(prng.below(1'000))); };
  const auto compare = [](std::uint8_t table, const std::optional<base::Bytes>& before,
                          const std::optional<base::Bytes>& after) {
    std::map<std::string, std::pair<ledger::Amount, ledger::Amount>> want;
    const auto add = [&](const std::optional<base::Bytes>& value, bool is_after) {
      if (!value) return;
      for (const auto& [field, held] : ledger::held_money(base::Bytes{table}, *value))
        (is_after ? want[field].second : want[field].first) = held;
    };
    add(before, false);
    add(after, true);
    const auto view = [](const std::optional<base::Bytes>& value) {
      return value ? std::optional<base::ByteView>(*value) : std::nullopt;
    };
    std::map<std::string, std::pair<ledger::Amount, ledger::Amount>> seen;
    ledger::each_money(table, view(before), view(after),
                       [&](const std::string& field, ledger::Amount was, ledger::Amount now) {
                         REQUIRE(seen.try_emplace(field, was, now).second);
                       });
    REQUIRE(seen == want);
  };
  const auto pairs = [&](std::uint8_t table, const auto& make) {
    compare(table, make(), make());
    compare(table, std::nullopt, make());
    compare(table, make(), std::nullopt);
    compare(table, std::nullopt, std::nullopt);
  };
  for (int i = 0; i < 20; ++i) {
    pairs(ledger::kAccounts.prefix, [&] {
      ledger::AccountRecord record;
      record.balance = amount();
      record.policy = prng.bytes(prng.below(40));
      return ledger::encode_record(record);
    });
    pairs(ledger::kRing.prefix, [&] {
      ledger::RingSlot record;
      record.used = prng.next();
      record.money = amount();
      return ledger::encode_record(record);
    });
    pairs(ledger::kVestings.prefix, [&] {
      ledger::VestingRecord record;
      record.steps = 7;
      record.locked = amount();
      return ledger::encode_record(record);
    });
    pairs(ledger::kPools.prefix, [&] {
      ledger::PoolRecord record;
      record.vault = amount();
      record.free = amount();
      record.escrow[base::Epoch(static_cast<std::uint32_t>(prng.below(5)))] = amount();
      record.escrow[base::Epoch(9)] = amount();
      return ledger::encode_record(record);
    });
  }
}
