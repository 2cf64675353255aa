// SPDX-License-Identifier: Apache-2.0
#include "ledger/refusal.h"

namespace wald::ledger {
namespace {

Code code_of(economics::Refusal refusal) {
  using R = economics::Refusal;
  switch (refusal) {
    case R::kOverflow:
      return spec::OVERFLOW;
    case R::kInsufficient:
      return spec::INSUFFICIENT;
    case R::kBadRange:
      return spec::BAD_RANGE;
    case R::kBadSize:
      return spec::BAD_SIZE;
    case R::kCapacity:
      return spec::CAPACITY;
    case R::kCostAboveLimit:
      return spec::COST_ABOVE_LIMIT;
    case R::kBadSplit:
    case R::kBadFuse:
    case R::kBadPercent:
      return spec::BAD_FIT;
    case R::kBlobTooLarge:
      return spec::BLOB_TOO_LARGE;
    case R::kStakeTooSmall:
      return spec::STAKE_TOO_SMALL;
    case R::kPoolImpaired:
      return spec::POOL_IMPAIRED;
    case R::kNodeLeaving:
      return spec::NODE_LEAVING;
    case R::kStakeNotMature:
      return spec::STAKE_NOT_MATURE;
    case R::kExitNotRequested:
      return spec::EXIT_NOT_REQUESTED;
    case R::kAlreadyLeaving:
      return spec::ALREADY_LEAVING;
    case R::kUseDirectExit:
      return spec::USE_DIRECT_EXIT;
    case R::kRateTooHigh:
    case R::kRateStep:
      return spec::BAD_RATE;
    case R::kMergeMismatch:
      return spec::MERGE_MISMATCH;
    case R::kSameNode:
      return spec::SAME_TARGET;
    case R::kBondFixed:
      return spec::BOND_FIXED;
    case R::kBondLeaving:
      return spec::BOND_LEAVING;
    case R::kBadVote:
      return spec::BAD_VOTE;
    case R::kOutOfBounds:
      return spec::OUT_OF_BOUNDS;
    case R::kDivZero:
    case R::kBadShards:
    case R::kNoStake:
    case R::kBadAssignment:
    case R::kNoVotes:
      return spec::BAD_SUBJECT;  // only a query can meet these
  }
  WALD_CHECK(false && "a refusal without a code");
}

}  // namespace

Refused from_economics(economics::Refusal refusal) {
  return {code_of(refusal), {{"reason", std::string(economics::refusal_name(refusal))}}};
}

}  // namespace wald::ledger
