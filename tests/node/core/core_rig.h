// SPDX-License-Identifier: Apache-2.0
// A core in a folder of its own that a test opens, feeds with blocks of transfers and opens again.
#pragma once

#include "ledger/wire/canonical.h"
#include "node/core/ledger_core.h"
#include "tests/node/http/test_chain.h"

namespace wald::tests {

struct CoreRig {
  explicit CoreRig(const os::FileOps& file_ops = os::real_file_ops())
      : CoreRig(chain_genesis({{"ann", 1'000 * kWal}, {"bob", kWal}}), file_ops) {}
  explicit CoreRig(const spec::Genesis& from, const os::FileOps& file_ops = os::real_file_ops())
      : document(from),
        genesis(ledger::build_genesis(wire::write_canonical(document)).value()),
        signer(document),
        sequencer(key_of_name("sequencer")) {
    options.dir = dir.path();
    options.segment_bytes = 1u << 20;
    options.map_bytes = 64u << 20;
    options.ops = &file_ops;
  }

  std::unique_ptr<core::LedgerCore> open() {
    return core::LedgerCore::open(options, genesis).value();
  }

  base::Bytes envelope(std::uint64_t nonce) const {
    return signer.sign("ann", transfer("bob", 1), nonce);
  }

  ledger::BlockInput input(const core::LedgerCore& core,
                           std::vector<base::Bytes> transactions) const {
    ledger::BlockInput out;
    out.height = core.head().height.next();
    out.time = base::TimeMs(core.head().time.value() + 1'000);
    out.transactions = std::move(transactions);
    return out;
  }

  std::array<std::uint8_t, 64> sign(const ledger::BlockHeader& header) const {
    return sequencer.sign(ledger::block_preimage(ledger::header_hash(header)));
  }

  os::IoResult<void> block(core::LedgerCore& core, std::vector<base::Bytes> transactions) const {
    core::Staged staged = core.execute(input(core, std::move(transactions)));
    const auto signature = sign(staged.header);
    return core.commit(std::move(staged), signature);
  }

  TempDir dir;
  spec::Genesis document;
  ledger::GenesisState genesis;
  World signer;
  Key sequencer;
  core::CoreOptions options;
};

}  // namespace wald::tests
