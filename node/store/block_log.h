// SPDX-License-Identifier: Apache-2.0
// BlockLog: the durable history of a node, one record per block (EN-3). A block is committed when
// append() has returned; everything else on disk can be rebuilt from here.
//
// On disk: a folder of segments, each named by the height of its first record in 20 decimal digits,
// "00000000000000000001.log". Integers are little-endian.
//
//   segment = header 80 | record | record | .. | zeros up to the preallocated size
//   header  = "WALDLOG1" 8 | version u32 = 1 | zero u32 | chain id 32 | first height u64
//             | salt 16, random | first 8 bytes of B("wald.logseg", -, the 72 bytes before)
//   record  = "WREC" 4 | length u32 | height u64 | check 16 | payload `length` bytes
//             | zeros to a multiple of 8
//   check   = first 16 bytes of B("wald.logrec", chain id, salt | height u64 | length u32 |
//   payload)
//
// The check covers chain and height, so a record read from a wrong place or another chain's file
// does not pass. Heights follow each other without a gap, through all segments. A payload has 1
// byte to 64 MiB; a segment grows beyond its usual size if its one record needs it.
//
// Writing: one write and one fdatasync per record into space allocated before, so a commit changes
// no file size and a full disk shows when the segment is made. A new segment is written as
// NAME.new, synced, renamed, and the folder synced, before its first record. Any error is final for
// this object: what the disk holds is unknown, append() refuses from then on, and a restart reads
// what is true.
//
// Opening: at the first place P where no record verifies,
//   - if a valid record follows anywhere, or a segment follows: damage; refused with file and
//   offset;
//   - else if anything but zeros follows: the torn last record of a crash; cut off and synced;
//   - else the clean end.
// Segments wholly below `scan_from` are checked when they are first read, not at open.
//
// Read-only (replay, audit): nothing on disk is touched, not even a torn tail, so the log of a
// running node can be read; it shows the records that were whole when it was opened.
//
// Thread rule: append, prepare and prune belong to one thread; all const calls may run on any.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "codec/base/ids.h"
#include "node/os/files.h"

namespace wald::store {

struct BlockLogOptions {
  std::string dir;
  base::ChainId chain;
  std::uint64_t segment_bytes = 64u << 20;  // 16 MiB on test chains
  base::Height scan_from{0};                // all from here on is verified at open
  bool read_only = false;                   // then append, prepare and prune are CHECKed
  const os::FileOps* ops = &os::real_file_ops();
};

class BlockLog {
 public:
  static constexpr std::size_t kMaxPayload = 64u << 20;

  static os::IoResult<std::unique_ptr<BlockLog>> open(const BlockLogOptions& options);
  ~BlockLog();

  std::optional<base::Height> first() const;
  std::optional<base::Height> last() const;
  std::uint64_t torn_bytes() const { return torn_bytes_; }  // what open() cut off
  std::uint64_t disk_bytes() const;

  // Durable when it returns. `height` is last() + 1, or anything in an empty log (CHECKed).
  os::IoResult<void> append(base::Height height, base::ByteView payload);
  // Makes room for a record of `payload_bytes` ahead of time (EN-4). An error here is not final.
  os::IoResult<void> prepare(base::Height next, std::size_t payload_bytes);

  // Error with code 0 for damage, ENOENT for a height that is not there.
  os::IoResult<base::Bytes> read(base::Height height) const;
  // Records from `from` on, in order, until the end of the moment or until `visit` returns false.
  using Visit = std::function<bool(base::Height, base::ByteView payload)>;
  os::IoResult<void> visit(base::Height from, const Visit& visit) const;

  // Drops whole segments that hold nothing at or above `keep_from`; never the newest one.
  os::IoResult<void> prune(base::Height keep_from);

 private:
  struct Segment;
  struct Place {
    std::shared_ptr<Segment> segment;
    std::uint64_t offset = 0;
  };
  explicit BlockLog(const BlockLogOptions& options) : options_(options) {}

  os::IoResult<void> load();
  os::IoResult<void> scan(Segment& segment, bool newest);
  os::IoResult<void> cut_tail(Segment& segment, std::uint64_t at);
  os::IoResult<void> new_segment(base::Height first, std::size_t payload_bytes);
  os::IoResult<void> make_segment(const std::string& temp, base::Height first,
                                  std::size_t payload_bytes);
  os::IoResult<Place> locate(base::Height height) const;

  BlockLogOptions options_;
  mutable std::mutex mutex_;  // guards segments_ and the offsets in them
  std::map<base::Height, std::shared_ptr<Segment>> segments_;
  std::optional<base::Height> last_;
  std::uint64_t torn_bytes_ = 0;
  bool failed_ = false;
};

}  // namespace wald::store
