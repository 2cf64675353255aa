// SPDX-License-Identifier: Apache-2.0
// I2: the postings that events carry sum to zero; mint and burn are accounts of their own, so what
// all postings lose together is exactly what the supply record gained under burned.
#include "ledger/laws/support.h"

namespace wald::ledger::laws {
namespace {

class Postings final : public LawOf<Postings> {
 public:
  std::string_view id() const override { return "I2"; }
  bool wants(std::uint8_t table) const override { return table == kSupply.prefix; }

  void visit(std::uint8_t, base::ByteView, Value before, Value after) override {
    count(ends_of(after), 1);
    count(ends_of(before), -1);
  }

  std::optional<std::string> verdict(const Delta& delta) override {
    if (delta.scope == Scope::kState) return std::nullopt;  // a state has no events
    Sum moved = 0;
    for (const auto& event : delta.events)
      for (const spec::Posting& posting : postings_of(event)) {
        moved += Sum{posting.after()} - Sum{posting.before()};
        ++seen_;
      }
    if (moved + ends_ == 0) return std::nullopt;
    return "postings move " + shown(moved) + " FROST in all while mint and burn move " +
           shown(ends_);
  }

 private:
  void count(const Ends& ends, int sign) { ends_ += sign * (ends.burned - ends.minted); }

  Sum ends_ = 0;  // gained by the two ends of money
};

}  // namespace

std::unique_ptr<Law> postings() { return std::make_unique<Postings>(); }

}  // namespace wald::ledger::laws
