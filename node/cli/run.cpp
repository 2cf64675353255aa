// SPDX-License-Identifier: Apache-2.0
#include "node/cli/run.h"

#include <csignal>
#include <cstdio>
#include <exception>

#include "node/os/random.h"

namespace wald::cli {

int run(int argc, const char* const* argv) {
  std::signal(SIGPIPE, SIG_IGN);
  os::sodium_ready();
  const Verbs verbs = all_verbs();
  ParsedLine line = parse_line(argc, argv, verbs);
  if (line.verb == nullptr) return line.exit;
  const bool json = line.globals.json || line.globals.output != "text" || line.verb->always_json;
  Session session(std::move(line.globals));
  Failure failure;
  try {
    auto done = session.prepare();
    if (done.ok()) done = line.verb->run(session, line.given);
    if (done.ok()) return static_cast<int>(Exit::kDone);
    failure = std::move(done).error();
  } catch (const std::exception& error) {  // Boost.JSON and Protobuf may throw
    failure = client::fail(Exit::kUnexpected, "UNEXPECTED", error.what()).error;
  }
  print_failure(failure, json);
  return static_cast<int>(failure.exit);
}

}  // namespace wald::cli
