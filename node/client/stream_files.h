// SPDX-License-Identifier: Apache-2.0
// Files as the codec's streams want them (codec/io.h): an input that may be a pipe, scratch space
// that disappears by itself, and an output that nobody sees before it is whole. Failures of the
// system are kept with their sentences, since a CodecError has numbers only. Thread rule: as
// codec/io.h.
#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <memory>
#include <mutex>

#include "codec/io.h"
#include "node/client/failure.h"
#include "node/os/files.h"

namespace wald::client {

// Sentences for the errors that pass through the codec: the newest of each role, since a sliver
// that cannot be read is passed over and what ends the work comes after it.
class Trouble {
 public:
  base::Err<codec::CodecError> note(codec::IoRole role, const os::IoError& error);
  std::string text(codec::IoRole role) const;
  // What ended the work, as a Failure (exit 1). `error` is an Io (WALD_CHECK).
  Failure failure(const codec::CodecError& error) const;

 private:
  mutable std::mutex mutex_;
  std::array<std::string, 4> texts_;
};

// An unlinked file in `dir`: whatever happens, it takes no space when the process is gone.
class TempFile : public codec::Storage {
 public:
  static Outcome<std::unique_ptr<TempFile>> make(const std::string& dir, Trouble& trouble);
  codec::Result<void> write_at(std::uint64_t offset, base::ByteView bytes) override;
  codec::Result<void> read_at(std::uint64_t offset, std::span<std::uint8_t> out) override;

 private:
  TempFile(os::File file, Trouble& trouble) : file_(std::move(file)), trouble_(trouble) {}
  os::File file_;
  Trouble& trouble_;
};

// A file, or what comes out of a pipe or of `-`, which is copied to `scratch_dir` first; so is what
// says that it is empty, as files of /proc do. More than `most` bytes of those are refused:
// BlobTooLarge (2). Nothing there is exit 3. A silent pipe is waited for until `cancel`: exit 130.
class Input : public codec::Source {
 public:
  static Outcome<std::unique_ptr<Input>> open(const std::string& path, std::uint64_t most,
                                              const std::string& scratch_dir, Trouble& trouble,
                                              const std::atomic<bool>* cancel = nullptr);
  std::uint64_t size() const override { return size_; }
  codec::Result<void> read_at(std::uint64_t offset, std::span<std::uint8_t> out) override;
  // After the work: the file is still what it was when it was opened. Exit 1 if not.
  Outcome<void> unchanged() const;

 private:
  struct Stamp {
    std::uint64_t size = 0;
    std::int64_t modified_s = 0, modified_ns = 0, changed_s = 0, changed_ns = 0;
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  Input(std::string path, Trouble& trouble) : path_(std::move(path)), trouble_(trouble) {}
  Outcome<Stamp> stamp() const;
  Outcome<void> spool(const std::string& dir, std::uint64_t most, const std::atomic<bool>* cancel);

  std::string path_;
  Trouble& trouble_;
  os::File file_;
  std::unique_ptr<TempFile> spooled_;
  std::uint64_t size_ = 0;
  Stamp stamp_;
};

// A file beside `path` until commit(), which syncs it and moves it there; gone otherwise. Pages of
// zeros become holes.
class Output : public codec::Storage {
 public:
  static Outcome<std::unique_ptr<Output>> make(const std::string& path, Trouble& trouble);
  ~Output() override;
  codec::Result<void> write_at(std::uint64_t offset, base::ByteView bytes) override;
  codec::Result<void> read_at(std::uint64_t offset, std::span<std::uint8_t> out) override;
  Outcome<void> set_size(std::uint64_t size);  // before anything is read
  Outcome<void> commit();

 private:
  Output(std::string path, Trouble& trouble) : path_(std::move(path)), trouble_(trouble) {}
  std::string path_, temp_;
  Trouble& trouble_;
  os::File file_;
};

// Writes pages, and parts of pages at the ends, that are not all zero: of a new file the rest is
// zero anyway. Nothing may have been written there before.
os::IoResult<void> write_sparse(os::File& file, std::uint64_t offset, base::ByteView bytes);

// $TMPDIR, or /var/tmp, which is disk: scratch space is half a blob or more.
std::string default_scratch_dir();

Failure io_failure(const os::IoError& error);  // ENOENT is exit 3, all else 1

}  // namespace wald::client
