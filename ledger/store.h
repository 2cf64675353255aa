// SPDX-License-Identifier: Apache-2.0
// How the ledger sees its state: records under keys, ordered as unsigned bytes, keys of 1 to 511
// bytes, no key a prefix of another. A Reader shows one version and never changes; an
// Overlay holds pending writes over any Reader and nests, so dropping one undoes all it did.
// The state tree belongs to the view: a StateView shows the tree over exactly its own records.
// Thread rule: a Reader may be read from any thread, an Overlay and what lies over it from its own.
#pragma once

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "ledger/rows.h"

namespace wald::ledger {

class StateTree;

class Reader {
 public:
  // Return false to stop.
  using Visit = std::function<bool(base::ByteView key, base::ByteView value)>;

  virtual ~Reader() = default;
  virtual std::optional<base::Bytes> get(base::ByteView key) const = 0;
  // The same without a copy where the value lies still anyway: a view into this reader, good until
  // it changes, or into `room`.
  virtual std::optional<base::ByteView> look(base::ByteView key, base::Bytes& room) const {
    auto value = get(key);
    if (!value) return std::nullopt;
    room = *std::move(value);
    return base::ByteView(room);
  }
  // Records whose key begins with `prefix` and is not below `from` (empty: from the prefix itself),
  // in ascending key order. The views passed to `visit` end with its call.
  virtual void scan(base::ByteView prefix, base::ByteView from, const Visit& visit) const = 0;
};

// One committed version of the whole state.
class StateView : public Reader {
 public:
  virtual const StateTree& tree() const = 0;
};

class Overlay final : public Reader {
 public:
  using Changes = ledger::Changes;

  // A pointer, since an Overlay is itself a Reader and a reference would mean a copy.
  explicit Overlay(const Reader* below) : below_(*below) {}
  Overlay(const Overlay&) = delete;
  Overlay& operator=(const Overlay&) = delete;

  std::optional<base::Bytes> get(base::ByteView key) const override;
  std::optional<base::ByteView> look(base::ByteView key, base::Bytes& room) const override;
  void scan(base::ByteView prefix, base::ByteView from, const Visit& visit) const override;
  void put(base::ByteView key, base::ByteView value);
  void erase(base::ByteView key);

  // Takes over all changes of a child that was opened on this overlay.
  void absorb(Overlay& child);
  bool untouched() const { return rows_.empty(); }
  // What was written so far, in memory of its own.
  Changes changes() const;
  Changes take_changes();
  // The same where it lies, in `room`: good until the next write.
  std::span<const Change> list(std::vector<Change>& room) const {
    rows_.list(room);
    return room;
  }
  // Whether a key of this table was written.
  bool wrote(std::uint8_t table) const;
  const Reader& below() const { return below_; }

  // Value before the first write since the journal was last drained, for each key whose table holds
  // money (the journal's filter), ascending: from it events learn which balances they moved (law
  // I32). Good as long as the overlay.
  struct Noted {
    base::ByteView key;
    std::optional<base::ByteView> before;
  };
  using Journal = std::span<const Noted>;
  void keep_journal(bool (*wanted)(std::uint8_t table)) { wanted_ = wanted; }
  Journal drain_journal();

  // A failed overlay is never absorbed; coins taken from it are void.
  void mark_failed() { failed_ = true; }
  bool failed() const { return failed_; }

 private:
  using Row = Rows::Row;
  void write(base::ByteView key, const std::optional<base::ByteView>& value);
  Row& noted_row(Row* known, base::ByteView key);

  const Reader& below_;
  Rows rows_;
  Row* noted_ = nullptr;
  std::size_t noted_count_ = 0;
  bool (*wanted_)(std::uint8_t table) = nullptr;
  bool failed_ = false;
};

}  // namespace wald::ledger
