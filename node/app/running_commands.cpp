// SPDX-License-Identifier: Apache-2.0
// replay, admin, healthcheck: what works on a data folder or on a running node.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

#include "codec/base/text.h"
#include "node/app/commands.h"
#include "node/app/node.h"
#include "node/core/audit.h"
#include "node/core/replay.h"
#include "node/net/client.h"
#include "node/os/clock.h"
#include "node/os/lock.h"

namespace wald::app {

int replay(const ReplayOptions& options) {
  const auto genesis = load_genesis(options.genesis);
  if (!genesis.ok()) return complain(genesis.error(), 2);
  if (!os::exists(options.data_dir + "/log"))
    return complain(options.data_dir + "/log: there is no such log", 3);
  const auto done = core::replay_log(
      *genesis, options.data_dir + "/log", base::Height(options.to),
      [&](base::Height height, const ledger::BlockOutput& block) {
        if (options.print_roots)
          std::printf("%llu 0x%s\n", static_cast<unsigned long long>(height.value()),
                      base::to_hex(block.state_root.view()).c_str());
      });
  if (!done.ok()) return complain(done.error(), 10);
  std::printf("replayed %llu blocks, %llu transactions, root 0x%s\n",
              static_cast<unsigned long long>(done->height.value()),
              static_cast<unsigned long long>(done->transactions),
              base::to_hex(done->root.view()).c_str());
  return 0;
}

int audit(const std::string& genesis_file, const std::string& data_dir) {
  const auto genesis = load_genesis(genesis_file);
  if (!genesis.ok()) return complain(genesis.error(), 2);
  if (!os::exists(data_dir + "/log")) return complain(data_dir + "/log: there is no such log", 3);
  // Of a running node the log alone is looked at: the checkpoint is its own.
  const auto lock = os::LockFile::acquire(data_dir + "/lock");
  std::optional<store::Tip> checkpoint;
  if (lock.ok()) {
    const auto read = core::read_checkpoint(*genesis, data_dir + "/state");
    if (!read.ok()) return complain(read.error(), 10);
    checkpoint = *read;
  } else {
    complain("the checkpoint is not looked at: " + lock.error().text, 0);
  }
  const auto done = core::audit_log(*genesis, data_dir + "/log", checkpoint);
  if (!done.ok()) return complain(done.error(), 10);
  bool sound = true;
  for (const auto& law : done->laws) {
    std::printf("%s %s, %llu objects\n", law.law.c_str(), law.breach ? "FAIL" : "ok",
                static_cast<unsigned long long>(law.objects));
    if (law.breach) std::printf("  %s\n", law.breach->c_str());
    sound = sound && !law.breach;
  }
  std::printf("audited %llu blocks, %llu events, root 0x%s: %s\n",
              static_cast<unsigned long long>(done->height.value()),
              static_cast<unsigned long long>(done->events),
              base::to_hex(done->root.view()).c_str(), sound ? "every law holds" : "FAIL");
  return sound ? 0 : 10;
}

const std::vector<AdminVerb>& admin_verbs() {
  static const std::vector<AdminVerb> kVerbs{
      {"status", "where the node stands and the state of its checks", false},
      {"peers", "upstream and committee, and who of them answers now", false},
      {"drain", "take no new transactions and be not ready; before a shutdown", true},
      {"scrub", "read every stored sliver and check it; damaged ones are fetched again", true},
      {"shutdown", "a graceful stop", true}};
  return kVerbs;
}

int admin(const std::string& socket, const std::string& verb) {
  const auto& verbs = admin_verbs();
  const auto at = std::find_if(verbs.begin(), verbs.end(),
                               [&](const AdminVerb& one) { return one.name == verb; });
  if (at == verbs.end()) return complain("no such verb: " + verb, 2);
  net::Client client;
  net::Ask ask;
  ask.unix_socket = socket;
  ask.url = "http://admin/admin/" + verb;
  if (at->changes) ask.method = net::Method::kPost;
  ask.timeout_ms = 300'000;  // peers waits for each that does not answer
  const auto answer = client.request(ask);
  if (!answer.ok())
    return complain(socket + ": no node answers here (" + answer.error().text + ")", 6);
  std::fputs(answer->body.c_str(), stdout);
  return answer->status == 200 ? 0 : 1;
}

int healthcheck(const std::string& url, bool ready, std::uint64_t wait_ms) {
  const std::uint64_t end = os::monotonic_ms() + wait_ms;
  net::Client client;
  net::Ask ask;
  ask.url = url + (ready ? "/v1/readyz?verbose" : "/v1/livez");
  ask.timeout_ms = 5'000;
  for (;;) {
    const auto answer = client.request(ask);
    const bool good = answer.ok() && answer->status == 200;
    if (!good && os::monotonic_ms() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      continue;
    }
    if (!answer.ok()) return complain(url + ": " + answer.error().text, 10);
    std::printf("%s\n", answer->body.c_str());
    return good ? 0 : 10;
  }
}

}  // namespace wald::app
