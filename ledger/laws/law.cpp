// SPDX-License-Identifier: Apache-2.0
#include "ledger/laws/law.h"

#include "ledger/laws/all.h"

namespace wald::ledger {

#ifdef WALD_CANARY
namespace {
std::string& chosen() {
  static std::string law;
  return law;
}
}  // namespace
bool mutate(std::string_view law) { return chosen() == law; }
void choose_mutant(std::string_view law) { chosen() = std::string(law); }
#endif

Laws all_laws() {
  Laws out;
  laws::add_all(out);
  return out;
}

std::vector<Breach> judge(const Delta& delta) {
  Laws laws = all_laws();
  for (const auto& [key, after] : delta.changes) {
    const auto before = delta.before.get(key);
    if (before == after) continue;
    for (const auto& law : laws)
      law->visit(key[0], base::ByteView(key).subspan(1), before ? &*before : nullptr,
                 after ? &*after : nullptr);
  }
  std::vector<Breach> out;
  for (const auto& law : laws)
    if (auto sentence = law->verdict(delta)) out.push_back({std::string(law->id()), *sentence});
  return out;
}

}  // namespace wald::ledger
