// SPDX-License-Identifier: Apache-2.0
#include "tests/model/history.h"

#include <boost/json.hpp>

#include "ledger/signing.h"
#include "ledger/state/keys.h"
#include "ledger/wire/canonical.h"
#include "node/reflect/json.h"
#include "specs/proto/tx.pb.h"
#include "tests/support/record_json.h"

namespace wald::model {
namespace {

namespace json = boost::json;

// What the model keeps itself or takes as given; the rounds and the proof index are another's.
constexpr auto kShown = std::make_tuple(
    ledger::kChain, ledger::kParams, ledger::kSupply, ledger::kAccounts, ledger::kVestings,
    ledger::kFunds, ledger::kNodes, ledger::kKeys, ledger::kPools, ledger::kRates, ledger::kStakes,
    ledger::kCommittees, ledger::kSync, ledger::kRing, ledger::kResources, ledger::kBlobs,
    ledger::kAttributes, ledger::kBlobIds, ledger::kExpiry, ledger::kScores, ledger::kOwned,
    ledger::kMarket, ledger::kCloses, ledger::kPauses, ledger::kFoundation, ledger::kBuckets,
    ledger::kInside, ledger::kDuties, ledger::kAbsences, ledger::kAuthority, ledger::kProposals,
    ledger::kSnapshots, ledger::kVotes, ledger::kBallotQueue, ledger::kBallotTexts,
    ledger::kBallotCount, ledger::kQuarantine, ledger::kRoll);

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
    out[name].as_object()[base::shown_hex(key.subspan(1))] =
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
  out["id"] = base::shown_hex(checked->id.view());
  out["signatures"] = checked->signatures;
  out["policy"] = base::shown_hex(checked->policy);
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

json::object shown_start(const ledger::StateMachine& machine, const tests::MapView& view) {
  tests::ChangeMap genesis;
  view.scan({}, {}, [&](base::ByteView key, base::ByteView value) {
    genesis[base::Bytes(key.begin(), key.end())] = base::Bytes(value.begin(), value.end());
    return true;
  });
  json::object line;
  line["chain"] = base::shown_hex(machine.chain().view());
  line["changes"] = shown_changes(tests::changes_of(genesis));
  return line;
}

// Blocks executed once more, one after the other.
class Again {
 public:
  Again(const tests::World& world, bool trusts, tests::MapView genesis, std::FILE* to)
      : world_(world), judge_{world.machine(), trusts}, view_(std::move(genesis)), to_(to) {}

  // Whether they lead where they led before.
  bool write() {
    print(shown_start(judge_.machine, view_));
    base::Hash root;
    for (const ledger::BlockInput& input : world_.inputs()) {
      edit_behind(base::Height(input.height.value() - 1));
      root = block(input);
    }
    return world_.height().value() == 0 || root == world_.last().state_root;
  }

 private:
  void print(const json::object& line) { std::fprintf(to_, "%s\n", json::serialize(line).c_str()); }

  // What was written past all blocks behind this one.
  void edit_behind(base::Height height) {
    const auto at = world_.edits().find(height);
    if (at == world_.edits().end()) return;
    json::object line;
    const ledger::Changes edit = tests::changes_of(at->second);
    line["edit"] = shown_changes(edit);
    print(line);
    view_.overwrite(edit);
  }

  // The root that comes out.
  base::Hash block(const ledger::BlockInput& input) {
    std::vector<ledger::TxVerdict> verdicts;
    verdicts.reserve(input.transactions.size());
    for (const base::Bytes& bytes : input.transactions) verdicts.push_back(judge_.check(bytes));
    std::vector<const ledger::TxVerdict*> shown_verdicts;
    shown_verdicts.reserve(verdicts.size());
    for (const auto& verdict : verdicts) shown_verdicts.push_back(&verdict);
    const ledger::BlockOutput output = judge_.machine.apply_block(view_, input, shown_verdicts);
    json::object line;
    line["height"] = input.height.value();
    line["time"] = input.time.value();
    json::array events, absent;
    for (const base::NodeId& node : input.absent)
      absent.push_back(json::value(base::shown_hex(node.view())));
    line["absent"] = std::move(absent);
    for (const auto& event : output.events) events.push_back(reflect::event_json(event, 0, 0));
    line["transactions"] = shown_txs(judge_, input, output);
    line["events"] = std::move(events);
    line["changes"] = shown_changes(output.changes);
    print(line);
    view_.records.merge(output.changes);
    view_.state_tree = output.tree;
    return output.state_root;
  }

  const tests::World& world_;
  Judge judge_;
  tests::MapView view_;
  std::FILE* to_;
};

}  // namespace

bool History::write(std::FILE* to) const { return Again(world_, trusts_, genesis_, to).write(); }

}  // namespace wald::model
