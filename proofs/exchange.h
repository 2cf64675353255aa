// SPDX-License-Identifier: Apache-2.0
// The bodies by which verifiers ask for openings and provers answer, between nodes over HTTP:
//   request = epoch u32 | round u16 | prover 32 | k u16 | k x t u16
//   answer  = root 32 | k x Opening, where a leading length of 0 alone says "not held"
// Places may come in any order, each once. Parsing takes foreign bytes; what an answer may weigh is
// the caller's limit, applied before. Pure. Rule O-38 (exchange), O-17 (Opening).
#pragma once

#include <optional>
#include <vector>

#include "proofs/opening.h"

namespace wald::proofs {

struct OpeningsRequest {
  base::Epoch epoch;
  base::Round round;
  base::NodeId prover;
  std::vector<std::uint16_t> places;  // different ones (CHECK when encoding)
  friend bool operator==(const OpeningsRequest&, const OpeningsRequest&) = default;
};
base::Bytes encode_openings_request(const OpeningsRequest& request);
// Nothing if a place stands twice, bytes are missing, or some follow.
std::optional<OpeningsRequest> parse_openings_request(base::ByteView bytes);

struct OpeningsAnswer {
  base::Hash root;
  std::vector<std::optional<Opening>> openings;  // in the order asked
};
base::Bytes encode_openings_answer(const OpeningsAnswer& answer);
// For a request of `count` places.
std::optional<OpeningsAnswer> parse_openings_answer(base::ByteView bytes, std::size_t count);

}  // namespace wald::proofs
