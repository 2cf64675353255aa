// SPDX-License-Identifier: Apache-2.0
#include "node/reflect/flags.h"

#include <catch2/catch.hpp>

#include "specs/proto/tx.pb.h"

namespace wald::reflect {
namespace {

const std::string kNode = "0x" + std::string(64, '6');

template <class T>
T parsed(const std::vector<std::string>& args) {
  const auto message = parse_flags(*T::descriptor(), args);
  if (!message.ok()) FAIL(message.error().message << " | " << message.error().hint);
  return *dynamic_cast<const T*>(message->get());
}

template <class T>
std::string refused(const std::vector<std::string>& args) {
  const auto message = parse_flags(*T::descriptor(), args);
  REQUIRE_FALSE(message.ok());
  return message.error().message + " | " + message.error().hint;
}

bool says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("flags: a stake from the command line", "[reflect]") {
  const auto stake =
      parsed<spec::DelegateStake>({"--node", kNode, "--amount", "1500WAL", "--bond"});
  CHECK(stake.node() == std::string(32, '\x66'));
  CHECK(stake.amount() == 1'500'000'000'000);
  CHECK(stake.bond());
  CHECK_FALSE(parsed<spec::DelegateStake>({"--node=" + kNode, "--amount=1WAL"}).bond());
  CHECK_FALSE(
      parsed<spec::DelegateStake>({"--node=" + kNode, "--amount=1WAL", "--bond=false"}).bond());
}

TEST_CASE("flags: units are demanded for amounts, sizes and rates", "[reflect]") {
  CHECK(says(refused<spec::DelegateStake>({"--node", kNode, "--amount", "1500"}),
             "--amount \"1500\": an amount needs a unit | write 1500WAL"));
  CHECK(says(refused<spec::SetVotes>({"--node", kNode, "--capacity", "5GB"}), "5GB"));
  CHECK(says(refused<spec::SetCommission>({"--node", kNode, "--commission", "5"}), "unit"));
  CHECK(parsed<spec::SetVotes>({"--node", kNode, "--capacity", "5GiB"}).capacity() == 5368709120);
  CHECK(parsed<spec::SetCommission>({"--node", kNode, "--commission", "5%"}).commission() == 500);
}

TEST_CASE("flags: what is missing, unknown, twice or without value is named", "[reflect]") {
  CHECK(says(refused<spec::Transfer>({"--to", kNode}), "--amount is missing | --amount AMOUNT"));
  CHECK(says(refused<spec::Transfer>({"--too", kNode}), "--too: no such flag"));
  CHECK(says(refused<spec::Burn>({"--amount", "1WAL", "--amount", "2WAL"}), "given twice"));
  CHECK(says(refused<spec::Burn>({"--amount"}), "--amount: a value is due"));
  CHECK(says(refused<spec::Burn>({"--amount", "--amount"}), "--amount: a value is due"));
  CHECK(says(refused<spec::Burn>({"5WAL"}), "a flag is due"));
  CHECK(says(refused<spec::WithdrawStake>({}), "--stakes is missing"));
}

TEST_CASE("flags: lists by repetition or commas", "[reflect]") {
  const auto by_comma = parsed<spec::WithdrawStake>({"--stakes", "0x1,0x2", "--stakes", "0x3"});
  CHECK(by_comma.stakes_size() == 3);
  CHECK(by_comma.stakes(2).back() == '\x03');
  const auto rewards = parsed<spec::AddRewards>({"--amounts", "1WAL,2WAL"});
  CHECK(rewards.amounts(1) == 2'000'000'000);
  CHECK(says(refused<spec::WithdrawStake>({"--stakes", "0x1,,0x2"}), "--stakes"));
}

TEST_CASE("flags: fields of inner messages carry its name in front", "[reflect]") {
  bool description = false;
  bool nested_required = false;
  for (const Flag& flag : flags_of(*spec::RegisterNode::descriptor())) {
    if (flag.name == "metadata-description") description = flag.value_name == "TEXT";
    if (flag.name == "consensus-key-key") nested_required = flag.required;
  }
  CHECK(description);
  CHECK_FALSE(nested_required);  // its message may be absent
  spec::RegisterNode node;
  for (const Flag& flag : flags_of(*spec::RegisterNode::descriptor())) {
    if (flag.name == "metadata-project-url")
      REQUIRE(set_flag(node, flag, "https://example.org").ok());
    if (flag.name == "metadata-pairs")
      REQUIRE(set_flag(node, flag, "{\"key\":\"a\",\"value\":\"b\"}").ok());
  }
  CHECK(node.metadata().project_url() == "https://example.org");
  CHECK(node.metadata().pairs(0).value() == "b");
}

TEST_CASE("flags: a blob id may begin with a dash", "[reflect]") {
  const std::string blob = "-" + std::string(41, 'A') + "E";
  const auto found =
      parsed<spec::RegisterBlob>({"--resource", "0x1", "--blob-id=" + blob, "--root", kNode,
                                  "--length", "0B", "--encoding", "1", "--max-cost", "1WAL"});
  CHECK(static_cast<unsigned char>(found.blob_id()[0]) == 0xf8);
  CHECK(found.encoding() == 1);
}

TEST_CASE("flags: operations of a batch are JSON", "[reflect]") {
  const auto batch =
      parsed<spec::Batch>({"--atomic", "--operations", "{\"burn\":{\"amount\":\"5\"}}"});
  CHECK(batch.atomic());
  CHECK(batch.operations(0).burn().amount() == 5);
  CHECK(says(refused<spec::Batch>({"--operations", "{\"burn\":{\"amount\":5}}"}), "burn.amount"));
  CHECK(says(refused<spec::Batch>({"--operations", "{}"}), "exactly one member"));
}

TEST_CASE("flags: every operation has help of at most 100 columns that names its flags",
          "[reflect]") {
  for (const FieldDescriptor* operation : operations()) {
    const std::string help = help_of(*operation);
    CHECK(says(help, "wal tx " + kebab(operation->message_type()->name())));
    for (const Flag& flag : flags_of(*operation->message_type()))
      CHECK(says(help, "--" + flag.name));
    std::size_t column = 0;
    for (const char c : help) {
      column = c == '\n' ? 0 : column + 1;
      CHECK(column <= 100);
    }
    CHECK(says(help_of_all(), "  " + kebab(operation->message_type()->name()) + " "));
  }
  CHECK(says(help_of(*operation_named("delegate-stake")),
             "  --amount AMOUNT  (required)\n      How much is staked.\n"));
}

}  // namespace
}  // namespace wald::reflect
