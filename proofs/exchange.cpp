// SPDX-License-Identifier: Apache-2.0
#include "proofs/exchange.h"

#include <algorithm>

namespace wald::proofs {
namespace {

bool all_different(std::vector<std::uint16_t> places) {
  std::sort(places.begin(), places.end());
  return std::adjacent_find(places.begin(), places.end()) == places.end();
}

}  // namespace

base::Bytes encode_openings_request(const OpeningsRequest& request) {
  WALD_CHECK(all_different(request.places));
  base::Writer out;
  out.le(request.epoch.value()).le(request.round.value()).raw(request.prover.view());
  out.le(base::narrow<std::uint16_t>(request.places.size()));
  for (const std::uint16_t t : request.places) out.le(t);
  return std::move(out).bytes();
}

std::optional<OpeningsRequest> parse_openings_request(base::ByteView bytes) {
  base::Reader in(bytes);
  const auto epoch = in.le<std::uint32_t>();
  const auto round = in.le<std::uint16_t>();
  const auto prover = in.id<base::NodeId>();
  const auto count = in.le<std::uint16_t>();
  if (!epoch || !round || !prover || !count || in.remaining() != 2u * *count) return std::nullopt;
  OpeningsRequest out{base::Epoch(*epoch), base::Round(*round), *prover, {}};
  for (unsigned i = 0; i < *count; ++i) {
    const auto t = in.le<std::uint16_t>();
    WALD_CHECK(t.has_value());
    out.places.push_back(*t);
  }
  if (!all_different(out.places)) return std::nullopt;
  return out;
}

base::Bytes encode_openings_answer(const OpeningsAnswer& answer) {
  base::Writer out;
  out.raw(answer.root.view());
  for (const auto& opening : answer.openings) {
    if (!opening) {
      out.le(std::uint32_t{0});
      continue;
    }
    // An empty leaf would read as "not held".
    WALD_CHECK(!opening->leaf.empty());
    out.raw(encode_opening(*opening));
  }
  return std::move(out).bytes();
}

std::optional<OpeningsAnswer> parse_openings_answer(base::ByteView bytes, std::size_t count) {
  base::Reader in(bytes);
  const auto root = in.id<base::Hash>();
  if (!root) return std::nullopt;
  OpeningsAnswer out{*root, {}};
  for (std::size_t i = 0; i < count; ++i) {
    base::Reader ahead = in;
    const auto length = ahead.le<std::uint32_t>();
    if (!length) return std::nullopt;
    if (*length == 0) {
      in = ahead;
      out.openings.emplace_back();
      continue;
    }
    auto opening = read_opening(in);
    if (!opening) return std::nullopt;
    out.openings.emplace_back(std::move(*opening));
  }
  if (!in.done()) return std::nullopt;
  return out;
}

}  // namespace wald::proofs
