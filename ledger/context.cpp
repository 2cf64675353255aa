// SPDX-License-Identifier: Apache-2.0
#include "ledger/context.h"

#include <algorithm>
#include <utility>

#include "ledger/laws/mutant.h"
#include "ledger/signing.h"
#include "ledger/state/form.h"
#include "ledger/state/keys.h"

namespace wald::ledger {
namespace {

// All Held money of a record into `out`, ascending by field.
using HeldIn = void (*)(base::ByteView value, HeldFields& out);
template <class R>
void held_of(base::ByteView value, HeldFields& out) {
  base::Reader in(value);
  const bool whole = detail::walk_held<R>(
      in, std::string(),
      [&](const std::string& field, Amount amount) { out.emplace_back(field, amount); });
  WALD_CHECK(whole && in.done());
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
}

// By table; null: no money there.
constexpr std::array<HeldIn, 256> held_by_table() {
  std::array<HeldIn, 256> out{};
  const auto one = [&](const auto& t) {
    using R = typename std::remove_cvref_t<decltype(t)>::RecordType;
    if constexpr (detail::holds_money<R>()) out[t.prefix] = &held_of<R>;
  };
  std::apply([&](const auto&... t) { (one(t), ...); }, kTables);
  return out;
}
constexpr std::array<HeldIn, 256> kHeld = held_by_table();

// Where the one Held field of a record lies, if it has no other and all before it are of fixed
// size: most records with money, and all that every transfer changes.
struct Lone {
  std::size_t offset = 0;
  std::string name;  // empty: it is not so simple
};
template <class R>
Lone lone_of() {
  Lone out;
  std::string_view names = field_names(static_cast<const R*>(nullptr));
  std::size_t at = 0;
  std::size_t count = 0;
  bool simple = true;
  bool fixed = true;
  detail::FieldsOf<R>::all([&]<class F>(std::type_identity<F>) {
    const std::string_view name = names.substr(0, names.find(','));
    names.remove_prefix(std::min(names.size(), name.size() + 2));
    if constexpr (detail::holds_money<F>()) {
      ++count;
      simple = simple && fixed && std::is_same_v<F, Held>;
      out = {at, std::string(name)};
    }
    if constexpr (detail::fixed_size<F>().has_value())
      at += *detail::fixed_size<F>();
    else
      fixed = false;
    return true;
  });
  return simple && count == 1 ? out : Lone();
}
const Lone& lone_in(std::uint8_t table) {
  static const std::array<Lone, 256> kLone = [] {
    std::array<Lone, 256> out;
    const auto one = [&](const auto& t) {
      using R = typename std::remove_cvref_t<decltype(t)>::RecordType;
      if constexpr (detail::holds_money<R>()) out[t.prefix] = lone_of<R>();
    };
    std::apply([&](const auto&... t) { (one(t), ...); }, kTables);
    return out;
  }();
  return kLone[table];
}
Amount amount_at(base::ByteView value, std::size_t offset) {
  WALD_CHECK(value.size() >= offset + sizeof(std::uint64_t));
  const auto amount = Amount::make(*base::Reader(value.subspan(offset)).be<std::uint64_t>());
  WALD_CHECK(amount.ok());
  return *amount;
}

void held_in(std::uint8_t table, base::ByteView value, HeldFields& out) {
  out.clear();
  if (kHeld[table] != nullptr) kHeld[table](value, out);
}

}  // namespace

bool table_holds_money(std::uint8_t table) { return kHeld[table] != nullptr; }

HeldFields held_money(base::ByteView key, base::ByteView value) {
  WALD_CHECK(!key.empty());
  HeldFields out;
  held_in(key[0], value, out);
  return out;
}

void each_money(std::uint8_t table, const std::optional<base::ByteView>& before,
                const std::optional<base::ByteView>& after, const EachMoney& each) {
  if (const Lone& lone = lone_in(table); !lone.name.empty()) {
    if (!before && !after) return;
    return each(lone.name, before ? amount_at(*before, lone.offset) : Amount(),
                after ? amount_at(*after, lone.offset) : Amount());
  }
  // Asked for with every change of a record: the rooms are kept.
  struct Room {
    HeldFields before;
    HeldFields after;
  };
  thread_local Room kept;
  Room room = std::exchange(kept, {});
  room.before.clear();
  room.after.clear();
  if (before) held_in(table, *before, room.before);
  if (after) held_in(table, *after, room.after);
  // Two ascending lists.
  auto was = room.before.begin();
  const auto end = room.before.end();
  for (const auto& [field, amount] : room.after) {
    for (; was != end && was->first < field; ++was) each(was->first, was->second, Amount());
    const bool both = was != end && was->first == field;
    each(field, both ? was->second : Amount(), amount);
    if (both) ++was;
  }
  for (; was != end; ++was) each(was->first, was->second, Amount());
  kept = std::move(room);
}

void tell_postings(Overlay::Journal journal, const Reader& now, const NewPosting& made) {
  base::Bytes room;
  for (const auto& [name, before] : journal) {
    const auto tell = [&, &key = name](const std::string& field, Amount was, Amount amount) {
      if (was == amount) return;
      spec::Posting& posting = made();
      posting.set_table(key[0]);
      posting.mutable_key()->assign(base::as_text(key.subspan(1)));
      posting.set_field(field);
      posting.set_before(was.value());
      posting.set_after(amount.value());
    };
    each_money(name[0], before, now.look(name, room), std::ref(tell));
  }
}

Context::Context(Overlay& state, const BlockFacts& block, base::AccountId sender, base::TxId tx,
                 std::uint64_t next_seq, Events* log)
    : state_(state),
      block_(block),
      sender_(sender),
      tx_(tx),
      first_seq_(next_seq),
      log_(log != nullptr ? *log : own_) {
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
  const std::size_t before = log_.size();
  Context inner(nested, block_, sender_, tx_, next_seq(), &log_);
  inner.made_ = made_;
  auto result = item(inner);
  if (!result.ok()) {
    nested.mark_failed();
    log_.cut(before);
    items_.emplace(place, std::move(result).error());
    return false;
  }
  const auto unnamed = inner.unnamed();
  left_unnamed_.insert(left_unnamed_.end(), unnamed.begin(), unnamed.end());
  made_ = std::move(inner.made_);
  emitted_ += inner.emitted_;
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

void Context::file(spec::EventRecord& event) {
  if (mutate("I32") && event.has_stake_delegated()) return log_.cut(log_.size() - 1);
  event.mutable_tx()->assign(base::as_text(tx_.view()));
  ++emitted_;
}

}  // namespace wald::ledger
