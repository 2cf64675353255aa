// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/account/batch.h"

#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

Parsed<Batch> Batch::parse(const Message& message) {
  if (message.operations_size() < 1) return malformed("operations");
  Batch tx;
  tx.atomic = message.atomic();
  for (const auto& operation : message.operations()) {
    // Looked at before it is parsed, so nesting costs no recursion.
    if (operation.has_batch() || operation.has_bundle()) return malformed("operations");
    TRY_ASSIGN(OperationPtr parsed, parse_operation(operation));
    if (parsed->is_statement()) return malformed("operations");
    tx.operations.push_back(std::move(parsed));
  }
  return tx;
}

base::Result<void, Dropped> Batch::check(const SignedBy& by) const {
  for (const auto& operation : operations) TRY(operation->check(by));
  return {};
}

std::uint32_t Batch::signatures() const {
  std::uint32_t sum = 0;
  for (const auto& operation : operations) sum += operation->signatures();
  return sum;
}

std::uint64_t Batch::surcharge() const {
  std::uint64_t sum = 0;
  for (const auto& operation : operations) sum += operation->surcharge();
  return sum;
}

std::uint64_t Batch::cost() const {
  std::uint64_t sum = 0;
  for (const auto& operation : operations) sum += operation->cost();
  return sum;
}

std::uint32_t Batch::groups() const {
  std::uint32_t all = 0;
  for (const auto& operation : operations) all |= operation->groups();
  return all;
}

base::Result<void, Rejected> Batch::apply(Context& ctx) const {
  if (operations.size() > kMaxOperations)
    return ctx.reject(spec::LIMIT, {{"most", std::to_string(kMaxOperations)}});
  std::uint32_t done = 0;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    const auto place = static_cast<std::uint32_t>(i);
    const bool accepted =
        ctx.attempt(place, [&](Context& inner) { return operations[i]->apply(inner); });
    if (accepted) ++done;
    if (!accepted && atomic) break;
  }
  if (done == operations.size() || (done > 0 && !atomic)) return {};
  const auto items = ctx.take_items();
  WALD_CHECK(!items.empty());
  const auto& [place, refused] = *items.begin();
  return ctx.reject(spec::BATCH_FAILED, {{"operation", std::to_string(place)},
                                         {"code", spec::Code_Name(refused.code)}});
}

}  // namespace wald::ledger::tx
