// SPDX-License-Identifier: Apache-2.0
#include "node/os/lock.h"

#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "node/os/clock.h"

namespace wald::os {

IoResult<LockFile> LockFile::acquire(const std::string& path) {
  TRY_ASSIGN(File file, File::open(path, Open::kCreate, 0600));
  if (::flock(file.fd(), LOCK_EX | LOCK_NB) != 0) {
    const int code = errno;
    if (code != EWOULDBLOCK) return base::Err{system_error(code, "lock " + path)};
    base::Bytes holder(128);
    TRY_ASSIGN(const std::size_t got, file.read_at(0, holder));
    holder.resize(got);
    std::string name(base::as_text(holder));
    while (!name.empty() && name.back() == '\n') name.pop_back();
    return base::Err{IoError{code, path + " is held by " +
                                       (name.empty() ? "another process" : name) +
                                       ": a data folder has one writer; stop that one first"}};
  }
  const std::string name = "boot " + boot_id() + " pid " + std::to_string(::getpid()) + "\n";
  TRY(file.truncate(0));
  TRY(file.write_at(0, base::as_bytes(name)));
  return LockFile(std::move(file));
}

}  // namespace wald::os
