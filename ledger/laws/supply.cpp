// SPDX-License-Identifier: Apache-2.0
// I1: the sum of every Held field is genesis + minted - burned. Judged as a change: what all Held
// fields lost together is exactly what the supply record says was burned.
#include "ledger/laws/all.h"
#include "ledger/state/keys.h"

namespace wald::ledger::laws {
namespace {

// Signed, wide enough for any number of amounts below 2^63.
__extension__ typedef __int128 Sum;

class Supply final : public Law {
 public:
  std::string_view id() const override { return "I1"; }

  void visit(std::uint8_t table, base::ByteView key, const base::Bytes* before,
             const base::Bytes* after) override {
    if (table == kSupply.prefix) {
      burned_ += burned(after) - burned(before);
      return;
    }
    if (!table_holds_money(table)) return;
    base::Bytes full{table};
    full.insert(full.end(), key.begin(), key.end());
    held_ += held(full, after) - held(full, before);
    ++seen_;
  }

  std::optional<std::string> verdict(const Delta&) override {
    if (held_ + burned_ == 0) return std::nullopt;
    return "held money changed by " + std::to_string(static_cast<std::int64_t>(held_)) +
           " FROST while " + std::to_string(static_cast<std::int64_t>(burned_)) + " were burned";
  }

 private:
  static Sum held(const base::Bytes& key, const base::Bytes* value) {
    Sum sum = 0;
    if (value != nullptr)
      for (const auto& [field, amount] : held_money(key, *value)) sum += amount.value();
    return sum;
  }
  static Sum burned(const base::Bytes* value) {
    if (value == nullptr) return 0;
    const auto record = decode_record<SupplyRecord>(*value);
    WALD_CHECK(record.has_value());
    Sum sum = 0;
    for (const Noted& amount : record->burned) sum += amount.amount().value();
    return sum;
  }

  Sum held_ = 0;
  Sum burned_ = 0;
};

}  // namespace

std::unique_ptr<Law> supply() { return std::make_unique<Supply>(); }

}  // namespace wald::ledger::laws
