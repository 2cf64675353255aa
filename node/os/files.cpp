// SPDX-License-Identifier: Apache-2.0
#include "node/os/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>
#include <system_error>

#include "codec/base/strong.h"

namespace wald::os {
namespace {

template <class Call>
auto retry(Call call) {
  for (;;) {
    const auto result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

base::Err<IoError> fail(const std::string& what, const std::string& path) {
  return base::Err{system_error(errno, what + " " + path)};
}

int flags_of(Open how) {
  switch (how) {
    case Open::kRead:
      return O_RDONLY;
    case Open::kReadNoFollow:
      return O_RDONLY | O_NOFOLLOW;
    case Open::kReadNoWait:
      return O_RDONLY | O_NONBLOCK;
    case Open::kReadWrite:
      return O_RDWR;
    case Open::kCreate:
      return O_RDWR | O_CREAT;
    case Open::kCreateNew:
      return O_RDWR | O_CREAT | O_EXCL;
  }
  return O_RDONLY;
}

}  // namespace

IoError system_error(int code, const std::string& what) {
  return IoError{code, what + ": " + std::generic_category().message(code)};
}

const FileOps& real_file_ops() {
  static const FileOps ops{::pwrite, ::fdatasync, ::fsync, ::posix_fallocate};
  return ops;
}

IoResult<File> File::open(const std::string& path, Open how, unsigned mode, const FileOps& ops) {
  const int fd = retry(
      [&] { return ::open(path.c_str(), flags_of(how) | O_CLOEXEC, static_cast<mode_t>(mode)); });
  if (fd < 0) return fail("open", path);
  return File(fd, path, ops);
}

IoResult<File> File::duplicate(int fd, const std::string& path) {
  const int copy = retry([&] { return ::fcntl(fd, F_DUPFD_CLOEXEC, 0); });
  if (copy < 0) return fail("open", path);
  return File(copy, path, real_file_ops());
}

File::File(File&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)), ops_(other.ops_) {}

File& File::operator=(File&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = std::exchange(other.fd_, -1);
    path_ = std::move(other.path_);
    ops_ = other.ops_;
  }
  return *this;
}

File::~File() {
  if (fd_ >= 0) ::close(fd_);
}

IoResult<std::size_t> File::read_at(std::uint64_t offset, std::span<std::uint8_t> out) const {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t n = retry([&] {
      return ::pread(fd_, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    });
    if (n < 0) return fail("read", path_);
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

IoResult<base::Bytes> File::read_exact(std::uint64_t offset, std::size_t count) const {
  base::Bytes out(count);
  TRY_ASSIGN(const std::size_t got, read_at(offset, out));
  if (got != count)
    return content_error("read " + path_ + ": ends " + std::to_string(count - got) +
                         " bytes early at offset " + std::to_string(offset + got));
  return out;
}

IoResult<void> File::write_at(std::uint64_t offset, base::ByteView bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = retry([&] {
      return ops_->pwrite(fd_, bytes.data() + done, bytes.size() - done,
                          static_cast<off_t>(offset + done));
    });
    if (n < 0) return fail("write", path_);
    if (n == 0) return base::Err{system_error(ENOSPC, "write " + path_)};
    done += static_cast<std::size_t>(n);
  }
  return {};
}

// A failed sync is never retried: the kernel may have dropped the pages and answer success next
// time.
IoResult<void> File::datasync() {
  if (ops_->fdatasync(fd_) != 0) return fail("fdatasync", path_);
  return {};
}

IoResult<void> File::sync() {
  if (ops_->fsync(fd_) != 0) return fail("fsync", path_);
  return {};
}

IoResult<void> File::preallocate(std::uint64_t size) {
  const int code = ops_->fallocate(fd_, 0, static_cast<off_t>(size));
  if (code != 0) return base::Err{system_error(code, "preallocate " + path_)};
  return {};
}

IoResult<void> File::truncate(std::uint64_t size) {
  if (retry([&] { return ::ftruncate(fd_, static_cast<off_t>(size)); }) != 0)
    return fail("truncate", path_);
  return {};
}

IoResult<std::uint64_t> File::size() const {
  struct stat info {};
  if (::fstat(fd_, &info) != 0) return fail("stat", path_);
  return static_cast<std::uint64_t>(info.st_size);
}

IoResult<std::uint64_t> File::modified_ns() const {
  struct stat info {};
  if (::fstat(fd_, &info) != 0) return fail("stat", path_);
  return static_cast<std::uint64_t>(info.st_mtim.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(info.st_mtim.tv_nsec);
}

IoResult<void> File::set_modified_ns(std::uint64_t ns) {
  timespec times[2]{};
  times[0].tv_nsec = UTIME_OMIT;
  times[1].tv_sec = static_cast<time_t>(ns / 1'000'000'000);
  times[1].tv_nsec = static_cast<long>(ns % 1'000'000'000);
  if (::futimens(fd_, times) != 0) return fail("set the time of", path_);
  return {};
}

bool exists(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0;
}

std::string parent_dir(const std::string& path) {
  const auto slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

IoResult<void> make_dirs(const std::string& path, unsigned mode) {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end);
    if (::mkdir(part.c_str(), static_cast<mode_t>(mode)) != 0 && errno != EEXIST)
      return fail("create folder", part);
    if (end == std::string::npos) break;
  }
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return fail("stat", path);
  if (!S_ISDIR(info.st_mode)) return base::Err{system_error(ENOTDIR, "create folder " + path)};
  return {};
}

namespace {

// Files of /proc have size 0, so it reads until the end rather than trusting the size.
IoResult<base::Bytes> read_all(const File& file, std::size_t cap) {
  WALD_CHECK(cap < std::numeric_limits<std::size_t>::max());
  base::Bytes out;
  TRY_ASSIGN(const std::uint64_t size, file.size());
  std::size_t step = static_cast<std::size_t>(std::min<std::uint64_t>(size, cap)) + 1;
  for (;;) {
    const std::size_t before = out.size();
    out.resize(std::min(before + step, cap + 1));
    TRY_ASSIGN(const std::size_t got,
               file.read_at(before, std::span<std::uint8_t>(out).subspan(before)));
    const bool at_end = before + got < out.size();
    out.resize(before + got);
    if (out.size() > cap)
      return base::Err{system_error(
          EFBIG, "read " + file.path() + " (limit " + std::to_string(cap) + " bytes)")};
    if (at_end) return out;
    step = 4096;
  }
}

}  // namespace

IoResult<base::Bytes> read_file(const std::string& path, std::size_t cap) {
  TRY_ASSIGN(const File file, File::open(path, Open::kRead));
  return read_all(file, cap);
}

IoResult<base::Bytes> read_private_file(const std::string& path, std::size_t cap) {
  TRY_ASSIGN(const File file, File::open(path, Open::kReadNoFollow));
  // The open descriptor is judged and read, so nothing can be swapped in between.
  struct stat info {};
  if (::fstat(file.fd(), &info) != 0) return fail("stat", path);
  if (!S_ISREG(info.st_mode)) return content_error(path + ": not a plain file");
  if (info.st_uid != ::geteuid()) return content_error(path + ": belongs to another user");
  if ((info.st_mode & 07777) != 0600)
    return content_error(path + ": its mode must be 0600 (chmod 600)");
  return read_all(file, cap);
}

IoResult<void> sync_dir(const std::string& path) {
  TRY_ASSIGN(File dir, File::open(path, Open::kRead));
  return dir.sync();
}

IoResult<void> write_file_atomic(const std::string& path, base::ByteView bytes, unsigned mode) {
  const std::string temp = path + ".tmp";
  if (::unlink(temp.c_str()) != 0 && errno != ENOENT) return fail("remove", temp);
  {
    TRY_ASSIGN(File file, File::open(temp, Open::kCreateNew, mode));
    if (::fchmod(file.fd(), static_cast<mode_t>(mode)) != 0) return fail("chmod", temp);
    TRY(file.write_at(0, bytes));
    TRY(file.sync());
  }
  return rename_durable(temp, path);
}

IoResult<void> rename_durable(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return fail("rename to", to);
  return sync_dir(parent_dir(to));
}

IoResult<void> remove_file(const std::string& path) {
  if (::unlink(path.c_str()) != 0) return fail("remove", path);
  return {};
}

IoResult<void> remove_tree(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (error) return base::Err{system_error(error.value(), "remove " + path)};
  return {};
}

IoResult<std::vector<std::string>> list_dir(const std::string& path) {
  DIR* dir = ::opendir(path.c_str());
  if (dir == nullptr) return fail("list", path);
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(dir);
    if (entry == nullptr) break;
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  const int code = errno;
  ::closedir(dir);
  if (code != 0) return base::Err{system_error(code, "list " + path)};
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace wald::os
