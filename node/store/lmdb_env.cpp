// SPDX-License-Identifier: Apache-2.0
#include "node/store/lmdb_env.h"

#include <algorithm>
#include <cstring>

#include "codec/base/hash.h"
#include "node/os/files.h"
#include "node/store/lmdb_seal.h"
#include "node/store/lmdb_shape.h"

namespace wald::store {
namespace {

constexpr std::size_t kCheck = 16;
constexpr std::size_t kState = static_cast<std::size_t>(Table::kState);
constexpr std::size_t kMeta = kTables;
constexpr unsigned kMaxReaders = 512;
constexpr std::size_t kPool = 64;
constexpr std::string_view kMetaKey = "meta";

std::string table_name(std::size_t table) {
  return table == kMeta ? "meta" : "t" + std::to_string(table);
}

base::ByteView view_of(const MDB_val& value) {
  return {static_cast<const std::uint8_t*>(value.mv_data), value.mv_size};
}
std::optional<base::Bytes> copy_of(const std::optional<base::ByteView>& value) {
  if (!value) return std::nullopt;
  return base::Bytes(value->begin(), value->end());
}
// LMDB's interface is not const-correct; it writes neither keys nor values given to it.
MDB_val val_of(base::ByteView bytes) {
  return {bytes.size(), const_cast<std::uint8_t*>(bytes.data())};
}

std::array<std::uint8_t, kCheck> check_of(std::uint8_t table, base::ByteView key,
                                          base::ByteView value) {
  const std::array<std::uint8_t, 3> head{table, static_cast<std::uint8_t>(key.size()),
                                         static_cast<std::uint8_t>(key.size() >> 8)};
  const base::Hash hash = base::Hasher("wald.row").update(head).update(key).update(value).finish();
  std::array<std::uint8_t, kCheck> out;
  std::copy_n(hash.bytes().begin(), kCheck, out.begin());
  return out;
}

}  // namespace

void LmdbEnv::require(int code, const char* what) const {
  if (code != 0) fail(std::string(what) + ": " + ::mdb_strerror(code));
}

void LmdbEnv::fail(const std::string& text) const {
  failed_ = true;
  const std::string whole = dir_ + ": " + text;
  if (alarm_) alarm_(whole);
  throw StoreFailure(whole);
}

os::IoResult<void> LmdbEnv::open_at(const std::string& dir, std::uint64_t map_bytes) {
  try {
    require(::mdb_env_create(&env_), "create");
    require(::mdb_env_set_mapsize(env_, map_bytes), "map size");
    require(::mdb_env_set_maxreaders(env_, kMaxReaders), "readers");
    require(::mdb_env_set_maxdbs(env_, kTables + 1), "tables");
    // MDB_NOTLS ties a reader's slot to its transaction, not to its thread. Nothing here weakens
    // the default sync mode.
    require(::mdb_env_open(env_, dir.c_str(), MDB_NOTLS, 0600), "open");
    open_tables();
  } catch (const StoreFailure& failure) {
    return os::content_error(failure.what());
  }
  return {};
}

void LmdbEnv::open_tables() {
  MDB_txn* txn = nullptr;
  require(::mdb_txn_begin(env_, nullptr, 0, &txn), "begin");
  int code = 0;
  for (std::size_t i = 0; i < tables_.size() && code == 0; ++i) {
    code = ::mdb_dbi_open(txn, table_name(i).c_str(), MDB_CREATE, &tables_[i]);
  }
  if (code != 0) ::mdb_txn_abort(txn);
  require(code, "open tables");
  require(::mdb_txn_commit(txn), "commit");
}

os::IoResult<std::unique_ptr<LmdbEnv>> LmdbEnv::open(const std::string& dir,
                                                     std::uint64_t map_bytes) {
  const std::string temp = dir + ".new";
  TRY(os::remove_tree(temp));  // what a crash left of a creation
  if (!os::exists(dir)) {
    // A crash while LMDB makes its file can leave one that does not open (reliability.md 5.1).
    TRY(os::make_dirs(temp, 0700));
    {
      std::unique_ptr<LmdbEnv> made(new LmdbEnv(dir));
      TRY(made->open_at(temp, map_bytes));
    }
    TRY(os::sync_dir(temp));
    TRY(os::rename_durable(temp, dir));
  }
  const std::string path = dir + "/data.mdb";
  TRY_ASSIGN(const std::uint64_t newest, lmdb_transaction(path));
  std::optional<std::set<std::string>> tables;
  if (unseal(dir, newest)) tables = {table_name(kState), table_name(kMeta)};
  std::unique_ptr<LmdbEnv> env(new LmdbEnv(dir));
  TRY_ASSIGN(env->pages_checked_, check_lmdb_file(path, tables));
  TRY(env->open_at(dir, map_bytes));
  env->opened_ = true;
  return env;
}

LmdbEnv::~LmdbEnv() {
  for (MDB_txn* txn : pool_) ::mdb_txn_abort(txn);
  if (env_ == nullptr) return;
  MDB_envinfo info{};
  const bool clean = opened_ && !failed_ && ::mdb_env_info(env_, &info) == 0;
  ::mdb_env_close(env_);
  if (clean) seal(dir_, info.me_last_txnid);
}

base::ByteView LmdbEnv::checked(std::uint8_t table, base::ByteView key,
                                const MDB_val& stored) const {
  const base::ByteView bytes = view_of(stored);
  const bool whole = bytes.size() >= kCheck;
  const base::ByteView value = bytes.first(whole ? bytes.size() - kCheck : 0);
  if (!whole || !base::equal(bytes.last(kCheck), check_of(table, key, value)))
    fail("a record of table " + std::to_string(table) +
         " does not match its check: the disk returned other bytes than were written");
  return value;
}

std::optional<base::ByteView> LmdbEnv::found(int code, std::size_t table, base::ByteView key,
                                             const MDB_val& stored) const {
  if (code == MDB_NOTFOUND) return std::nullopt;
  require(code, "get");
  return checked(static_cast<std::uint8_t>(table), key, stored);
}

std::optional<base::ByteView> LmdbEnv::look(MDB_txn* txn, std::size_t table,
                                            base::ByteView key) const {
  if (key.empty() || key.size() > kMaxKey) return std::nullopt;
  MDB_val wanted = val_of(key);
  MDB_val stored{};
  const int code = ::mdb_get(txn, tables_[table], &wanted, &stored);
  return found(code, table, key, stored);
}

LmdbEnv::Read::Read(LmdbEnv& env) : env_(env), gate_(env.gate_), txn_(nullptr) {
  {
    const std::lock_guard lock(env_.pool_mutex_);
    if (!env_.pool_.empty()) {
      txn_ = env_.pool_.back();
      env_.pool_.pop_back();
    }
  }
  if (txn_ == nullptr) {
    env_.require(::mdb_txn_begin(env_.env_, nullptr, MDB_RDONLY, &txn_), "begin reading");
    return;
  }
  const int code = ::mdb_txn_renew(txn_);
  if (code != 0) ::mdb_txn_abort(txn_);
  env_.require(code, "renew");
}

LmdbEnv::Read::~Read() {
  ::mdb_txn_reset(txn_);
  const std::lock_guard lock(env_.pool_mutex_);
  if (env_.pool_.size() < kPool)
    env_.pool_.push_back(txn_);
  else
    ::mdb_txn_abort(txn_);
}

std::uint64_t LmdbEnv::Read::id() const { return ::mdb_txn_id(txn_); }

std::optional<base::ByteView> LmdbEnv::Read::look(Table table, base::ByteView key) const {
  return env_.look(txn_, static_cast<std::size_t>(table), key);
}

std::optional<base::Bytes> LmdbEnv::Read::get(Table table, base::ByteView key) const {
  return copy_of(look(table, key));
}

LmdbEnv::Cursor::Cursor(const Read& read, Table table, base::ByteView from)
    : env_(read.env_), table_(table) {
  const MDB_dbi dbi = env_.tables_[static_cast<std::size_t>(table)];
  MDB_cursor* opened = nullptr;
  env_.require(::mdb_cursor_open(read.txn_, dbi, &opened), "cursor");
  cursor_.reset(opened);
  seek(from);
}

void LmdbEnv::Cursor::seek(base::ByteView from) {
  MDB_val key = val_of(from);
  MDB_val value{};
  const int code =
      ::mdb_cursor_get(cursor_.get(), &key, &value, from.empty() ? MDB_FIRST : MDB_SET_RANGE);
  take(code, key, value);
}

void LmdbEnv::CloseCursor::operator()(MDB_cursor* cursor) const { ::mdb_cursor_close(cursor); }

void LmdbEnv::Cursor::next() {
  MDB_val key{};
  MDB_val value{};
  const int code = ::mdb_cursor_get(cursor_.get(), &key, &value, MDB_NEXT);
  take(code, key, value);
}

void LmdbEnv::Cursor::take(int code, const MDB_val& key, const MDB_val& value) {
  valid_ = code == 0;
  if (code == MDB_NOTFOUND) return;
  env_.require(code, "cursor");
  key_ = view_of(key);
  value_ = env_.checked(static_cast<std::uint8_t>(table_), key_, value);
}

LmdbEnv::Write::Write(LmdbEnv& env) : env_(env) {
  env_.require(::mdb_txn_begin(env_.env_, nullptr, 0, &txn_), "begin writing");
}

LmdbEnv::Write::~Write() {
  if (txn_ == nullptr) return;
  cursors_ = {};
  ::mdb_txn_abort(txn_);
}

std::uint64_t LmdbEnv::Write::id() const { return ::mdb_txn_id(txn_); }

MDB_cursor& LmdbEnv::Write::at(std::size_t table) const {
  CursorPtr& cursor = cursors_[table];
  if (!cursor) {
    MDB_cursor* opened = nullptr;
    env_.require(::mdb_cursor_open(txn_, env_.tables_[table], &opened), "cursor");
    cursor.reset(opened);
  }
  return *cursor;
}

std::optional<base::Bytes> LmdbEnv::Write::get(Table table, base::ByteView key) const {
  const auto number = static_cast<std::size_t>(table);
  MDB_val wanted = val_of(key);
  MDB_val stored{};
  const int code = ::mdb_cursor_get(&at(number), &wanted, &stored, MDB_SET_KEY);
  return copy_of(env_.found(code, number, key, stored));
}

void LmdbEnv::Write::put(std::size_t table, base::ByteView key, base::ByteView value, bool last) {
  WALD_CHECK(!key.empty() && key.size() <= kMaxKey);
  const auto check = check_of(static_cast<std::uint8_t>(table), key, value);
  MDB_val wanted = val_of(key);
  MDB_val stored{value.size() + kCheck, nullptr};
  int code = MDB_KEYEXIST;
  if (last) code = ::mdb_cursor_put(&at(table), &wanted, &stored, MDB_RESERVE | MDB_APPEND);
  // Not behind all others after all.
  if (code == MDB_KEYEXIST) code = ::mdb_cursor_put(&at(table), &wanted, &stored, MDB_RESERVE);
  env_.require(code, "put");
  auto* const into = static_cast<std::uint8_t*>(stored.mv_data);
  std::copy(value.begin(), value.end(), into);
  std::copy(check.begin(), check.end(), into + value.size());
}

void LmdbEnv::Write::put(Table table, base::ByteView key, base::ByteView value) {
  // These come in the order of their numbers: LMDB fills one page after the other.
  const bool last = table == Table::kEvents || table == Table::kUndoHeights;
  put(static_cast<std::size_t>(table), key, value, last);
}

void LmdbEnv::Write::erase(Table table, base::ByteView key) {
  MDB_val wanted = val_of(key);
  const int code = ::mdb_del(txn_, env_.tables_[static_cast<std::size_t>(table)], &wanted, nullptr);
  if (code != MDB_NOTFOUND) env_.require(code, "delete");
}

base::Bytes LmdbEnv::Write::sweep(Table table, const base::Bytes& from, std::size_t most,
                                  const std::function<bool(base::ByteView key)>& gone) {
  std::vector<base::Bytes> erased;
  base::Bytes next;
  MDB_cursor& cursor = at(static_cast<std::size_t>(table));
  MDB_val key = val_of(from);
  MDB_val value{};
  int code = ::mdb_cursor_get(&cursor, &key, &value, from.empty() ? MDB_FIRST : MDB_SET_RANGE);
  for (std::size_t looked = 0; code == 0; ++looked) {
    const base::ByteView at_key = view_of(key);
    if (looked == most) {
      next.assign(at_key.begin(), at_key.end());
      break;
    }
    if (gone(at_key)) erased.emplace_back(at_key.begin(), at_key.end());
    code = ::mdb_cursor_get(&cursor, &key, &value, MDB_NEXT);
  }
  if (code != MDB_NOTFOUND) env_.require(code, "cursor");
  for (const base::Bytes& one : erased) erase(table, one);
  return next;
}

void LmdbEnv::Write::put_meta(base::ByteView value) {
  put(kMeta, base::as_bytes(kMetaKey), value, false);
}

void LmdbEnv::Write::commit() {
  cursors_ = {};
  // The handle is gone whatever the outcome.
  env_.require(::mdb_txn_commit(std::exchange(txn_, nullptr)), "commit");
}

std::optional<base::Bytes> LmdbEnv::meta() {
  MDB_txn* txn = nullptr;
  require(::mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn), "begin reading");
  const std::unique_ptr<MDB_txn, decltype(&::mdb_txn_abort)> guard(txn, &::mdb_txn_abort);
  return copy_of(look(txn, kMeta, base::as_bytes(kMetaKey)));
}

LmdbEnv::Usage LmdbEnv::usage() {
  MDB_envinfo info{};
  MDB_stat stat{};
  require(::mdb_env_info(env_, &info), "info");
  require(::mdb_env_stat(env_, &stat), "stat");
  MDB_txn* txn = nullptr;
  require(::mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn), "begin reading");
  const std::unique_ptr<MDB_txn, decltype(&::mdb_txn_abort)> guard(txn, &::mdb_txn_abort);
  // Table 0 is LMDB's list of free pages: each value begins with their number.
  MDB_cursor* cursor = nullptr;
  require(::mdb_cursor_open(txn, 0, &cursor), "cursor");
  std::uint64_t free_pages = 0;
  MDB_val key{};
  MDB_val value{};
  while (::mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
    std::size_t pages = 0;
    std::memcpy(&pages, value.mv_data, sizeof(pages));
    free_pages += pages;
  }
  ::mdb_cursor_close(cursor);
  return {info.me_mapsize, (info.me_last_pgno + 1 - free_pages) * stat.ms_psize};
}

void LmdbEnv::grow(std::uint64_t map_bytes) {
  const std::unique_lock gate(gate_);
  const std::lock_guard lock(pool_mutex_);
  for (MDB_txn* txn : pool_) ::mdb_txn_abort(txn);
  pool_.clear();
  require(::mdb_env_set_mapsize(env_, map_bytes), "map size");
}

int LmdbEnv::clear_stale_readers() {
  int cleared = 0;
  require(::mdb_reader_check(env_, &cleared), "reader check");
  return cleared;
}

}  // namespace wald::store
