// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/sqlite.h"

#include <stdexcept>

#include "node/os/files.h"
#include "tests/bench/library.h"

namespace wald::bench {
namespace {

// The part of the C interface in use, with its documented signatures and codes.
constexpr int kOk = 0;
constexpr int kRow = 100;
constexpr int kDone = 101;

struct Api {
  int (*open)(const char*, void**) = nullptr;
  int (*close)(void*) = nullptr;
  int (*exec)(void*, const char*, int (*)(void*, int, char**, char**), void*, char**) = nullptr;
  int (*prepare)(void*, const char*, int, void**, const char**) = nullptr;
  int (*bind_int)(void*, int, std::int64_t) = nullptr;
  int (*bind_blob)(void*, int, const void*, int, void (*)(void*)) = nullptr;
  int (*step)(void*) = nullptr;
  int (*reset)(void*) = nullptr;
  int (*finalize)(void*) = nullptr;
  std::int64_t (*column)(void*, int) = nullptr;
  const char* (*error)(void*) = nullptr;
  const char* (*version)() = nullptr;
  std::string missing;
};

const Api& api() {
  static const Api kApi = [] {
    Api out;
    Library library("libsqlite3.so.0",
                    "libsqlite3.so.0 is not installed (tests/bench/peers installs it)");
    library.find(out.open, "sqlite3_open");
    library.find(out.close, "sqlite3_close");
    library.find(out.exec, "sqlite3_exec");
    library.find(out.prepare, "sqlite3_prepare_v2");
    library.find(out.bind_int, "sqlite3_bind_int64");
    library.find(out.bind_blob, "sqlite3_bind_blob");
    library.find(out.step, "sqlite3_step");
    library.find(out.reset, "sqlite3_reset");
    library.find(out.finalize, "sqlite3_finalize");
    library.find(out.column, "sqlite3_column_int64");
    library.find(out.error, "sqlite3_errmsg");
    library.find(out.version, "sqlite3_libversion");
    out.missing = library.missing();
    return out;
  }();
  return kApi;
}

}  // namespace

struct Sqlite::Impl {
  void* db = nullptr;
  void* pay = nullptr;
  void* get = nullptr;
  std::vector<base::Bytes> keys;

  void require(int code, int wanted = kOk) const {
    if (code != wanted) throw std::runtime_error(std::string("sqlite: ") + api().error(db));
  }
  void run(const char* sql) const { require(api().exec(db, sql, nullptr, nullptr, nullptr)); }
  void* prepared(const char* sql) const {
    void* out = nullptr;
    require(api().prepare(db, sql, -1, &out, nullptr));
    return out;
  }
  void bind_key(void* statement, int place, std::size_t account) const {
    if (keys.empty())
      return require(api().bind_int(statement, place, static_cast<std::int64_t>(account + 1)));
    const base::Bytes& key = keys[account];
    require(api().bind_blob(statement, place, key.data(), static_cast<int>(key.size()), nullptr));
  }
  void step(void* statement) const {
    require(api().step(statement), kDone);
    require(api().reset(statement));
  }
};

std::string Sqlite::missing() { return api().missing; }
std::string Sqlite::version() { return api().version(); }

Sqlite::Sqlite(const std::string& file, std::size_t count, const std::vector<base::Bytes>& keys)
    : impl_(std::make_unique<Impl>()) {
  for (const char* suffix : {"", "-wal", "-shm"})
    if (os::exists(file + suffix)) os::remove_file(file + suffix).value();
  if (api().open(file.c_str(), &impl_->db) != kOk)
    throw std::runtime_error("sqlite: cannot open " + file);
  impl_->keys = keys;
  impl_->run("PRAGMA journal_mode=WAL");
  impl_->run("PRAGMA synchronous=FULL");
  impl_->run("PRAGMA cache_size=-400000");  // all of it fits
  impl_->run(keys.empty() ? "CREATE TABLE a(id INTEGER PRIMARY KEY, balance INTEGER, nonce INTEGER)"
                          : "CREATE TABLE a(id BLOB PRIMARY KEY, balance INTEGER, nonce INTEGER) "
                            "WITHOUT ROWID");
  void* insert = impl_->prepared("INSERT INTO a VALUES(?1, 1000000000000, 0)");
  impl_->run("BEGIN");
  for (std::size_t i = 0; i < count; ++i) {
    impl_->bind_key(insert, 1, i);
    impl_->step(insert);
  }
  impl_->run("COMMIT");
  api().finalize(insert);
  impl_->pay =
      impl_->prepared("UPDATE a SET balance=balance-?1, nonce=nonce+1 WHERE id=?2 AND balance>=?1");
  impl_->get = impl_->prepared("UPDATE a SET balance=balance+?1 WHERE id=?2");
}

Sqlite::~Sqlite() {
  api().finalize(impl_->pay);
  api().finalize(impl_->get);
  api().close(impl_->db);
}

void Sqlite::transfer(const std::vector<Move>& moves) {
  impl_->run("BEGIN IMMEDIATE");
  for (const Move& move : moves) {
    for (void* statement : {impl_->pay, impl_->get}) {
      impl_->require(api().bind_int(statement, 1, static_cast<std::int64_t>(move.amount)));
      impl_->bind_key(statement, 2, statement == impl_->pay ? move.from : move.to);
      impl_->step(statement);
    }
  }
  impl_->run("COMMIT");
}

std::uint64_t Sqlite::sum_of_nonces() {
  void* sum = impl_->prepared("SELECT sum(nonce) FROM a");
  impl_->require(api().step(sum), kRow);
  const auto out = static_cast<std::uint64_t>(api().column(sum, 0));
  api().finalize(sum);
  return out;
}

}  // namespace wald::bench
