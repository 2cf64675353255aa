// SPDX-License-Identifier: Apache-2.0
#include "node/store/lmdb_shape.h"

#include <lmdb.h>

#include <algorithm>
#include <bit>
#include <optional>
#include <vector>

#include "node/os/files.h"

namespace wald::store {
namespace {

static_assert(std::endian::native == std::endian::little && sizeof(std::size_t) == 8);
static_assert(MDB_VERSION_MAJOR == 0 && MDB_VERSION_MINOR == 9);

constexpr std::uint32_t kMagic = 0xBEEFC0DE;
constexpr std::uint32_t kVersion = 1;
constexpr std::uint64_t kNoRoot = ~std::uint64_t{0};
constexpr std::size_t kPageHeader = 16;
constexpr std::size_t kNodeHeader = 8;
constexpr std::size_t kTable = 48;
constexpr std::size_t kMeta = kPageHeader + 24 + 2 * kTable + 16;
constexpr std::size_t kMostDepth = 32;
constexpr std::uint16_t kNumberKeys = MDB_INTEGERKEY;  // of the list of free pages

enum PageFlag : std::uint16_t { kBranch = 0x01, kLeaf = 0x02, kOverflow = 0x04, kMetaPage = 0x08 };
constexpr std::uint16_t kKinds = 0x6F;  // with LEAF2 0x20 and SUBP 0x40, which are not used here
enum NodeFlag : std::uint16_t { kBigData = 0x01, kSubTable = 0x02 };

template <class T>
T read(base::ByteView bytes, std::size_t at) {
  return *base::Reader(bytes.subspan(at, sizeof(T))).le<T>();
}

struct Table {
  std::uint16_t flags = 0;
  std::uint16_t depth = 0;
  std::uint64_t root = kNoRoot;
};
Table table_at(base::ByteView bytes, std::size_t at) {
  return {read<std::uint16_t>(bytes, at + 4), read<std::uint16_t>(bytes, at + 6),
          read<std::uint64_t>(bytes, at + 40)};
}

struct MetaPage {
  std::uint32_t page_bytes = 0;
  Table free;
  Table main;
  std::uint64_t last_page = 0;
  std::uint64_t transaction = 0;
};
std::optional<MetaPage> meta_of(base::ByteView page) {
  if ((read<std::uint16_t>(page, 10) & kKinds) != kMetaPage) return std::nullopt;
  if (read<std::uint32_t>(page, 16) != kMagic || read<std::uint32_t>(page, 20) != kVersion)
    return std::nullopt;
  const std::size_t tables = kPageHeader + 24;
  MetaPage out;
  out.page_bytes = read<std::uint32_t>(page, tables);
  out.free = table_at(page, tables);
  out.main = table_at(page, tables + kTable);
  out.last_page = read<std::uint64_t>(page, tables + 2 * kTable);
  out.transaction = read<std::uint64_t>(page, tables + 2 * kTable + 8);
  const bool power = std::has_single_bit(out.page_bytes);
  if (!power || out.page_bytes < 512 || out.page_bytes > 32'768) return std::nullopt;
  return out;
}

class Walk {
 public:
  using Names = std::optional<std::set<std::string>>;
  Walk(const os::File& file, std::uint64_t bytes, const MetaPage& meta, const Names& tables)
      : file_(file),
        meta_(meta),
        tables_(tables),
        pages_(std::min(meta.last_page + 1, bytes / meta.page_bytes)) {
    used_.resize(pages_);
    used_[0] = used_[1] = true;
  }

  os::IoResult<std::uint64_t> run() {
    TRY(table(meta_.free, Kind::kFree));
    TRY(table(meta_.main, Kind::kMain));
    for (const std::uint64_t page : free_) {
      // A page that was given back before it was ever written may lie behind the end.
      if (page < 2 || page > meta_.last_page) return damage(page, "is free and cannot be");
      if (page < pages_ && used_[page]) return damage(page, "is free and in use");
    }
    return read_;
  }

 private:
  enum class Kind { kFree, kMain, kSub };

  base::Err<os::IoError> damage(std::uint64_t page, const std::string& what) const {
    return os::content_error(file_.path() + ": page " + std::to_string(page) + " " + what);
  }

  os::IoResult<base::Bytes> take(std::uint64_t page, std::uint16_t kind) {
    if (page < 2 || page >= pages_) return damage(page, "lies outside the file");
    if (used_[page]) return damage(page, "is reached twice");
    used_[page] = true;
    ++read_;
    TRY_ASSIGN(base::Bytes bytes, file_.read_exact(page * meta_.page_bytes, meta_.page_bytes));
    if (read<std::uint64_t>(bytes, 0) != page) return damage(page, "names another number");
    if ((read<std::uint16_t>(bytes, 10) & kKinds) != kind)
      return damage(page, "is of another kind");
    return bytes;
  }

  os::IoResult<void> table(const Table& table, Kind kind) {
    if (table.flags != (kind == Kind::kFree ? kNumberKeys : 0))
      return damage(table.root, "is the root of a tree of another kind");
    if (table.root == kNoRoot) return {};
    if (table.depth == 0 || table.depth > kMostDepth)
      return damage(table.root, "is the root of a tree of impossible depth");
    return tree(table.root, table.depth, kind);
  }

  // At most kMostDepth calls deep.
  os::IoResult<void> tree(std::uint64_t page, std::size_t depth, Kind kind) {
    TRY_ASSIGN(const base::Bytes bytes, take(page, depth > 1 ? kBranch : kLeaf));
    const std::size_t lower = read<std::uint16_t>(bytes, 12);
    const std::size_t upper = read<std::uint16_t>(bytes, 14);
    if (lower < kPageHeader || lower % 2 != 0 || lower > upper || upper > bytes.size())
      return damage(page, "has impossible bounds");
    for (std::size_t slot = kPageHeader; slot < lower; slot += 2) {
      const std::size_t at = read<std::uint16_t>(bytes, slot);
      if (at < upper || at + kNodeHeader > bytes.size())
        return damage(page, "has a node outside of it");
      TRY(node(page, base::ByteView(bytes).subspan(at), depth, kind));
    }
    return {};
  }

  // bytes: from the node to the end of its page.
  os::IoResult<void> node(std::uint64_t page, base::ByteView bytes, std::size_t depth, Kind kind) {
    const std::uint64_t low = read<std::uint32_t>(bytes, 0);
    const std::uint16_t flags = read<std::uint16_t>(bytes, 4);
    const std::size_t key_end = kNodeHeader + read<std::uint16_t>(bytes, 6);
    if (key_end > bytes.size()) return damage(page, "has a key that leaves it");
    if (depth > 1) return tree(low | std::uint64_t{flags} << 32, depth - 1, kind);
    if (kind == Kind::kFree && key_end != kNodeHeader + 8)
      return damage(page, "lists free pages under a key of another form");
    const bool big = (flags & kBigData) != 0;
    const std::size_t here = big ? 8 : static_cast<std::size_t>(low);
    if (bytes.size() - key_end < here) return damage(page, "has a value that leaves it");
    base::Bytes value(bytes.begin() + static_cast<long>(key_end),
                      bytes.begin() + static_cast<long>(key_end + here));
    if (big) {
      TRY_ASSIGN(value, overflow(read<std::uint64_t>(value, 0), low, kind == Kind::kFree));
    }
    if (kind == Kind::kFree) return free_list(page, value);
    const bool is_table = (flags & kSubTable) != 0;
    if (kind == Kind::kMain && (!is_table || big || value.size() != kTable))
      return damage(page, "has no table where one belongs");
    if (kind == Kind::kSub && is_table) return damage(page, "has a table inside a table");
    if (!is_table || left_out(bytes.subspan(kNodeHeader, key_end - kNodeHeader))) return {};
    return table(table_at(value, 0), Kind::kSub);
  }

  bool left_out(base::ByteView name) const {
    return tables_ && !tables_->contains(base::string_of(name));
  }

  // The pages of a long value; its bytes only if they are wanted.
  os::IoResult<base::Bytes> overflow(std::uint64_t first, std::uint64_t bytes, bool wanted) {
    const std::uint64_t count = (kPageHeader - 1 + bytes) / meta_.page_bytes + 1;
    TRY_ASSIGN(const base::Bytes head, take(first, kOverflow));
    if (read<std::uint32_t>(head, 12) != count) return damage(first, "has another length");
    for (std::uint64_t page = first + 1; page < first + count; ++page) {
      if (page >= pages_) return damage(page, "lies outside the file");
      if (used_[page]) return damage(page, "is reached twice");
      used_[page] = true;
    }
    if (!wanted) return base::Bytes();
    return file_.read_exact(first * meta_.page_bytes + kPageHeader,
                            static_cast<std::size_t>(bytes));
  }

  os::IoResult<void> free_list(std::uint64_t page, base::ByteView value) {
    const std::uint64_t held = value.size() / 8;
    const std::uint64_t count = held == 0 ? 0 : read<std::uint64_t>(value, 0);
    if (held == 0 || count >= held) return damage(page, "has a list of free pages that leaves it");
    for (std::size_t i = 1; i <= count; ++i) free_.push_back(read<std::uint64_t>(value, 8 * i));
    return {};
  }

  const os::File& file_;
  const MetaPage meta_;
  const Names& tables_;
  const std::uint64_t pages_;  // of them in the file
  std::uint64_t read_ = 0;
  std::vector<bool> used_;
  std::vector<std::uint64_t> free_;
};

struct Opened {
  os::File file;
  std::uint64_t bytes = 0;
  MetaPage meta;  // the newest one
};

os::IoResult<Opened> open_file(const std::string& path) {
  TRY_ASSIGN(os::File file, os::File::open(path, os::Open::kRead));
  TRY_ASSIGN(const std::uint64_t bytes, file.size());
  const auto foreign = [&] { return os::content_error(path + ": not a data file of LMDB 0.9"); };
  if (bytes < kMeta) return foreign();
  TRY_ASSIGN(const base::Bytes head, file.read_exact(0, kMeta));
  auto meta = meta_of(head);
  if (!meta || bytes < 2 * std::uint64_t{meta->page_bytes}) return foreign();
  TRY_ASSIGN(const base::Bytes second, file.read_exact(meta->page_bytes, kMeta));
  const auto other = meta_of(second);
  if (!other || other->page_bytes != meta->page_bytes) return foreign();
  if (other->transaction > meta->transaction) meta = other;
  if (meta->last_page < 1) return foreign();
  return Opened{std::move(file), bytes, *meta};
}

}  // namespace

os::IoResult<std::uint64_t> lmdb_transaction(const std::string& path) {
  TRY_ASSIGN(const Opened opened, open_file(path));
  return opened.meta.transaction;
}

os::IoResult<std::uint64_t> check_lmdb_file(const std::string& path,
                                            const std::optional<std::set<std::string>>& tables) {
  TRY_ASSIGN(const Opened opened, open_file(path));
  return Walk(opened.file, opened.bytes, opened.meta, tables).run();
}

}  // namespace wald::store
