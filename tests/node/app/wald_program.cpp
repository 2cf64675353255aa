// SPDX-License-Identifier: Apache-2.0
#include "tests/node/app/wald_program.h"

#include <csignal>

#include "ledger/wire/canonical.h"
#include "node/keys/keystore.h"
#include "node/net/client.h"
#include "node/os/clock.h"
#include "tests/support/world.h"

namespace wald::tests {
namespace {

std::string slurp(const std::string& path) {
  const auto bytes = os::read_file(path, 16u << 20);
  return bytes.ok() ? base::string_of(*bytes) : "";
}

int code_of(const os::Exit& exit) { return exit.signalled ? 128 + exit.code : exit.code; }

}  // namespace

Said wald(const std::vector<std::string>& args) {
  const TempDir dir;
  os::SpawnOptions options;
  options.argv = {WALD_BINARY};
  options.argv.insert(options.argv.end(), args.begin(), args.end());
  options.output = dir / "said";
  auto child = os::Child::spawn(options).value();
  const os::Exit exit = child.wait();
  return {code_of(exit), slurp(options.output)};
}

WaldProgram::WaldProgram(const spec::Genesis& document, const std::string& upstream)
    : listener_(os::Listener::open("127.0.0.1:0").value()) {
  os::write_file_atomic(genesis(), wire::write_canonical(document)).value();
  keys::Secret32 seed;
  const auto key = key_of_name("sequencer");
  std::copy(key.seed.begin(), key.seed.end(), seed.span().begin());
  keys::save_key(dir_ / "sequencer.json", keys::Role::kSequencer, "test", seed, os::wall_time(),
                 keys::Kdf::none(), {})
      .value();
  base_config_ = "[node]\ndataDir = \"" + data() + "\"\ngenesis = \"" + genesis() + "\"\n";
  if (!upstream.empty())
    base_config_ += "mode = \"follower\"\nupstream = \"" + upstream + "\"\n";
  else
    base_config_ += "[keys]\nsequencer = \"" + (dir_ / "sequencer.json") + "\"\n";
  base_config_ +=
      "[sequencer]\nidle = \"200ms\"\n[api]\nlisten = [\"fd:" + std::to_string(listener_.fd()) +
      "\"]\nreadsPerSecond = 100000\nsubmitsPerSecond = 100000\n";
  configure("");
}

void WaldProgram::configure(const std::string& more) {
  const std::string text =
      base_config_ + "[store]\nmapSize = \"64MiB\"\nsegmentSize = \"1MiB\"\nunsafeFs = true\n" +
      more;
  os::write_file_atomic(config(), base::as_bytes(text), 0600).value();
}

// The sanitizers' runtime wants to be the first library, and is not behind a preloaded one.
void WaldProgram::start() {
  os::SpawnOptions options;
  options.argv = {"/bin/sh",
                  "-c",
                  "ASAN_OPTIONS=$ASAN_OPTIONS:verify_asan_link_order=0 LD_PRELOAD=" FAULT_CALLS
                  " WALD_FAULT_FILE=\"$1\" exec \"$0\" run --config \"$2\"",
                  WALD_BINARY,
                  dir_ / "faults",
                  config()};
  options.inherit = {listener_.fd()};
  options.output = dir_ / "log.txt";
  ended_.reset();
  child_ = os::Child::spawn(options).value();
}

std::optional<int> WaldProgram::wait_for_end() {
  if (!ended_)
    if (const auto exit = child_.wait_for(20'000)) ended_ = code_of(*exit);
  return ended_;
}

bool WaldProgram::wait_until_up() {
  net::Client client;
  for (;;) {
    if (const auto exit = child_.poll()) {
      ended_ = code_of(*exit);
      return false;
    }
    net::Ask ask;
    ask.url = url() + "/v1/livez";
    ask.timeout_ms = 1'000;
    const auto answer = client.request(ask);
    if (answer.ok() && answer->status == 200) return true;
  }
}

int WaldProgram::stop() {
  child_.signal(SIGTERM);
  return code_of(child_.wait());
}

void WaldProgram::kill() {
  child_.signal(SIGKILL);
  static_cast<void>(child_.wait());
}

void WaldProgram::fail_calls(const std::string& orders) const {
  if (orders.empty()) return static_cast<void>(os::remove_tree(dir_ / "faults").ok());
  os::write_file_atomic(dir_ / "faults", base::as_bytes(orders)).value();
}

std::string WaldProgram::log() const { return slurp(dir_ / "log.txt"); }

}  // namespace wald::tests
