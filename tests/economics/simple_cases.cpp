// SPDX-License-Identifier: Apache-2.0
// The forms of economics.json that are one function, or a few calls of one (M-1, S-2, S-5, S-6, C-1
// to C-6, V-1 to V-4, X-7).
#include <algorithm>
#include <set>

#include "codec/base/text.h"
#include "codec/shape/commitment.h"
#include "economics/resources.h"
#include "tests/economics/case_world.h"

namespace wald::economics::cases {
namespace {

using Input = const json::object&;
using Values = json::object;

template <class T>
json::array list_form(const std::vector<T>& values) {
  json::array form;
  for (const T& value : values) form.push_back(json::string(dec(value)));
  return form;
}

Values supply_case(Input in) {
  std::uint64_t frost = u64(in.at("whole_tokens"));
  for (std::uint64_t i = 0; i < u64(in.at("decimals")); ++i) {
    frost = accepted(mul_div(frost, 10, 1, Round::kDown, kMaxAmount));
  }
  Funds funds;
  funds.supply = Amount::of(frost);
  for (const auto& burned : in.at("burns").as_array()) {
    accepted(burn(funds, &Burned::slash, amount(burned)));
  }
  return {{"supply", dec(funds.supply)}};
}

void check_encoding(Input in) {
  if (u64_or(in, "encoding", 1) != 1) throw Refused{Refusal::kOutOfBounds, std::nullopt};
}

Values encoded_size_case(Input in) {
  check_encoding(in);
  return {
      {"encoded_size", dec(accepted(encoded_size(u64(in.at("length")), u64(in.at("n_shards")))))}};
}

Values source_symbols_case(Input in) {
  const SourceSymbols source = accepted(source_symbols(u64(in.at("n_shards"))));
  return {{"primary", dec(source.primary)}, {"secondary", dec(source.secondary)}};
}

Values max_blob_size_case(Input in) {
  return {{"max_blob_size", dec(accepted(max_blob_size(u64(in.at("n_shards")))))}};
}

// Integers below 2^256 stand for their 32 bytes, little-endian.
Values blob_id_case(Input in) {
  check_encoding(in);
  std::string digits = text(in.at("root_hash_hex"));
  if (digits.size() > 64) throw Malformed("root above 2^256");
  digits.insert(0, 64 - digits.size(), '0');
  auto root = base::from_hex(digits);
  if (!root) throw Malformed("root is not hex");
  std::reverse(root->begin(), root->end());
  const base::BlobId id = shape::blob_id(base::Hash::from(*root), u64(in.at("length")));
  base::Bytes reversed(id.bytes().rbegin(), id.bytes().rend());
  return {{"blob_id_hex", base::to_hex(reversed)}};
}

Values price_case(Input in) {
  const Quote quoted =
      accepted(quote(u64(in.at("size")), u64(in.at("price")), u64(in.at("epochs")), 1000));
  return {{"units", dec(quoted.units)},
          {"per_epoch", dec(quoted.per_epoch)},
          {"total", dec(quoted.total)}};
}

Values dhondt_case(Input in) {
  std::vector<Seeker> seekers;
  for (const auto& stake : in.at("stake").as_array()) {
    seekers.push_back({amount(stake), std::nullopt});
  }
  const std::uint16_t shards = u16(in.at("n_shards"));
  const SeatCaps caps = accepted(seat_caps(shards, seekers));
  std::vector<SeatRow> rows;
  for (std::size_t i = 0; i < seekers.size(); ++i) {
    rows.push_back({seekers[i].stake, caps.caps[i], i});
  }
  const std::vector<std::uint32_t> seats = accepted(apportion(shards, rows));
  std::uint64_t sum = 0;
  for (const std::uint32_t seat : seats) sum += seat;
  const auto with = std::count_if(seats.begin(), seats.end(), [](auto seat) { return seat > 0; });
  return {{"shards", list_form(seats)},
          {"sum", dec(sum)},
          {"n_with_shards", dec(static_cast<std::uint64_t>(with))}};
}

Values pq_case(Input in) {
  std::multiset<std::pair<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t>> queue;
  const auto push = [&queue](const json::array& row, std::size_t at) {
    queue.insert({{u64(row.at(at)), u64(row.at(at + 1))}, u64(row.at(at + 2))});
  };
  for (const auto& row : in.at("initial").as_array()) push(row.as_array(), 0);
  std::vector<std::uint64_t> popped;
  for (const auto& op : in.at("ops").as_array()) {
    const std::string name = text(op.as_array().at(0));
    if (name == "push") {
      push(op.as_array(), 1);
    } else if (name == "pop") {
      if (queue.empty()) throw Refused{Refusal::kBadRange, std::nullopt};
      const auto last = std::prev(queue.end());
      popped.push_back(last->second);
      queue.erase(last);
    } else {
      throw Malformed("unknown op " + name);
    }
  }
  return {{"popped", list_form(popped)}};
}

std::vector<SeatCount> counts_of(const json::value& form) {
  std::vector<SeatCount> counts;
  for (const auto& row : form.as_array()) {
    counts.emplace_back(numbered<NodeId>(u64(row.as_array().at(0))), u32(row.as_array().at(1)));
  }
  return counts;
}

json::object assignment_form(const Assignment& assignment) {
  json::object form;
  for (const auto& [id, shards] : assignment) form[dec(number_of(id))] = list_form(shards);
  return form;
}

Values committee_case(Input in) {
  Assignment seats = accepted(first_assignment(counts_of(in.at("init"))));
  json::array committees{assignment_form(seats)};
  for (const auto& counts : in.at("transitions").as_array()) {
    seats = accepted(transition(seats, counts_of(counts), {}));
    committees.push_back(assignment_form(seats));
  }
  return {{"committees", committees}};
}

Values committee_diff_case(Input in) {
  Assignment first;
  Assignment second;
  for (const auto& id : in.at("first").as_array()) first[numbered<NodeId>(u64(id))];
  for (const auto& id : in.at("second").as_array()) second[numbered<NodeId>(u64(id))];
  const Difference result = difference(first, second);
  const auto form = [](const std::vector<NodeId>& ids) {
    json::array list;
    for (const NodeId& id : ids) list.push_back(json::string(dec(number_of(id))));
    return list;
  };
  return {{"only_first", form(result.only_first)}, {"only_second", form(result.only_second)}};
}

std::vector<Vote> votes_of(const json::value& form) {
  std::vector<Vote> votes;
  for (const auto& item : form.as_array()) {
    votes.push_back({u64(item.as_array().at(0)), u16(item.as_array().at(1))});
  }
  return votes;
}

Values quorum_below_case(Input in) {
  return {{"value", dec(accepted(quorum_below(votes_of(in.at("votes")), u16(in.at("n_shards")))))}};
}

Values quorum_above_case(Input in) {
  return {{"value", dec(accepted(quorum_above(votes_of(in.at("votes")), u16(in.at("n_shards")))))}};
}

Values params_case(Input in) {
  const json::array& weights = in.at("weights").as_array();
  const json::array& votes = in.at("votes").as_array();
  std::vector<Vote> by[3];
  for (std::size_t i = 0; i < votes.size(); ++i) {
    for (std::size_t k = 0; k < 3; ++k) {
      by[k].push_back({u64(votes[i].as_array().at(k)), u16(weights.at(i))});
    }
  }
  const std::uint16_t shards = u16(in.at("n_shards"));
  return {{"storage_price", dec(accepted(price_target(by[0], shards)))},
          {"write_price", dec(accepted(price_target(by[1], shards)))},
          {"capacity", dec(accepted(capacity_target(by[2], shards)))}};
}

Values thresholds_case(Input in) {
  const Thresholds least = thresholds(u16(in.at("n")));
  return {{"f", dec(least.faulty)},
          {"quorum", dec(least.quorum)},
          {"one_correct", dec(least.one_honest)}};
}

// C-1 over a table of values; no keys, so equal values go by id.
class ActiveSet {
 public:
  explicit ActiveSet(Input in)
      : max_size_(u64(in.at("max_size"))), threshold_(amount(in.at("threshold"))) {}

  void play(const json::object& op, Values& values) {
    const std::string name = text(op.at("op"));
    if (name == "put") {
      values_[numbered<NodeId>(u64(op.at("node")))] = amount(op.at("stake"));
      return;
    }
    if (name != "observe") throw Malformed("unknown op " + name);
    values[op.at("as").as_string()] = observed(text(op.at("what")));
  }

 private:
  json::value observed(const std::string& what) const {
    std::vector<Candidate> all;
    for (const auto& [node, value] : values_) all.push_back({node, value, base::Hash()});
    std::vector<std::uint64_t> ids;
    U128 total = 0;
    for (const Candidate& candidate : elect(all, threshold_, max_size_)) {
      ids.push_back(number_of(candidate.node));
      total += candidate.value.value();
    }
    std::sort(ids.begin(), ids.end());
    if (what == "ids") return list_form(ids);
    if (what == "total") return json::string(dec(total));
    if (what == "size") return json::string(dec(ids.size()));
    throw Malformed("unknown observation " + what);
  }

  std::uint64_t max_size_;
  Amount threshold_;
  std::map<NodeId, Amount> values_;
};

// Sums by epoch, as a pool keeps them (P-1, P-10).
class Pending {
 public:
  void play(const json::object& op, Values& values) {
    const std::string name = text(op.at("op"));
    if (name == "add") {
      accepted(add_to(sums_, epoch(op.at("epoch")), amount(op.at("value"))));
      return;
    }
    json::value& answer = values[op.at("as").as_string()];
    if (name == "empty") {
      answer = sums_.empty();
      return;
    }
    if (name != "value_at" && name != "flush") throw Malformed("unknown op " + name);
    const auto end = sums_.upper_bound(epoch(op.at("epoch")));
    U128 total = 0;
    for (auto at = sums_.begin(); at != end; ++at) total += at->second.value();
    if (name == "flush") sums_.erase(sums_.begin(), end);
    answer = json::string(dec(total));
  }

 private:
  std::map<Epoch, Amount> sums_;
};

class Storage {
 public:
  void play(const json::object& op, Values& values) {
    const std::string name = text(op.at("op"));
    const std::string id = text(op.at("id"));
    if (name == "new") {
      table_[id] = {epoch(op.at("start")), epoch(op.at("end")), u64(op.at("size"))};
    } else if (name == "split_epoch") {
      keep(id, op, accepted(split_epoch(table_.at(id), epoch(op.at("epoch")))));
    } else if (name == "split_size") {
      keep(id, op, accepted(split_size(table_.at(id), u64(op.at("keep")))));
    } else if (name == "fuse") {
      table_[id] = accepted(fuse(table_.at(id), table_.at(text(op.at("other")))));
      table_.erase(text(op.at("other")));
    } else {
      throw Malformed("unknown op " + name);
    }
    json::object form;
    for (const auto& [label, row] : table_) {
      form[label] = json::array{json::string(dec(row.start)), json::string(dec(row.end)),
                                json::string(dec(row.size))};
    }
    values["resources"] = form;
  }

 private:
  void keep(const std::string& id, const json::object& op, const ResourceParts& parts) {
    table_[id] = parts.self;
    table_[text(op.at("new"))] = parts.other;
  }

  std::map<std::string, Resource> table_;
};

class Proposal {
 public:
  explicit Proposal(Input in) : shards_(u64(in.at("n_shards"))) {
    for (const auto& weight : in.at("weights").as_array()) weights_.push_back(u64(weight));
  }

  void play(const json::object& op, Values& values) {
    const std::string name = text(op.at("op"));
    const std::string target = text(op.at("target"));
    if (name == "vote") {
      const std::uint64_t node = u64(op.at("node"));
      if (node >= weights_.size() || !voters_[target].insert(node).second) {
        throw Refused{Refusal::kBadVote, std::nullopt};
      }
      return;
    }
    if (name != "execute") throw Malformed("unknown op " + name);
    std::uint64_t weight = 0;
    for (const std::uint64_t node : voters_[target]) weight += weights_.at(node);
    if (!is_quorum(weight, shards_)) throw Refused{Refusal::kNoVotes, std::nullopt};
    voters_.erase(target);
    if (op.contains("as")) values[op.at("as").as_string()] = true;
  }

 private:
  std::uint64_t shards_;
  std::vector<std::uint64_t> weights_;
  std::map<std::string, std::set<std::uint64_t>> voters_;
};

}  // namespace

CaseAnswer simple_case(const std::string& fn, const json::object& in) {
  static const std::map<std::string, Values (*)(Input)> kForms = {
      {"supply", supply_case},
      {"encoded_size", encoded_size_case},
      {"source_symbols", source_symbols_case},
      {"max_blob_size", max_blob_size_case},
      {"blob_id", blob_id_case},
      {"price", price_case},
      {"dhondt", dhondt_case},
      {"pq", pq_case},
      {"committee", committee_case},
      {"committee_diff", committee_diff_case},
      {"quorum_below", quorum_below_case},
      {"quorum_above", quorum_above_case},
      {"params", params_case},
      {"thresholds", thresholds_case},
  };
  const auto play = [&in](auto world) { return play_ops(world, in.at("ops").as_array()); };
  if (fn == "active_set") return play(ActiveSet(in));
  if (fn == "pending") return play(Pending());
  if (fn == "storage") return play(Storage());
  if (fn == "proposal") return play(Proposal(in));
  const auto found = kForms.find(fn);
  if (found == kForms.end()) throw Malformed("unknown fn " + fn);
  try {
    return {found->second(in), false, std::nullopt};
  } catch (const Refused&) {
    return {{}, true, std::nullopt};
  }
}

}  // namespace wald::economics::cases
