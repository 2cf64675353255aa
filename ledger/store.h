// SPDX-License-Identifier: Apache-2.0
// How the ledger sees its state: records under keys, ordered as unsigned bytes, keys of 1 to 511
// bytes, no key a prefix of another. A Reader shows one version and never changes; an
// Overlay holds pending writes over any Reader and nests, so dropping one undoes all it did.
// The state tree belongs to the view: a StateView shows the tree over exactly its own records.
// Thread rule: a Reader may be read from any thread while nobody writes an Overlay below it.
#pragma once

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "codec/base/bytes.h"

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

// Keys as unsigned bytes, also where a view of one is looked up.
struct KeyLess {
  using is_transparent = void;
  bool operator()(base::ByteView a, base::ByteView b) const {
    const std::size_t both = std::min(a.size(), b.size());
    const int order = both == 0 ? 0 : std::memcmp(a.data(), b.data(), both);
    return order != 0 ? order < 0 : a.size() < b.size();
  }
};

// For tables of places in memory; never an order and never written.
std::uint64_t hash_of(base::ByteView key);

// Finds entries by key where they lie, in any container that leaves them there: a block asks for
// thousands of keys, and each step down a map of them misses the cache. Never walked, so no order
// follows from it.
class KeyIndex {
 public:
  using Entry = std::pair<const base::Bytes, std::optional<base::Bytes>>;
  Entry* find(base::ByteView key) const;
  void add(Entry& entry);  // its key is not there yet
  bool empty() const { return used_ == 0; }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    Entry* entry = nullptr;  // null: free
  };
  void place(const Slot& slot);

  std::vector<Slot> slots_;  // a power of two of them, at most half used
  std::size_t used_ = 0;
};

class Overlay final : public Reader {
 public:
  // nullopt: the key is erased.
  using Changes = std::map<base::Bytes, std::optional<base::Bytes>, KeyLess>;

  // A pointer, since an Overlay is itself a Reader and a reference would mean a copy.
  explicit Overlay(const Reader* below) : below_(*below) {}
  Overlay(const Overlay&) = delete;
  Overlay& operator=(const Overlay&) = delete;

  std::optional<base::Bytes> get(base::ByteView key) const override;
  std::optional<base::ByteView> look(base::ByteView key, base::Bytes& room) const override;
  void scan(base::ByteView prefix, base::ByteView from, const Visit& visit) const override;
  void put(base::ByteView key, base::Bytes value);
  void erase(base::ByteView key);

  // Takes over all changes of a child that was opened on this overlay.
  void absorb(Overlay& child);
  const Changes& changes() const { return changes_; }
  Changes take_changes() {
    journal_.clear();
    index_ = {};
    return std::exchange(changes_, {});
  }
  const Reader& below() const { return below_; }

  // Value before the first write since the journal was last drained, for each key whose table holds
  // money (the journal's filter): from it events learn which balances they moved (law I32). Its
  // keys are views of those in changes().
  using Journal = std::map<base::ByteView, std::optional<base::Bytes>, KeyLess>;
  void keep_journal(bool (*wanted)(std::uint8_t table)) { wanted_ = wanted; }
  Journal drain_journal() { return std::exchange(journal_, {}); }

  // A failed overlay is never absorbed; coins taken from it are void.
  void mark_failed() { failed_ = true; }
  bool failed() const { return failed_; }

 private:
  const Reader& below_;
  using Entry = KeyIndex::Entry;
  const Entry* find(base::ByteView key) const;
  Entry* find(base::ByteView key);
  void insert_indexed(Entry& entry);
  void write(base::ByteView key, std::optional<base::Bytes> value);

  Changes changes_;
  KeyIndex index_;  // over changes_, once they are many
  Journal journal_;
  bool (*wanted_)(std::uint8_t table) = nullptr;
  bool failed_ = false;
};

}  // namespace wald::ledger
