// SPDX-License-Identifier: Apache-2.0
#include "tests/economics/protocol_cases.h"

#include <map>

#include "codec/base/text.h"
#include "economics/committee.h"
#include "economics/credits.h"
#include "economics/penalties.h"
#include "economics/rewards.h"

namespace wald::economics::cases {
namespace {

using In = const json::object&;

std::vector<std::uint32_t> leaves(const json::object& row, const char* key) {
  std::vector<std::uint32_t> list;
  if (const auto* given = row.if_contains(key)) {
    for (const auto& leaf : given->as_array()) list.push_back(u32(leaf));
  }
  return list;
}

CommitTime commit_of(const json::value& name) {
  const std::string time = text(name);
  if (time == "on_time") return CommitTime::kOnTime;
  if (time == "late") return CommitTime::kLate;
  if (time == "none") return CommitTime::kNone;
  throw Malformed("unknown commit " + time);
}

RoundRecord record_of(const json::object& row) {
  RoundRecord record;
  record.points = u32(row.at("c"));
  record.commit = commit_of(row.at("commit"));
  record.confirmed = flag(row, "confirmed");
  record.unopened = flag(row, "unopened");
  record.bad = flag(row, "bad");
  record.reveal = flag(row, "reveal");
  record.row = flag(row, "row");
  record.excused = leaves(row, "excused");
  record.unavailable = leaves(row, "unavailable");
  record.denied = leaves(row, "denied");
  record.lost = leaves(row, "lost");
  record.withheld = leaves(row, "withheld");
  record.proven = leaves(row, "proven");
  return record;
}

json::object credits_case(In in) {
  std::vector<RoundTally> tallies;
  for (const auto& row : in.at("rounds").as_array()) {
    tallies.push_back(tally_round(record_of(row.as_object())));
  }
  const EpochScore score = score_epoch(tallies, u64(in.at("R")));
  json::array rounds;
  for (std::size_t i = 0; i < tallies.size(); ++i) {
    rounds.push_back(json::object{{"due", dec(tallies[i].due)},
                                  {"ok", dec(tallies[i].ok)},
                                  {"credits", dec(score.credits[i])},
                                  {"bad", dec(score.bad[i])}});
  }
  return {{"rounds", rounds},
          {"store", dec(score.store)},
          {"duty", dec(score.duty)},
          {"s", dec(score.score)},
          {"q", dec(score.bad_part)}};
}

json::object score_case(In in) {
  return {{"s", dec(score_of(ppm(in.at("store")), ppm(in.at("duty"))))}};
}

json::object rewards_case(In in) {
  const Amount pot = amount(in.at("pot"));
  const Amount held = held_part(pot, u64(in.at("void")), u64(in.at("R")));
  std::vector<MemberScore> members;
  std::vector<Bps> rates;
  for (const auto& item : in.at("members").as_array()) {
    const json::object& row = item.as_object();
    members.push_back(
        {Weight(u16(row.at("w"))), u64(row.at("d")), ppm(row.at("s")), ppm(row.at("q"))});
    rates.push_back(bps(row.at("rate")));
  }
  const PotSplit split = split_pot(Amount::of(pot.value() - held.value()), u64(in.at("U")), members,
                                   u64(in.at("kappa")));
  json::array full;
  json::array reward;
  json::array fine;
  json::array cut;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const MemberReward& row = split.rows[i];
    full.push_back(json::string(dec(row.full)));
    reward.push_back(json::string(dec(row.reward)));
    fine.push_back(json::string(dec(row.fine)));
    cut.push_back(json::string(dec(commission(row.full, row.reward, rates[i]))));
  }
  return {{"held", dec(held)}, {"carry", dec(Amount::of(held.value() + split.carry.value()))},
          {"full", full},      {"reward", reward},
          {"fine", fine},      {"unspent", dec(split.unspent)},
          {"commission", cut}};
}

json::object denied_case(In in) {
  std::vector<DenySample> samples;
  for (const auto& item : in.at("samples").as_array()) {
    samples.push_back({u64(item.as_array().at(0)), u64(item.as_array().at(1))});
  }
  return {{"d", dec(denied_bytes(u64(in.at("U")), samples))}};
}

template <class Id>
Id id_of(const json::value& hex) {
  const auto bytes = base::from_hex(text(hex));
  if (!bytes || bytes->size() != 32) throw Malformed("not 32 bytes: " + text(hex));
  return Id::from(*bytes);
}

json::object election_case(In in) {
  std::vector<Candidate> candidates;
  json::array keys;
  for (const auto& item : in.at("nodes").as_array()) {
    const NodeId node = id_of<NodeId>(item.at("node"));
    const base::Hash key = election_key(id_of<base::ChainId>(in.at("chain")), epoch(in.at("epoch")),
                                        id_of<base::Hash>(in.at("prev")), node);
    keys.push_back(json::string(base::to_hex(key.view())));
    candidates.push_back({node, amount(item.at("value")), key});
  }
  json::array order;
  for (const Candidate& candidate :
       elect(candidates, amount(in.at("threshold")), u64(in.at("max_members")))) {
    order.push_back(json::string(base::to_hex(candidate.node.view())));
  }
  return {{"keys", keys}, {"order", order}};
}

using Section = json::object (*)(In);
const std::map<std::string, Section, std::less<>>& sections() {
  static const std::map<std::string, Section, std::less<>> kSections = {
      {"credits", credits_case}, {"score", score_case},       {"rewards", rewards_case},
      {"denied", denied_case},   {"election", election_case},
  };
  return kSections;
}

}  // namespace

bool is_economic_section(std::string_view section) {
  return sections().find(section) != sections().end();
}

json::object protocol_answer(std::string_view section, const json::object& input) {
  const auto found = sections().find(section);
  if (found == sections().end()) throw Malformed("not an economic section");
  return found->second(input);
}

}  // namespace wald::economics::cases
