// SPDX-License-Identifier: Apache-2.0
// Keys with values as a block under way holds them: rows in memory that is asked for in pieces,
// found by hash once they are many, and put into order only where somebody walks them. Rows never
// move, and their bytes lie still until they are written again. The table of hashes is never
// walked, so no order follows from it. Changes are what comes out in the end: ascending, in memory
// of their own. Thread rule: Memory and Rows belong to one thread; Changes never change and may be
// read from any.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "codec/base/bytes.h"

namespace wald::ledger {

// Keys as unsigned bytes, also where a view of one is looked up.
struct KeyLess {
  using is_transparent = void;
  bool operator()(base::ByteView a, base::ByteView b) const {
    const std::size_t both = std::min(a.size(), b.size());
    const int order = both == 0 ? 0 : std::memcmp(a.data(), b.data(), both);
    return order != 0 ? order < 0 : a.size() < b.size();
  }
};

// For tables of places in memory, another one in each process; never an order and never written.
std::uint64_t hash_of(base::ByteView key);

// Room for bytes that stay where they are until all of them go. Small pieces come from a pool of
// the thread and go back to it: what lives no longer than a transaction asks nothing of the heap.
class Memory {
 public:
  Memory() = default;
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory() { clear(); }

  void* take(std::size_t bytes);  // aligned as pointers are
  base::ByteView copy(base::ByteView bytes);
  void clear();

 private:
  struct Piece;
  struct Pool;
  static Pool& pool();

  Piece* last_ = nullptr;
  std::size_t used_ = 0;  // of the last piece
};

// A key that was written, and what it holds now; nothing: it is erased.
struct Change {
  base::ByteView key;
  std::optional<base::ByteView> value;
};

class Changes {
 public:
  Changes() = default;
  // Copies the bytes; CHECKs the order.
  explicit Changes(std::span<const Change> ascending);

  auto begin() const { return list_.begin(); }
  auto end() const { return list_.end(); }
  std::size_t size() const { return list_.size(); }
  bool empty() const { return list_.empty(); }
  const Change* find(base::ByteView key) const;  // null: not written
  std::span<const Change> list() const { return list_; }

 private:
  struct Data {
    base::Bytes bytes;
    std::vector<Change> list;
  };
  std::shared_ptr<const Data> data_;  // null: there are none
  std::span<const Change> list_;
};

class Rows {
 public:
  struct Row {
    base::ByteView key;
    std::optional<base::ByteView> value;
    std::optional<base::ByteView> noted;  // its value when its owner noted it
    bool is_noted = false;
    std::uint8_t* place = nullptr;  // where its value lies, with room for so many bytes
    std::size_t room = 0;
    Row* before = nullptr;      // the row that was added before it
    Row* next_noted = nullptr;  // for its owner's list
    Row* next_waiting = nullptr;
  };

  Row* find(base::ByteView key) const;
  Row& add(base::ByteView key);  // it is not there yet
  void set(Row& row, const std::optional<base::ByteView>& value);
  // Remembers the value; the next one will lie elsewhere.
  void note(Row& row, const std::optional<base::ByteView>& value);
  void* take(std::size_t bytes) { return memory_.take(bytes); }
  base::ByteView copy(base::ByteView bytes) { return memory_.copy(bytes); }
  const Row* last() const { return last_; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  void clear();
  // Ascending, into `room`.
  void list(std::vector<Change>& room) const;

 private:
  static constexpr std::size_t kFew = 16;  // rows that a walk finds as fast as a table
  using Order = std::map<base::ByteView, const Row*, KeyLess>;

 public:
  // Ascending over the rows whose key begins with `prefix` and is not below `from`. Nothing may be
  // added meanwhile.
  class Cursor {
   public:
    Cursor(const Rows& rows, base::ByteView prefix, base::ByteView from);
    const Row* row() const { return row_; }  // null: the end
    void next();

   private:
    void show();
    base::ByteView prefix_;
    const Row* row_ = nullptr;
    std::array<const Row*, kFew> few_;
    std::size_t count_ = 0;
    std::size_t at_ = 0;
    const Order* order_ = nullptr;
    Order::const_iterator next_;
  };

 private:
  struct Slot {
    std::uint64_t hash = 0;
    Row* row = nullptr;  // null: free
  };
  // What helps once there are more than a few.
  struct Many {
    std::vector<Slot> slots;  // a power of two of them, at most half used
    // Rows of the tables that were walked; the others wait, by their table.
    Order order;
    std::array<Row*, 256> waiting{};
  };
  void enter(Row& row);
  static void place(std::vector<Slot>& slots, const Slot& slot);
  static void put_in_order(Many& many, std::size_t table);

  Memory memory_;
  Row* last_ = nullptr;
  std::size_t size_ = 0;
  std::unique_ptr<Many> many_;
};

}  // namespace wald::ledger
