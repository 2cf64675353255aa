// SPDX-License-Identifier: Apache-2.0
#include "ledger/context.h"

#include <algorithm>

#include "ledger/laws/mutant.h"
#include "ledger/signing.h"
#include "ledger/state/form.h"
#include "ledger/state/keys.h"

namespace wald::ledger {
namespace {

// All Held money of one record, ascending by field.
HeldFields held_in(std::uint8_t table, base::ByteView value) {
  HeldFields out;
  const auto one = [&](const auto& t) {
    using R = typename std::remove_cvref_t<decltype(t)>::RecordType;
    if constexpr (detail::holds_money<R>()) {
      if (t.prefix != table) return;
      base::Reader in(value);
      const bool whole = detail::walk_held<R>(
          in, std::string(),
          [&](const std::string& field, Amount amount) { out.emplace_back(field, amount); });
      WALD_CHECK(whole && in.done());
    }
  };
  std::apply([&](const auto&... t) { (one(t), ...); }, kTables);
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return out;
}

constexpr std::array<bool, 256> money_tables() {
  std::array<bool, 256> out{};
  const auto one = [&](const auto& t) {
    using R = typename std::remove_cvref_t<decltype(t)>::RecordType;
    if (detail::holds_money<R>()) out[t.prefix] = true;
  };
  std::apply([&](const auto&... t) { (one(t), ...); }, kTables);
  return out;
}

}  // namespace

bool table_holds_money(std::uint8_t table) {
  static constexpr std::array<bool, 256> kMoney = money_tables();
  return kMoney[table];
}

HeldFields held_money(base::ByteView key, base::ByteView value) {
  WALD_CHECK(!key.empty());
  return held_in(key[0], value);
}

void each_money(std::uint8_t table, const std::optional<base::ByteView>& before,
                const std::optional<base::ByteView>& after, const EachMoney& each) {
  HeldFields old_money, new_money;
  if (before) old_money = held_in(table, *before);
  if (after) new_money = held_in(table, *after);
  // Two ascending lists.
  auto was = old_money.begin();
  for (const auto& [field, amount] : new_money) {
    for (; was != old_money.end() && was->first < field; ++was)
      each(was->first, was->second, Amount());
    const bool both = was != old_money.end() && was->first == field;
    each(field, both ? was->second : Amount(), amount);
    if (both) ++was;
  }
  for (; was != old_money.end(); ++was) each(was->first, was->second, Amount());
}

void tell_postings(const Overlay::Journal& journal, const Reader& now, const NewPosting& made) {
  base::Bytes room;
  for (const auto& [key, before] : journal)
    each_money(key[0], before, now.look(key, room),
               [&, &name = key](const std::string& field, Amount was, Amount amount) {
                 if (was == amount) return;
                 spec::Posting& posting = made();
                 posting.set_table(name[0]);
                 posting.mutable_key()->assign(base::as_text(name.subspan(1)));
                 posting.set_field(field);
                 posting.set_before(was.value());
                 posting.set_after(amount.value());
               });
}

Context::Context(Overlay& state, const BlockFacts& block, base::AccountId sender, base::TxId tx,
                 std::uint64_t next_seq)
    : state_(state), block_(block), sender_(sender), tx_(tx), first_seq_(next_seq) {
  state_.keep_journal(&table_holds_money);
}

base::Epoch Context::epoch() const {
  return block_.running ? block_.running->epoch : must_load(state_, kChain).clock.epoch;
}

base::Err<Rejected> Context::reject(Code code, std::map<std::string, std::string> facts) {
  state_.mark_failed();
  return base::Err<Rejected>{Rejected{{code, std::move(facts)}}};
}

base::Err<Rejected> Context::reject(economics::Refusal refusal) {
  state_.mark_failed();
  return base::Err<Rejected>{Rejected{from_economics(refusal)}};
}

base::ObjectId Context::new_object() { return made_.emplace_back(object_id(tx_, objects_made())); }

base::ObjectId Context::resolve(const base::ObjectId& named) const {
  const auto& b = named.bytes();
  for (std::size_t i = 0; i < 30; ++i)
    if (b[i] != 0) return named;
  // Little-endian as in every hashed form; counted from 0.
  const std::size_t k = static_cast<std::size_t>(b[30]) | static_cast<std::size_t>(b[31]) << 8;
  return k < made_.size() ? made_[k] : named;
}

std::vector<spec::Posting> Context::unnamed() {
  std::vector<spec::Posting> out;
  tell_moved([&]() -> spec::Posting& { return out.emplace_back(); });
  out.insert(out.end(), left_unnamed_.begin(), left_unnamed_.end());
  return out;
}

bool Context::attempt(std::uint32_t place, const Item& item) {
  Overlay nested(&state_);
  Context inner(nested, block_, sender_, tx_, next_seq());
  inner.made_ = made_;
  auto result = item(inner);
  if (!result.ok()) {
    nested.mark_failed();
    items_.emplace(place, std::move(result).error());
    return false;
  }
  const auto unnamed = inner.unnamed();
  left_unnamed_.insert(left_unnamed_.end(), unnamed.begin(), unnamed.end());
  made_ = std::move(inner.made_);
  for (auto& event : inner.events_) events_.push_back(std::move(event));
  state_.absorb(nested);
  return true;
}

const google::protobuf::FieldDescriptor& Context::body_field(
    const google::protobuf::Descriptor& body) {
  const auto* oneof = spec::EventRecord::descriptor()->FindOneofByName("body");
  WALD_CHECK(oneof != nullptr);
  for (int i = 0; i < oneof->field_count(); ++i)
    if (oneof->field(i)->message_type() == &body) return *oneof->field(i);
  WALD_CHECK(false && "an event that EventRecord does not list");
  return *oneof->field(0);
}

void Context::tell_moved(const NewPosting& made) {
  tell_postings(state_.drain_journal(), state_, made);
}

bool Context::loses_posting() { return mutate("I2"); }

void Context::file(spec::EventRecord event) {
  if (mutate("I32") && event.has_stake_delegated()) return;
  event.set_tx(std::string(base::as_text(tx_.view())));
  events_.push_back(std::move(event));
}

}  // namespace wald::ledger
