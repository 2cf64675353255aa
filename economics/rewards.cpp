// SPDX-License-Identifier: Apache-2.0
#include "economics/rewards.h"

#include <algorithm>

#include "codec/base/mutant.h"

namespace wald::economics {

Pot make_pot(Amount money, std::uint64_t burn_bps) {
  WALD_CHECK(burn_bps <= kBps);
  const std::uint64_t burn = exact_ratio({money.value(), burn_bps}, {kBps}, Round::kDown);
  WALD_CHECK(burn <= money.value());  // a rate of at most one
  return {Amount::of(burn), Amount::of(money.value() - burn)};
}

Amount held_part(Amount pot, std::uint64_t void_rounds, std::uint64_t rounds) {
  WALD_CHECK(rounds >= 1 && void_rounds <= rounds);
  const Amount held = Amount::of(exact_ratio({pot.value(), void_rounds}, {rounds}, Round::kDown));
  WALD_CHECK(held <= pot && (void_rounds < rounds || held == pot));
  return held;
}

std::uint64_t denied_bytes(std::uint64_t used, const std::vector<DenySample>& samples) {
  std::uint64_t worst = 0;
  for (const DenySample& sample : samples) {
    if (sample.stored == 0) continue;
    // size >= stored: everything is denied. Else the quotient is at most used.
    const std::uint64_t bytes =
        sample.size >= sample.stored
            ? (sample.size == 0 ? 0 : used)
            : exact_ratio({used, sample.size}, {sample.stored}, Round::kUp, used);
    worst = std::max(worst, bytes);
  }
  WALD_CHECK(worst <= used);
  return worst;
}

PotSplit split_pot(Amount pot, std::uint64_t used, const std::vector<MemberScore>& members,
                   std::uint64_t kappa) {
  WALD_CHECK(kappa >= 1 && members.size() <= kMaxU64);
  const auto duty = [used](const MemberScore& member) {
    return product(member.weight.value(), used - std::min(used, member.denied));
  };
  U128 whole = 0;  // A, below 2^16 * 2^63
  for (const MemberScore& member : members) whole += duty(member);
  PotSplit split{std::vector<MemberReward>(members.size()), Amount(), pot};
  if (whole == 0) return split;
  U128 left = pot.value();
  for (std::size_t i = 0; i < members.size(); ++i) {
    const U128 part = duty(members[i]);
    MemberReward& row = split.rows[i];
    row.full = Amount::of(exact_ratio({pot.value(), part}, {whole}, Round::kDown));
    // Of the pot, not of what those before it left.
    const U128 shared = base::mutate("I20") ? left : U128{pot.value()};
    row.reward = Amount::of(exact_ratio({shared, part, members[i].score.value()}, {whole, kPpm},
                                        Round::kDown, row.full.value()));
    // A fine beyond any Amount takes what is there all the same: the cap of R-3.
    const auto fine = ratio({pot.value(), part, U128{kappa - 1} * members[i].bad.value()},
                            {whole, kPpm}, Round::kDown, kMaxAmount);
    row.fine = Amount::of(fine.ok() ? fine.value() : kMaxAmount);
    WALD_CHECK(row.reward <= row.full && row.reward.value() <= left);
    left -= row.reward.value();
  }
  split.unspent = Amount::of(narrow64(left, pot.value()));
  split.carry = Amount();
  return split;
}

}  // namespace wald::economics
