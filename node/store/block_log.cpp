// SPDX-License-Identifier: Apache-2.0
#include "node/store/block_log.h"

#include <algorithm>
#include <cerrno>

#include "node/os/random.h"
#include "node/store/log_format.h"

namespace wald::store {

struct BlockLog::Segment {
  base::Height first;
  os::File file;
  log_format::Seal seal;
  std::uint64_t size = 0;  // of the file, preallocated
  std::uint64_t end = 0;   // where the next record goes, once scanned
  bool scanned = false;
  std::vector<std::uint64_t> offsets;  // of record first, first + 1, ..
};

namespace {

base::Err<os::IoError> damage(const os::File& file, std::uint64_t offset, const std::string& what) {
  return os::content_error(file.path() + ": " + what + " at offset " + std::to_string(offset));
}

base::Height plus(base::Height height, std::size_t count) {
  return base::Height(height.value() + count);
}

}  // namespace

BlockLog::~BlockLog() = default;

os::IoResult<std::unique_ptr<BlockLog>> BlockLog::open(const BlockLogOptions& options) {
  if (!options.read_only) TRY(os::make_dirs(options.dir, 0700));
  std::unique_ptr<BlockLog> log(new BlockLog(options));
  TRY(log->load());
  return log;
}

os::IoResult<void> BlockLog::load() {
  TRY_ASSIGN(const auto names, os::list_dir(options_.dir));
  for (const std::string& name : names) {
    const std::string path = options_.dir + "/" + name;
    if (name.ends_with(".new")) {  // a segment that never became one
      if (!options_.read_only) TRY(os::remove_file(path));
      continue;
    }
    const auto first = log_format::parse_segment_name(name);
    if (!first) return os::content_error(path + ": not a segment of the block log");
    auto segment = std::make_shared<Segment>();
    segment->first = *first;
    TRY_ASSIGN(segment->file,
               os::File::open(path, options_.read_only ? os::Open::kRead : os::Open::kReadWrite,
                              0600, *options_.ops));
    TRY_ASSIGN(segment->size, segment->file.size());
    if (segment->size < log_format::kSegmentHeader)
      return damage(segment->file, segment->size, "the segment header is cut short");
    TRY_ASSIGN(const base::Bytes header, segment->file.read_exact(0, log_format::kSegmentHeader));
    const auto seal = log_format::parse_segment_header(header, options_.chain, *first);
    if (!seal) return damage(segment->file, 0, "bad segment header, or one of another chain");
    segment->seal = *seal;
    segments_.emplace(*first, std::move(segment));
  }
  for (auto at = segments_.begin(); at != segments_.end(); ++at) {
    const auto next = std::next(at);
    if (next != segments_.end() && next->first <= options_.scan_from) continue;
    TRY(scan(*at->second, next == segments_.end()));
    if (next != segments_.end() && plus(at->first, at->second->offsets.size()) != next->first)
      return damage(at->second->file, at->second->end,
                    "the records end before the next segment, " + next->second->file.path() + ",");
  }
  if (!segments_.empty()) {
    const Segment& newest = *segments_.rbegin()->second;
    const bool empty = newest.offsets.empty() && segments_.size() == 1;
    if (!empty) last_ = base::Height(newest.first.value() + newest.offsets.size() - 1);
  }
  return {};
}

os::IoResult<void> BlockLog::scan(Segment& segment, bool newest) {
  std::vector<std::uint64_t> offsets;
  std::uint64_t at = log_format::kSegmentHeader;
  log_format::Tail tail;
  for (;;) {
    TRY_ASSIGN(const auto found,
               log_format::read_record(segment.file, segment.size, segment.seal, at));
    if (!found) {
      TRY_ASSIGN(tail, log_format::inspect_tail(segment.file, segment.size, segment.seal,
                                                std::min(at, segment.size / 8 * 8)));
      // A writer may have finished the record between the two looks.
      if (options_.read_only && tail.valid_record_at == at) continue;
      break;
    }
    if (found->height != plus(segment.first, offsets.size()))
      return damage(segment.file, at,
                    "record of height " + std::to_string(found->height.value()) + " out of order");
    offsets.push_back(at);
    at += log_format::record_size(found->payload.size());
  }
  if (tail.valid_record_at) return damage(segment.file, at, "bad record with a good one behind it");
  if (tail.nonzero_end > at) {
    if (!newest) return damage(segment.file, at, "bad record before the newest segment");
    torn_bytes_ = tail.nonzero_end - at;
    if (!options_.read_only) TRY(cut_tail(segment, at));
  }
  segment.end = at;
  segment.offsets = std::move(offsets);
  segment.scanned = true;
  return {};
}

// Truncating first makes the kernel forget the bytes; then zeros are allocated again.
os::IoResult<void> BlockLog::cut_tail(Segment& segment, std::uint64_t at) {
  TRY(segment.file.truncate(at));
  TRY(segment.file.preallocate(segment.size));
  return segment.file.sync();
}

// A file that did not come to be must not go on taking the room that is lacking.
os::IoResult<void> BlockLog::new_segment(base::Height first, std::size_t payload_bytes) {
  const std::string temp = options_.dir + "/" + log_format::segment_name(first) + ".new";
  if (os::exists(temp)) TRY(os::remove_file(temp));
  auto made = make_segment(temp, first, payload_bytes);
  if (!made.ok() && os::exists(temp)) static_cast<void>(os::remove_file(temp).ok());
  return made;
}

os::IoResult<void> BlockLog::make_segment(const std::string& temp, base::Height first,
                                          std::size_t payload_bytes) {
  const std::string path = options_.dir + "/" + log_format::segment_name(first);
  auto segment = std::make_shared<Segment>();
  segment->first = first;
  segment->seal = {options_.chain, os::random_bytes<16>()};
  segment->size = std::max<std::uint64_t>(
      options_.segment_bytes, log_format::kSegmentHeader + log_format::record_size(payload_bytes));
  segment->end = log_format::kSegmentHeader;
  segment->scanned = true;
  TRY_ASSIGN(segment->file, os::File::open(temp, os::Open::kCreateNew, 0600, *options_.ops));
  TRY(segment->file.preallocate(segment->size));
  TRY(segment->file.write_at(0, log_format::segment_header(segment->seal, first)));
  TRY(segment->file.sync());
  TRY(os::rename_durable(temp, path));
  const std::lock_guard lock(mutex_);
  segments_.insert_or_assign(first, std::move(segment));
  return {};
}

os::IoResult<void> BlockLog::prepare(base::Height next, std::size_t payload_bytes) {
  WALD_CHECK(payload_bytes >= 1 && payload_bytes <= kMaxPayload && !options_.read_only);
  WALD_CHECK(!last_ || next == last_->next());
  if (!segments_.empty()) {
    const Segment& newest = *segments_.rbegin()->second;
    const bool named_right = !newest.offsets.empty() || newest.first == next;
    if (named_right && newest.size - newest.end >= log_format::record_size(payload_bytes))
      return {};
    if (newest.offsets.empty()) {
      // An empty segment of a wrong size or start: its name is taken or misleading.
      TRY(os::remove_file(newest.file.path()));
      const std::lock_guard lock(mutex_);
      segments_.erase(std::prev(segments_.end()));
    }
  }
  return new_segment(next, payload_bytes);
}

os::IoResult<void> BlockLog::append(base::Height height, base::ByteView payload) {
  if (failed_)
    return os::content_error(options_.dir +
                             ": an earlier write failed, what is durable is unknown");
  failed_ = true;  // until the whole append has succeeded
  TRY(prepare(height, payload.size()));
  Segment& segment = *segments_.rbegin()->second;
  const base::Bytes bytes = log_format::record(segment.seal, height, payload);
  TRY(segment.file.write_at(segment.end, bytes));
  TRY(segment.file.datasync());
  const std::lock_guard lock(mutex_);
  segment.offsets.push_back(segment.end);
  segment.end += bytes.size();
  last_ = height;
  failed_ = false;
  return {};
}

std::optional<base::Height> BlockLog::first() const {
  const std::lock_guard lock(mutex_);
  if (!last_) return std::nullopt;
  return segments_.begin()->first;
}

std::optional<base::Height> BlockLog::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

std::uint64_t BlockLog::disk_bytes() const {
  const std::lock_guard lock(mutex_);
  std::uint64_t sum = 0;
  for (const auto& [first, segment] : segments_) sum += segment->size;
  return sum;
}

os::IoResult<BlockLog::Place> BlockLog::locate(base::Height height) const {
  const std::lock_guard lock(mutex_);
  auto at = segments_.upper_bound(height);
  if (!last_ || height > *last_ || at == segments_.begin())
    return base::Err{
        os::IoError{ENOENT, "block " + std::to_string(height.value()) + " is not in the log"}};
  const std::shared_ptr<Segment>& segment = std::prev(at)->second;
  if (!segment->scanned) {
    // Only older segments are left unscanned at open, so nothing is ever cut here.
    TRY(const_cast<BlockLog*>(this)->scan(*segment, false));
  }
  const std::uint64_t index = height.value() - segment->first.value();
  if (index >= segment->offsets.size())
    return damage(segment->file, segment->end,
                  "the records end before height " + std::to_string(height.value()));
  return Place{segment, segment->offsets[index]};
}

os::IoResult<base::Bytes> BlockLog::read(base::Height height) const {
  TRY_ASSIGN(const Place place, locate(height));
  TRY_ASSIGN(auto found, log_format::read_record(place.segment->file, place.segment->size,
                                                 place.segment->seal, place.offset));
  if (!found || found->height != height)
    return damage(place.segment->file, place.offset, "bad record");
  return std::move(found->payload);
}

os::IoResult<void> BlockLog::visit(base::Height from, const Visit& visit) const {
  const auto low = first();
  if (!low) return {};
  for (base::Height at = std::max(from, *low);; at = at.next()) {
    const auto high = last();
    if (at > *high) return {};
    TRY_ASSIGN(const base::Bytes payload, read(at));
    if (!visit(at, payload)) return {};
  }
}

os::IoResult<void> BlockLog::prune(base::Height keep_from) {
  WALD_CHECK(!options_.read_only);
  for (;;) {
    std::string path;
    {
      const std::lock_guard lock(mutex_);
      if (segments_.size() < 2) return {};
      const auto second = std::next(segments_.begin());
      // The newest segment may hold no record yet; then the one before it holds the tip.
      if (second->first > keep_from || (last_ && second->first > *last_)) return {};
      path = segments_.begin()->second->file.path();
      segments_.erase(segments_.begin());
    }
    TRY(os::remove_file(path));
    TRY(os::sync_dir(options_.dir));
  }
}

}  // namespace wald::store
