// SPDX-License-Identifier: Apache-2.0
// The LMDB environment behind the checkpoints, with its rules (reliability.md 7): default sync
// mode, no unsafe flag; readers open, copy and close; every value ends in 16 bytes of B("wald.row",
// -, table u8 | key length u16 | key | value), checked on every read, since LMDB has no page
// checksums. A new environment is made under another name and renamed when it is whole. Failures:
// opening answers IoError; reading and writing throw StoreFailure, since behind a Reader there is
// nobody who could go on with wrong bytes: the node stops (architecture.md 8). The alarm is told
// before the throw, whichever thread it is. Thread rule: Read on any thread, short; Write on one at
// a time.
#pragma once

#include <lmdb.h>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "node/os/error.h"
#include "node/store/layer.h"

namespace wald::store {

class StoreFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class LmdbEnv {
 public:
  // `dir` holds data.mdb, lock.mdb and, while it is closed, the seal; made if missing.
  static os::IoResult<std::unique_ptr<LmdbEnv>> open(const std::string& dir,
                                                     std::uint64_t map_bytes);
  ~LmdbEnv();
  std::uint64_t pages_checked() const { return pages_checked_; }  // before it was opened
  // Called with the text of each StoreFailure, from the thread that meets it; set it once, before
  // others read.
  void on_failure(std::function<void(const std::string&)> alarm) { alarm_ = std::move(alarm); }
  LmdbEnv(const LmdbEnv&) = delete;
  LmdbEnv& operator=(const LmdbEnv&) = delete;

  class Cursor;

  // One snapshot. Views stay valid as long as it lives.
  class Read {
   public:
    explicit Read(LmdbEnv& env);
    ~Read();
    Read(const Read&) = delete;
    Read& operator=(const Read&) = delete;
    std::uint64_t id() const;  // of the last commit it sees
    std::optional<base::Bytes> get(Table table, base::ByteView key) const;
    // The same where it lies; good as long as this is.
    std::optional<base::ByteView> look(Table table, base::ByteView key) const;

   private:
    friend class LmdbEnv::Cursor;
    LmdbEnv& env_;
    std::shared_lock<std::shared_mutex> gate_;
    MDB_txn* txn_;
  };

  struct CloseCursor {
    void operator()(MDB_cursor* cursor) const;
  };
  using CursorPtr = std::unique_ptr<MDB_cursor, CloseCursor>;

  class Cursor {
   public:
    Cursor(const Read& read, Table table, base::ByteView from);  // first key >= from
    Cursor(const Cursor&) = delete;
    Cursor& operator=(const Cursor&) = delete;
    bool valid() const { return valid_; }
    base::ByteView key() const { return key_; }
    base::ByteView value() const { return value_; }  // checked, without the check bytes
    void next();
    void seek(base::ByteView from);  // the first key >= from again

   private:
    void take(int code, const MDB_val& key, const MDB_val& value);
    const LmdbEnv& env_;
    Table table_;
    CursorPtr cursor_;
    bool valid_ = false;
    base::ByteView key_;
    base::ByteView value_;
  };

  // One write transaction; without commit() nothing happened. A table is walked by one cursor, so
  // keys in ascending order find their page at hand.
  class Write {
   public:
    explicit Write(LmdbEnv& env);
    ~Write();
    Write(const Write&) = delete;
    Write& operator=(const Write&) = delete;
    std::uint64_t id() const;
    std::optional<base::Bytes> get(Table table, base::ByteView key) const;
    void put(Table table, base::ByteView key, base::ByteView value);
    void erase(Table table, base::ByteView key);  // missing is fine
    void put_meta(base::ByteView value);
    // Looks at no more than `most` keys from `from` on (empty: the first) and erases those that
    // `gone` names. The key to go on with; empty: the end was reached.
    base::Bytes sweep(Table table, const base::Bytes& from, std::size_t most,
                      const std::function<bool(base::ByteView key)>& gone);
    void commit();

   private:
    MDB_cursor& at(std::size_t table) const;
    void put(std::size_t table, base::ByteView key, base::ByteView value, bool last);

    LmdbEnv& env_;
    MDB_txn* txn_ = nullptr;
    mutable std::array<CursorPtr, kTables + 1> cursors_;  // gone before the transaction is
  };

  std::optional<base::Bytes> meta();
  struct Usage {
    std::uint64_t map_bytes = 0;
    std::uint64_t used_bytes = 0;  // pages in use, free ones not counted
  };
  Usage usage();
  void grow(std::uint64_t map_bytes);  // waits for readers; between blocks
  int clear_stale_readers();

 private:
  explicit LmdbEnv(std::string dir) : dir_(std::move(dir)) {}
  os::IoResult<void> open_at(const std::string& dir, std::uint64_t map_bytes);
  void open_tables();
  void require(int code, const char* what) const;
  [[noreturn]] void fail(const std::string& text) const;
  base::ByteView checked(std::uint8_t table, base::ByteView key, const MDB_val& stored) const;
  // What LMDB answered for a key.
  std::optional<base::ByteView> found(int code, std::size_t table, base::ByteView key,
                                      const MDB_val& stored) const;
  std::optional<base::ByteView> look(MDB_txn* txn, std::size_t table, base::ByteView key) const;

  std::string dir_;
  std::uint64_t pages_checked_ = 0;
  bool opened_ = false;
  mutable std::atomic<bool> failed_{false};
  std::function<void(const std::string&)> alarm_;
  MDB_env* env_ = nullptr;
  std::array<MDB_dbi, kTables + 1> tables_{};  // the last one is the meta table
  std::shared_mutex gate_;                     // exclusive: no reader, the map may move
  std::mutex pool_mutex_;
  std::vector<MDB_txn*> pool_;  // reset read transactions, renewed instead of made
};

}  // namespace wald::store
