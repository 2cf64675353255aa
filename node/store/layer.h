// SPDX-License-Identifier: Apache-2.0
// Layer: the rows that some blocks changed, sorted, immutable once made, shared between views and
// threads. A row names its table; the state's records are one table, what is indexed beside them
// (events, history) the others. Rows are shared by pointer, so merging layers copies no value.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "codec/base/bytes.h"

namespace wald::store {

// Numbers are on disk as table names: never reused.
enum class Table : std::uint8_t {
  kState = 0,
  kEvents = 1,         // seq u64
  kAccountEvents = 2,  // account 32 | seq u64
  kNodeEvents = 3,     // node 32 | seq u64
  kTxs = 4,            // tx id 32
  kHistory = 5,        // what the index keeps per epoch and for ever
  kMisc = 6,
  kUndo = 7,  // key | height u64, see past.h; written by the checkpoint alone
  kUndoHeights = 8,
};
inline constexpr std::size_t kTables = 9;
inline constexpr std::size_t kMaxKey = 511;       // LMDB's
inline constexpr std::size_t kMaxStateKey = 503;  // leaves room for the height in kUndo

struct Row {
  Table table = Table::kState;
  base::Bytes key;
  std::optional<base::Bytes> value;  // nothing: erased
};
using RowPtr = std::shared_ptr<const Row>;

// Order of layers: table, then key as unsigned bytes.
struct RowPlace {
  Table table;
  base::ByteView key;
};
bool before(const RowPlace& a, const RowPlace& b);
inline RowPlace place(const RowPtr& row) { return {row->table, row->key}; }

class Layer {
 public:
  Layer() = default;
  explicit Layer(std::vector<RowPtr> rows);  // sorts; one row per place (CHECK)
  // Of both, where they meet the newer one.
  static std::shared_ptr<const Layer> merge(const Layer& older, const Layer& newer);

  const std::vector<RowPtr>& rows() const { return rows_; }
  std::size_t size() const { return rows_.size(); }
  const Row* find(Table table, base::ByteView key) const;
  std::size_t lower_bound(Table table, base::ByteView key) const;

 private:
  std::vector<RowPtr> rows_;
};
using LayerPtr = std::shared_ptr<const Layer>;

}  // namespace wald::store
