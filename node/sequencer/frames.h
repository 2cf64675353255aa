// SPDX-License-Identifier: Apache-2.0
// Takes the bytes of /v1/blocks/stream apart (engine.md 2), as they come in pieces of any size:
//   frame = length u32 little-endian | block record of that length
//         | 0 u32 | height of the upstream's tip u64: the heartbeat
// A length above the longest record is an error at once, so what is kept is bounded by one frame
// and the piece that completed it. Thread rule: a plain owner.
#pragma once

#include <optional>
#include <string>

#include "codec/base/ids.h"
#include "codec/base/result.h"

namespace wald::sequencer {

struct Frame {
  base::ByteView record;  // empty: a heartbeat; valid until the next add()
  base::Height tip;       // of a heartbeat
};

class Frames {
 public:
  void add(std::string_view bytes);
  // The next whole frame; nothing: more bytes are needed. After an error nothing follows.
  base::Result<std::optional<Frame>, std::string> next();
  std::size_t kept() const { return buffer_.size() - used_; }

 private:
  std::string buffer_;
  std::size_t used_ = 0;  // bytes of frames that were handed out
};

}  // namespace wald::sequencer
