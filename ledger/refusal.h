// SPDX-License-Identifier: Apache-2.0
// Why a transaction did not happen. Dropped: before the fee, nothing was charged; Rejected:
// after it, fee and nonce are gone and nothing else changed. Both carry one Code of code.proto,
// which is consensus, and words for people, which are not.
#pragma once

#include <map>
#include <string>

#include "codec/base/result.h"
#include "economics/refusal.h"
#include "specs/proto/code.pb.h"

namespace wald::ledger {

using Code = spec::Code;

struct Refused {
  Code code;
  // Variables of the message, by name: metadata of the error object.
  std::map<std::string, std::string> facts;
};

struct Dropped : Refused {};
struct Rejected : Refused {};

// The one table that turns the finer reasons of economics/ into codes (ledger.md 11). The finer
// name goes into the facts as "reason".
Refused from_economics(economics::Refusal refusal);

}  // namespace wald::ledger
