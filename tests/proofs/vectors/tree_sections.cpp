// SPDX-License-Identifier: Apache-2.0
// The state tree: roots, histories of changes, proofs and what they show.
#include <map>

#include "ledger/state_proof.h"
#include "ledger/tree/bits.h"
#include "ledger/tree/state_tree.h"
#include "tests/proofs/vectors/form.h"

namespace wald::vectors {
namespace {

using ledger::StateTree;

StateTree tree_of(const Input& in) {
  std::map<base::Bytes, base::Hash> records;
  for (const json::value& item : in.list("records")) {
    const json::array& record = item.as_array();
    records[from_hex(record.at(0))] = base::blake2b(from_hex(record.at(1)));
  }
  if (records.size() != in.list("records").size()) throw std::logic_error("a key stands twice");
  // Built in one go and by one batch on an empty tree: both must agree.
  StateTree::Builder builder;
  std::vector<StateTree::Change> changes;
  const base::Bytes* last = nullptr;
  for (const auto& [key, value_hash] : records) {
    if (last != nullptr && ledger::tree::first_difference(*last, key) == ledger::tree::kNoBit)
      throw std::logic_error("a key is a prefix of another");
    last = &key;
    builder.add(key, value_hash);
    changes.push_back({key, value_hash});
  }
  StateTree built = builder.finish();
  if (StateTree().apply(changes).root() != built.root())
    throw std::logic_error("builder and batch differ");
  return built;
}

json::object root(const Input& in) { return {{"root", hex_id(tree_of(in).root())}}; }

json::object history(const Input& in) {
  StateTree tree;
  std::vector<base::Hash> roots;
  for (const json::value& item : in.list("steps")) {
    const json::array& step = item.as_array();
    const base::Bytes key = from_hex(step.at(1));
    StateTree::Change change{key, std::nullopt};
    if (step.at(0).as_string() == "put") change.value_hash = base::blake2b(from_hex(step.at(2)));
    tree = tree.apply({&change, 1});
    roots.push_back(tree.root());
  }
  return {{"roots", hex_list(roots)}};
}

json::string verdict_name(ledger::Verdict verdict) {
  switch (verdict) {
    case ledger::Verdict::kPresent:
      return "present";
    case ledger::Verdict::kAbsent:
      return "absent";
    case ledger::Verdict::kInvalid:
      return "invalid";
  }
  throw std::logic_error("verdict");
}

json::object proof(const Input& in) {
  const StateTree tree = tree_of(in);
  json::array proofs;
  for (const json::value& item : in.list("keys")) {
    const base::Bytes key = from_hex(item);
    const ledger::TreeProof answer = tree.prove(key);
    if (ledger::parse_proof(ledger::encode(answer)) != answer)
      throw std::logic_error("a proof does not parse back");
    json::array steps;
    for (const ledger::TreeStep& step : answer.steps)
      steps.push_back(json::array{step.bit, hex_id(step.sibling)});
    json::object out{{"result", verdict_name(ledger::verify(tree.root(), key, answer))},
                     {"leaf_key", nullptr},
                     {"value_hash", nullptr},
                     {"steps", steps}};
    if (answer.leaf) {
      out["leaf_key"] = hex(answer.leaf->key);
      out["value_hash"] = hex_id(answer.leaf->value_hash);
    }
    proofs.push_back(std::move(out));
  }
  return {{"root", hex_id(tree.root())}, {"proofs", proofs}};
}

json::object verify(const Input& in) {
  ledger::TreeProof answer;
  if (in.has("leaf_key"))
    answer.leaf = ledger::TreeLeaf{in.bytes("leaf_key"), in.id<base::Hash>("value_hash")};
  for (const json::value& item : in.list("steps")) {
    const json::array& step = item.as_array();
    const std::uint64_t bit = number(step.at(0));
    if (bit > 0xFFFF) return {{"result", "invalid"}};  // no proof can hold it
    answer.steps.push_back(
        {static_cast<std::uint16_t>(bit), base::Hash::from(from_hex(step.at(1)))});
  }
  return {
      {"result", verdict_name(ledger::verify(in.id<base::Hash>("root"), in.bytes("key"), answer))}};
}

}  // namespace

const Sections& tree_sections() {
  static const Sections table = {{"tree_root", root},
                                 {"tree_history", history},
                                 {"tree_proof", proof},
                                 {"tree_verify", verify}};
  return table;
}

}  // namespace wald::vectors
