// SPDX-License-Identifier: Apache-2.0
#include "ledger/laws/law.h"

#include "ledger/laws/all.h"
#include "ledger/state/keys.h"

namespace wald::ledger {
namespace {

class Empty final : public Reader {
 public:
  std::optional<base::Bytes> get(base::ByteView) const override { return std::nullopt; }
  void scan(base::ByteView, base::ByteView, const Visit&) const override {}
};

LawReports verdicts(Laws& laws, const Delta& delta) {
  LawReports out;
  out.reserve(laws.size());
  for (const auto& law : laws) {
    auto breach = law->verdict(delta);
    out.push_back({std::string(law->id()), law->seen(), std::move(breach)});
  }
  return out;
}

}  // namespace

#ifdef WALD_CANARY
namespace {
std::string& chosen() {
  static std::string law;
  return law;
}
bool& tolerant() {
  static bool allowed = false;
  return allowed;
}
}  // namespace
bool mutate(std::string_view law) { return chosen() == law; }
void choose_mutant(std::string_view law) { chosen() = std::string(law); }
bool blocks_may_break() { return tolerant(); }
void let_blocks_break(bool allowed) { tolerant() = allowed; }
#endif

Laws all_laws() {
  Laws out;
  laws::add_all(out);
  return out;
}

LawReports judge(const Delta& delta, const Overlay::Changes& changes) {
  Laws laws = all_laws();
  for (const auto& [key, after] : changes) {
    const auto before = delta.before.get(key);
    if (before == after) continue;
    for (const auto& law : laws)
      law->visit(key[0], base::ByteView(key).subspan(1), before ? &*before : nullptr,
                 after ? &*after : nullptr);
  }
  return verdicts(laws, delta);
}

LawReports recount(const Reader& state) {
  Laws laws = all_laws();
  const auto one = [&](std::uint8_t table) {
    const base::Bytes prefix{table};
    state.scan(prefix, {}, [&](base::ByteView key, base::ByteView value) {
      const base::Bytes record(value.begin(), value.end());
      for (const auto& law : laws) law->visit(table, key.subspan(1), nullptr, &record);
      return true;
    });
  };
  std::apply([&](const auto&... table) { (one(table.prefix), ...); }, kTables);
  const Empty nothing;
  return verdicts(laws, {nothing, state, {}, {}, Scope::kState});
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
