// SPDX-License-Identifier: Apache-2.0
#include "ledger/context.h"

#include "ledger/laws/mutant.h"
#include "ledger/signing.h"
#include "ledger/state/keys.h"

namespace wald::ledger {
namespace {

using HeldByField = std::map<std::string, Amount>;

// All Held money of one record, by field.
HeldByField held_in(std::uint8_t table, base::ByteView value) {
  HeldByField out;
  const auto one = [&](const auto& t) {
    using R = typename std::remove_cvref_t<decltype(t)>::RecordType;
    if constexpr (detail::holds_money<R>()) {
      if (t.prefix != table) return;
      const auto record = decode_record<R>(value);
      WALD_CHECK(record.has_value());
      detail::visit_held(*record, std::string(),
                         [&](const std::string& field, Amount amount) { out[field] = amount; });
    }
  };
  std::apply([&](const auto&... t) { (one(t), ...); }, kTables);
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

std::map<std::string, Amount> held_money(base::ByteView key, base::ByteView value) {
  WALD_CHECK(!key.empty());
  return held_in(key[0], value);
}

std::vector<spec::Posting> postings_of(const Overlay::Journal& journal, const Reader& now) {
  std::vector<spec::Posting> out;
  for (const auto& [key, before] : journal) {
    const auto after = now.get(key);
    HeldByField old_money, new_money;
    if (before) old_money = held_in(key[0], *before);
    if (after) new_money = held_in(key[0], *after);
    for (const auto& [field, amount] : old_money) new_money.try_emplace(field, Amount());
    for (const auto& [field, amount] : new_money) {
      const auto at = old_money.find(field);
      const Amount was = at == old_money.end() ? Amount() : at->second;
      if (was == amount) continue;
      spec::Posting& posting = out.emplace_back();
      posting.set_table(key[0]);
      posting.set_key(std::string(base::as_text(base::ByteView(key).subspan(1))));
      posting.set_field(field);
      posting.set_before(was.value());
      posting.set_after(amount.value());
    }
  }
  return out;
}

Context::Context(Overlay& state, const BlockFacts& block, base::AccountId sender, base::TxId tx)
    : state_(state), block_(block), sender_(sender), tx_(tx) {
  state_.keep_journal(&table_holds_money);
}

base::Epoch Context::epoch() const { return must_load(state_, kChain).clock.epoch; }

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
  auto out = postings_of(state_.drain_journal(), state_);
  out.insert(out.end(), left_unnamed_.begin(), left_unnamed_.end());
  return out;
}

bool Context::attempt(std::uint32_t place, const Item& item) {
  Overlay nested(&state_);
  Context inner(nested, block_, sender_, tx_);
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

void Context::set_body(spec::EventRecord& event, const google::protobuf::Message& body) {
  static const auto& kBody = *spec::EventRecord::descriptor()->FindOneofByName("body");
  for (int i = 0; i < kBody.field_count(); ++i) {
    const auto* field = kBody.field(i);
    if (field->message_type() != body.GetDescriptor()) continue;
    event.GetReflection()->MutableMessage(&event, field)->CopyFrom(body);
    return;
  }
  WALD_CHECK(false && "an event that EventRecord does not list");
}

// The postings go into the body, field 15 of every event (event.proto).
void Context::file(spec::EventRecord event) {
  auto moved = postings_of(state_.drain_journal(), state_);
  if (mutate("I2") && !moved.empty()) moved.pop_back();
  if (mutate("I32") && event.has_stake_delegated()) return;
  static const auto& kBody = *spec::EventRecord::descriptor()->FindOneofByName("body");
  const auto* field = event.GetReflection()->GetOneofFieldDescriptor(event, &kBody);
  WALD_CHECK(field != nullptr);
  auto* body = event.GetReflection()->MutableMessage(&event, field);
  const auto* postings = body->GetDescriptor()->FindFieldByNumber(15);
  WALD_CHECK(postings != nullptr && postings->message_type() == spec::Posting::descriptor());
  for (auto& posting : moved)
    static_cast<spec::Posting&>(*body->GetReflection()->AddMessage(body, postings)) =
        std::move(posting);
  event.set_tx(std::string(base::as_text(tx_.view())));
  events_.push_back(std::move(event));
}

}  // namespace wald::ledger
