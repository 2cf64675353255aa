// SPDX-License-Identifier: Apache-2.0
// What the demo does as a user of the network: asks nodes, sends transactions as one of its people,
// waits. Every failure is a sentence that names the step. Thread rule: the main thread.
#pragma once

#include <boost/json.hpp>
#include <functional>

#include "node/client/remote.h"
#include "node/demo/network.h"
#include "node/os/signals.h"
#include "specs/proto/tx.pb.h"

namespace wald::demo {

template <class T>
using Step = base::Result<T, std::string>;

class Desk {
 public:
  Desk(Network& network, const os::Signals& signals) : network_(network), signals_(signals) {}

  Step<boost::json::value> get(const Member& member, const std::string& path);
  // From the sequencer; tried again while it restarts.
  Step<boost::json::value> ask(const std::string& path);
  Step<boost::json::array> list(const std::string& path);
  Step<std::uint64_t> number(const std::string& path, const std::string& field);
  // Signed by `person`, committed with OK; the transaction's result.
  Step<boost::json::object> send(const Person& person, const spec::Operation& operation);

  // Runs `wal` as that person, with --json and --yes; what it printed under "data".
  Step<boost::json::value> wal(const Person& person, const std::vector<std::string>& args);

  // Waits for the condition, looking every 100 ms, with a line of progress every few seconds; stops
  // when interrupted or when a process has fallen.
  Step<void> until(const std::string& what, std::uint64_t timeout_ms,
                   const std::function<Step<bool>()>& met);
  Step<void> until_time(const std::string& what, std::uint64_t wall_ms);

  // All events of a type so far.
  Step<boost::json::array> events(const std::string& type);

 private:
  Network& network_;
  const os::Signals& signals_;
  std::uint64_t calls_ = 0;
};

// The sentence of an expectation that failed.
base::Err<std::string> broken(const std::string& expectation);

// Members of foreign JSON; 0 or empty where they are not.
std::uint64_t number_in(const boost::json::value& object, std::string_view key);
std::string text_in(const boost::json::value& object, std::string_view key);

}  // namespace wald::demo
