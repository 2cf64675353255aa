// SPDX-License-Identifier: Apache-2.0
// The part of the workload in which members ask for deny lists, signal versions, miss blocks and
// come back, the sequencer's authority changes hands, and envelopes of others travel in bundles:
// good ones, early ones, twice the same, and what is no envelope.
#include "tests/support/duties.h"
#include "tests/support/workload.h"

namespace wald::tests {

void Workload::serve_lists() {
  const std::string& node = members_[random_.below(members_.size())];
  const DenyListOf list{node, random_.below(6), random_.below(1 << 20)};
  switch (random_.below(3)) {
    case 0:
      return send(node, announce_deny_list(list));
    case 1: {
      const bool few = random_.below(4) == 0;
      return send(anybody(), update_deny_list(world_, members_, list,
                                              few ? std::vector{members_[0]} : members_));
    }
    default: {
      const auto file = file_of(random_.below(number_ + 1), 1000);
      return send(anybody(), deny_list_blob_deleted(world_, members_, file.id));
    }
  }
}

base::Bytes Workload::carried(const std::string& gateway) {
  const std::string from = anybody();
  const std::string to = anybody();
  const std::uint64_t amount = random_.below(20 * kWal);
  switch (random_.below(8)) {
    case 0:  // too early: a nonce is missing
      return world_.sign(from, transfer(to, amount), world_.next_nonce(from) + 1);
    case 1: {  // once more
      const auto at = latest_.find(from);
      if (at != latest_.end()) return at->second;
      return world_.sign(gateway, burn(1), 0);
    }
    case 2: {
      const std::uint64_t length = 1 + random_.below(200);
      return base::Bytes(length, 7);
    }
    case 3:
      return world_.next(from, batch({transfer(to, amount), burn(amount)}, true));
    case 4:
      return world_.next(from, burn(random_.below(100'000 * kWal)));
    default:
      return world_.next(from, transfer(to, amount));
  }
}

void Workload::carry() {
  const std::string gateway = anybody();
  std::vector<base::Bytes> envelopes;
  for (std::uint64_t i = 1 + random_.below(6); i > 0; --i) envelopes.push_back(carried(gateway));
  if (random_.below(8) == 0) envelopes.push_back(envelopes.front());
  if (everything() && random_.below(6) == 0) envelopes.resize(257, base::Bytes(1, 7));  // too many
  send(gateway, bundle(envelopes));
}

void Workload::serve() {
  const std::string& node = members_[random_.below(members_.size())];
  switch (random_.below(10)) {
    case 0:
    case 1:
      return serve_lists();
    case 2: {
      const auto version = static_cast<std::uint32_t>(world_.version() + 1 + random_.below(5) / 4);
      const std::string binary = random_.below(2) == 0 ? "a program" : "another";
      return world_.say(signal_version(world_, node, version, binary));
    }
    case 3: {
      const std::string key = node + ".consensus" + std::to_string(number_++);
      return send(node, announce_key(world_, node, spec::KEY_ROLE_CONSENSUS, key));
    }
    case 4:
    case 5:  // the smallest member sleeps most
      if (everything()) return resume_member();
      return world_.miss({node_of(members_[4]), node_of(node)});
    case 6:
      if (everything()) return resume_member();
      return send(random_.below(2) == 0 ? members_[4] : node, resume_consensus(members_[4]));
    case 7: {
      if (everything()) return change_authority();
      const std::string from = anybody();
      const std::string to = anybody();
      return send(from, set_sequencer_authority(policy_of({1, {{to, 1}}})));
    }
    default:
      return carry();
  }
}

}  // namespace wald::tests
