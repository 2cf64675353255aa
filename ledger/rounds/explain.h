// SPDX-License-Identifier: Apache-2.0
// Why a member earned what it earned (O-33): its rounds one by one, its score, and the FROST it
// lost per cause. Causes are restored one after the other in a fixed order, so the losses add up to
// full - reward exactly. While the epoch runs there is no money yet and late credits are
// provisional. Pure query, any thread over a fixed version.
#pragma once

#include "economics/credits.h"
#include "economics/rewards.h"
#include "ledger/rounds/view.h"

namespace wald::ledger::rounds {

struct ExplainedRound {
  base::Round round;
  RoundRecord record;  // phases, seed, cause if void
  TallyRecord tally;   // what the member did; outcome and figures once settled
  std::uint64_t credits = 0;
  std::optional<std::uint32_t> late_place;  // in the order of O-29, from 0, of a late round
  bool late_paid = false;
};

// In the order in which they are restored.
enum class LossCause : std::uint8_t { kSilent, kUnconfirmed, kLate, kUnavailable, kDuty };
inline constexpr std::size_t kLossCauses = 5;
std::string_view loss_cause_name(LossCause cause);  // silent, unconfirmed, late, unavailable, duty

struct ExplainedLoss {
  LossCause cause = LossCause::kSilent;
  Amount amount;
  std::uint64_t points = 0;  // of kDuty: duties not done
};

struct Explanation {
  base::NodeId node;
  base::Epoch epoch;
  bool closed = false;  // paid; else all figures are what they would be now
  std::uint32_t weight = 0;
  economics::Ppm store, duty, s, q;
  std::vector<ExplainedRound> rounds;
  // Of a closed epoch:
  CloseRecord close;
  std::optional<ScoreRecord> score;
  std::vector<ExplainedLoss> losses;  // those above zero
};

// Nothing if the node sits in no committee of that epoch, or the epoch is not known.
std::optional<Explanation> explain(const Reader& state, const base::ChainId& chain,
                                   const base::NodeId& node, base::Epoch epoch);

}  // namespace wald::ledger::rounds
