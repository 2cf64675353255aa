// SPDX-License-Identifier: Apache-2.0
// I1: the sum of every Held field is genesis + minted - burned. Judged as a change: what all Held
// fields gained together and what was burned are together what was minted. Seen from nothing, as
// in genesis or an audit, that is the whole law.
#include "ledger/laws/support.h"

namespace wald::ledger::laws {
namespace {

class Supply final : public LawOf<Supply> {
 public:
  std::string_view id() const override { return "I1"; }
  bool wants(std::uint8_t table) const override { return table == kSupply.prefix; }
  bool wants_money() const override { return true; }

  void visit(std::uint8_t, base::ByteView, Value before, Value after) override {
    count(ends_of(after), 1);
    count(ends_of(before), -1);
  }
  void money(const Money& field) override {
    held_ += frost(field.now) - frost(field.was);
    ++seen_;
  }

  std::optional<std::string> verdict(const Delta&) override {
    if (held_ + burned_ == minted_) return std::nullopt;
    return "held money grew by " + shown(held_) + " FROST while " + shown(minted_) +
           " were minted and " + shown(burned_) + " burned";
  }

 private:
  void count(const Ends& ends, int sign) {
    minted_ += sign * ends.minted;
    burned_ += sign * ends.burned;
  }

  Sum held_ = 0;
  Sum burned_ = 0;
  Sum minted_ = 0;
};

}  // namespace

std::unique_ptr<Law> supply() { return std::make_unique<Supply>(); }

}  // namespace wald::ledger::laws
