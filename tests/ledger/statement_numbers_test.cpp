// SPDX-License-Identifier: Apache-2.0
// Numbers that a transaction carries in bytes which somebody signed: those of statements, of
// certified messages and of policies. Each is walked at 0, 1, its bound, beyond it and at the
// type's end, signed again by who signed before, so that what answers is the rule of that number.
#include <catch2/catch.hpp>
#include <functional>

#include "proofs/prove/signer.h"
#include "tests/ledger/specimens.h"
#include "tests/support/nodes.h"
#include "tests/support/round_bot.h"
#include "tests/support/spoil.h"

using namespace wald;
using namespace wald::tests;

namespace {

using Code = spec::Code;
using Expect = std::function<Code(std::uint64_t)>;

Expect only(std::uint64_t good, Code beside) {
  return [=](std::uint64_t value) { return value == good ? spec::OK : beside; };
}
Expect at_most(std::uint64_t bound, Code beyond) {
  return [=](std::uint64_t value) { return value <= bound ? spec::OK : beyond; };
}
Expect any() {
  return [](std::uint64_t) { return spec::OK; };
}

// Signed bytes, field by field: a number of `width` bytes (little endian) or, without `expect`,
// bytes that are none.
struct Part {
  std::string name;
  std::size_t width;
  std::uint64_t bound = 0;  // the greatest value that goes through
  Expect expect{};
};
using Layout = std::vector<Part>;

Part bytes(const std::string& name, std::size_t width) { return {name, width}; }
Part exactly(const std::string& name, std::size_t width, std::uint64_t value, Code beside) {
  return {name, width, value, only(value, beside)};
}
Part upto(const std::string& name, std::size_t width, std::uint64_t bound, Code beyond) {
  return {name, width, bound, at_most(bound, beyond)};
}

std::uint64_t end_of(std::size_t width) { return UINT64_MAX >> (64 - 8 * width); }

std::uint64_t number_at(base::ByteView all, std::size_t at, std::size_t width) {
  std::uint64_t out = 0;
  for (std::size_t i = width; i-- > 0;) out = out << 8 | all[at + i];
  return out;
}

base::Bytes with_number(base::Bytes all, std::size_t at, std::size_t width, std::uint64_t value) {
  for (std::size_t i = 0; i < width; ++i, value >>= 8)
    all.at(at + i) = static_cast<std::uint8_t>(value);
  return all;
}

// Tries every value of every number; the layout leaves no byte out.
void walk(const std::string& what, const base::Bytes& good, const Layout& layout,
          const std::function<Code(base::Bytes)>& outcome) {
  INFO(what);
  REQUIRE(outcome(good) == spec::OK);
  std::size_t at = 0;
  for (const Part& part : layout) {
    INFO(part.name);
    REQUIRE(at + part.width <= good.size());
    if (part.expect) {
      const std::uint64_t most = end_of(part.width);
      CHECK(part.expect(number_at(good, at, part.width)) == spec::OK);
      std::set<std::uint64_t> values{0, 1, part.bound, most};
      if (part.bound < most) values.insert(part.bound + 1);
      for (const std::uint64_t value : values) {
        INFO(value);
        const Code code = outcome(with_number(good, at, part.width, value));
        CHECK(spec::Code_Name(code) == spec::Code_Name(part.expect(value)));
      }
    }
    at += part.width;
  }
  CHECK(at == good.size());
}

// ---- Statements ----

// epoch: what another one answers; round: the rule of its number.
Layout headed(const proofs::Header& header, Code epoch, const Expect& round, Layout body) {
  Layout out{exactly("kind", 1, static_cast<std::uint8_t>(header.kind), spec::MALFORMED),
             exactly("version", 1, 1, spec::MALFORMED),
             bytes("chain", 32),
             exactly("epoch", 4, header.epoch.value(), epoch),
             {"round", 2, header.round.value(), round},
             bytes("seed", 32),
             bytes("author", 32)};
  out.insert(out.end(), body.begin(), body.end());
  if (proofs::is_signed(header.kind)) out.push_back(bytes("signature", 64));
  return out;
}

base::Bytes signed_again(base::Bytes statement, const prove::Signer& signer) {
  const std::size_t end = statement.size() - 64;
  const auto signature =
      signer.sign(proofs::statement_preimage(base::ByteView(statement).first(end)));
  std::copy(signature.begin(), signature.end(), statement.begin() + static_cast<long>(end));
  return statement;
}

// Where an operation holds its statement; nowhere: no statement.
std::optional<Place> place_of_statement(spec::Operation& operation) {
  for (const Place& at : places(
           operation, [](const auto&, const auto& field) { return field.name() == "statement"; }))
    return at;
  return std::nullopt;
}
std::string said_at(const Place& at) {
  return at.message->GetReflection()->GetString(*at.message, at.field);
}
void set_text(const Place& at, const base::Bytes& value) {
  at.message->GetReflection()->SetString(at.message, at.field, base::string_of(value));
}
base::Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

// Member 0 speaks in the second round of an epoch, so that a round has one before it.
constexpr std::size_t kAuthor = 0;

void walk_in_round(RoundWorld& world, spec::Operation operation, Layout body) {
  const Place statement_at = place_of_statement(operation).value();
  const base::Bytes good = bytes_of(said_at(statement_at));
  const proofs::Header header = proofs::parse_header(good).value();
  REQUIRE(header.round == base::Round(1));
  const auto of_round = [](std::uint64_t round) {  // the one before is over
    return round == 1 ? spec::OK : round == 0 ? spec::WRONG_PHASE : spec::NO_ROUND;
  };
  const Layout layout = headed(header, spec::NO_ROUND, of_round, std::move(body));
  const base::Hash idle = world.tried().state_root;
  walk(std::to_string(static_cast<int>(header.kind)), good, layout, [&](base::Bytes statement) {
    if (proofs::is_signed(header.kind))
      statement = signed_again(std::move(statement), world.signer(kAuthor));
    set_text(statement_at, statement);
    const auto out = world.tried(operation);
    const auto code = static_cast<Code>(out.receipts.at(0).code);
    CHECK((out.state_root == idle) == (code != spec::OK));
    return code;
  });
}

void append(Layout& to, Layout more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

Layout path_of(const std::string& name, const std::vector<base::Hash>& path, Code beside) {
  return {exactly(name + ".h", 1, path.size(), beside), bytes(name, 32 * path.size())};
}

// What is wrong inside of the leaf or beside it does not lie under its root; what is wrong in a
// length or a height shifts all that follows, as does a status that begins or ends to be DENIED.
Layout opened(const proofs::LedgerOpening& one) {
  const auto leaf = proofs::parse_leaf(one.opening.leaf).value();
  const bool denied = leaf.status == proofs::LeafStatus::kDenied;
  const auto status = static_cast<std::uint8_t>(leaf.status);
  const auto of_status = [=](std::uint64_t value) {
    if (value == status) return spec::OK;
    return denied || value == 3 ? spec::MALFORMED : spec::BAD_OPENING;
  };
  Layout out{exactly("leaf.length", 4, one.opening.leaf.size(), spec::MALFORMED),
             exactly("t", 2, leaf.t, spec::BAD_OPENING),
             {"status", 1, status, of_status}};
  if (leaf.status == proofs::LeafStatus::kOk) {
    append(out, {exactly("z", 4, leaf.symbol.size(), spec::BAD_OPENING),
                 bytes("symbol", leaf.symbol.size())});
    append(out, path_of("symbol.path", leaf.path, spec::BAD_OPENING));
  }
  append(out, path_of("path", one.opening.path, spec::MALFORMED));
  if (denied) {
    const base::Bytes& proof = one.opening.membership;
    constexpr std::size_t kHead = 17;  // index, count, length, height
    REQUIRE(proof.size() == kHead + 32);
    append(out, {exactly("membership.length", 4, proof.size(), spec::MALFORMED),
                 exactly("index", 4, number_at(proof, 0, 4), spec::BAD_OPENING),
                 exactly("count", 4, 2, spec::BAD_OPENING),
                 exactly("length", 8, number_at(proof, 8, 8), spec::BAD_OPENING),
                 exactly("membership.h", 1, 1, spec::BAD_OPENING), bytes("membership", 32)});
  }
  out.push_back(bytes("pair", 64));
  append(out, path_of("pair.path", one.pair_path, spec::MALFORMED));
  return out;
}

// ---- Statements that a node makes at any time ----

const Specimen& specimen(const std::string& name) {
  for (const Specimen& one : specimens())
    if (one.name == name) return one;
  throw std::runtime_error("no such specimen");
}

void walk_notice(const std::string& name, const std::function<Layout(const Scene&)>& body,
                 Code epoch) {
  const Scene scene(specimen(name));
  spec::Operation operation = scene.operation;
  const Place at = place_of_statement(operation).value();
  const base::Bytes good = bytes_of(said_at(at));
  const prove::Signer signer(base::ByteView(protocol_key("n1").seed));
  const auto no_round = only(proofs::kNoRound, spec::MALFORMED);
  walk(name, good, headed(proofs::parse_header(good).value(), epoch, no_round, body(scene)),
       [&](base::Bytes statement) {
         set_text(at, signed_again(std::move(statement), signer));
         return outcome(scene, "", operation);
       });
}

// Of the shards of n1 those declared lost: all of them or none.
Layout shard_and_reason(const Scene& scene, std::optional<base::ShardIndex> declared) {
  const auto committee =
      ledger::must_load(scene.world.view(), ledger::kCommittees, scene.world.epoch());
  std::set<std::uint64_t> mine;
  for (const auto& member : committee.members)
    if (member.node == node_of("n1"))
      for (const base::ShardIndex shard : member.shards) mine.insert(shard.value());
  REQUIRE(mine.size() > 1);
  const auto of_shard = [=](std::uint64_t shard) {
    if (mine.count(shard) == 0) return spec::NOT_YOUR_SHARD;
    return declared && shard != declared->value() ? spec::LOSS_STATE : spec::OK;
  };
  return {{"shard", 2, *mine.rbegin(), of_shard}, {"reason", 1, 255, any()}};
}
base::ShardIndex shard_in(const Scene& scene) {
  spec::Operation operation = scene.operation;
  const base::Bytes statement = bytes_of(said_at(place_of_statement(operation).value()));
  return std::get<proofs::ShardNotice>(proofs::parse_statement(statement, 0).value().body).shard;
}

// ---- Certificates ----

std::vector<Place> certificates(spec::Operation& operation) {
  return places(operation, [](const auto&, const auto& field) {
    return field.message_type() == spec::Certificate::descriptor();
  });
}
spec::Certificate& certificate_in(const Place& at) {
  const auto& reflection = *at.message->GetReflection();
  return dynamic_cast<spec::Certificate&>(*reflection.MutableMessage(at.message, at.field));
}

// The message another one, by the same members.
void certify_again(const World& world, spec::Certificate& certificate, const base::Bytes& message) {
  const auto committee = ledger::must_load(world.view(), ledger::kCommittees, world.epoch());
  const base::Bytes preimage = proofs::message_preimage(world.chain(), message);
  certificate.set_message(base::string_of(message));
  int signature = 0;
  for (std::size_t i = 0; i < committee.members.size(); ++i) {
    if ((certificate.bitmap().at(i / 8) >> (i % 8) & 1) == 0) continue;
    for (const std::string name : {"n1", "n2", "n3", "n4", "n5"}) {
      if (node_of(name) != committee.members[i].node) continue;
      const prove::Signer signer(base::ByteView(protocol_key(name).seed));
      const auto made = signer.sign(preimage);
      certificate.set_signatures(signature++, std::string(made.begin(), made.end()));
    }
  }
  REQUIRE(signature == certificate.signatures_size());
}

void walk_certificate(const std::string& name, Layout body) {
  const Specimen& one = specimen(name);
  const Scene scene(one);
  spec::Operation operation = scene.operation;
  spec::Certificate& certificate = certificate_in(certificates(operation).at(0));
  const base::Bytes good = bytes_of(certificate.message());
  const std::string bitmap = certificate.bitmap();
  Layout layout{exactly("type", 1, good.at(0), spec::CERT_MESSAGE),
                exactly("version", 1, 0, spec::CERT_MESSAGE),
                exactly("app", 1, 3, spec::CERT_MESSAGE),
                exactly("epoch", 4, scene.world.epoch().value(), spec::CERT_EPOCH)};
  append(layout, std::move(body));
  walk(name, good, layout, [&](const base::Bytes& message) {
    certify_again(scene.world, certificate, message);
    return outcome(scene, one.sender, operation);
  });
  certify_again(scene.world, certificate, good);
  REQUIRE(bitmap.size() == 1);
  walk(name + ", bitmap", bytes_of(bitmap),
       {exactly("bitmap", 1, static_cast<std::uint8_t>(bitmap[0]), spec::CERT_BITMAP)},
       [&](const base::Bytes& changed) {
         certificate.set_bitmap(base::string_of(changed));
         return outcome(scene, one.sender, operation);
       });
}

// ---- Policies ----

Layout policy_of_two() {
  const auto weight = [](std::uint64_t value) { return value == 0 ? spec::BAD_POLICY : spec::OK; };
  return {
      {"threshold", 2, 5,
       [](std::uint64_t value) { return value < 1 || value > 5 ? spec::BAD_POLICY : spec::OK; }},
      exactly("count", 1, 2, spec::BAD_POLICY),
      bytes("key", 32),
      {"weight", 1, 255, weight},
      bytes("key", 32),
      {"weight", 1, 255, weight}};
}

}  // namespace

TEST_CASE("statement numbers: a reveal", "[ledger][rounds][rule:A-13][rule:O-16]") {
  RoundWorld world;
  world.play();
  world.open();
  walk_in_round(world, world.reveal(kAuthor), {bytes("pi", 80)});
}

TEST_CASE("statement numbers: a commit and its lists",
          "[ledger][rounds][rule:A-13][rule:O-16][rule:O-17]") {
  RoundWorld world;
  deny(world, kAuthor, list_over(world, {1, 2}));
  world.play();
  world.open();
  world.reach_commit();
  walk_in_round(
      world, world.commit_naming(kAuthor, {{5}, {9}}),
      {bytes("root", 32), exactly("points", 2, 64, spec::MALFORMED),
       exactly("unavailable.count", 2, 1, spec::MALFORMED),
       upto("unavailable", 2, 63, spec::MALFORMED), exactly("denied.count", 2, 1, spec::MALFORMED),
       upto("denied", 2, 63, spec::MALFORMED)});
}

TEST_CASE("statement numbers: a row and its bitmaps",
          "[ledger][rounds][rule:A-13][rule:O-16][rule:O-20]") {
  RoundWorld world;
  world.play();
  world.open();
  world.reach_commit();
  world.reach_verify();
  walk_in_round(world, world.row(kAuthor, {1, 2}),
                {{"seq", 2, 0xFFFF, any()},
                 bytes("pi2", 80),
                 exactly("verified", 1, 0b110, spec::MALFORMED),
                 upto("missing", 1, 0b11111, spec::MALFORMED),
                 exactly("leaky", 1, 0, spec::MALFORMED),
                 bytes("digest", 32),
                 exactly("demands.count", 2, 0, spec::MALFORMED)});
}

TEST_CASE("statement numbers: a self-proof and what it lays open",
          "[ledger][rounds][rule:A-13][rule:O-16][rule:O-18]") {
  RoundWorld world;
  deny(world, kAuthor, list_over(world, {1, 2}));
  world.play();
  world.open();
  world.reach_commit();
  const auto denied = leaves_about(world, kAuthor, 1), kept = leaves_about(world, kAuthor, 0);
  REQUIRE((denied.size() > 1 && kept.size() > 1));
  REQUIRE(world.run(world.commit_naming(kAuthor, {{kept.back()}, {denied.front()}})) == spec::OK);
  world.reach_verify({kAuthor});
  if (world.phase() == ledger::RoundPhase::kCommit) world.block(1000);
  world.rows({}, {kAuthor});  // nobody saw it
  world.reach_inspect();
  std::vector<std::uint16_t> leaves{kept.front(), kept.back(), denied.front()};
  Layout layout{exactly("prover", 2, kAuthor, spec::MALFORMED),
                exactly("count", 1, leaves.size(), spec::MALFORMED)};
  for (const std::uint16_t leaf : leaves) append(layout, opened(world.opening(kAuthor, leaf)));
  walk_in_round(world, world.self_proof(kAuthor, leaves), layout);
}

TEST_CASE("statement numbers: what a node says at any time",
          "[ledger][tx][rule:A-13][rule:O-16][rule:O-27]") {
  const auto nothing = [](const Scene&) { return Layout(); };
  walk_notice("attest_sync", nothing, spec::WRONG_EPOCH);
  walk_notice(
      "signal_version",
      [](const Scene&) {
        return Layout{exactly("version", 4, 2, spec::VERSION_NOT_NEXT), bytes("hash", 32)};
      },
      spec::WRONG_EPOCH);
  walk_notice(
      "vrf_key",
      [](const Scene&) {
        return Layout{bytes("key", 32), bytes("pi", 80)};
      },
      spec::NO_ROUND);
  walk_notice(
      "declare_lost", [](const Scene& s) { return shard_and_reason(s, std::nullopt); },
      spec::NO_ROUND);
  walk_notice(
      "declare_restored", [](const Scene& s) { return shard_and_reason(s, shard_in(s)); },
      spec::NO_ROUND);
}

TEST_CASE("statement numbers: what nodes certify", "[ledger][tx][rule:A-13][rule:K-22]") {
  walk_certificate("certify_blob",
                   {bytes("blob", 32), exactly("deletable", 1, 0, spec::CERT_MESSAGE)});
  walk_certificate("certify_batch",
                   {exactly("count", 2, 2, spec::CERT_MESSAGE), bytes("digest", 32)});
  walk_certificate("invalidate_blob", {bytes("blob", 32)});
  // The list itself is in the message; there was none before.
  const auto after_none = [](std::uint64_t sequence) {
    return sequence == 0 ? spec::DENY_SEQUENCE : spec::OK;
  };
  walk_certificate("update_deny_list", {bytes("node", 32),
                                        {"sequence", 8, UINT64_MAX, after_none},
                                        {"size", 8, UINT64_MAX, any()},
                                        bytes("root", 32)});
  walk_certificate("deny_list_blob_deleted", {bytes("blob", 32)});
}

TEST_CASE("statement numbers: no operation with a statement or a certificate is left out",
          "[ledger][tx][rule:A-13]") {
  std::set<std::string> with_statement, with_certificate;
  for (const Specimen& one : specimens()) {
    spec::Operation operation = Scene(one).operation;
    if (place_of_statement(operation)) with_statement.insert(one.name);
    if (!certificates(operation).empty()) with_certificate.insert(one.name);
  }
  CHECK(with_statement == std::set<std::string>{"attest_sync", "declare_lost", "declare_restored",
                                                "signal_version", "vrf_key"});
  CHECK(with_certificate == std::set<std::string>{"certify_batch", "certify_blob",
                                                  "deny_list_blob_deleted", "invalidate_blob",
                                                  "update_deny_list"});
}

TEST_CASE("statement numbers: policies", "[ledger][tx][rule:A-13][rule:U-1]") {
  const KeysOf keys{2, {{"ann", 3}, {"ann2", 2}}};
  const Specimen& authority = specimen("set_sequencer_authority");
  const Scene scene(authority);
  walk(authority.name, policy_of(keys).encode(), policy_of_two(), [&](const base::Bytes& policy) {
    spec::Operation operation = scene.operation;
    operation.mutable_set_sequencer_authority()->set_policy(base::string_of(policy));
    return outcome(scene, authority.sender, operation);
  });
  const Scene own(specimen("set_keys"));
  walk("set_keys", policy_of(keys).encode(), policy_of_two(), [&](const base::Bytes& policy) {
    spec::Operation operation = set_keys(own.world, "ann", keys, own.world.nonce("ann"));
    operation.mutable_set_keys()->set_policy(base::string_of(policy));
    // Who holds the keys signs the policy that is sent.
    if (const auto made = ledger::Policy::parse(policy)) {
      const auto digest = ledger::setkeys_digest(own.world.chain(), account_of("ann"),
                                                 own.world.nonce("ann"), *made);
      for (std::size_t i = 0; i < made->keys().size(); ++i)
        for (const auto& [name, weight] : keys.weights)
          if (key_of_name(name).key == made->keys()[i].key)
            operation.mutable_set_keys()->set_proofs(
                static_cast<int>(i), base::string_of(key_of_name(name).sign(digest.view())));
    }
    return outcome(own, "ann", operation);
  });
}
