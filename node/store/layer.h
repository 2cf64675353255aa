// SPDX-License-Identifier: Apache-2.0
// Layer: the rows that some blocks changed, sorted, immutable once made, shared between views and
// threads. A row names its table; the state's records are one table, what is indexed beside them
// (events, history) the others. Rows lie where the block that made them laid them, and layers share
// these places: a merge moves pointers and reads no row whose order shows in its first bytes. Rows
// that a newer one overwrote go when they outnumber the rest: the rest is then copied together.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
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
  kUndo = 7,         // key | height u64; 7 and 8 are of views of the past (past.h)
  kUndoHeights = 8,  // height u64
  kTypeEvents = 9,   // type u16 | seq u64 of a block's last one
};
inline constexpr std::size_t kTables = 10;
inline constexpr std::size_t kMaxKey = 511;       // LMDB's
inline constexpr std::size_t kMaxStateKey = 503;  // leaves room for the height in kUndo

struct Row {
  Table table = Table::kState;
  base::Bytes key;
  std::optional<base::Bytes> value;  // nothing: erased
};
using RowPtr = const Row*;

// Order of layers: table, then key as unsigned bytes.
struct RowPlace {
  Table table;
  base::ByteView key;
};
bool before(const RowPlace& a, const RowPlace& b);
inline RowPlace place(RowPtr row) { return {row->table, row->key}; }

class Layer {
 public:
  Layer() : Layer(std::vector<Row>()) {}
  explicit Layer(std::vector<Row> rows);  // sorts; one row per place (CHECK)
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;
  // Of both, where they meet the newer one.
  static std::shared_ptr<const Layer> merge(const Layer& older, const Layer& newer);

  const std::vector<RowPtr>& rows() const { return rows_; }  // valid as long as a layer with them
  std::size_t size() const { return rows_.size(); }
  // Rows in memory for its sake, overwritten ones among them: at most twice its own and a few.
  std::size_t held() const { return held_; }
  const Row* find(Table table, base::ByteView key) const;
  std::size_t lower_bound(Table table, base::ByteView key) const;

 private:
  // The first bytes of a row's order as one number: smaller heads come first, equal ones say
  // nothing.
  __extension__ using Head = unsigned __int128;
  static Head head_of(const Row& row);
  bool before_row(std::size_t i, const Layer& other, std::size_t k) const;
  void index();
  void drop_overwritten();

  // A row by its number; looked for by its hash and place.
  struct Wanted {
    std::uint64_t hash;
    RowPlace place;
  };
  struct HashOf {
    using is_transparent = void;
    using is_avalanching = void;
    const Layer* layer;
    std::size_t operator()(std::uint32_t row) const { return layer->hashes_[row]; }
    std::size_t operator()(const Wanted& wanted) const { return wanted.hash; }
  };
  struct SameRow {
    using is_transparent = void;
    const Layer* layer;
    bool operator()(std::uint32_t a, std::uint32_t b) const { return a == b; }
    bool operator()(const Wanted& wanted, std::uint32_t row) const;
    bool operator()(std::uint32_t row, const Wanted& wanted) const { return (*this)(wanted, row); }
  };

  std::vector<std::shared_ptr<const std::vector<Row>>> owners_;  // of the rows
  std::size_t held_ = 0;                                         // rows of all owners
  std::vector<RowPtr> rows_;
  std::vector<Head> heads_;  // one of each row
  // Since a lookup that halves the rows misses the cache at each step. The hashes are kept, so that
  // a merge reads no key.
  std::vector<std::uint64_t> hashes_;
  boost::unordered_flat_set<std::uint32_t, HashOf, SameRow> places_;
};
using LayerPtr = std::shared_ptr<const Layer>;

}  // namespace wald::store
