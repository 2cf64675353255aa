// SPDX-License-Identifier: Apache-2.0
#include "node/core/index_rows.h"

#include <set>

#include "node/reflect/json.h"

namespace wald::core {

std::vector<store::Row> index_rows(const BlockMoment& at, const ledger::BlockOutput& output) {
  std::vector<store::Row> rows;
  for (std::size_t i = 0; i < output.events.size(); ++i) {
    const auto& event = output.events[i];
    base::Writer value;
    value.be(at.epoch.value()).be(at.time.value()).raw(output.event_bytes.at(i));
    const base::Bytes seq = base::Writer().be(event.seq()).bytes();
    rows.push_back({store::Table::kEvents, seq, std::move(value).bytes()});
    const auto* body = reflect::event_body(event);
    WALD_CHECK(body != nullptr);
    const reflect::EventNames names = reflect::event_names(*body);
    const auto file = [&](store::Table table, const std::vector<std::string>& ids) {
      for (const std::string& id : ids)
        rows.push_back({table, base::Writer().text(id).raw(seq).bytes(), base::Bytes()});
    };
    file(store::Table::kAccountEvents, names.accounts);
    file(store::Table::kNodeEvents, names.nodes);
  }
  WALD_CHECK(output.places.size() == output.receipts.size());
  std::set<base::TxId> seen;  // a block may carry the same bytes twice: the first one counts
  for (std::size_t i = 0; i < output.receipts.size(); ++i) {
    const ledger::Receipt& receipt = output.receipts[i];
    // What was dropped out of a Bundle, before its fee and so without an event, leaves no row:
    // anybody can put anything into one, also what has its row from an earlier block.
    const bool inside = i > 0 && output.places[i] == output.places[i - 1];
    if (inside && receipt.events == 0) continue;
    if (!seen.insert(receipt.tx).second) continue;
    base::Writer value;
    value.be(at.height.value())
        .be(output.places[i])
        .be(at.epoch.value())
        .be(at.time.value())
        .raw(ledger::encode(receipt));
    rows.push_back({store::Table::kTxs,
                    base::Bytes(receipt.tx.view().begin(), receipt.tx.view().end()),
                    std::move(value).bytes()});
  }
  return rows;
}

}  // namespace wald::core
