// SPDX-License-Identifier: Apache-2.0
// Decoding in bounded memory (K-29, K-12, K-13, K-25): slivers that can be read at any place, of
// one axis, into an output that can be written and read again. Every sliver is verified when it is
// pushed and read once more by finish(). Verdicts, checks and errors are those of decoder.h; a
// sliver that cannot be read is skipped with the error of its Source.
//
// Errors of finish(): NotEnoughSlivers, InvalidBlob, Io, Cancelled; whatever the output holds then
// is void, and the caller removes it. The result does not depend on the number of workers. Thread
// rule: one thread at a time.
#pragma once

#include <optional>

#include "codec/decoder.h"
#include "codec/io.h"

namespace wald::codec {

// A sliver that lies somewhere: nothing is checked yet. The body's length is body->size().
struct SliverSource {
  Axis axis = Axis::kPrimary;
  std::uint32_t index = 0;
  std::uint32_t symbol_size = 0;
  Source* body = nullptr;  // outlives the decoder
};

// K-21 for a sliver that lies somewhere, with the errors of verify_sliver(). Works on the memory of
// the plan.
Result<void> verify_sliver(const Codec& codec, const Metadata& metadata, const SliverSource& sliver,
                           const StreamOptions& options);

class StreamDecoder {
 public:
  // Metadata are verified here (K-21), and `len` is theirs. MemoryBudget as plan() has it.
  static Result<StreamDecoder> make(const Codec& codec, Axis axis, const Metadata& metadata,
                                    StreamOptions options);
  static Result<StreamDecoder> unverified(const Codec& codec, Axis axis, std::uint64_t len,
                                          StreamOptions options);

  Verdict push(const SliverSource& sliver);
  bool complete() const { return indices_.size() == codec_.params().needed(axis_); }

  // The first len bytes go to `output`. `scratch`: needed by the strict check only, as encode()
  // needs it. The report's blob stays empty.
  Result<Report> finish(Storage& output, Storage* scratch, Check check);

 private:
  StreamDecoder(const Codec& codec, Axis axis, std::uint64_t len, const StreamPlan& plan,
                StreamOptions options);
  Verdict judge(const SliverSource& sliver);
  Result<void> step();
  Result<void> from_primaries(Storage& output);
  Result<void> from_secondaries(Storage& output);
  Result<void> put(Storage& output, std::uint64_t offset, ByteView bytes);
  Result<void> check_rows(Storage& output);
  Result<void> check_id(Storage& output, Storage* scratch);

  Codec codec_;
  Axis axis_;
  std::uint64_t len_;
  StreamPlan plan_;
  StreamOptions options_;
  std::optional<Metadata> metadata_;
  std::vector<bool> seen_;
  std::vector<std::uint32_t> indices_;  // of the slivers in use
  std::vector<Source*> bodies_;
  std::vector<std::uint64_t> padding_;  // by row: offset of the first byte of padding not zero
  std::uint64_t pushes_ = 0;
  std::uint64_t surplus_ = 0;
  std::uint64_t done_ = 0, total_ = 0;  // steps
  std::vector<shape::Skipped> skipped_;
};

}  // namespace wald::codec
