// SPDX-License-Identifier: Apache-2.0
// `wal` and a chain that makes blocks, on which ann and bob have money. Their keys are not in the
// folder of `wal`.
#pragma once

#include "codec/base/text.h"
#include "tests/node/cli/wal_program.h"
#include "tests/node/http/test_chain.h"

namespace wald::tests {

struct TwoAccounts {
  TwoAccounts()
      : chain(chain_genesis({{"ann", 5'000 * kWal}, {"bob", 10 * kWal}})), wal(chain.url()) {
    chain.keep_going();
  }
  TestChain chain;
  WalProgram wal;
};

inline std::string id_of(const std::string& name) {
  return base::shown_hex(account_of(name).view());
}

}  // namespace wald::tests
