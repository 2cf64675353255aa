// SPDX-License-Identifier: Apache-2.0
#include "node/client/sliver_files.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "codec/shape/bcs_cursor.h"

namespace wald::client {
namespace {

using codec::Axis;
using codec::CodecCode;
using codec::IoRole;
using codec::SliverFormat;

// What a BCS file has in front of the body.
base::Bytes bcs_head(std::uint64_t body) {
  base::Writer out;
  shape::bcs::put_uleb(out, body);
  return std::move(out).bytes();
}

base::Err<Failure> io(const os::IoError& error) {
  return fail(Exit::kUnexpected, "IO", error.text);
}

}  // namespace

SliverFolder::SliverFolder(std::string dir, const codec::Params& params, std::uint64_t len,
                           SliverFormat format, std::set<std::uint32_t> pairs, Trouble& trouble)
    : dir_(std::move(dir)),
      params_(params),
      len_(len),
      z_(params.symbol_size(len).value()),
      format_(format),
      pairs_(std::move(pairs)),
      trouble_(trouble) {}

Outcome<std::unique_ptr<SliverFolder>> SliverFolder::make(const std::string& dir,
                                                          const codec::Params& params,
                                                          std::uint64_t len, SliverFormat format,
                                                          std::set<std::uint32_t> pairs,
                                                          Trouble& trouble) {
  WALD_CHECK(len <= params.max_len());
  auto out = std::unique_ptr<SliverFolder>(
      new SliverFolder(dir, params, len, format, std::move(pairs), trouble));
  for (std::string at = dir; !os::exists(at) && at != os::parent_dir(at); at = os::parent_dir(at))
    out->made_.push_back(at);
  if (const auto made = os::make_dirs(dir); !made.ok()) return io(made.error());
  out->temp_ = dir + "/.wal-" + std::to_string(::getpid());
  if (const auto cleared = os::remove_tree(out->temp_); !cleared.ok()) return io(cleared.error());
  if (const auto made = os::make_dirs(out->temp_); !made.ok()) return io(made.error());
  return out;
}

SliverFolder::~SliverFolder() {
  if (committed_) return;
  if (!temp_.empty()) (void)os::remove_tree(temp_).ok();
  for (const std::string& path : made_) ::rmdir(path.c_str());
}

bool SliverFolder::wanted(Axis axis, std::uint32_t index) const {
  const base::SliverIndex sliver(static_cast<std::uint16_t>(index));
  return pairs_.contains(shape::pair_of_sliver(params_, axis, sliver).value());
}

std::string SliverFolder::path(Axis axis, std::uint32_t index) const {
  return temp_ + "/" + codec::to_text(codec::SliverName{axis, index});
}

codec::Result<void> SliverFolder::write_at(Axis axis, std::uint32_t index, std::uint64_t offset,
                                           base::ByteView bytes) {
  if (!wanted(axis, index)) return {};
  auto file = os::File::open(path(axis, index), os::Open::kCreate);
  if (!file.ok()) return trouble_.note(IoRole::kSliver, file.error());
  const std::uint64_t body = std::uint64_t{z_} * params_.symbols(axis);
  const std::uint64_t start = format_ == SliverFormat::kBcs ? bcs_head(body).size() : 0;
  const auto done = write_sparse(*file, start + offset, bytes);
  if (!done.ok()) return trouble_.note(IoRole::kSliver, done.error());
  return {};
}

// Holes at the end, and what stands around the body.
os::IoResult<void> SliverFolder::complete(const codec::Metadata& metadata, Axis axis,
                                          std::uint32_t index) const {
  TRY_ASSIGN(os::File file, os::File::open(path(axis, index), os::Open::kCreate));
  const std::uint64_t body = std::uint64_t{z_} * params_.symbols(axis);
  if (format_ == SliverFormat::kBcs) {
    const base::Bytes head = bcs_head(body);
    base::Writer tail;
    tail.le(static_cast<std::uint16_t>(z_)).le(static_cast<std::uint16_t>(index));
    TRY(file.write_at(0, head));
    return file.write_at(head.size() + body, tail.bytes());
  }
  TRY(file.truncate(body));
  if (format_ == SliverFormat::kRaw) return {};
  TRY_ASSIGN(const base::Bytes bytes, file.read_exact(0, static_cast<std::size_t>(body)));
  const auto stored = codec::write_sliver(params_, metadata, format_, {axis, index, z_, bytes});
  WALD_CHECK(stored.ok());  // its form is ours
  return file.write_at(0, *stored);
}

Outcome<std::uint64_t> SliverFolder::commit(const codec::Metadata& metadata) {
  std::vector<std::string> names;
  for (const Axis axis : {Axis::kPrimary, Axis::kSecondary})
    for (std::uint32_t i = 0; i < params_.n(); ++i) {
      if (!wanted(axis, i)) continue;
      if (const auto done = complete(metadata, axis, i); !done.ok()) return io(done.error());
      names.push_back(codec::to_text(codec::SliverName{axis, i}));
    }
  names.emplace_back("metadata.bcs");
  auto file = os::File::open(temp_ + "/metadata.bcs", os::Open::kCreate);
  if (!file.ok()) return io(file.error());
  if (const auto done = file->write_at(0, shape::bcs::to_bytes(metadata)); !done.ok())
    return io(done.error());
  // One sync for thousands of files; only then do they get their names.
  if (::syncfs(file->fd()) != 0) return io(os::system_error(errno, "sync " + temp_));
  for (std::size_t i = 0; i < names.size(); ++i)
    if (std::rename((temp_ + "/" + names[i]).c_str(), (dir_ + "/" + names[i]).c_str()) != 0) {
      const os::IoError error = os::system_error(errno, "rename to " + dir_ + "/" + names[i]);
      while (i-- > 0) (void)os::remove_file(dir_ + "/" + names[i]).ok();
      return io(error);
    }
  if (const auto gone = os::remove_tree(temp_); !gone.ok()) return io(gone.error());
  committed_ = true;
  if (const auto synced = os::sync_dir(dir_); !synced.ok()) return io(synced.error());
  return names.size();
}

codec::Result<std::unique_ptr<SliverFile>> SliverFile::open(
    const std::string& path, const codec::SliverName& name, const codec::Params& params,
    std::uint64_t len, const base::BlobId* id, Trouble& trouble) {
  TRY_ASSIGN(const std::uint64_t body, params.sliver_bytes(name.axis, len));
  TRY_ASSIGN(const std::uint32_t z, params.symbol_size(len));
  if (name.index >= params.n()) return shape::fail(CodecCode::kSliverIndex, name.index, params.n());
  auto file = os::File::open(path, os::Open::kReadNoWait);  // no pipe holds us up
  if (!file.ok()) return trouble.note(IoRole::kSliver, file.error());
  const auto size = file->size();
  if (!size.ok()) return trouble.note(IoRole::kSliver, size.error());
  auto out = std::unique_ptr<SliverFile>(new SliverFile(path, name, trouble));
  out->size_ = body;
  out->symbol_size_ = z;
  if (*size == body) return out;  // raw; no other form of it has this length
  std::array<std::uint8_t, 4> magic{};
  const auto got = file->read_at(0, magic);
  if (!got.ok()) return trouble.note(IoRole::kSliver, got.error());
  if (base::as_text(magic) == "WSLV")
    TRY(out->open_stored(*file, name, params, id, *size));
  else
    TRY(out->open_bcs(*file, *size, body));
  return out;
}

codec::Result<void> SliverFile::open_stored(os::File& file, const codec::SliverName& name,
                                            const codec::Params& params, const base::BlobId* id,
                                            std::uint64_t file_size) {
  base::Bytes bytes(codec::kStoredHeader);
  const auto got = file.read_at(0, bytes);
  if (!got.ok()) return trouble_.note(IoRole::kSliver, got.error());
  bytes.resize(*got);
  TRY_ASSIGN(const codec::StoredHeader header, codec::parse_stored_header(bytes));
  const std::uint64_t want = codec::stored_bytes(header.body_bytes);
  const auto fault =
      file_size < want ? codec::StoredFault::kTruncated : codec::StoredFault::kTrailing;
  if (file_size != want)
    return shape::fail(CodecCode::kStored, static_cast<std::uint8_t>(fault),
                       std::min(file_size, want));
  if (header.axis != name.axis || header.index != name.index)
    return shape::fail(CodecCode::kSliverIndex, header.index, params.n());
  if (header.shards != params.n() || (id != nullptr && header.blob_id != *id))
    return shape::fail(CodecCode::kSliverHash, static_cast<std::uint8_t>(name.axis), name.index);
  size_ = header.body_bytes;
  symbol_size_ = header.symbol_size;
  stored_ = header;
  return {};
}

codec::Result<void> SliverFile::open_bcs(os::File& file, std::uint64_t file_size,
                                         std::uint64_t body) {
  const auto wrong = [&] { return shape::fail(CodecCode::kSliverLength, file_size, body); };
  base::Bytes head(static_cast<std::size_t>(std::min<std::uint64_t>(file_size, 5)));
  std::array<std::uint8_t, 4> tail{};
  if (file_size < tail.size() + 1) return wrong();
  const auto first = file.read_at(0, head);
  const auto last = file.read_at(file_size - tail.size(), tail);
  if (!first.ok()) return trouble_.note(IoRole::kSliver, first.error());
  if (!last.ok()) return trouble_.note(IoRole::kSliver, last.error());
  shape::bcs::Cursor in(head);
  const auto length = in.uleb();
  if (!length.ok() || in.offset() + *length + tail.size() != file_size) return wrong();
  base::Reader end(tail);
  symbol_size_ = *end.le<std::uint16_t>();
  index_ = *end.le<std::uint16_t>();
  if (symbol_size_ == 0) return wrong();
  size_ = *length;
  start_ = in.offset();
  return {};
}

codec::Result<void> SliverFile::read_at(std::uint64_t offset, std::span<std::uint8_t> out) {
  WALD_CHECK(offset <= size_ && out.size() <= size_ - offset);
  if (out.empty()) return {};
  auto file = os::File::open(path_, os::Open::kRead);
  if (!file.ok()) return trouble_.note(IoRole::kSliver, file.error());
  if (stored_) return read_chunks(*file, offset, out);
  const auto got = file->read_at(start_ + offset, out);
  if (!got.ok()) return trouble_.note(IoRole::kSliver, got.error());
  if (*got == out.size()) return {};
  return trouble_.note(IoRole::kSliver, {0, path_ + " became shorter while it was read"});
}

codec::Result<void> SliverFile::read_chunks(os::File& file, std::uint64_t offset,
                                            std::span<std::uint8_t> out) {
  const std::uint64_t first = offset / codec::kStoredChunk * codec::kStoredChunk;
  const std::uint64_t end =
      std::min<std::uint64_t>(size_, (offset + out.size() + codec::kStoredChunk - 1) /
                                         codec::kStoredChunk * codec::kStoredChunk);
  const std::uint64_t stop = end == size_ ? codec::stored_bytes(size_) : codec::stored_offset(end);
  base::Bytes chunks(static_cast<std::size_t>(stop - codec::stored_offset(first)));
  const auto got = file.read_at(codec::stored_offset(first), chunks);
  if (!got.ok()) return trouble_.note(IoRole::kSliver, got.error());
  if (*got != chunks.size())
    return trouble_.note(IoRole::kSliver, {0, path_ + " became shorter while it was read"});
  TRY_ASSIGN(const base::Bytes bytes, codec::read_stored(*stored_, offset, out.size(), chunks));
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return {};
}

}  // namespace wald::client
