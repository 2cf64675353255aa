// SPDX-License-Identifier: Apache-2.0
// Writes a random history for the model (replay.py): the state after genesis, then every block with
// its transactions in plain words, their receipts and events, and each record that changed. One
// JSON object a line. Records come by the names of their fields; ids as 0x and hexadecimal digits,
// amounts and all other numbers as numbers.
#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdio>

#include "ledger/signing.h"
#include "ledger/state/keys.h"
#include "ledger/wire/canonical.h"
#include "node/reflect/json.h"
#include "specs/proto/tx.pb.h"
#include "tests/sim/simulation.h"
#include "tests/support/record_json.h"
#include "tests/support/workload.h"

using namespace wald;

namespace {

namespace json = boost::json;

using tests::hex;

// What the model keeps itself or takes as given; the rounds and the proof index are another's.
constexpr auto kShown = std::make_tuple(
    ledger::kChain, ledger::kParams, ledger::kSupply, ledger::kAccounts, ledger::kVestings,
    ledger::kFunds, ledger::kNodes, ledger::kKeys, ledger::kPools, ledger::kRates, ledger::kStakes,
    ledger::kCommittees, ledger::kSync, ledger::kRing, ledger::kResources, ledger::kBlobs,
    ledger::kAttributes, ledger::kBlobIds, ledger::kExpiry, ledger::kScores, ledger::kOwned,
    ledger::kMarket, ledger::kCloses, ledger::kPauses, ledger::kFoundation, ledger::kBuckets,
    ledger::kInside, ledger::kDuties, ledger::kAbsences, ledger::kAuthority, ledger::kProposals,
    ledger::kSnapshots, ledger::kVotes, ledger::kBallotQueue, ledger::kBallotTexts,
    ledger::kBallotCount, ledger::kQuarantine);

bool kept(std::string_view table) {
  return std::apply([&](const auto&... one) { return ((one.name == table) || ...); }, kShown);
}

// {table: {rest of the key: record, or null where it ended}}
json::object shown_changes(const ledger::Changes& changes) {
  json::object out;
  for (const auto& [key, value] : changes) {
    const std::string name = tests::table_name(key);
    if (!kept(name)) continue;
    if (!out.contains(name)) out[name] = json::object();
    out[name].as_object()[hex(key.subspan(1))] =
        value ? tests::shown_record(key, *value) : json::value(nullptr);
  }
  return out;
}

// In an economy the signatures of senders are zeros that stand for good ones (World::Trust).
struct Judge {
  const ledger::StateMachine& machine;
  bool trusts = false;

  ledger::TxVerdict check(const base::Bytes& bytes) const {
    const auto envelope =
        wire::parse_canonical<spec::Envelope>(bytes, ledger::StateMachine::kMaxOpenings);
    const bool known = trusts && envelope.ok() && envelope->signatures_size() > 0;
    return machine.check(bytes, known ? ledger::Signatures::kKnown : ledger::Signatures::kUnknown);
  }
};

json::object shown_tx(const Judge& machine, const base::Bytes& bytes) {
  json::object out;
  out["bytes"] = bytes.size();
  const auto envelope =
      wire::parse_canonical<spec::Envelope>(bytes, ledger::StateMachine::kMaxOpenings);
  if (!envelope.ok()) return out;
  const auto body = wire::parse_canonical<spec::Body>(base::as_bytes(envelope->body()),
                                                      ledger::StateMachine::kMaxOpenings);
  const auto checked = machine.check(bytes);
  if (!body.ok() || !checked.ok()) return out;
  out["id"] = hex(checked->id.view());
  out["signatures"] = checked->signatures;
  out["policy"] = hex(checked->policy);
  out["body"] = reflect::to_json(*body);
  return out;
}

void add_receipt(json::object& tx, const ledger::Receipt& receipt) {
  tx["code"] = receipt.code;
  tx["fee"] = receipt.fee;
  tx["firstSeq"] = receipt.first_seq;
  tx["events"] = receipt.events;
}

// Each transaction with its receipt, those inside of a Bundle with theirs.
json::array shown_txs(const Judge& machine, const ledger::BlockInput& input,
                      const ledger::BlockOutput& output) {
  json::array out;
  std::size_t at = 0;  // of the next receipt
  for (const base::Bytes& bytes : input.transactions) {
    json::object tx = shown_tx(machine, bytes);
    const std::uint32_t place = output.places.at(at);
    add_receipt(tx, output.receipts[at++]);
    if (at < output.places.size() && output.places[at] == place) {
      const auto checked = machine.check(bytes);
      json::array inside;
      for (const base::Bytes& envelope : checked->operation->inside()) {
        json::object one = shown_tx(Judge{machine.machine}, envelope);
        add_receipt(one, output.receipts.at(at++));
        inside.push_back(std::move(one));
      }
      tx["inside"] = std::move(inside);
    }
    out.push_back(std::move(tx));
  }
  return out;
}

void print(const json::object& line) { std::printf("%s\n", json::serialize(line).c_str()); }

void print_start(const ledger::StateMachine& machine, const tests::MapView& view) {
  tests::ChangeMap genesis;
  view.scan({}, {}, [&](base::ByteView key, base::ByteView value) {
    genesis[base::Bytes(key.begin(), key.end())] = base::Bytes(value.begin(), value.end());
    return true;
  });
  json::object line;
  line["chain"] = hex(machine.chain().view());
  line["changes"] = shown_changes(tests::changes_of(genesis));
  print(line);
}

// Executes it once more on `view`, which it leads on; the root that comes out.
base::Hash print_block(const Judge& judge, tests::MapView& view, const ledger::BlockInput& input) {
  std::vector<ledger::TxVerdict> verdicts;
  verdicts.reserve(input.transactions.size());
  for (const base::Bytes& bytes : input.transactions) verdicts.push_back(judge.check(bytes));
  std::vector<const ledger::TxVerdict*> shown_verdicts;
  shown_verdicts.reserve(verdicts.size());
  for (const auto& verdict : verdicts) shown_verdicts.push_back(&verdict);
  const ledger::BlockOutput output = judge.machine.apply_block(view, input, shown_verdicts);
  json::object line;
  line["height"] = input.height.value();
  line["time"] = input.time.value();
  json::array events, absent;
  for (const base::NodeId& node : input.absent) absent.push_back(json::value(hex(node.view())));
  line["absent"] = std::move(absent);
  for (const auto& event : output.events) events.push_back(reflect::event_json(event, 0, 0));
  line["transactions"] = shown_txs(judge, input, output);
  line["events"] = std::move(events);
  line["changes"] = shown_changes(output.changes);
  print(line);
  view.records.merge(output.changes);
  view.state_tree = output.tree;
  return output.state_root;
}

// What was written past all blocks behind this one, which `view` takes over as it did then.
void print_edit(const tests::World& world, tests::MapView& view, base::Height height) {
  const auto at = world.edits().find(height);
  if (at == world.edits().end()) return;
  json::object line;
  const ledger::Changes edit = tests::changes_of(at->second);
  line["edit"] = shown_changes(edit);
  print(line);
  view.overwrite(edit);
}

// A member, which has rewards and commission; with an odd seed the node too small for a seat.
std::string hurt_node(const tests::Workload& workload, std::uint64_t seed) {
  return workload.all_nodes()[workload.members().size() - (seed % 2 == 0 ? 1 : 0)];
}

// With a pool that is hurt (sim): a version tries it in vain, and the one after repairs it.
void run_economy(sim::Simulation& economy) {
  const auto epoch = [&] { return economy.workload().world().epoch(); };
  while (!economy.done() && economy.run_epoch())
    if (epoch() == base::Epoch(4) || epoch() == base::Epoch(6)) economy.upgrade();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("a random history in words, for tests/model/replay.py");
  std::uint64_t seed = 1, operations = 3000, spoil = 0, idle = 0;
  std::uint32_t rounds = 0;
  tests::Workload::Mix mix = tests::Workload::Mix::kAll;
  const std::map<std::string, tests::Workload::Mix> mixes{
      {"all", tests::Workload::Mix::kAll},
      {"duties", tests::Workload::Mix::kDuties},
      {"nodes", tests::Workload::Mix::kNodes},
      {"rights", tests::Workload::Mix::kRights},
      {"buckets", tests::Workload::Mix::kBuckets},
      {"ballots", tests::Workload::Mix::kBallots},
      {"everything", tests::Workload::Mix::kEverything}};
  app.add_option("--seed", seed, "of all that is random");
  app.add_option("--operations", operations, "how many are sent");
  app.add_option("--mix", mix,
                 "what is sent: all, duties, nodes, rights, buckets, ballots, everything")
      ->transform(CLI::CheckedTransformer(mixes));
  app.add_option("--spoil", spoil, "one operation in so many is changed in one place; 0: none");
  app.add_option("--idle", idle, "hours in which no block is made, halfway");
  app.add_option("--rounds", rounds, "instead of a mix: so many epochs of an economy with rounds");
  CLI11_PARSE(app, argc, argv);

  tests::Workload::Setup setup;
  setup.seed = seed;
  setup.mix = mix;
  setup.spoil = spoil;
  std::optional<sim::Simulation> economy;
  std::optional<tests::Workload> mixed;
  if (rounds > 0) {
    economy.emplace(sim::Plan{seed, rounds, true});
    economy->hurt_pool_at(base::Epoch(2), hurt_node(economy->workload(), seed));
  } else {
    mixed.emplace(setup);
  }
  const tests::Workload& workload = economy ? economy->workload() : *mixed;
  const ledger::StateMachine& machine = workload.world().machine();
  const Judge judge{machine, economy.has_value()};
  tests::MapView view = workload.world().view();
  print_start(machine, view);

  if (mixed && idle > 0) {
    mixed->run(operations / 2);
    mixed->chain().block(idle * 3'600'000);
  }
  if (mixed) mixed->run(operations);
  if (economy) run_economy(*economy);
  base::Hash last_root;
  for (const auto& input : workload.world().inputs()) {
    print_edit(workload.world(), view, base::Height(input.height.value() - 1));
    last_root = print_block(judge, view, input);
  }
  if (workload.world().height().value() > 0 && last_root != workload.world().last().state_root) {
    std::fprintf(stderr, "the blocks did not lead where they led before\n");
    return 1;
  }
  for (const std::string& sentence : workload.broken())
    std::fprintf(stderr, "law broken: %s\n", sentence.c_str());
  return workload.broken().empty() ? 0 : 1;
}
