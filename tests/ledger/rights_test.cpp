// SPDX-License-Identifier: Apache-2.0
// Every right tried by everyone who lacks it: each specimen sent by each role. Statements, whose
// right is a key, are said in the name of others.
#include <catch2/catch.hpp>
#include <set>
#include <sstream>

#include "proofs/prove/signer.h"
#include "tests/ledger/specimens.h"
#include "tests/support/round_desk.h"

using namespace wald;
using namespace wald::tests;

namespace {

// Who there is, by account.
const std::map<std::string, std::string> kRoles{
    {"owner", "ann"},        {"operator", "op1"},  {"commission", "com1"}, {"governance", "gov1"},
    {"foundation", "found"}, {"sequencer", "seq"}, {"candidate", "n9"},    {"register", "g1"},
    {"delete", "g2"},        {"extend", "g3"},     {"grow", "g4"},         {"describe", "g5"},
    {"member", "n2"}};  // operator and the rest of another node

struct Right {
  const char* specimen;
  const char* who;  // roles behind one another
  spec::Code others;
  const char* half = "";  // who has the right, but not to all that is named
  spec::Code half_code = spec::OK;
};
// ledger.md 8, column "by"; what is not here anybody may do.
constexpr Right kRights[] = {
    {"transfer_object", "owner", spec::NOT_OWNER},
    {"transfer_object.blob", "owner", spec::NOT_OWNER},
    {"set_keys", "owner", spec::BAD_SIGNATURE},
    {"release_vested", "owner", spec::NOT_OWNER},
    {"delegate_stake.bond", "operator commission", spec::NOT_AUTHORITY},
    {"delegate_stake.vesting", "owner", spec::NOT_OWNER},
    {"request_exit", "owner", spec::NOT_OWNER},
    {"request_exit.part", "owner", spec::NOT_OWNER},
    {"withdraw_stake", "owner", spec::NOT_OWNER},
    {"move_stake", "owner", spec::NOT_OWNER},
    {"move_stake.at_once", "owner", spec::NOT_OWNER},
    {"split_stake", "owner", spec::NOT_OWNER},
    {"merge_stakes", "owner", spec::NOT_OWNER},
    {"register_node", "candidate", spec::BAD_POSSESSION},
    {"set_votes", "operator", spec::NOT_AUTHORITY},
    {"set_commission", "operator", spec::NOT_AUTHORITY},
    {"collect_commission", "commission", spec::NOT_AUTHORITY},
    {"set_node_info", "operator", spec::NOT_AUTHORITY},
    {"set_authority.operator", "operator", spec::NOT_AUTHORITY},
    {"set_authority.commission", "commission", spec::NOT_AUTHORITY},
    {"set_authority.governance", "governance", spec::NOT_AUTHORITY},
    {"leave_node", "operator", spec::NOT_AUTHORITY},
    {"return_node", "operator", spec::NOT_AUTHORITY},
    {"announce_key", "operator", spec::NOT_AUTHORITY},
    {"resume_consensus", "operator", spec::NOT_AUTHORITY},
    {"announce_deny_list", "operator", spec::NOT_AUTHORITY},
    {"register_blob", "owner", spec::NOT_OWNER},
    {"extend_blob", "owner", spec::NOT_OWNER},
    {"extend_blob.resource", "owner", spec::NOT_OWNER},
    {"delete_blob", "owner", spec::NOT_OWNER},
    {"split_storage", "owner", spec::NOT_OWNER},
    {"split_storage.size", "owner", spec::NOT_OWNER},
    {"merge_storage", "owner", spec::NOT_OWNER},
    {"release_storage", "owner", spec::NOT_OWNER},
    {"set_attributes", "owner", spec::NOT_OWNER},
    {"remove_attributes", "owner", spec::NOT_OWNER},
    {"share_blob", "owner", spec::NOT_OWNER},
    {"create_bucket.resource", "owner", spec::NOT_OWNER},
    {"register_blob.bucket", "owner register", spec::BUCKET_RIGHT},
    {"delete_blob.bucket", "owner delete", spec::BUCKET_RIGHT},
    {"set_attributes.bucket", "owner describe", spec::BUCKET_RIGHT},
    {"remove_attributes.bucket", "owner describe", spec::BUCKET_RIGHT},
    {"grow_bucket", "owner grow", spec::BUCKET_RIGHT},
    {"grow_bucket.resource", "owner", spec::BUCKET_RIGHT, "grow", spec::NOT_OWNER},
    {"shrink_bucket", "owner", spec::NOT_OWNER},
    {"shrink_bucket.percent", "owner", spec::NOT_OWNER},
    {"extend_bucket", "owner extend", spec::BUCKET_RIGHT},
    {"grant_bucket", "owner", spec::NOT_OWNER},
    {"destroy_bucket", "owner", spec::NOT_OWNER},
    {"propose.urgent", "foundation", spec::POWER_ENDED},
    {"vote", "governance", spec::NOT_AUTHORITY},
    {"vote.stakes", "owner", spec::NOT_OWNER},
    {"set_sequencer_authority", "sequencer", spec::NOT_AUTHORITY},
    {"set_subsidy_rates", "foundation", spec::POWER_ENDED},
    {"foundation_spend", "foundation", spec::POWER_ENDED},
    {"renounce_powers", "foundation", spec::POWER_ENDED},
    {"emergency_pause", "foundation", spec::POWER_ENDED},
    {"emergency_pause.member", "governance", spec::NOT_AUTHORITY},
    {"resume", "governance", spec::NOT_AUTHORITY},
};

std::set<std::string> words(const std::string& text) {
  std::set<std::string> out;
  std::istringstream in(text);
  for (std::string word; in >> word;) out.insert(word);
  return out;
}

}  // namespace

TEST_CASE("rights: nobody does what is another's to do", "[ledger][tx][rule:N-2][rule:L-12]") {
  std::map<std::string, Right> rights;
  for (const Right& one : kRights) rights.emplace(one.specimen, one);
  std::set<std::string> met;
  for (const Specimen& one : specimens()) {
    if (one.sender.empty()) continue;
    const Scene scene(one);
    const auto at = rights.find(one.name);
    const bool open = at == rights.end();
    const auto who = open ? std::set<std::string>() : words(at->second.who);
    if (!open) met.insert(one.name);
    for (const auto& [role, account] : kRoles) {
      INFO(one.name << " by " << role);
      const spec::Code code = outcome(scene, account, scene.operation);
      const spec::Code due = open || who.count(role) > 0 ? spec::OK
                             : role == at->second.half   ? at->second.half_code
                                                         : at->second.others;
      CHECK(spec::Code_Name(code) == spec::Code_Name(due));
    }
  }
  CHECK(met.size() == rights.size());
}

TEST_CASE("rights: a statement speaks for who signed it", "[ledger][tx][rule:O-16]") {
  const std::map<std::string, std::string> kStranger{{"attest_sync", "NOT_MEMBER"},
                                                     {"signal_version", "UNKNOWN_NODE"},
                                                     {"vrf_key", "NOT_IN_SNAPSHOT"},
                                                     {"declare_lost", "NOT_YOUR_SHARD"},
                                                     {"declare_restored", "NOT_YOUR_SHARD"}};
  std::size_t seen = 0;
  for (const Specimen& one : specimens()) {
    if (!one.sender.empty()) continue;
    ++seen;
    INFO(one.name);
    const Scene scene(one);
    spec::Operation changed = scene.operation;
    auto* message = changed.GetReflection()->MutableMessage(
        &changed, spec::Operation::descriptor()->FindFieldByName(one.name));
    const auto* field = message->GetDescriptor()->FindFieldByName("statement");
    const std::string bytes = message->GetReflection()->GetString(*message, field);
    const auto said = proofs::parse_statement(base::as_bytes(bytes), 0);
    REQUIRE(said.ok());
    const auto say = [&](const std::string& author, const std::string& key) {
      proofs::Header header = said->header;
      header.author = node_of(author);
      const prove::Signer signer(base::ByteView(protocol_key(key).seed));
      message->GetReflection()->SetString(message, field,
                                          base::string_of(signer.statement(header, said->body)));
      return outcome(scene, "", changed);
    };
    CHECK(say("n1", "n1") == spec::OK);
    CHECK(say("n1", "n2") == spec::BAD_SIGNATURE);
    CHECK(say("n1", "a stranger") == spec::BAD_SIGNATURE);
    CHECK(spec::Code_Name(say("a stranger", "a stranger")) == kStranger.at(one.name));
  }
  CHECK(seen == kStranger.size());
}
