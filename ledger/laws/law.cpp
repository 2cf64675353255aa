// SPDX-License-Identifier: Apache-2.0
#include "ledger/laws/law.h"

#include <array>

#include "ledger/laws/all.h"
#include "ledger/state/keys.h"

namespace wald::ledger {
namespace {

class Empty final : public Reader {
 public:
  std::optional<base::Bytes> get(base::ByteView) const override { return std::nullopt; }
  void scan(base::ByteView, base::ByteView, const Visit&) const override {}
};

}  // namespace

#ifdef WALD_CANARY
namespace {
bool& tolerant() {
  static bool allowed = false;
  return allowed;
}
}  // namespace
bool blocks_may_break() { return tolerant(); }
void let_blocks_break(bool allowed) { tolerant() = allowed; }
#endif

Laws all_laws() {
  Laws out;
  laws::add_all(out);
  return out;
}

namespace {

// Which laws look at what, by their places: the same in every court.
struct Interests {
  std::array<std::vector<std::size_t>, 256> by_table;
  std::vector<std::size_t> of_money;
};

const Interests& interests() {
  static const Interests known = [] {
    Interests out;
    const Laws laws = all_laws();
    for (std::size_t i = 0; i < laws.size(); ++i) {
      for (std::size_t table = 0; table < out.by_table.size(); ++table)
        if (laws[i]->wants(static_cast<std::uint8_t>(table))) out.by_table[table].push_back(i);
      if (laws[i]->wants_money()) out.of_money.push_back(i);
    }
    return out;
  }();
  return known;
}

}  // namespace

Court::Court() : laws_(all_laws()) {
  reports_.reserve(laws_.size());
  for (const auto& law : laws_) reports_.push_back({std::string(law->id()), 0, std::nullopt});
}

void Court::show(Scope scope, base::ByteView key, Law::Value before, Law::Value after) {
  const std::uint8_t table = key[0];
  const base::ByteView rest = key.subspan(1);
  for (const std::size_t i : interests().by_table[table])
    if (laws_[i]->judges(scope)) laws_[i]->visit(table, rest, before, after);
  if (!table_holds_money(table)) return;
  const auto show = [&](const std::string& field, Amount was, Amount now) {
    for (const std::size_t i : interests().of_money)
      if (laws_[i]->judges(scope)) laws_[i]->money({table, rest, field, was, now});
  };
  each_money(table, before, after, std::ref(show));
}

std::vector<std::string> Court::judge(const Delta& delta, std::span<const Change> changes) {
  // What lies below is shown where it lies, or from here.
  if (rooms_.size() < changes.size()) rooms_.resize(changes.size());
  auto room = rooms_.begin();
  for (const auto& [key, after] : changes) {
    const Law::Value before = delta.before.look(key, *room++);
    if (before.has_value() == after.has_value() && (!before || base::equal(*before, *after)))
      continue;
    show(delta.scope, key, before, after);
  }
  return verdicts(delta);
}

std::vector<std::string> Court::recount(const Reader& state) {
  const auto one = [&](std::uint8_t table) {
    const base::Bytes prefix{table};
    state.scan(prefix, {}, [&](base::ByteView key, base::ByteView value) {
      show(Scope::kState, key, std::nullopt, value);
      return true;
    });
  };
  std::apply([&](const auto&... table) { (one(table.prefix), ...); }, kTables);
  const Empty nothing;
  return verdicts({nothing, state, {}, {}, Scope::kState});
}

std::vector<std::string> Court::verdicts(const Delta& delta) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < laws_.size(); ++i) {
    Law& law = *laws_[i];
    if (!law.judges(delta.scope)) continue;
    auto breach = law.verdict(delta);
    reports_[i].objects += law.seen();
    law.forget();
    if (!breach) continue;
    out.push_back(reports_[i].law + ": " + *breach);
    if (!reports_[i].breach) reports_[i].breach = std::move(breach);
  }
  return out;
}

LawReports recount(const Reader& state) {
  Court court;
  static_cast<void>(court.recount(state));
  return court.reports();
}

std::vector<std::string> breaches(const LawReports& reports) {
  std::vector<std::string> out;
  for (const LawReport& report : reports)
    if (report.breach) out.push_back(report.law + ": " + *report.breach);
  return out;
}

void add_reports(LawReports& sum, const LawReports& more) {
  if (sum.empty()) sum.resize(more.size());
  WALD_CHECK(sum.size() == more.size());
  for (std::size_t i = 0; i < more.size(); ++i) {
    sum[i].law = more[i].law;
    sum[i].objects += more[i].objects;
    if (!sum[i].breach) sum[i].breach = more[i].breach;
  }
}

}  // namespace wald::ledger
