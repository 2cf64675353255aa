// SPDX-License-Identifier: Apache-2.0
// What each specimen does to the state and tells of it, against files that people have read: one
// line for each field of a record that changed and for each event, without what every block and
// every fee changes. WALD_RENEW_EFFECTS=1 in the environment writes the files anew.
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "ledger/wire/canonical.h"
#include "node/reflect/json.h"
#include "tests/ledger/specimens.h"
#include "tests/support/record_json.h"
#include "tests/support/round_bot.h"

using namespace wald;
using namespace wald::tests;

namespace {

namespace json = boost::json;
const std::string kFolder = "tests/golden/effects/";

// Ids by the names that people gave, others by the order in which they come.
class Names {
 public:
  Names() {
    for (const std::string name : {"ann", "dan", "found", "seq", "op1", "com1", "gov1", "g1", "g2",
                                   "g3", "g4", "g5", "n1", "n2", "n3", "n4", "n5", "n9"}) {
      known_[base::shown_hex(account_of(name).view())] = name;
      if (name[0] == 'n') known_[base::shown_hex(node_of(name).view())] = "node " + name;
    }
  }
  void name(base::ByteView id, const std::string& as) { known_[base::shown_hex(id)] = as; }

  // The text with each run of 64 hexadecimal digits behind 0x replaced, and longer ones cut.
  std::string tidy(const std::string& text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
      std::size_t end = at + 2;
      if (text.compare(at, 2, "0x") == 0)
        while (end < text.size() && std::isxdigit(static_cast<unsigned char>(text[end])) != 0)
          ++end;
      if (end < at + 2 + 64) {
        out += text[at++];
        continue;
      }
      const std::string digits = text.substr(at, end - at);
      out += digits.size() == 66 ? named(digits) : digits.substr(0, 10) + "..";
      at = end;
    }
    return out;
  }

 private:
  std::string named(const std::string& id) {
    return known_.try_emplace(id, "#" + std::to_string(known_.size() - 23)).first->second;
  }
  std::map<std::string, std::string> known_;
};

// Every leaf of a value by its path.
void flatten(const json::value& value, const std::string& path,
             std::map<std::string, std::string>& out) {
  if (value.is_object() && !value.get_object().empty()) {
    for (const auto& [key, item] : value.get_object())
      flatten(item, path.empty() ? std::string(key) : path + "." + std::string(key), out);
  } else {
    out[path] = json::serialize(value);
  }
}

using Rows = decltype(MapReader::rows);
std::map<std::string, std::string> fields_of(const Rows& rows, const base::Bytes& key) {
  std::map<std::string, std::string> out;
  const auto at = rows.find(key);
  if (at == rows.end()) return out;
  flatten(shown_record(key, at->second), "", out);
  if (out.empty() || out.count("") > 0) out = {{"", "there"}};
  return out;
}

// A key in words: ids as they are, text as text.
std::string key_text(const base::Bytes& key) {
  const auto rest = base::ByteView(key).subspan(1);
  if (key[0] == ledger::kFunds.prefix || key[0] == ledger::kParams.prefix)
    return base::string_of(rest.subspan(1));
  std::string out;
  for (std::size_t at = 0; at < rest.size();) {
    const std::size_t left = rest.size() - at;
    const std::size_t part =
        left % 32 != 0 && left > 32 ? left % 32 : std::min<std::size_t>(left, 32);
    out += (out.empty() ? "" : " ") + base::shown_hex(rest.subspan(at, part));
    at += part;
  }
  return out;
}

bool is_noise(const std::string& table, const std::string& field) {
  static const std::set<std::string> kNoise{"chain.event_head", "chain.event_seq"};
  return kNoise.count(table + "." + field) > 0;
}

// The lines of what `now` has beyond `idle`.
std::string effects(const MapView& idle, const MapView& now, const ledger::BlockOutput& out,
                    Names names) {
  std::ostringstream lines;
  std::set<base::Bytes> keys;
  for (const auto* rows : {&idle.records.rows, &now.records.rows})
    for (const auto& [key, value] : *rows) keys.insert(key);
  for (const base::Bytes& key : keys) {
    const auto was = fields_of(idle.records.rows, key);
    const auto is = fields_of(now.records.rows, key);
    if (was == is) continue;
    std::set<std::string> fields;
    for (const auto* side : {&was, &is})
      for (const auto& [field, value] : *side) fields.insert(field);
    const std::string table = table_name(key);
    for (const std::string& field : fields) {
      const auto before = was.find(field);
      const auto after = is.find(field);
      const std::string left = before == was.end() ? "-" : before->second;
      const std::string right = after == is.end() ? "-" : after->second;
      if (left == right || is_noise(table, field)) continue;
      std::ostringstream line;
      line << table << ' ' << key_text(key) << ' ' << field << ": " << left << " > " << right;
      lines << names.tidy(line.str()) << '\n';
    }
  }
  for (const auto& event : out.events) {
    json::object shown_event = reflect::to_json(event);
    for (const char* left_out : {"seq", "height", "tx", "index"}) shown_event.erase(left_out);
    for (auto& [key, value] : shown_event)
      if (value.is_object()) value.get_object().erase("postings");
    lines << names.tidy("event " + json::serialize(shown_event)) << '\n';
  }
  return lines.str();
}

bool renews() {
  const char* set = std::getenv("WALD_RENEW_EFFECTS");
  return set != nullptr && *set != '\0';
}

void compare(const std::string& name, const std::string& lines) {
  INFO(name);
  const std::string path = kFolder + name + ".txt";
  if (renews()) {
    std::filesystem::create_directories(kFolder);
    std::ofstream(path) << lines;
    return;
  }
  std::ifstream file(path);
  std::ostringstream wanted;
  wanted << file.rdbuf();
  CHECK(lines == wanted.str());
}

}  // namespace

TEST_CASE("effects: each type does to records and events what its file says",
          "[ledger][tx][rule:A-7]") {
  std::set<std::string> written;
  for (const Specimen& one : specimens()) {
    Scene scene(one);
    const auto& out = send_alone(scene.world, one.sender, scene.operation);
    REQUIRE(out.receipts.at(0).code == spec::OK);
    compare(one.name, effects(scene.idle.view(), scene.world.view(), out, Names()));
    written.insert(one.name + ".txt");
  }
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    const std::string name = entry.path().filename().string();
    INFO(name);
    CHECK((name.rfind("round.", 0) == 0 || written.count(name) == 1));
  }
}

TEST_CASE("effects: statements of a round do what their files say", "[ledger][rounds][rule:A-7]") {
  RoundWorld world;
  Names names;
  for (std::size_t i = 0; i < world.members(); ++i)
    names.name(world.node(i).view(), "member " + std::to_string(i));
  const auto played = [&](const std::vector<base::Bytes>& transactions) {
    ledger::BlockInput input;
    input.height = world.height().next();
    input.time = base::TimeMs(world.time().value() + 10);
    input.transactions = transactions;
    auto out = world.machine().apply_block(world.view(), input);
    MapView after = world.view();
    after.records.merge(out.changes);
    return std::pair(std::move(after), std::move(out));
  };
  const auto say = [&](const std::string& name, const spec::Operation& operation) {
    spec::Body body;
    body.set_chain(ledger::text_of(world.chain()));
    body.set_version(1);
    *body.mutable_operation() = operation;
    spec::Envelope envelope;
    envelope.set_body(base::string_of(wire::write_canonical(body)));
    const auto idle = played({});
    const auto tried = played({wire::write_canonical(envelope)});
    REQUIRE(tried.second.receipts.at(0).code == spec::OK);
    compare("round." + name, effects(idle.first, tried.first, tried.second, names));
  };
  world.open();
  say("beacon_reveal", world.reveal(0));
  world.reach_commit();
  say("response_commit", world.commit(0, {5}));
  world.reach_verify();
  say("row_report", world.row(0, {1, 2, 3, 4}));
  world.rows({}, {0});
  world.reach_inspect();
  say("self_proof", world.self_proof(0, {0}));
}
