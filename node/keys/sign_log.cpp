// SPDX-License-Identifier: Apache-2.0
#include "node/keys/sign_log.h"

#include "codec/base/hash.h"

namespace wald::keys {
namespace {

constexpr std::size_t kRecord = 64;
constexpr std::size_t kCheck = 14;
constexpr Statement kHead{0};
constexpr std::size_t kLogCap = 256u << 20;

std::string describe(SignPosition at) {
  return std::to_string(at.height) + "/" + std::to_string(at.round);
}

}  // namespace

base::Bytes SignLog::encode(Statement kind, const Last& last) const {
  base::Writer out;
  out.text("WSIG").u8(static_cast<std::uint8_t>(kind)).u8(0);
  out.le(last.at.round).le(last.at.height).raw(last.hash.view());
  const base::Hash check = base::tagged_hash("wald.signlog", key_.view(), out.bytes());
  out.raw(check.view().first(kCheck));
  WALD_CHECK(out.size() == kRecord);
  return std::move(out).bytes();
}

std::optional<std::pair<Statement, SignLog::Last>> SignLog::decode(base::ByteView record) const {
  WALD_CHECK(record.size() == kRecord);
  base::Reader reader(record.subspan(4));
  const auto kind = static_cast<Statement>(*reader.u8());
  reader.u8();
  Last last;
  last.at.round = *reader.le<std::uint32_t>();
  last.at.height = *reader.le<std::uint64_t>();
  last.hash = *reader.id<base::Hash>();
  // One form only: writing it again checks every byte.
  if (!base::equal(record, encode(kind, last))) return std::nullopt;
  return std::pair(kind, last);
}

os::IoResult<std::unique_ptr<SignLog>> SignLog::open(const std::string& path,
                                                     const base::PublicKey& key,
                                                     const os::FileOps& ops) {
  TRY_ASSIGN(os::LockFile lock, os::LockFile::acquire(path + ".lock"));
  std::unique_ptr<SignLog> log(new SignLog(key));
  log->lock_ = std::make_unique<os::LockFile>(std::move(lock));
  TRY(log->load(path, ops));
  return log;
}

os::IoResult<void> SignLog::load(const std::string& path, const os::FileOps& ops) {
  fresh_ = !os::exists(path);
  base::Bytes bytes;
  if (!fresh_) {
    TRY_ASSIGN(bytes, os::read_private_file(path, kLogCap));
  }
  for (std::size_t at = 0; at < bytes.size(); at += kRecord) {
    const bool whole = bytes.size() - at >= kRecord;
    const auto found = whole ? decode(base::ByteView(bytes).subspan(at, kRecord)) : std::nullopt;
    if (!found && bytes.size() - at > kRecord)
      return os::content_error(path + ": bad record at offset " + std::to_string(at) +
                               ", or the log of another key");
    // The first record is written by a rename, so it is never torn.
    if (at == 0 && (!found || found->first != kHead))
      return os::content_error(path + ": its first record is bad, or of another key");
    if (found && found->first != kHead) last_.insert_or_assign(found->first, found->second);
  }
  base::Writer compact;
  compact.raw(encode(kHead, {}));
  for (const auto& [kind, last] : last_) compact.raw(encode(kind, last));
  TRY(os::write_file_atomic(path, compact.bytes(), 0600));
  end_ = compact.size();
  TRY_ASSIGN(file_, os::File::open(path, os::Open::kReadWrite, 0600, ops));
  return {};
}

os::IoResult<void> SignLog::permit(Statement kind, SignPosition at, const base::Hash& hash) {
  const std::lock_guard lock(mutex_);
  if (failed_) return os::content_error(file_.path() + ": an earlier write failed; restart");
  const auto known = last_.find(kind);
  if (known != last_.end()) {
    const Last& last = known->second;
    if (at < last.at)
      return os::content_error("refused to sign at " + describe(at) + ": " + describe(last.at) +
                               " is signed already");
    if (at == last.at && many_per_position(kind)) return {};
    if (at == last.at && hash == last.hash) return {};
    if (at == last.at)
      return os::content_error("refused to sign a second statement at " + describe(at));
  }
  const Last last{at, hash};
  failed_ = true;  // until record and sync have succeeded
  TRY(file_.write_at(end_, encode(kind, last)));
  TRY(file_.datasync());
  failed_ = false;
  end_ += kRecord;
  last_.insert_or_assign(kind, last);
  return {};
}

}  // namespace wald::keys
