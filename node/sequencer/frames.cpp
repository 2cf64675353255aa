// SPDX-License-Identifier: Apache-2.0
#include "node/sequencer/frames.h"

#include "node/store/block_log.h"

namespace wald::sequencer {

void Frames::add(std::string_view bytes) {
  buffer_.erase(0, used_);
  used_ = 0;
  buffer_.append(bytes);
}

base::Result<std::optional<Frame>, std::string> Frames::next() {
  base::Reader reader(base::as_bytes(std::string_view(buffer_).substr(used_)));
  const auto length = reader.le<std::uint32_t>();
  if (!length) return std::optional<Frame>();
  if (*length > store::BlockLog::kMaxPayload)
    return base::Err{std::string("the upstream sent a record that is too long")};
  if (*length == 0) {
    const auto tip = reader.le<std::uint64_t>();
    if (!tip) return std::optional<Frame>();
    used_ += 12;
    return std::optional<Frame>(Frame{{}, base::Height(*tip)});
  }
  const auto record = reader.raw(*length);
  if (!record) return std::optional<Frame>();
  used_ += 4 + std::size_t{*length};
  return std::optional<Frame>(Frame{*record, {}});
}

}  // namespace wald::sequencer
