// SPDX-License-Identifier: Apache-2.0
// A real chain whose genesis has nodes, their storage servers, and `wal` with ann's key.
#pragma once

#include "node/storage/shard_sync.h"
#include "tests/node/cli/wal_program.h"
#include "tests/node/http/test_chain.h"
#include "tests/node/storage/rig.h"
#include "tests/support/nodes.h"

namespace wald::tests {

// Twelve shards on four nodes: f = 3, a quorum is 9.
struct BlobRig {
  static constexpr std::uint32_t kShards = 12;

  // `edit` has the last word on the genesis document.
  explicit BlobRig(const std::function<void(spec::Genesis&)>& edit = {}) {
    std::vector<std::uint64_t> stakes(4, 10'000);
    spec::Genesis document = network(stakes, {{"ann", 5'000 * kWal}});
    document.set_sequencer_key(raw(key_of_name("sequencer").key.view()));
    document.set_shards(kShards);
    for (int i = 0; i < 4; ++i) {
      const std::string name = "n" + std::to_string(i + 1);
      const auto seed = protocol_key(name).seed;
      nodes.push_back(std::make_unique<RigNode>(
          [this]() -> std::shared_ptr<const ledger::Reader> { return chain->core().view(); }, codec,
          base::Bytes(seed.begin(), seed.end()), node_of(name)));
      nodes.back()->reserve_port();
      document.mutable_nodes(i)->mutable_registration()->set_address(nodes.back()->address());
    }
    if (edit) edit(document);
    chain = std::make_unique<TestChain>(document);
    chain->keep_going();
    for (auto& node : nodes) {
      node->bind(chain->core().chain());
      node->start();
    }
    wal = std::make_unique<WalProgram>(chain->url());
    wal->add_key("ann");
  }
  ~BlobRig() {
    for (auto& node : nodes) node->stop();
  }
  static std::string raw(base::ByteView bytes) { return base::string_of(bytes); }
  static std::vector<std::string> storing(const std::vector<std::string>& files) {
    std::vector<std::string> args{"blob", "store"};
    args.insert(args.end(), files.begin(), files.end());
    for (const char* flag :
         {"--epochs", "2", "--max-cost", "10WAL", "--from", "ann", "--yes", "--json"})
      args.emplace_back(flag);
    return args;
  }
  Ran store(const std::vector<std::string>& files) { return wal->run(storing(files)); }
  std::string file(const std::string& name, const base::Bytes& bytes) const {
    wal->write(name, raw(bytes));
    return wal->path(name);
  }

  codec::Codec codec = codec::Codec::make(kShards).value();
  std::vector<std::unique_ptr<RigNode>> nodes;
  std::unique_ptr<TestChain> chain;
  std::unique_ptr<WalProgram> wal;
};

}  // namespace wald::tests
