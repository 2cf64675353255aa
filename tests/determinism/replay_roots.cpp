// SPDX-License-Identifier: Apache-2.0
// One block list: five nodes, accounts that stake, leave, buy and pay at random from a fixed seed,
// epochs that turn, bytes that are no transactions. Prints `height root event-head` for every
// block. The same on every build, or replicas would part (specs/determinism.md).
#include <cstdio>

#include "codec/base/prng.h"
#include "codec/base/text.h"
#include "ledger/state/keys.h"
#include "tests/support/nodes.h"

using namespace wald;
using tests::kWal;

namespace {

constexpr int kBlocks = 400;

std::string account(base::Prng& prng) { return "user" + std::to_string(prng.below(8)); }

spec::Operation random_operation(base::Prng& prng, const tests::World& world) {
  spec::Operation op;
  switch (prng.below(6)) {
    case 0:
      op.mutable_transfer()->set_to(base::string_of(tests::account_of(account(prng)).view()));
      op.mutable_transfer()->set_amount(1 + prng.below(5 * kWal));
      break;
    case 1:
      op.mutable_delegate_stake()->set_node(
          base::string_of(tests::node_of("n" + std::to_string(1 + prng.below(5))).view()));
      op.mutable_delegate_stake()->set_amount(kWal + prng.below(500 * kWal));
      break;
    case 2:
      op.mutable_reserve_storage()->set_size(1 + prng.below(std::uint64_t{1} << 30));
      op.mutable_reserve_storage()->set_end(
          static_cast<std::uint32_t>(world.epoch().value() + 1 + prng.below(6)));
      op.mutable_reserve_storage()->set_max_cost(1'000 * kWal);
      break;
    case 3:
      op.mutable_burn()->set_amount(prng.below(kWal));
      break;
    default: {
      // A stake of anybody, to leave or to be paid: most are refused, some are not.
      std::vector<base::ObjectId> stakes;
      ledger::for_each<economics::Stake>(world.view(), ledger::kStakes,
                                         [&](base::ByteView, const economics::Stake& stake) {
                                           stakes.push_back(stake.id);
                                           return true;
                                         });
      const base::ObjectId id =
          stakes.empty() ? base::ObjectId() : stakes[prng.below(stakes.size())];
      if (prng.below(2) == 0)
        op.mutable_request_exit()->set_stake(base::string_of(id.view()));
      else
        op.mutable_withdraw_stake()->add_stakes(base::string_of(id.view()));
    }
  }
  return op;
}

}  // namespace

int main() {
  std::map<std::string, std::uint64_t> accounts;
  for (int i = 0; i < 8; ++i) accounts["user" + std::to_string(i)] = 100'000 * kWal;
  tests::World world(tests::network({9'000, 7'000, 5'000, 3'000, 2'000}, accounts));
  base::Prng prng(20'261'125);
  for (int block = 0; block < kBlocks; ++block) {
    for (std::uint64_t i = prng.below(4); i > 0; --i) {
      const std::string from = account(prng);  // compilers differ in the order of arguments
      world.send(from, random_operation(prng, world));
    }
    if (prng.below(10) == 0) world.send_raw(prng.bytes(prng.below(200)));
    const auto& out = world.block(200 + prng.below(1'500));
    std::printf("%llu 0x%s 0x%s\n", static_cast<unsigned long long>(world.height().value()),
                base::to_hex(out.state_root.view()).c_str(),
                base::to_hex(out.event_head.view()).c_str());
  }
  if (!world.law_failures.empty()) {
    std::printf("law broken: %s\n", world.law_failures.front().c_str());
    return 1;
  }
  return 0;
}
