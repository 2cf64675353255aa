// SPDX-License-Identifier: Apache-2.0
// What the codec is handed to work on blobs larger than memory (K-29): where bytes come from and
// go to, and who runs units of work. node/ implements them; the codec opens no file and starts no
// thread. Offsets and lengths are bytes.
//
// Errors: Io {role, errno}; errno 0 where bytes are missing without the system saying why. Thread
// rule: reads and writes of ranges that do not overlap may come from several workers at once.
#pragma once

#include <functional>

#include "codec/codec.h"

namespace wald::codec {

// Which path an Io error is about.
enum class IoRole : std::uint8_t { kInput, kSliver, kScratch, kOutput };

inline base::Err<CodecError> io_error(IoRole role, int code) {
  return shape::fail(CodecCode::kIo, static_cast<std::uint8_t>(role),
                     static_cast<std::uint64_t>(code));
}

class Source {
 public:
  virtual ~Source() = default;
  virtual std::uint64_t size() const = 0;
  // All of `out`, or an error: what is announced and not there is Io {role, 0}.
  virtual Result<void> read_at(std::uint64_t offset, std::span<std::uint8_t> out) = 0;
};

// Bytes that are written and read back: scratch space, or the output of a decoder. What was never
// written is not read.
class Storage {
 public:
  virtual ~Storage() = default;
  virtual Result<void> write_at(std::uint64_t offset, ByteView bytes) = 0;
  virtual Result<void> read_at(std::uint64_t offset, std::span<std::uint8_t> out) = 0;
};

// What was written to a storage, as a source: its bytes [from, from + size), zeros behind `len`.
class StorageSource : public Source {
 public:
  StorageSource(Storage& storage, std::uint64_t len, std::uint64_t from, std::uint64_t size)
      : storage_(storage), len_(len), from_(from), size_(size) {}
  std::uint64_t size() const override { return size_; }
  Result<void> read_at(std::uint64_t offset, std::span<std::uint8_t> out) override;

 private:
  Storage& storage_;
  std::uint64_t len_, from_, size_;
};

class SliverSink {
 public:
  virtual ~SliverSink() = default;
  // Bytes of a body; each is written once, in any order.
  virtual Result<void> write_at(Axis axis, std::uint32_t index, std::uint64_t offset,
                                ByteView bytes) = 0;
};

class Executor {
 public:
  virtual ~Executor() = default;
  // work(0) to work(units - 1), each once, in any order and on any worker; returns when all ended.
  virtual void run(std::size_t units, const std::function<void(std::size_t)>& work) = 0;
  virtual std::size_t workers() const = 0;
};

// The caller's own thread.
class SerialExecutor : public Executor {
 public:
  void run(std::size_t units, const std::function<void(std::size_t)>& work) override {
    for (std::size_t i = 0; i < units; ++i) work(i);
  }
  std::size_t workers() const override { return 1; }
};

// A whole blob that lies in memory.
class MemorySource : public Source {
 public:
  explicit MemorySource(ByteView bytes) : bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<void> read_at(std::uint64_t offset, std::span<std::uint8_t> out) override;

 private:
  ByteView bytes_;
};

// Units that may fail: the error of the first of them, by number, whatever ran first.
Result<void> run_all(Executor& executor, std::size_t units,
                     const std::function<Result<void>(std::size_t)>& work);

struct StreamOptions {
  std::uint64_t memory = 0;         // most bytes the work may take; 0: 256 MiB + 70 n^2
  Executor* executor = nullptr;     // none: the caller's thread
  bool one_shot = true;             // small blobs in memory; off: tiles always
  std::function<bool()> cancelled;  // asked between steps; true ends the work with Cancelled
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;  // steps
};

// How the work is cut (K-29): steps of `rows` rows in the first pass, of `columns` columns in the
// second, `bytes` bytes of each symbol at a time (all of it, or a multiple of 64).
struct StreamPlan {
  bool one_shot = false;
  std::uint32_t symbol_size = 0;
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  std::uint32_t bytes = 0;
  std::uint64_t peak = 0;  // bytes that the work takes at most
};
// MemoryBudget {needed, allowed}, BlobTooLarge. `workers`: of the executor.
Result<StreamPlan> plan(const Params& params, std::uint64_t len, const StreamOptions& options);

}  // namespace wald::codec
