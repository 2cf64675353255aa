// SPDX-License-Identifier: Apache-2.0
// Slivers of one axis back into the blob (K-12, K-13, K-25). Push what arrives, in any order and
// from anybody: every sliver gets a verdict of its own, bad ones are passed over, and finish()
// decodes once enough good ones are there. Bodies are copied. With metadata every sliver is
// verified on arrival; without (unverified) wrong bytes cannot be found and the report says so. One
// thread at a time.
#pragma once

#include <optional>

#include "codec/codec.h"

namespace wald::codec {

// K-25: nothing; hashes of the data rows and zero padding; or the whole blob id.
enum class Check : std::uint8_t { kSkip, kStandard, kStrict };

struct Verdict {
  enum class Kind : std::uint8_t { kUsed, kSurplus, kSkipped };
  Kind kind = Kind::kUsed;
  std::optional<CodecError> reason;  // of kSkipped: SliverIndex, SliverLength, SymbolSize,
                                     // Duplicate or SliverHash
};

struct Report {
  Bytes blob;
  bool verified = false;  // metadata were at hand
  Check check = Check::kSkip;
  std::uint64_t used = 0;
  std::uint64_t surplus = 0;
  std::vector<shape::Skipped> skipped;  // position = number of the push, from 0
};

class Decoder {
 public:
  // Metadata are verified here (K-21), and `len` is theirs.
  static Result<Decoder> make(const Codec& codec, Axis axis, const Metadata& metadata);
  // No metadata at hand: BlobTooLarge. Any check then comes down to zero padding.
  static Result<Decoder> unverified(const Codec& codec, Axis axis, std::uint64_t len);

  // A sliver of the other axis is none of this one's: SliverHash.
  Verdict push(const SliverView& sliver);
  bool complete() const { return indices_.size() == codec_.params().needed(axis_); }

  // NotEnoughSlivers {have, need} with the skipped ones; InvalidBlob {kind, place}: place is the
  // row, or the offset of a padding byte. May be called again after more pushes.
  Result<Report> finish(Check check) const;

 private:
  Decoder(const Codec& codec, Axis axis, std::uint64_t len, std::uint32_t z);
  Verdict judge(const SliverView& sliver);
  Bytes decode() const;
  Result<void> check_padding(const Bytes& matrix) const;
  Result<void> check_rows(const Bytes& matrix) const;
  Result<void> check_id(ByteView blob) const;

  Codec codec_;
  Axis axis_;
  std::uint64_t len_;
  std::uint32_t z_;
  std::optional<Metadata> metadata_;
  std::vector<bool> seen_;              // indices of which a good copy came
  std::vector<std::uint32_t> indices_;  // of the slivers in use
  std::vector<Bytes> bodies_;
  std::uint64_t pushes_ = 0;
  std::uint64_t surplus_ = 0;
  std::vector<shape::Skipped> skipped_;
};

}  // namespace wald::codec
