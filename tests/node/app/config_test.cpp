// SPDX-License-Identifier: Apache-2.0
#include "node/app/config.h"

#include <catch2/catch.hpp>

#include "tests/support/mutate.h"

using namespace wald::app;

TEST_CASE("config: every mistake is named at once, with line, column and the nearest name",
          "[node][app][rule:IF-15]") {
  const std::string text =
      "[node]\ndataDir = \"/d\"\nmod = \"follower\"\n\n[storage]\ncapcity = \"5GiB\"\n"
      "[sequencer]\nidle = \"5\"\nbatchTxs = 0\n";
  const auto parsed = parse_config(text, {});
  REQUIRE_FALSE(parsed.ok());
  std::string all;
  for (const auto& error : parsed.error())
    all += wald::reflect::describe("wald.toml", error) + "\n";
  REQUIRE(parsed.error().size() == 4);
  REQUIRE(all.find("wald.toml:3:1: unknown key \"node.mod\", did you mean \"node.mode\"?") !=
          std::string::npos);
  REQUIRE(all.find("unknown key \"storage.capcity\", did you mean \"storage.capacity\"?") !=
          std::string::npos);
  REQUIRE(all.find("sequencer.idle needs a unit") != std::string::npos);
  REQUIRE(all.find("sequencer.batchTxs must lie between") != std::string::npos);
}

TEST_CASE("config: values, defaults and the environment come together", "[node][app][rule:IF-15]") {
  const auto parsed = parse_config(
      "[node]\ndataDir = \"/d\"\nmode = \"follower\"\nupstream = \"http://a:1\"\n"
      "[storage]\ncapacity = \"5GiB\"\n[api]\nlisten = [\"127.0.0.1:1\", \"fd:3\"]\n",
      {{"WALD_SEQUENCER__IDLE", "250ms"}, {"WALD_LOG", "info"}});
  REQUIRE(parsed.ok());
  const Config& config = parsed->config;
  REQUIRE(config.mode == Mode::kFollower);
  REQUIRE(config.capacity == std::uint64_t{5} << 30);
  REQUIRE(config.idle_ms == 250);
  REQUIRE(config.listen == std::vector<std::string>{"127.0.0.1:1", "fd:3"});
  REQUIRE(config.storage_dir == "/d/storage");
  REQUIRE(config.admin_socket == "/d/admin.sock");
  for (const auto& row : parsed->rows)
    if (row.key == "sequencer.idle") REQUIRE(row.source == "environment");
}

TEST_CASE("config: broken TOML, a wrong type and a follower without upstream are refused",
          "[node][app][rule:IF-15]") {
  REQUIRE_FALSE(parse_config("[node\n", {}).ok());
  REQUIRE_FALSE(parse_config("[node]\ndataDir = 5\n", {}).ok());
  REQUIRE_FALSE(parse_config("[node]\nmode = \"follower\"\n", {}).ok());
  REQUIRE_FALSE(parse_config("[node]\nmode = \"leader\"\n", {}).ok());
  REQUIRE_FALSE(parse_config("", {{"WALD_SEQUENCER__IDLE", "soon"}}).ok());
  REQUIRE_FALSE(parse_config("[storage]\nallowPrivatePeers = \"yes\"\n", {}).ok());
  REQUIRE_FALSE(parse_config("top = 1\n", {}).ok());
}

TEST_CASE("config: an unknown section is told once, and values are shown with their units",
          "[node][app][rule:IF-15]") {
  const auto bad = parse_config("[storag]\ncapacity = \"5GiB\"\ndir = \"/d\"\n", {});
  REQUIRE_FALSE(bad.ok());
  REQUIRE(bad.error().size() == 1);
  REQUIRE(bad.error()[0].text == "unknown section \"storag\", did you mean \"storage\"?");
  const auto good = parse_config("[storage]\ncapacity = \"5GiB\"\n", {});
  REQUIRE(good.ok());
  for (const auto& row : good->rows) {
    if (row.key == "storage.capacity") REQUIRE(row.value == "5 GiB");
    if (row.key == "sequencer.idle") REQUIRE(row.value == "5s");
  }
  const auto far = parse_config("[sequencer]\nidle = \"1ms\"\n", {});
  REQUIRE_FALSE(far.ok());
  REQUIRE(far.error()[0].text == "sequencer.idle must lie between 50ms and 1m");
}

TEST_CASE("config: an unknown variable with a section is named, marks must be in order",
          "[node][app][rule:IF-15]") {
  const auto parsed = parse_config("", {{"WALD_STORE__MAPSISE", "1GiB"}, {"WALD_LOG", "info"}});
  REQUIRE_FALSE(parsed.ok());
  REQUIRE(parsed.error().size() == 1);
  REQUIRE(parsed.error()[0].text.find("WALD_STORE__MAPSISE\", did you mean") != std::string::npos);
  REQUIRE(parsed.error()[0].text.find("WALD_STORE__MAPSIZE") != std::string::npos);
  const auto marks = parse_config("[store]\nwarnPercent = 90\nstopPercent = 80\n", {});
  REQUIRE_FALSE(marks.ok());
  REQUIRE(
      parse_config("[store]\nminFree = \"1GiB\"\nstopPercent = 95\n", {})->config.stop_percent ==
      95);
  REQUIRE(parse_config("", {})->config.history_blocks == 10'000);
  REQUIRE(parse_config("[store]\nhistoryBlocks = 0\n", {})->config.history_blocks == 0);
  REQUIRE_FALSE(parse_config("[store]\nhistoryBlocks = -1\n", {}).ok());
  REQUIRE_FALSE(parse_config("[store]\nhistoryBlocks = 100000001\n", {}).ok());
}

TEST_CASE("config: mutated text is read or refused with a place, never more",
          "[node][app][rule:IF-15]") {
  const std::string good =
      "[node]\ndataDir = \"/d\"\nmode = \"follower\"\nupstream = \"http://a:1\"\n"
      "[storage]\ncapacity = \"5GiB\"\n[api]\nlisten = [\"127.0.0.1:1\", \"fd:3\"]\n"
      "[sequencer]\nidle = \"250ms\"\nbatchTxs = 100\n[store]\nunsafeFs = true\n";
  const wald::base::Bytes bytes(good.begin(), good.end());
  wald::base::Prng prng(31);
  int refused = 0;
  for (int i = 0; i < 2'000; ++i) {
    const auto bad = wald::tests::mutate(prng, bytes, bytes);
    const auto parsed = parse_config(std::string(wald::base::as_text(bad)), {});
    if (parsed.ok()) continue;
    ++refused;
    REQUIRE_FALSE(parsed.error().empty());
    for (const auto& error : parsed.error()) REQUIRE_FALSE(describe("f", error).empty());
  }
  REQUIRE(refused > 1'000);
}
