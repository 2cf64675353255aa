// SPDX-License-Identifier: Apache-2.0
#include "node/client/stream_files.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace wald::client {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kCopy = 1 << 20;
constexpr int kLookMs = 100;

std::string own_name(const std::string& stem) {
  static std::atomic<unsigned> count{0};
  return stem + ".wal-" + std::to_string(::getpid()) + "-" + std::to_string(count++);
}

codec::Result<void> read_all(os::File& file, codec::IoRole role, std::uint64_t offset,
                             std::span<std::uint8_t> out, Trouble& trouble) {
  const auto got = file.read_at(offset, out);
  if (!got.ok()) return trouble.note(role, got.error());
  if (*got == out.size()) return {};
  return trouble.note(role, {0, "read " + file.path() + ": it ends at byte " +
                                    std::to_string(offset + *got) + ", earlier than it said"});
}

}  // namespace

base::Err<codec::CodecError> Trouble::note(codec::IoRole role, const os::IoError& error) {
  const std::lock_guard lock(mutex_);
  texts_.at(static_cast<std::size_t>(role)) = error.text;
  return codec::io_error(role, error.code);
}

std::string Trouble::text(codec::IoRole role) const {
  const std::lock_guard lock(mutex_);
  return texts_.at(static_cast<std::size_t>(role));
}

Failure Trouble::failure(const codec::CodecError& error) const {
  WALD_CHECK(error.code == codec::CodecCode::kIo && !error.numbers.empty());
  WALD_CHECK(error.numbers[0] < texts_.size());
  const std::string said = text(static_cast<codec::IoRole>(error.numbers[0]));
  return fail(Exit::kUnexpected, "IO", said.empty() ? error.message() : said).error;
}

std::string default_scratch_dir() {
  const char* dir = std::getenv("TMPDIR");
  return dir != nullptr && *dir != '\0' ? dir : "/var/tmp";
}

Failure io_failure(const os::IoError& error) {
  const bool absent = error.code == ENOENT;
  Failure out =
      fail(absent ? Exit::kNotFound : Exit::kUnexpected, absent ? "NOT_FOUND" : "IO", error.text)
          .error;
  if (absent) {
    out.status = "NOT_FOUND";
    out.code = 404;
  }
  return out;
}

os::IoResult<void> write_sparse(os::File& file, std::uint64_t offset, base::ByteView bytes) {
  static constexpr std::uint8_t kZeros[kPage] = {};
  std::size_t from = 0;  // first byte that is not written yet
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::size_t page = std::min(kPage - (offset + at) % kPage, bytes.size() - at);
    const bool hole = std::memcmp(bytes.data() + at, kZeros, page) == 0;
    if (hole) {
      if (at > from) TRY(file.write_at(offset + from, bytes.subspan(from, at - from)));
      from = at + page;
    }
    at += page;
  }
  if (at > from) TRY(file.write_at(offset + from, bytes.subspan(from, at - from)));
  return {};
}

Outcome<std::unique_ptr<TempFile>> TempFile::make(const std::string& dir, Trouble& trouble) {
  const std::string path = own_name(dir + "/scratch");
  auto file = os::File::open(path, os::Open::kCreateNew, 0600);
  if (!file.ok()) return base::Err{io_failure(file.error())};
  if (const auto gone = os::remove_file(path); !gone.ok())
    return base::Err{io_failure(gone.error())};
  return std::unique_ptr<TempFile>(new TempFile(*std::move(file), trouble));
}

codec::Result<void> TempFile::write_at(std::uint64_t offset, base::ByteView bytes) {
  const auto done = file_.write_at(offset, bytes);
  if (!done.ok()) return trouble_.note(codec::IoRole::kScratch, done.error());
  return {};
}

codec::Result<void> TempFile::read_at(std::uint64_t offset, std::span<std::uint8_t> out) {
  return read_all(file_, codec::IoRole::kScratch, offset, out, trouble_);
}

Outcome<Input::Stamp> Input::stamp() const {
  struct stat info {};
  if (::fstat(file_.fd(), &info) != 0)
    return base::Err{io_failure(os::system_error(errno, "stat " + path_))};
  return Stamp{static_cast<std::uint64_t>(info.st_size), info.st_mtim.tv_sec, info.st_mtim.tv_nsec,
               info.st_ctim.tv_sec, info.st_ctim.tv_nsec};
}

Outcome<std::unique_ptr<Input>> Input::open(const std::string& path, std::uint64_t most,
                                            const std::string& scratch_dir, Trouble& trouble,
                                            const std::atomic<bool>* cancel) {
  auto out = std::unique_ptr<Input>(new Input(path, trouble));
  auto file = path == "-" ? os::File::duplicate(STDIN_FILENO, "standard input")
                          : os::File::open(path, os::Open::kReadNoWait);
  if (!file.ok()) return base::Err{io_failure(file.error())};
  out->file_ = *std::move(file);
  struct stat info {};
  if (::fstat(out->file_.fd(), &info) != 0)
    return base::Err{io_failure(os::system_error(errno, "stat " + path))};
  if (S_ISDIR(info.st_mode)) return base::Err{io_failure(os::system_error(EISDIR, "read " + path))};
  // Standard input may be in the middle of a file.
  const bool whole = path != "-" || ::lseek(out->file_.fd(), 0, SEEK_CUR) == 0;
  if (!S_ISREG(info.st_mode) || info.st_size == 0 || !whole) {
    TRY(out->spool(scratch_dir, most, cancel));
    return out;
  }
  TRY_ASSIGN(out->stamp_, out->stamp());
  out->size_ = out->stamp_.size;
  return out;
}

Outcome<void> Input::spool(const std::string& dir, std::uint64_t most,
                           const std::atomic<bool>* cancel) {
  TRY_ASSIGN(spooled_, TempFile::make(dir, trouble_));
  base::Bytes buffer(kCopy);
  for (;;) {
    if (cancel != nullptr && cancel->load())
      return fail(Exit::kInterrupted, "INTERRUPTED", "stopped");
    pollfd ready{file_.fd(), POLLIN, 0};
    const int seen = ::poll(&ready, 1, kLookMs);  // the flag is looked at while a pipe is silent
    if (seen == 0 || (seen < 0 && errno == EINTR)) continue;
    const ssize_t count = seen < 0 ? -1 : ::read(file_.fd(), buffer.data(), buffer.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count < 0) return base::Err{io_failure(os::system_error(errno, "read " + path_))};
    if (count == 0) return {};
    const auto bytes = base::ByteView(buffer).first(static_cast<std::size_t>(count));
    const auto kept = spooled_->write_at(size_, bytes);
    if (!kept.ok()) return base::Err{trouble_.failure(kept.error())};
    size_ += bytes.size();
    if (size_ > most)
      return fail(
          Exit::kUsage, "BlobTooLarge",
          path_ + " is longer than the " + std::to_string(most) + " bytes of any blob here");
  }
}

codec::Result<void> Input::read_at(std::uint64_t offset, std::span<std::uint8_t> out) {
  if (spooled_) return spooled_->read_at(offset, out);
  return read_all(file_, codec::IoRole::kInput, offset, out, trouble_);
}

Outcome<void> Input::unchanged() const {
  if (spooled_) return {};
  TRY_ASSIGN(const Stamp now, stamp());
  if (now == stamp_) return {};
  return fail(Exit::kUnexpected, "IO", path_ + " changed while it was read",
              "run it again when nobody writes to it");
}

Outcome<std::unique_ptr<Output>> Output::make(const std::string& path, Trouble& trouble) {
  auto out = std::unique_ptr<Output>(new Output(path, trouble));
  const std::string temp = own_name(path);
  auto file = os::File::open(temp, os::Open::kCreateNew);
  // A folder that is missing is no missing input.
  if (!file.ok()) return fail(Exit::kUnexpected, "IO", file.error().text);
  out->file_ = *std::move(file);
  out->temp_ = temp;
  return out;
}

Output::~Output() {
  if (!temp_.empty()) (void)os::remove_file(temp_).ok();
}

codec::Result<void> Output::write_at(std::uint64_t offset, base::ByteView bytes) {
  const auto done = write_sparse(file_, offset, bytes);
  if (!done.ok()) return trouble_.note(codec::IoRole::kOutput, done.error());
  return {};
}

codec::Result<void> Output::read_at(std::uint64_t offset, std::span<std::uint8_t> out) {
  return read_all(file_, codec::IoRole::kOutput, offset, out, trouble_);
}

Outcome<void> Output::set_size(std::uint64_t size) {
  const auto done = file_.truncate(size);
  if (!done.ok()) return fail(Exit::kUnexpected, "IO", done.error().text);
  return {};
}

Outcome<void> Output::commit() {
  auto done = file_.sync();
  if (done.ok()) done = os::rename_durable(temp_, path_);
  if (!done.ok()) return fail(Exit::kUnexpected, "IO", done.error().text);
  temp_.clear();
  return {};
}

}  // namespace wald::client
