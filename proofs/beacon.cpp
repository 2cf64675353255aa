// SPDX-License-Identifier: Apache-2.0
#include "proofs/beacon.h"

#include <algorithm>
#include <limits>

namespace wald::proofs {
namespace {

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

std::uint64_t add_saturating(std::uint64_t a, std::uint64_t b) {
  return a > kMax - b ? kMax : a + b;
}

std::uint64_t mul_saturating(std::uint64_t a, std::uint64_t b) {
  return b != 0 && a > kMax / b ? kMax : a * b;
}

base::Hash seed_of(std::string_view tag, const base::Hash& key, const RoundId& id,
                   std::vector<NodeOutput> outputs) {
  std::sort(outputs.begin(), outputs.end(),
            [](const NodeOutput& a, const NodeOutput& b) { return a.node < b.node; });
  base::Writer in;
  in.raw(id.bytes()).le(base::narrow<std::uint16_t>(outputs.size()));
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    WALD_CHECK(i == 0 || outputs[i - 1].node < outputs[i].node);
    in.raw(outputs[i].node.view()).raw(outputs[i].output);
  }
  return base::tagged_hash(tag, key.view(), in.bytes());
}

}  // namespace

base::Bytes RoundId::bytes() const {
  return base::Writer().raw(chain.view()).le(epoch.value()).le(round.value()).bytes();
}

Words::Words(std::string_view tag, base::ByteView key, const RoundId& id, base::ByteView context)
    : tag_(tag),
      key_(key.begin(), key.end()),
      data_(base::Writer().raw(id.bytes()).raw(context).bytes()) {
  WALD_CHECK(key.empty() || key.size() == 32);
}

std::uint64_t Words::next() {
  const std::uint64_t place = used_ % 8;
  if (place == 0) {
    const auto k = base::narrow<std::uint32_t>(used_ / 8);
    block_ = base::tagged_hash64(tag_, key_, base::Writer().raw(data_).le(k).bytes());
  }
  ++used_;
  std::uint64_t word = 0;
  for (std::size_t i = 8; i-- > 0;) word = (word << 8) | block_[place * 8 + i];
  return word;
}

std::uint64_t Words::uniform(std::uint64_t m) {
  WALD_CHECK(m >= 1);
  const std::uint64_t rest = (0 - m) % m;  // (2^64 - m) mod m
  for (;;) {
    const std::uint64_t word = next();
    if (word <= kMax - rest) return word % m;
  }
}

base::Hash first_prev(const base::ChainId& chain) {
  return base::tagged_hash("wald.seed0", {}, chain.view());
}

base::Hash reveal_alpha(const base::Hash& prev, const RoundId& id) {
  return base::tagged_hash("wald.alpha", prev.view(), id.bytes());
}

base::Hash row_alpha(const base::Hash& seed, const RoundId& id) {
  return base::tagged_hash("wald.alpha2", seed.view(), id.bytes());
}

base::Hash round_seed(const base::Hash& prev, const RoundId& id, std::vector<NodeOutput> reveals) {
  return seed_of("wald.seed", prev, id, std::move(reveals));
}

base::Hash second_seed(const base::Hash& seed, const RoundId& id, std::vector<NodeOutput> rows) {
  return seed_of("wald.seed2", seed, id, std::move(rows));
}

base::Hash assignment_key(const base::Hash& seed, const base::Hash& state_root) {
  return base::tagged_hash("wald.assignkey", seed.view(), state_root.view());
}

bool due(const BlockTime& from, std::uint64_t delay_ms, std::uint64_t blocks,
         const BlockTime& now) {
  return now.time.value() >= add_saturating(from.time.value(), delay_ms) &&
         now.height.value() >= add_saturating(from.height.value(), blocks);
}

std::uint64_t round_need(const RoundTimes& t) {
  const auto phase = [&](std::uint64_t time, std::uint64_t blocks) {
    return std::max(time, mul_saturating(blocks, t.tick));
  };
  std::uint64_t need = phase(t.void_max, t.void_blocks);
  need = add_saturating(need, phase(t.commit_max, t.commit_blocks));
  need = add_saturating(need, phase(t.verify, t.verify_blocks));
  need = add_saturating(need, phase(t.inspect, t.inspect_blocks));
  return add_saturating(need, t.slack);
}

std::uint64_t round_slot(const EpochSpan& span) {
  WALD_CHECK(span.rounds >= 1);
  const std::uint64_t open = add_saturating(span.begin.value(), span.handover);
  return open >= span.end.value() ? 0 : (span.end.value() - open) / span.rounds;
}

base::Result<base::TimeMs, StartRefusal> round_start(const RoundId& id, const base::Hash& prev,
                                                     const EpochSpan& span,
                                                     const RoundTimes& times) {
  WALD_CHECK(id.round.value() < span.rounds);
  const std::uint64_t need = round_need(times);
  const std::uint64_t slot = round_slot(span);
  if (slot == 0 || need > slot) return base::Err{StartRefusal::kNeedExceedsSlot};
  const std::uint64_t spare = slot - need;
  WALD_CHECK(spare < kMax);
  Words words("wald.start", prev.view(), id, {});
  // Round and draw end inside the epoch: open + (r + 1) slot <= T_(e+1).
  const std::uint64_t open = span.begin.value() + span.handover;
  WALD_CHECK((span.end.value() - open) / slot >= span.rounds);
  return base::TimeMs(open + id.round.value() * slot + words.uniform(spare + 1));
}

}  // namespace wald::proofs
