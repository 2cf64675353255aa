// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/targets.h"

#include "tests/fuzz/targets_impl.h"

namespace wald::fuzz {

const std::vector<FuzzTarget>& targets() {
  static const std::vector<FuzzTarget> kTargets = {
      {"bcs", fuzz_bcs, seeds_bcs},
      {"metadata", fuzz_metadata, seeds_metadata},
      {"sliver", fuzz_sliver, seeds_sliver},
      {"stored", fuzz_stored, seeds_stored},
      {"quilt", fuzz_quilt, seeds_quilt},
      {"symbol", fuzz_symbol, seeds_symbol},
      {"proof", fuzz_proof, seeds_proof},
      {"transaction", fuzz_transaction, seeds_transaction},
      {"block", fuzz_block, seeds_block, 3},
      {"certificate", fuzz_certificate, seeds_certificate, 3},
      {"genesis", fuzz_genesis, seeds_genesis},
      {"sequence", fuzz_sequence, seeds_sequence, 300}};
  return kTargets;
}

}  // namespace wald::fuzz
