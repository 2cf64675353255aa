// SPDX-License-Identifier: Apache-2.0
#include "node/store/block_log.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>

#include "codec/base/prng.h"
#include "node/store/log_format.h"
#include "tests/node/temp_dir.h"

using namespace wald;
using base::Height;
using store::BlockLog;
using tests::TempDir;

namespace {

const base::ChainId kChain(std::array<std::uint8_t, 32>{7, 7, 7});
constexpr std::uint64_t kSegment = 4096;

store::BlockLogOptions options_in(const TempDir& dir) {
  store::BlockLogOptions options;
  options.dir = dir / "log";
  options.chain = kChain;
  options.segment_bytes = kSegment;
  return options;
}

base::Bytes payload_of(std::uint64_t height) {
  base::Prng prng(height);
  return prng.bytes(1 + prng.below(700));
}

void fill(BlockLog& log, std::uint64_t from, std::uint64_t to) {
  for (std::uint64_t h = from; h <= to; ++h) log.append(Height(h), payload_of(h)).value();
}

void require_content(const BlockLog& log, std::uint64_t from, std::uint64_t to) {
  REQUIRE(log.first() == Height(from));
  REQUIRE(log.last() == Height(to));
  std::uint64_t next = from;
  log.visit(Height(0),
            [&](Height height, base::ByteView payload) {
              REQUIRE(height == Height(next));
              REQUIRE(base::equal(payload, payload_of(next)));
              ++next;
              return true;
            })
      .value();
  REQUIRE(next == to + 1);
}

std::string newest_segment(const TempDir& dir) {
  return (dir / "log/") + os::list_dir(dir / "log").value().back();
}
std::string oldest_segment(const TempDir& dir) {
  return (dir / "log/") + os::list_dir(dir / "log").value().front();
}

// Calls left before the table below fails with EIO.
int writes_left = 0;
int syncs_left = 0;
const os::FileOps& failing_ops() {
  static const os::FileOps ops{
      [](int fd, const void* data, std::size_t count, off_t offset) -> ssize_t {
        if (writes_left-- > 0) return ::pwrite(fd, data, count, offset);
        // Half of it reaches the disk before the failure.
        const ssize_t half = ::pwrite(fd, data, count / 2, offset);
        errno = half < 0 ? errno : EIO;
        return -1;
      },
      [](int fd) -> int {
        if (syncs_left-- > 0) return ::fdatasync(fd);
        errno = EIO;
        return -1;
      },
      os::real_file_ops().fsync, os::real_file_ops().fallocate};
  return ops;
}

}  // namespace

TEST_CASE("block log: records come back in order, over many segments and a reopen",
          "[node][store][rule:EN-3]") {
  const TempDir dir;
  {
    const auto log = BlockLog::open(options_in(dir)).value();
    REQUIRE_FALSE(log->last().has_value());
    fill(*log, 1, 60);
    require_content(*log, 1, 60);
  }
  REQUIRE(os::list_dir(dir / "log").value().size() > 3);
  const auto log = BlockLog::open(options_in(dir)).value();
  REQUIRE(log->torn_bytes() == 0);
  require_content(*log, 1, 60);
  fill(*log, 61, 80);
  require_content(*log, 1, 80);
  REQUIRE(log->read(Height(81)).error().code == ENOENT);
  REQUIRE(log->read(Height(0)).error().code == ENOENT);
}

TEST_CASE("block log: it may begin at any height and hold records larger than a segment",
          "[node][store]") {
  const TempDir dir;
  const base::Bytes large(3 * kSegment, 0x5A);
  {
    const auto log = BlockLog::open(options_in(dir)).value();
    fill(*log, 1000, 1003);
    log->append(Height(1004), large).value();
    fill(*log, 1005, 1006);
  }
  const auto log = BlockLog::open(options_in(dir)).value();
  REQUIRE(log->first() == Height(1000));
  REQUIRE(log->last() == Height(1006));
  REQUIRE(log->read(Height(1004)).value() == large);
}

TEST_CASE("block log: a last record torn at any byte is cut off, the others stay",
          "[node][store][rule:EN-3]") {
  const TempDir dir;
  std::size_t size = 0;
  {
    auto options = options_in(dir);
    options.segment_bytes = 1 << 16;
    const auto log = BlockLog::open(options).value();
    fill(*log, 1, 5);
    size = store::log_format::record_size(payload_of(6).size());
  }
  const std::string path = newest_segment(dir);
  const base::Bytes before = os::read_file(path, 1 << 20).value();
  std::size_t end = store::log_format::kSegmentHeader;
  for (std::uint64_t h = 1; h <= 5; ++h)
    end += store::log_format::record_size(payload_of(h).size());
  const auto seal = store::log_format::parse_segment_header(
      base::ByteView(before).first(store::log_format::kSegmentHeader), kChain, Height(1));
  const base::Bytes record = store::log_format::record(seal.value(), Height(6), payload_of(6));
  REQUIRE(record.size() == size);
  for (std::size_t keep = 0; keep < payload_of(6).size() + 32; keep += 1 + keep / 16) {
    base::Bytes torn = before;
    std::copy_n(record.begin(), keep, torn.begin() + static_cast<long>(end));
    os::write_file_atomic(path, torn).value();
    const auto log = BlockLog::open(options_in(dir)).value();
    require_content(*log, 1, 5);
    REQUIRE((log->torn_bytes() > 0) == (keep > 0));
    REQUIRE(os::read_file(path, 1 << 20).value() == before);  // zeros again, same size
    fill(*log, 6, 7);
    require_content(*log, 1, 7);
  }
}

TEST_CASE("block log: one flipped bit before the last record refuses the start and names the place",
          "[node][store][rule:EN-3]") {
  const TempDir dir;
  { fill(*BlockLog::open(options_in(dir)).value(), 1, 40); }
  const std::string path = oldest_segment(dir);
  const base::Bytes good = os::read_file(path, 1 << 20).value();
  base::Prng prng(3);
  for (int i = 0; i < 40; ++i) {
    const std::uint64_t end = store::log_format::kSegmentHeader +
                              store::log_format::record_size(payload_of(1).size()) +
                              store::log_format::record_size(payload_of(2).size());
    tests::flip_byte(path, prng.below(end));
    const auto log = BlockLog::open(options_in(dir));
    REQUIRE_FALSE(log.ok());
    REQUIRE(log.error().code == 0);
    REQUIRE(log.error().text.find(path) != std::string::npos);
    REQUIRE(log.error().text.find("at offset ") != std::string::npos);
    os::write_file_atomic(path, good).value();
  }
  REQUIRE(BlockLog::open(options_in(dir)).ok());
}

TEST_CASE("block log: a flipped bit in the middle of the newest segment refuses the start too",
          "[node][store][rule:EN-3]") {
  const TempDir dir;
  auto options = options_in(dir);
  options.segment_bytes = 1 << 16;
  { fill(*BlockLog::open(options).value(), 1, 10); }
  tests::flip_byte(newest_segment(dir), 80 + 40);
  const auto log = BlockLog::open(options);
  REQUIRE_FALSE(log.ok());
  REQUIRE(log.error().text.find("at offset 80") != std::string::npos);
}

TEST_CASE("block log: a record forged inside a payload does not stop a torn tail from being cut",
          "[node][store]") {
  const TempDir dir;
  {
    const auto log = BlockLog::open(options_in(dir)).value();
    // What somebody who knows chain and height, but not the salt, can put into a transaction.
    log->append(Height(1), store::log_format::record({kChain, {}}, Height(2), payload_of(2)))
        .value();
  }
  tests::flip_byte(newest_segment(dir), 80 + 4);
  const auto log = BlockLog::open(options_in(dir)).value();
  REQUIRE_FALSE(log->last().has_value());
  REQUIRE(log->torn_bytes() > 0);
}

TEST_CASE("block log: a missing segment, a foreign file and another chain refuse the start",
          "[node][store]") {
  const TempDir dir;
  { fill(*BlockLog::open(options_in(dir)).value(), 1, 60); }
  auto foreign = options_in(dir);
  foreign.chain = base::ChainId(std::array<std::uint8_t, 32>{8});
  REQUIRE_FALSE(BlockLog::open(foreign).ok());
  os::write_file_atomic(dir / "log/notes.txt", {}).value();
  REQUIRE_FALSE(BlockLog::open(options_in(dir)).ok());
  os::remove_file(dir / "log/notes.txt").value();
  const auto names = os::list_dir(dir / "log").value();
  os::remove_file(dir / "log/" + names[1]).value();
  const auto log = BlockLog::open(options_in(dir));
  REQUIRE_FALSE(log.ok());
  REQUIRE(log.error().text.find(names[0]) != std::string::npos);
}

TEST_CASE("block log: a segment that was being made when the machine died is swept away",
          "[node][store]") {
  const TempDir dir;
  { fill(*BlockLog::open(options_in(dir)).value(), 1, 3); }
  os::write_file_atomic(dir / "log/00000000000000000004.log.new", base::Bytes(100, 1)).value();
  {
    // Made, but empty: its first record never came.
    auto options = options_in(dir);
    const auto log = BlockLog::open(options).value();
    log->prepare(Height(4), kSegment).value();
  }
  const auto log = BlockLog::open(options_in(dir)).value();
  require_content(*log, 1, 3);
  fill(*log, 4, 30);
  require_content(*log, 1, 30);
}

TEST_CASE("block log: a failed write or sync is final, and the restart finds what is true",
          "[node][store][rule:EN-3]") {
  for (const bool at_write : {true, false}) {
    const TempDir dir;
    auto options = options_in(dir);
    options.ops = &failing_ops();
    writes_left = syncs_left = 1000;
    {
      const auto log = BlockLog::open(options).value();
      fill(*log, 1, 4);
      (at_write ? writes_left : syncs_left) = 0;
      const auto failed = log->append(Height(5), payload_of(5));
      REQUIRE_FALSE(failed.ok());
      REQUIRE(failed.error().code == EIO);
      writes_left = syncs_left = 1000;
      REQUIRE_FALSE(log->append(Height(5), payload_of(5)).ok());  // refuses although it could
      require_content(*log, 1, 4);
    }
    const auto log = BlockLog::open(options).value();
    // A record that was written whole before its sync failed may be there: outcome unknown.
    require_content(*log, 1, at_write ? 4 : 5);
  }
}

TEST_CASE("block log: a full disk shows as an error, not as a crash", "[node][store]") {
  const TempDir dir;
  const pid_t pid = ::fork();
  if (pid == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{2 * kSegment, 2 * kSegment};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(2);
    auto log = BlockLog::open(options_in(dir)).value();
    log->append(Height(1), base::Bytes(100)).value();
    const auto refused = log->append(Height(2), base::Bytes(3 * kSegment));
    ::_exit(!refused.ok() && refused.error().code == EFBIG ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  REQUIRE((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  const auto log = BlockLog::open(options_in(dir)).value();
  REQUIRE(log->last() == Height(1));
}

TEST_CASE("block log: old segments are checked when read, and pruned whole", "[node][store]") {
  const TempDir dir;
  { fill(*BlockLog::open(options_in(dir)).value(), 1, 60); }
  tests::flip_byte(oldest_segment(dir), 80 + 33);
  auto options = options_in(dir);
  options.scan_from = Height(60);
  const auto log = BlockLog::open(options).value();
  REQUIRE(log->read(Height(60)).value() == payload_of(60));
  const auto damaged = log->read(Height(1));
  REQUIRE_FALSE(damaged.ok());
  REQUIRE(damaged.error().code == 0);
  REQUIRE(log->read(Height(40)).value() == payload_of(40));
  const std::uint64_t before = log->disk_bytes();
  log->prune(Height(40)).value();
  REQUIRE(log->disk_bytes() < before);
  REQUIRE(log->first() <= Height(40));
  REQUIRE(log->first() > Height(1));
  REQUIRE(log->read(Height(40)).ok());
  REQUIRE(log->read(Height(1)).error().code == ENOENT);
  log->prune(Height(1000)).value();
  REQUIRE(log->read(Height(60)).value() == payload_of(60));
}

TEST_CASE("block log: read-only touches nothing, not even a torn tail or a log in use",
          "[node][store][rule:EN-3]") {
  const TempDir dir;
  auto writing = options_in(dir);
  writing.segment_bytes = 1 << 16;
  auto reading = writing;
  reading.read_only = true;
  REQUIRE(BlockLog::open(reading).error().code == ENOENT);  // and makes no folder
  REQUIRE_FALSE(os::exists(dir / "log"));
  const auto writer = BlockLog::open(writing).value();
  fill(*writer, 1, 5);
  const std::string path = newest_segment(dir);
  const std::string half_made = dir / "log/00000000000000000099.log.new";
  os::write_file_atomic(half_made, base::Bytes(100, 1)).value();
  auto file = os::File::open(path, os::Open::kReadWrite).value();
  std::size_t end = store::log_format::kSegmentHeader;
  for (std::uint64_t h = 1; h <= 5; ++h)
    end += store::log_format::record_size(payload_of(h).size());
  file.write_at(end, base::Bytes(40, 9)).value();
  const base::Bytes before = os::read_file(path, 1 << 20).value();
  {
    const auto log = BlockLog::open(reading).value();
    REQUIRE(log->torn_bytes() == 40);
    require_content(*log, 1, 5);
  }
  REQUIRE(os::read_file(path, 1 << 20).value() == before);
  REQUIRE(os::exists(half_made));
  os::remove_file(half_made).value();
  fill(*writer, 6, 7);  // the one who writes was not disturbed
  require_content(*BlockLog::open(reading).value(), 1, 7);
}
