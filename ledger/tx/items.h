// SPDX-License-Identifier: Apache-2.0
// Types that carry a list of which each item succeeds or is refused alone.
#pragma once

#include "ledger/context.h"

namespace wald::ledger::tx {

// Runs item(inner, 0) .. item(inner, count - 1), each on an overlay of its own: how many went
// through. With none the whole is refused as the first was. count is at least 1 (CHECK).
template <class Item>
base::Result<std::uint32_t, Rejected> each_alone(Context& ctx, std::size_t count,
                                                 const Item& item) {
  std::uint32_t done = 0;
  for (std::size_t i = 0; i < count; ++i)
    if (ctx.attempt(static_cast<std::uint32_t>(i),
                    [&](Context& inner) -> base::Result<void, Rejected> { return item(inner, i); }))
      ++done;
  if (done > 0) return done;
  const auto items = ctx.take_items();
  WALD_CHECK(!items.empty());
  return ctx.reject(items.begin()->second.code, items.begin()->second.facts);
}

}  // namespace wald::ledger::tx
