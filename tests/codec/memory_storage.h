// SPDX-License-Identifier: Apache-2.0
// Sources, sinks and storage in memory for the tests of streams, which fail when told to; and an
// executor of real threads that hands out its units in a shuffled order.
#pragma once

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "codec/base/prng.h"
#include "codec/io.h"

namespace wald::codec {

class ShuffledThreads : public Executor {
 public:
  explicit ShuffledThreads(std::size_t workers) : workers_(workers) {}
  std::size_t workers() const override { return workers_; }
  void run(std::size_t units, const std::function<void(std::size_t)>& work) override {
    std::vector<std::size_t> order(units);
    for (std::size_t i = 0; i < units; ++i) order[i] = i;
    for (std::size_t i = units; i > 1; --i) std::swap(order[i - 1], order[prng_.below(i)]);
    std::atomic<std::size_t> next{0};
    const auto loop = [&] {
      for (std::size_t at = next++; at < units; at = next++) work(order[at]);
    };
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < workers_; ++i) threads.emplace_back(loop);
    loop();
    for (std::thread& thread : threads) thread.join();
  }

 private:
  std::size_t workers_;
  base::Prng prng_{7};
};

// Counts its calls and fails from one of them on.
class Fuse {
 public:
  void fail_at(std::uint64_t call) { left_ = call; }
  bool blown() {
    const std::uint64_t at = calls_++;
    return at >= left_.load();
  }
  std::uint64_t calls() const { return calls_; }

 private:
  std::atomic<std::uint64_t> calls_{0}, left_{UINT64_MAX};
};

class MemoryStorage : public Storage {
 public:
  Bytes bytes;
  Fuse reads, writes;

  Result<void> write_at(std::uint64_t offset, ByteView in) override {
    if (writes.blown()) return io_error(IoRole::kScratch, 28);
    const std::lock_guard lock(mutex_);
    if (bytes.size() < offset + in.size()) bytes.resize(offset + in.size());
    std::copy(in.begin(), in.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset));
    return {};
  }
  Result<void> read_at(std::uint64_t offset, std::span<std::uint8_t> out) override {
    if (reads.blown()) return io_error(IoRole::kScratch, 5);
    const std::lock_guard lock(mutex_);
    if (offset + out.size() > bytes.size()) return io_error(IoRole::kScratch, 0);
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
    return {};
  }

 private:
  std::mutex mutex_;
};

// Bodies of both axes, each in one string; complains about bytes that come twice.
class MemorySink : public SliverSink {
 public:
  MemorySink(const Params& params, std::uint32_t z) : params_(params), z_(z) {
    for (const Axis axis : {Axis::kPrimary, Axis::kSecondary}) {
      const std::size_t size = std::size_t{params.n()} * params.symbols(axis) * z;
      bodies[static_cast<std::size_t>(axis)].resize(size);
      written_[static_cast<std::size_t>(axis)].resize(size);
    }
  }
  Bytes bodies[2];
  Fuse writes;
  bool twice = false;

  Result<void> write_at(Axis axis, std::uint32_t index, std::uint64_t offset,
                        ByteView in) override {
    if (writes.blown()) return io_error(IoRole::kSliver, 28);
    const std::lock_guard lock(mutex_);
    const auto of = static_cast<std::size_t>(axis);
    const std::size_t at = std::size_t{index} * params_.symbols(axis) * z_ + offset;
    for (std::size_t i = 0; i < in.size(); ++i) {
      twice = twice || written_[of].at(at + i);
      written_[of][at + i] = true;
      bodies[of].at(at + i) = in[i];
    }
    return {};
  }
  bool complete() const {
    for (const auto& axis : written_)
      if (std::find(axis.begin(), axis.end(), false) != axis.end()) return false;
    return !twice;
  }

 private:
  Params params_;
  std::uint32_t z_;
  std::vector<bool> written_[2];
  std::mutex mutex_;
};

class FusedSource : public MemorySource {
 public:
  using MemorySource::MemorySource;
  Fuse reads;
  Result<void> read_at(std::uint64_t offset, std::span<std::uint8_t> out) override {
    if (reads.blown()) return io_error(IoRole::kInput, 5);
    return MemorySource::read_at(offset, out);
  }
};

}  // namespace wald::codec
