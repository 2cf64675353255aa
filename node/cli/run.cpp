// SPDX-License-Identifier: Apache-2.0
#include "node/cli/run.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <thread>

#include "node/cli/interrupt.h"
#include "node/cli/terminal.h"
#include "node/os/random.h"

namespace wald::cli {
namespace {

// Reads again and again until it is interrupted or fails; a terminal is cleared in between.
Outcome<void> watch(Session& session, const Verb& verb, const Given& given) {
  constexpr std::string_view kReading[] = {"show",    "list",   "balance", "history",
                                           "explain", "status", "price",   "committee",
                                           "shards",  "params", "supply",  "estimate"};
  const bool reads =
      std::find(std::begin(kReading), std::end(kReading), verb.name) != std::end(kReading);
  if (!reads || verb.group == "keys" || verb.group == "codec")
    return client::usage("--watch is for verbs that ask a node",
                         "wal events follow shows what happens");
  TRY_ASSIGN(const std::uint64_t every, parse_duration("--watch", session.globals().watch));
  if (every < 100) return client::usage("--watch: too often", "at least 100ms");
  for (;;) {
    if (session.globals().output == "text" && writes_to_terminal())
      std::fputs("\033[H\033[2J", stdout);
    TRY(verb.run(session, given));
    std::this_thread::sleep_for(std::chrono::milliseconds(every));
  }
}

// Groups without a verb that a node answers from its state.
Outcome<void> past_fits(const Session& session, const Verb& verb) {
  const bool state =
      verb.group != "keys" && verb.group != "codec" && verb.group != "tx" && verb.group != "events";
  if (!session.asks_past() || state) return {};
  return client::usage("wal " + verb.group + " " + verb.name + " shows no state of a height",
                       "--at-height and --at-epoch are for verbs that do");
}

}  // namespace

int run(int argc, const char* const* argv) {
  std::signal(SIGPIPE, SIG_IGN);
  catch_interrupts();
  os::sodium_ready();
  const Verbs verbs = all_verbs();
  ParsedLine line = parse_line(argc, argv, verbs);
  if (line.verb == nullptr) return line.exit;
  const bool json = line.globals.json || line.globals.output == "json" ||
                    line.globals.output == "jsonl" || line.verb->always_json;
  Session session(std::move(line.globals));
  Failure failure;
  try {
    auto done = session.prepare();
    if (done.ok()) done = past_fits(session, *line.verb);
    if (done.ok() && !session.globals().watch.empty())
      done = watch(session, *line.verb, line.given);
    else if (done.ok())
      done = line.verb->run(session, line.given);
    if (done.ok()) return static_cast<int>(Exit::kDone);
    failure = std::move(done).error();
  } catch (const std::exception& error) {  // Boost.JSON and Protobuf may throw
    failure = client::fail(Exit::kUnexpected, "UNEXPECTED", error.what()).error;
  }
  print_failure(failure, json);
  return static_cast<int>(failure.exit);
}

}  // namespace wald::cli
