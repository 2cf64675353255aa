// SPDX-License-Identifier: Apache-2.0
// Every specimen goes through; and every number in it, at its limits, ends in a code and keeps the
// laws. The messages are walked by reflection, so a new type needs its specimen alone.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <set>

#include "ledger/wire/canonical.h"
#include "ledger/wire/rules.h"
#include "tests/ledger/specimens.h"
#include "tests/support/spoil.h"

using namespace wald;
using namespace wald::tests;

namespace {

namespace pb = google::protobuf;
using Field = pb::FieldDescriptor;

bool is_number(const Field& field) {
  return field.cpp_type() == Field::CPPTYPE_UINT32 || field.cpp_type() == Field::CPPTYPE_UINT64;
}

std::vector<Place> numbers(spec::Operation& operation) {
  return places(operation, [](const pb::Message&, const Field& field) { return is_number(field); });
}

void set_number(const Place& at, std::uint64_t value) {
  const auto& reflection = *at.message->GetReflection();
  const auto small = static_cast<std::uint32_t>(value);
  const bool wide = at.field->cpp_type() == Field::CPPTYPE_UINT64;
  if (at.field->is_repeated() && reflection.FieldSize(*at.message, at.field) == 0) {
    if (wide) return reflection.AddUInt64(at.message, at.field, value);
    return reflection.AddUInt32(at.message, at.field, small);
  }
  if (at.field->is_repeated()) {
    if (wide) return reflection.SetRepeatedUInt64(at.message, at.field, 0, value);
    return reflection.SetRepeatedUInt32(at.message, at.field, 0, small);
  }
  if (wide) return reflection.SetUInt64(at.message, at.field, value);
  reflection.SetUInt32(at.message, at.field, small);
}

// The same with this value in each number of that name.
spec::Operation with_number(spec::Operation operation, const std::string& field,
                            std::uint64_t value) {
  for (const Place& at : numbers(operation))
    if (at.field->name() == field) set_number(at, value);
  return operation;
}

std::uint64_t most_of(const Field& field) {
  return field.cpp_type() == Field::CPPTYPE_UINT64 ? UINT64_MAX : UINT32_MAX;
}
// The greatest value that the kind of a field knows; of other kinds the type decides.
std::uint64_t bound_of(const Field& field) {
  switch (wire::rule_of(field).kind()) {
    case spec::KIND_FROST:
      return economics::kMaxAmount;
    case spec::KIND_BPS:
      return economics::kBps;
    default:
      return most_of(field);
  }
}

// What a value beyond its bound answers: no Amount is MALFORMED where no rule comes first.
spec::Code code_beyond(const Field& field) {
  static const std::map<std::string, spec::Code> kRules{
      {"wald.spec.RegisterNode.storage_price", spec::BAD_VOTE},
      {"wald.spec.RegisterNode.write_price", spec::BAD_VOTE},
      {"wald.spec.SetSubsidyRates.per_shard", spec::OUT_OF_BOUNDS},
      {"wald.spec.RegisterNode.commission", spec::BAD_RATE},
      {"wald.spec.SetCommission.commission", spec::BAD_RATE}};
  const auto at = kRules.find(field.full_name());
  return at == kRules.end() ? spec::MALFORMED : at->second;
}

void collect_numbers(const pb::Descriptor& type, std::set<const pb::Descriptor*>& seen,
                     std::set<std::string>& out) {
  if (!seen.insert(&type).second) return;
  for (int i = 0; i < type.field_count(); ++i) {
    if (is_number(*type.field(i))) out.insert(type.field(i)->full_name());
    if (type.field(i)->message_type() != nullptr)
      collect_numbers(*type.field(i)->message_type(), seen, out);
  }
}

// The last value that a rule lets through and the first that it does not, of a field of a specimen:
// above `limit`, or below it.
enum class Side { kAbove, kBelow };
struct Limit {
  std::string specimen, field;
  Side side;
  std::function<std::uint64_t(const World&, const spec::Operation&)> limit;
  spec::Code beyond;
};

auto is(std::uint64_t value) {
  return [value](const World&, const spec::Operation&) { return value; };
}
// Epochs from the running one on.
std::uint64_t ahead(const World& world, std::uint64_t epochs) {
  return world.epoch().value() + epochs;
}
std::uint64_t horizon(const World& world) {
  return ledger::load_params(world.view()).economics.horizon;
}

// S-4: what a purchase may still take in each of the epochs [from, to).
std::uint64_t room(const World& world, std::uint64_t from, std::uint64_t to) {
  const std::uint64_t capacity = ledger::must_load(world.view(), ledger::kMarket).capacity;
  const std::uint64_t open =
      capacity - capacity * ledger::load_params(world.view()).economics.reserve_bps / 10'000;
  std::uint64_t least = open;
  for (std::uint64_t epoch = from; epoch < to; ++epoch) {
    const auto slot = ledger::must_load(world.view(), ledger::kRing,
                                        base::Epoch(static_cast<std::uint32_t>(epoch)));
    least = std::min(least, open - slot.used);
  }
  return least;
}

constexpr std::uint64_t kPrice = 100'000, kWritePrice = 20'000;  // of a MiB, as all nodes vote
constexpr std::uint64_t kMib = 1 << 20;

using W = const World&;
using Op = const spec::Operation&;

std::uint64_t whole_horizon(W world, Op) { return horizon(world); }

std::vector<Limit> money_limits() {
  return {
      {"transfer", "amount", Side::kBelow, is(1), spec::BAD_AMOUNT},
      {"burn", "amount", Side::kBelow, is(1), spec::BAD_AMOUNT},
      {"add_subsidy", "amount", Side::kBelow, is(1), spec::BAD_AMOUNT},
      {"add_treasury", "amount", Side::kBelow, is(1), spec::BAD_AMOUNT},
      {"add_rewards", "amount", Side::kBelow, is(1), spec::BAD_AMOUNT},
      {"add_rewards", "epochs", Side::kBelow, is(1), spec::BAD_RANGE},
      {"add_rewards", "epochs", Side::kAbove, whole_horizon, spec::BAD_RANGE},
      // T-3: start <= cliff <= end, start < end.
      {"create_vesting", "amount", Side::kBelow, is(1), spec::BAD_AMOUNT},
      {"create_vesting", "steps", Side::kBelow, is(1), spec::BAD_SCHEDULE},
      {"create_vesting", "start", Side::kAbove,
       [](W, Op op) { return op.create_vesting().cliff(); }, spec::BAD_SCHEDULE},
      {"create_vesting", "cliff", Side::kBelow,
       [](W, Op op) { return op.create_vesting().start(); }, spec::BAD_SCHEDULE},
      {"create_vesting", "cliff", Side::kAbove, [](W, Op op) { return op.create_vesting().end(); },
       spec::BAD_SCHEDULE},
      {"create_vesting", "end", Side::kBelow, [](W, Op op) { return op.create_vesting().cliff(); },
       spec::BAD_SCHEDULE},
      // P-4, P-12: a WAL at least goes and stays; the stake has 100.
      {"delegate_stake", "amount", Side::kBelow, is(kWal), spec::STAKE_TOO_SMALL},
      {"delegate_stake.bond", "amount", Side::kBelow, is(kWal), spec::STAKE_TOO_SMALL},
      {"delegate_stake.vesting", "amount", Side::kBelow, is(kWal), spec::STAKE_TOO_SMALL},
      {"delegate_stake.vesting", "amount", Side::kAbove, is(1'000 * kWal), spec::NOT_VESTED},
      {"request_exit.part", "amount", Side::kBelow, is(kWal), spec::STAKE_TOO_SMALL},
      {"request_exit.part", "amount", Side::kAbove, is(99 * kWal), spec::STAKE_TOO_SMALL},
      {"split_stake", "amount", Side::kBelow, is(kWal), spec::STAKE_TOO_SMALL},
      {"split_stake", "amount", Side::kAbove, is(99 * kWal), spec::STAKE_TOO_SMALL},
  };
}

std::vector<Limit> vote_limits() {
  return {
      // N-3, N-5, P-11: at most 5 % an epoch beside the rate that runs.
      {"register_node", "commission", Side::kAbove, is(10'000), spec::BAD_RATE},
      {"register_node", "storage_price", Side::kAbove, is(1'000'000'000'000'000), spec::BAD_VOTE},
      {"register_node", "write_price", Side::kAbove, is(1'000'000'000'000'000), spec::BAD_VOTE},
      {"register_node", "capacity", Side::kAbove, is(INT64_MAX), spec::BAD_VOTE},
      {"set_votes", "storage_price", Side::kAbove, is(1'000'000'000'000'000), spec::BAD_VOTE},
      {"set_votes", "write_price", Side::kAbove, is(1'000'000'000'000'000), spec::BAD_VOTE},
      {"set_votes", "capacity", Side::kAbove, is(INT64_MAX), spec::BAD_VOTE},
      {"set_commission", "commission", Side::kAbove, is(1'500), spec::BAD_RATE},
      {"announce_deny_list", "sequence", Side::kBelow, is(1), spec::DENY_SEQUENCE},
      // G-1, G-2, G-7.
      {"propose.treasury", "amount", Side::kBelow, is(1), spec::OUT_OF_BOUNDS},
      {"propose.treasury", "steps", Side::kBelow, is(1), spec::BAD_SUBJECT},
      {"propose.upgrade", "version", Side::kBelow, is(2), spec::VERSION_NOT_NEXT},
      {"propose.upgrade", "version", Side::kAbove, is(2), spec::VERSION_NOT_NEXT},
      {"propose.upgrade", "activation", Side::kBelow, [](W w, Op) { return ahead(w, 3); },
       spec::OUT_OF_BOUNDS},
      {"propose.deny_list", "sequence", Side::kBelow, is(1), spec::OUT_OF_BOUNDS},
      {"vote", "proposal", Side::kAbove, is(1), spec::NO_PROPOSAL},
      {"vote", "proposal", Side::kBelow, is(1), spec::NO_PROPOSAL},
      {"execute_proposal.payment", "proposal", Side::kAbove, is(1), spec::NO_PROPOSAL},
      {"set_subsidy_rates", "rho", Side::kAbove, is(20'000), spec::OUT_OF_BOUNDS},
      {"set_subsidy_rates", "per_shard", Side::kAbove, is(1'000'000'000'000'000),
       spec::OUT_OF_BOUNDS},
      {"foundation_spend", "amount", Side::kBelow, is(1), spec::OUT_OF_BOUNDS},
      {"foundation_spend", "amount", Side::kAbove, is(1'000'000 * kWal), spec::OUT_OF_BOUNDS},
  };
}

std::vector<Limit> storage_limits() {
  return {
      // L-2, L-4, L-8: 64 MiB over two epochs; the blob ends 10 epochs from here.
      {"reserve_storage", "size", Side::kBelow, is(1), spec::BAD_SIZE},
      {"reserve_storage", "size", Side::kAbove, [](W w, Op) { return room(w, 7, 9); },
       spec::CAPACITY},
      {"reserve_storage", "start", Side::kAbove, is(8), spec::BAD_RANGE},
      {"reserve_storage", "end", Side::kBelow, is(8), spec::BAD_RANGE},
      {"reserve_storage", "end", Side::kAbove, [](W w, Op) { return ahead(w, horizon(w)); },
       spec::BAD_RANGE},
      {"reserve_storage", "max_cost", Side::kBelow, is(2 * 64 * kPrice), spec::COST_ABOVE_LIMIT},
      {"register_blob", "max_cost", Side::kBelow, is(kWritePrice), spec::COST_ABOVE_LIMIT},
      {"register_blob", "encoding", Side::kAbove, is(1), spec::BAD_ENCODING},
      {"register_blob", "encoding", Side::kBelow, is(1), spec::BAD_ENCODING},
      {"extend_blob", "epochs", Side::kBelow, is(1), spec::BAD_RANGE},
      {"extend_blob", "epochs", Side::kAbove, [](W w, Op) { return horizon(w) - 10; },
       spec::BAD_RANGE},
      {"extend_blob", "max_cost", Side::kBelow, is(2 * 64 * kPrice), spec::COST_ABOVE_LIMIT},
      {"extend_blob.fund", "epochs", Side::kBelow, is(1), spec::BAD_RANGE},
      {"extend_blob.fund", "epochs", Side::kAbove, [](W w, Op) { return horizon(w) - 10; },
       spec::BAD_RANGE},
      {"extend_blob.fund", "max_cost", Side::kBelow, is(2 * 64 * kPrice), spec::COST_ABOVE_LIMIT},
      // L-3, S-5: both parts keep an epoch, or a byte.
      {"split_storage", "epoch", Side::kBelow, [](W w, Op) { return ahead(w, 1); }, spec::BAD_FIT},
      {"split_storage", "epoch", Side::kAbove, [](W w, Op) { return ahead(w, 9); }, spec::BAD_FIT},
      {"split_storage.size", "size", Side::kBelow, is(1), spec::BAD_SIZE},
      {"split_storage.size", "size", Side::kAbove, is(64 * kMib - 1), spec::BAD_FIT},
  };
}

std::vector<Limit> bucket_limits() {
  return {
      // L-12: an empty bucket of 64 MiB over five epochs.
      {"create_bucket", "size", Side::kBelow, is(1), spec::BAD_SIZE},
      {"create_bucket", "size", Side::kAbove,
       [](W w, Op) { return room(w, ahead(w, 0), ahead(w, 5)); }, spec::CAPACITY},
      {"create_bucket", "epochs", Side::kBelow, is(1), spec::BAD_RANGE},
      {"create_bucket", "epochs", Side::kAbove, whole_horizon, spec::BAD_RANGE},
      {"create_bucket", "max_cost", Side::kBelow, is(5 * 64 * kPrice), spec::COST_ABOVE_LIMIT},
      {"grow_bucket", "size", Side::kBelow, is(1), spec::BAD_SIZE},
      {"grow_bucket", "size", Side::kAbove,
       [](W w, Op) { return room(w, ahead(w, 0), ahead(w, 5)); }, spec::CAPACITY},
      {"grow_bucket", "max_cost", Side::kBelow, is(5 * 8 * kPrice), spec::COST_ABOVE_LIMIT},
      {"shrink_bucket", "size", Side::kBelow, is(1), spec::BAD_SIZE},
      {"shrink_bucket", "size", Side::kAbove, is(64 * kMib - 1), spec::BAD_FIT},
      {"shrink_bucket.percent", "percent", Side::kBelow, is(1), spec::BAD_FIT},
      {"shrink_bucket.percent", "percent", Side::kAbove, is(99), spec::BAD_FIT},
      {"extend_bucket", "epochs", Side::kBelow, is(1), spec::BAD_RANGE},
      {"extend_bucket", "epochs", Side::kAbove, [](W w, Op) { return horizon(w) - 5; },
       spec::BAD_RANGE},
      {"extend_bucket", "max_cost", Side::kBelow, is(2 * 64 * kPrice), spec::COST_ABOVE_LIMIT},
  };
}

std::vector<Limit> limits() {
  std::vector<Limit> out;
  for (const auto& part : {money_limits(), vote_limits(), storage_limits(), bucket_limits()})
    out.insert(out.end(), part.begin(), part.end());
  return out;
}

}  // namespace

TEST_CASE("specimens: every type is here, and goes through", "[ledger][tx][rule:A-13]") {
  std::set<int> here{// Those of a round: round_statement_test.cpp, statement_numbers_test.cpp.
                     spec::Operation::kBeaconReveal, spec::Operation::kResponseCommit,
                     spec::Operation::kRowReport, spec::Operation::kSelfProof};
  for (const Specimen& one : specimens()) {
    INFO(one.name);
    const Scene scene(one);
    const std::string type = one.name.substr(0, one.name.find('.'));
    REQUIRE(scene.operation.kind_case() ==
            spec::Operation::descriptor()->FindFieldByName(type)->number());
    CHECK(outcome(scene, one.sender, scene.operation) == spec::OK);
    here.insert(scene.operation.kind_case());
  }
  const auto* oneof = spec::Operation::descriptor()->FindOneofByName("kind");
  for (int i = 0; i < oneof->field_count(); ++i) {
    INFO(oneof->field(i)->name());
    CHECK(here.count(oneof->field(i)->number()) == 1);
  }
}

TEST_CASE("numbers: every numeric field at 0, 1, its bound, beyond it and at the type's end",
          "[ledger][tx][rule:A-13][rule:M-3]") {
  std::set<std::string> looked_at;
  for (const Specimen& one : specimens()) {
    const Scene scene(one);
    spec::Operation counted = scene.operation;
    const std::size_t count = numbers(counted).size();
    for (std::size_t i = 0; i < count; ++i) {
      const Field& field = *numbers(counted)[i].field;
      looked_at.insert(field.full_name());
      const std::uint64_t bound = bound_of(field);
      const std::uint64_t most = most_of(field);
      std::set<std::uint64_t> values{0, 1, bound, most};
      if (bound < most) values.insert(bound + 1);
      for (const std::uint64_t value : values) {
        INFO(one.name << ": " << field.full_name() << " = " << value);
        spec::Operation changed = scene.operation;
        set_number(numbers(changed)[i], value);
        const spec::Code code = outcome(scene, one.sender, changed);
        if (value > bound) CHECK(spec::Code_Name(code) == spec::Code_Name(code_beyond(field)));
      }
    }
  }
  std::set<std::string> all;
  std::set<const pb::Descriptor*> seen;
  collect_numbers(*spec::Operation::descriptor(), seen, all);
  CHECK(looked_at == all);
}

TEST_CASE("numbers: a rule lets its limit through and nothing beyond",
          "[ledger][tx][rule:A-13][rule:L-2][rule:L-8][rule:L-12][rule:P-12]") {
  for (const Specimen& one : specimens()) {
    const std::vector<Limit> all = limits();
    if (std::none_of(all.begin(), all.end(),
                     [&](const Limit& limit) { return limit.specimen == one.name; }))
      continue;
    const Scene scene(one);
    for (const Limit& limit : all) {
      if (limit.specimen != one.name) continue;
      const std::uint64_t last = limit.limit(scene.world, scene.operation);
      const auto code = [&](std::uint64_t value) {
        return outcome(scene, one.sender, with_number(scene.operation, limit.field, value));
      };
      INFO(one.name << "." << limit.field << ": " << last);
      CHECK(spec::Code_Name(code(last)) == spec::Code_Name(spec::OK));
      CHECK(spec::Code_Name(code(limit.side == Side::kAbove ? last + 1 : last - 1)) ==
            spec::Code_Name(limit.beyond));
    }
  }
}

TEST_CASE("numbers: all that is left after the fee can be sent, and not a FROST more",
          "[ledger][tx][rule:A-13]") {
  for (const Specimen& one : specimens()) {
    static const std::set<std::string> kPaying{"burn", "add_subsidy", "add_treasury",
                                               "delegate_stake", "fund_blob"};
    if (kPaying.count(one.name) == 0) continue;
    INFO(one.name);
    const Scene scene(one);
    const auto with = [&](std::uint64_t amount) {
      return with_number(scene.operation, "amount", amount);
    };
    // The fee of an envelope of that length, which a refusal pays as well.
    const std::uint64_t all = scene.world.balance(one.sender);
    World poorer = scene.world;
    const std::uint64_t fee = send_alone(poorer, one.sender, with(all)).receipts.at(0).fee;
    CHECK(outcome(scene, one.sender, with(all - fee)) == spec::OK);
    CHECK(outcome(scene, one.sender, with(all - fee + 1)) == spec::INSUFFICIENT);
  }
}

TEST_CASE("numbers: those beside the operation", "[ledger][tx][rule:A-13][rule:U-4][rule:U-5]") {
  const World world = specimen_world();
  const spec::Body good = world.body("ann", transfer("dan", 5), world.nonce("ann"));
  const std::uint64_t next = world.height().value() + 1;
  const std::uint64_t last = next + ledger::load_params(world.view()).valid_max;
  struct Number {
    std::string name;
    std::uint64_t bound;
    std::function<void(spec::Body&, std::uint64_t)> set;
    std::function<spec::Code(std::uint64_t)> expect;
  };
  const std::vector<Number> all{
      {"version", 1,
       [](spec::Body& body, std::uint64_t v) { body.set_version(static_cast<std::uint32_t>(v)); },
       [](std::uint64_t v) {
         return static_cast<std::uint32_t>(v) == 1 ? spec::OK : spec::WRONG_VERSION;
       }},
      {"nonce", good.nonce(), [](spec::Body& body, std::uint64_t v) { body.set_nonce(v); },
       [&](std::uint64_t v) { return v == good.nonce() ? spec::OK : spec::NONCE; }},
      {"valid_until", last, [](spec::Body& body, std::uint64_t v) { body.set_valid_until(v); },
       [=](std::uint64_t v) { return v < next || v > last ? spec::EXPIRED : spec::OK; }},
      {"max_fee", economics::kMaxAmount,
       [](spec::Body& body, std::uint64_t v) { body.set_max_fee(v); },
       [](std::uint64_t v) {
         if (v > economics::kMaxAmount) return spec::MALFORMED;
         return v <= 1 ? spec::FEE_OVER_LIMIT : spec::OK;
       }}};
  for (const Number& number : all)
    for (const std::uint64_t value :
         std::set<std::uint64_t>{0, 1, number.bound, number.bound + 1, UINT64_MAX}) {
      INFO(number.name << " = " << value);
      spec::Body body = good;
      number.set(body, value);
      World tried = world;
      const spec::Code code =
          tried.run_raw(wire::write_canonical(tried.seal("ann", wire::write_canonical(body))));
      CHECK(spec::Code_Name(code) == spec::Code_Name(number.expect(value)));
      // Nothing of it is charged before the fee.
      CHECK((tried.balance("ann") == world.balance("ann")) == (code != spec::OK));
    }
}
