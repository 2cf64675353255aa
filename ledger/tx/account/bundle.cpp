// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/account/bundle.h"

#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

Parsed<Bundle> Bundle::parse(const Message& message) {
  if (message.envelopes_size() < 1) return malformed("envelopes");
  Bundle tx;
  tx.envelopes.reserve(static_cast<std::size_t>(message.envelopes_size()));
  for (const std::string& given : message.envelopes())
    tx.envelopes.emplace_back(given.begin(), given.end());
  return tx;
}

base::Result<void, Rejected> Bundle::apply(Context& ctx) const {
  WALD_CHECK(!envelopes.empty());
  if (envelopes.size() > kMostEnvelopes)
    return ctx.reject(spec::LIMIT, {{"most", std::to_string(kMostEnvelopes)}});
  return {};
}

}  // namespace wald::ledger::tx
