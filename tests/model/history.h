// SPDX-License-Identifier: Apache-2.0
// What a world lived through, for the second ledger (replay.py): the state after genesis, then
// every block with its transactions in plain words, their receipts and events, and each record that
// changed. One JSON object a line. Records come by the names of their fields; ids as 0x and
// hexadecimal digits, amounts and all other numbers as numbers.
#pragma once

#include <cstdio>

#include "tests/support/world.h"

namespace wald::model {

class History {
 public:
  // Of a world that has no block yet and outlives this. Where it `trusts`, signatures of senders
  // are taken as good.
  History(const tests::World& world, bool trusts)
      : world_(world), trusts_(trusts), genesis_(world.view()) {}

  // Executes the blocks made since once more and writes all to a file; false where they do not lead
  // to the root that they led to before.
  bool write(std::FILE* to) const;

 private:
  const tests::World& world_;
  bool trusts_;
  tests::MapView genesis_;
};

}  // namespace wald::model
