// SPDX-License-Identifier: Apache-2.0
// Files as the node uses them: descriptors that close themselves, whole reads and writes at an
// offset, and changes that survive a crash (temp file, fsync, rename, fsync of the folder).
// Errors: every call names its path. Thread rule: File may be read from several threads at once;
// writing, truncating and moving belong to one. Rule EN-3 rests on `append one write, one
// datasync`.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "codec/base/bytes.h"
#include "node/os/error.h"

namespace wald::os {

// The calls whose failure decides durability. Tests hand in a table whose entries fail on purpose.
struct FileOps {
  ssize_t (*pwrite)(int fd, const void* data, std::size_t count, off_t offset);
  int (*fdatasync)(int fd);
  int (*fsync)(int fd);
  int (*fallocate)(int fd, off_t offset, off_t length);  // answers an errno value, as POSIX has it
};
const FileOps& real_file_ops();

// kCreate: read-write, made if missing; kCreateNew: fails if it is there. kReadNoWait: a pipe opens
// before anybody writes to it, and its read() never blocks.
enum class Open { kRead, kReadNoFollow, kReadNoWait, kReadWrite, kCreate, kCreateNew };

class File {
 public:
  static IoResult<File> open(const std::string& path, Open how, unsigned mode = 0644,
                             const FileOps& ops = real_file_ops());
  // A descriptor of its own for what is open already, as standard input; `path` names it.
  static IoResult<File> duplicate(int fd, const std::string& path);
  File() = default;
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  ~File();

  // Up to out.size() bytes; fewer only at the end of the file.
  IoResult<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> out) const;
  // Exactly `count` bytes or an error.
  IoResult<base::Bytes> read_exact(std::uint64_t offset, std::size_t count) const;
  IoResult<void> write_at(std::uint64_t offset, base::ByteView bytes);
  IoResult<void> datasync();
  IoResult<void> sync();
  IoResult<void> preallocate(std::uint64_t size);  // zeros up to size; ENOSPC shows here
  IoResult<void> truncate(std::uint64_t size);
  IoResult<std::uint64_t> size() const;
  // When its bytes last changed: nanoseconds since 1970.
  IoResult<std::uint64_t> modified_ns() const;
  IoResult<void> set_modified_ns(std::uint64_t ns);

  bool is_open() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  const std::string& path() const { return path_; }

 private:
  File(int fd, std::string path, const FileOps& ops)
      : fd_(fd), path_(std::move(path)), ops_(&ops) {}
  int fd_ = -1;
  std::string path_;
  const FileOps* ops_ = nullptr;
};

bool exists(const std::string& path);
IoResult<void> make_dirs(const std::string& path, unsigned mode = 0755);
IoResult<base::Bytes> read_file(const std::string& path, std::size_t cap);
// Refuses anything but a plain file of mode 0600 that belongs to the running user; no links.
IoResult<base::Bytes> read_private_file(const std::string& path, std::size_t cap);
// After it returns, `path` holds all of `bytes`, whatever crashes; before, all of the old content.
IoResult<void> write_file_atomic(const std::string& path, base::ByteView bytes,
                                 unsigned mode = 0644);
IoResult<void> rename_durable(const std::string& from, const std::string& to);
IoResult<void> sync_dir(const std::string& path);
IoResult<void> remove_file(const std::string& path);
IoResult<void> remove_tree(const std::string& path);  // nothing there is success
// Names in the folder, sorted by bytes, without . and ..
IoResult<std::vector<std::string>> list_dir(const std::string& path);
std::string parent_dir(const std::string& path);

}  // namespace wald::os
