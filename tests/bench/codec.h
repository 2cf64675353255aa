// SPDX-License-Identifier: Apache-2.0
// What the benchmarks of the codec share.
#pragma once

#include <stdexcept>

#include "codec/recovery.h"
#include "tests/bench/bench.h"

namespace wald::bench {

inline void demand(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

inline std::uint64_t shards(const Settings& settings) { return settings.quick ? 50 : 1'000; }

Figure figure_of(const char* id, std::string part, const char* numerator, const char* denominator,
                 const char* unit);

// Recovery indices of this axis from a seed, as many as a blob takes.
std::vector<std::uint32_t> recovery_indices(const codec::Params& params, codec::Axis axis);

// B21 without what depends on the blob: the primary sliver that is rebuilt, the secondary ones that
// send it their symbols, and the milliseconds that takes.
Figure repair_figure(const char* part);
codec::Target repair_target(const codec::Params& params);
std::vector<std::uint32_t> repair_sources(const codec::Params& params);
double repair_time(const codec::Codec& codec, const codec::Metadata& metadata,
                   const codec::Target& target, const std::vector<codec::RecoverySymbol>& symbols);
Figure large_sliver_over_blob(const Settings& settings);

}  // namespace wald::bench
