// SPDX-License-Identifier: Apache-2.0
// All parameters in state (ledger.md 9, economics.md 8, proofs.md 11): one list with name, default
// and bounds; docs, genesis, queries and checks read it. Values are u64: FROST, ms, bps, blocks or
// counts as the list says. A test genesis may go below a minimum, never above a maximum and never
// around a rule. Thread rule: plain values.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "economics/params.h"

namespace wald::ledger {

class Overlay;
class Reader;

struct Params {
  economics::Params economics;

  std::uint64_t shards = 1000;                 // n, genesis only
  std::uint64_t epoch_length = 1'209'600'000;  // D
  std::uint64_t epoch_zero = 86'400'000;       // genesis only
  std::uint64_t epoch_min_blocks = 100;
  std::uint64_t handover = 86'400'000;
  std::uint64_t select = 5000;  // bps of D
  std::uint64_t commission_max = 10'000;
  std::uint64_t node_deposit = 100'000'000'000;
  std::uint64_t pools_max = 1000;
  std::uint64_t fee_base = 100'000;
  std::uint64_t fee_per_byte = 500;
  std::uint64_t fee_per_signature = 20'000;
  std::uint64_t account_min = 1'000'000;
  std::uint64_t creation_fee = 1'000'000;
  std::uint64_t valid_max = 10'000'000;  // blocks
  std::uint64_t block_cost = 2'000'000;
  std::uint64_t block_bytes = 4'000'000;

  std::uint64_t liveness_window = 10'000;  // blocks
  std::uint64_t gov_deposit = 1'000'000'000'000;
  std::uint64_t vote_epochs = 1;
  std::uint64_t gov_delay = 604'800'000;
  std::uint64_t slash_delay = 259'200'000;
  std::uint64_t pause_max = 604'800'000;
  std::uint64_t foundation_spend = 1'000'000'000'000'000;  // an epoch; genesis only

  std::uint64_t points = 1024;  // c
  std::uint64_t blobs = 1024;   // B
  std::uint64_t verifiers = 16;
  std::uint64_t k_spot = 4;
  std::uint64_t beacon_grace = 5'000;
  std::uint64_t void_max = 120'000;
  std::uint64_t commit_min = 30'000;
  std::uint64_t grace = 10'000;
  std::uint64_t commit_max = 600'000;
  std::uint64_t verify = 21'600'000;
  std::uint64_t inspect = 3'600'000;
  std::uint64_t slack = 600'000;
  std::uint64_t beacon_blocks = 3;
  std::uint64_t void_blocks = 30;
  std::uint64_t commit_blocks = 20;
  std::uint64_t verify_blocks = 200;
  std::uint64_t inspect_blocks = 100;
  std::uint64_t new_blob_grace = 3'600'000;
  std::uint64_t tick = 1'000;  // genesis only
  std::uint64_t restore_epochs = 1;

  friend bool operator==(const Params&, const Params&) = default;
};

struct ParamRule {
  std::string_view name;
  std::string_view unit;  // frost, ms, bps, blocks, epochs, bytes, count, ppm
  std::uint64_t low;
  std::uint64_t high;
  bool genesis_only;
  std::uint64_t& (*at)(Params&);
};
// Every parameter, ascending by name.
std::span<const ParamRule> param_rules();
const ParamRule* find_param(std::string_view name);

// Reads what is in force, and at genesis writes it.
Params load_params(const Reader& state);
void save_params(Overlay& state, const Params& params);

// Relations between values (G-5): handover < select * D and <= D/4, the rounds fit (O-6 need <=
// slot), c mod B = 0, the bound of R-8. A sentence where one is broken, else empty.
std::string_view params_conflict(const Params& params);

}  // namespace wald::ledger
