// SPDX-License-Identifier: Apache-2.0
// Preloaded into a real `wald`: while the file named by WALD_FAULT_FILE exists, calls fail as it
// says, one line `CALL PART` each: the call on a path that holds PART (`fdatasync /log/`). pwrite
// and posix_fallocate find a full disk, fsync and fdatasync a broken one, statfs no free block.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

template <class Call>
Call real(const char* name) {
  return reinterpret_cast<Call>(::dlsym(RTLD_NEXT, name));
}

std::string orders() {
  const char* path = std::getenv("WALD_FAULT_FILE");
  if (path == nullptr) return {};
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  std::string text(1'024, '\0');
  const ssize_t got = ::read(fd, text.data(), text.size());
  ::close(fd);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

std::string path_of(int fd) {
  std::string path(1'024, '\0');
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t got = ::readlink(link.c_str(), path.data(), path.size());
  path.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return path;
}

bool ordered(std::string_view call, const std::string& path) {
  const std::string text = orders();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = std::string_view(text).substr(at, end - at);
    const std::size_t space = line.find(' ');
    if (space != std::string_view::npos && line.substr(0, space) == call &&
        path.find(line.substr(space + 1)) != std::string::npos)
      return true;
    at = end + 1;
  }
  return false;
}

}  // namespace

extern "C" {

int fdatasync(int fd) {
  if (ordered("fdatasync", path_of(fd))) {
    errno = EIO;
    return -1;
  }
  return real<int (*)(int)>("fdatasync")(fd);
}

int fsync(int fd) {
  if (ordered("fsync", path_of(fd))) {
    errno = EIO;
    return -1;
  }
  return real<int (*)(int)>("fsync")(fd);
}

ssize_t pwrite(int fd, const void* data, size_t count, off_t offset) {
  if (ordered("pwrite", path_of(fd))) {
    errno = ENOSPC;
    return -1;
  }
  return real<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite")(fd, data, count, offset);
}

int posix_fallocate(int fd, off_t offset, off_t length) {
  if (ordered("posix_fallocate", path_of(fd))) return ENOSPC;
  return real<int (*)(int, off_t, off_t)>("posix_fallocate")(fd, offset, length);
}

int statfs(const char* path, struct statfs* info) noexcept {
  const int code = real<int (*)(const char*, struct statfs*)>("statfs")(path, info);
  if (code == 0 && ordered("statfs", path)) info->f_bavail = 0;
  return code;
}

}  // extern "C"
