// SPDX-License-Identifier: Apache-2.0
// kill9 WALD CYCLES: starts the sequencer, sends transfers from several clients, kills it with
// SIGKILL after some were acknowledged, starts it again, and so on. Every acknowledged transaction
// must be there after every restart, at the height that was told, and what the state was at past
// heights must read as it did before; in the end the log is replayed from genesis and must give the
// roots of its headers. Exit 0 only if nothing was lost.
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <map>
#include <mutex>
#include <thread>

#include "codec/base/text.h"
#include "ledger/wire/canonical.h"
#include "node/client/remote.h"
#include "node/keys/keystore.h"
#include "node/os/clock.h"
#include "node/os/process.h"
#include "node/os/signals.h"
#include "node/os/sockets.h"
#include "tests/node/temp_dir.h"
#include "tests/support/world.h"

using namespace wald;

namespace {

constexpr std::size_t kClients = 4;
constexpr std::uint64_t kPatienceMs = 20'000;

[[noreturn]] void fail(const std::string& text) {
  std::printf("kill9: FAILED: %s\n1 failed\n", text.c_str());
  std::exit(1);
}

template <class T>
T must(os::IoResult<T> result) {
  if (!result.ok()) fail(result.error().text);
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

std::string name_of(std::size_t client) { return "client" + std::to_string(client); }

class Node {
 public:
  Node(std::string program, const tests::TempDir& dir, const spec::Genesis& document)
      : program_(std::move(program)), dir_(dir.path()) {
    listener_ = must(os::Listener::open("127.0.0.1:0"));
    must(os::write_file_atomic(dir_ + "/genesis.bin", wire::write_canonical(document)));
    keys::Secret32 seed;
    const auto key = tests::key_of_name("sequencer");
    std::copy(key.seed.begin(), key.seed.end(), seed.span().begin());
    must(keys::save_key(dir_ + "/sequencer.json", keys::Role::kSequencer, "test", seed,
                        os::wall_time(), keys::Kdf::none(), {}));
    const std::string config =
        "[node]\ndataDir = \"" + dir_ + "/data\"\ngenesis = \"" + dir_ +
        "/genesis.bin\"\n[api]\nlisten = [\"fd:" + std::to_string(listener_.fd()) +
        "\"]\nreadsPerSecond = 100000\nsubmitsPerSecond = 100000\nconnectionsPerAddress = 1000\n"
        "[keys]\nsequencer = \"" +
        dir_ +
        "/sequencer.json\"\n"
        "[store]\nmapSize = \"256MiB\"\nsegmentSize = \"1MiB\"\nunsafeFs = true\n";
    must(os::write_file_atomic(dir_ + "/wald.toml", base::as_bytes(config), 0600));
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(listener_.port()); }
  const std::string& dir() const { return dir_; }

  void start() {
    os::SpawnOptions options;
    options.argv = {program_, "run", "--config", dir_ + "/wald.toml"};
    options.inherit = {listener_.fd()};
    options.output = dir_ + "/log.txt";
    child_ = must(os::Child::spawn(options));
  }
  void kill() {
    child_.signal(SIGKILL);
    static_cast<void>(child_.wait());
  }
  void stop() {
    child_.signal(SIGTERM);
    const os::Exit exit = child_.wait();
    if (exit.signalled || exit.code != 0) fail("a graceful stop ended with another code than 0");
  }

 private:
  std::string program_;
  std::string dir_;
  os::Listener listener_;
  os::Child child_;
};

// What clients were told: digest -> height.
struct Acknowledged {
  std::mutex mutex;
  std::condition_variable grew;
  std::map<std::string, std::uint64_t> heights;
  std::uint64_t in_cycle = 0;
};

// Sends transfers one after the other until told to end; an answer `committed` is an
// acknowledgement. A cut connection tells nothing: the nonce is asked for again.
void send_transfers(const spec::Genesis& document, const std::string& url, std::size_t who,
                    std::atomic<bool>& end, Acknowledged& told) {
  const tests::World signer(document);
  client::Remote remote(url, 2'000);
  const auto to = tests::account_of("sink");
  spec::Operation op;
  op.mutable_transfer()->set_to(base::string_of(to.view()));
  op.mutable_transfer()->set_amount(1'000'000);
  const std::string me = base::shown_hex(tests::account_of(name_of(who)).view());
  while (!end) {
    const auto account = remote.get("/v1/accounts/" + me);
    if (!account.ok()) continue;
    const auto nonce = client::number_at(account->data, "nonce");
    if (!nonce.ok()) continue;
    const auto envelope = signer.sign_at(name_of(who), op, *nonce, 1'000'000);
    const auto sent = remote.submit(base::string_of(envelope));
    if (!sent.ok()) continue;
    const auto digest = client::text_at(sent->data, "digest");
    if (!digest.ok()) continue;
    const auto result = remote.get("/v1/txs/" + *digest + "?wait=2s");
    if (!result.ok()) continue;
    const auto state = client::text_at(result->data, "state");
    const auto height = client::number_at(result->data, "height");
    if (!state.ok() || *state != "committed" || !height.ok()) continue;
    const std::lock_guard lock(told.mutex);
    told.heights[*digest] = *height;
    ++told.in_cycle;
    told.grew.notify_all();
  }
}

void wait_for_node(const std::string& url) {
  client::Remote remote(url, 2'000);
  const std::uint64_t give_up = os::monotonic_ms() + kPatienceMs;
  while (!remote.get("/v1/status").ok())
    if (os::monotonic_ms() > give_up) fail("the node did not come back");
}

// An account that every transfer changes, as it was at a height.
std::string sink_at(client::Remote& remote, std::uint64_t height) {
  const auto then = remote.get("/v1/accounts/0x" + base::to_hex(tests::account_of("sink").view()) +
                               "?height=" + std::to_string(height));
  if (!then.ok()) fail("height " + std::to_string(height) + ": " + then.error().message);
  return boost::json::serialize(then->data);
}

std::map<std::uint64_t, std::string> past_of(const std::string& url) {
  client::Remote remote(url, 5'000);
  const auto status = remote.get("/v1/status");
  const auto newest = status.ok() ? client::number_at(status->data, "height")
                                  : client::Outcome<std::uint64_t>(base::Err{status.error()});
  if (!newest.ok()) fail("no status: " + newest.error().message);
  std::map<std::uint64_t, std::string> out;
  for (std::uint64_t back = 0; back <= *newest; back += 1 + back / 2)
    out[*newest - back] = sink_at(remote, *newest - back);
  return out;
}

void check_past(const std::string& url, const std::map<std::uint64_t, std::string>& past) {
  client::Remote remote(url, 5'000);
  for (const auto& [height, before] : past)
    if (sink_at(remote, height) != before)
      fail("height " + std::to_string(height) + " reads otherwise than before the restart");
}

std::uint64_t check_all(const std::string& url, Acknowledged& told) {
  client::Remote remote(url, 5'000);
  for (const auto& [digest, height] : told.heights) {
    const auto result = remote.get("/v1/txs/" + digest);
    if (!result.ok()) fail("lost: " + digest + ": " + result.error().message);
    const auto now = client::number_at(result->data, "height");
    if (!now.ok() || *now != height) fail("moved: " + digest);
  }
  return told.heights.size();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  os::ignore_sigpipe();
  const auto cycles = static_cast<std::uint64_t>(std::stoull(argv[2]));
  std::map<std::string, std::uint64_t> accounts{{"sink", tests::kWal}};
  for (std::size_t i = 0; i < kClients; ++i) accounts[name_of(i)] = 100'000 * tests::kWal;
  spec::Genesis document = tests::small_genesis(accounts);
  document.set_sequencer_key(base::string_of(tests::key_of_name("sequencer").key.view()));
  const tests::TempDir dir;
  Node node(argv[1], dir, document);
  Acknowledged told;
  std::map<std::uint64_t, std::string> past;
  for (std::uint64_t cycle = 0; cycle < cycles; ++cycle) {
    node.start();
    wait_for_node(node.url());
    check_past(node.url(), past);
    told.in_cycle = 0;
    std::atomic<bool> end{false};
    std::vector<std::thread> clients;
    for (std::size_t i = 0; i < kClients; ++i)
      clients.emplace_back([&, i] { send_transfers(document, node.url(), i, end, told); });
    // The moment differs from cycle to cycle: it follows from what was acknowledged by then.
    const std::uint64_t enough = 3 + cycle * 7 % 23;
    {
      std::unique_lock lock(told.mutex);
      if (!told.grew.wait_for(lock, std::chrono::milliseconds(kPatienceMs),
                              [&] { return told.in_cycle >= enough; }))
        fail("no progress under load");
    }
    past = past_of(node.url());
    node.kill();
    end = true;
    for (auto& thread : clients) thread.join();
  }
  node.start();
  wait_for_node(node.url());
  const std::uint64_t kept = check_all(node.url(), told);
  check_past(node.url(), past);
  node.stop();
  os::SpawnOptions replay;
  replay.argv = {argv[1],      "replay",
                 "--genesis",  node.dir() + "/genesis.bin",
                 "--data-dir", node.dir() + "/data"};
  replay.output = node.dir() + "/replay.txt";
  os::Child child = must(os::Child::spawn(replay));
  if (const os::Exit exit = child.wait(); exit.signalled || exit.code != 0)
    fail("the replay from genesis differs");
  std::printf("figure kill -9 cycles: %llu, %llu acknowledged transactions, 0 lost\n",
              static_cast<unsigned long long>(cycles), static_cast<unsigned long long>(kept));
  std::printf("1 passed, 0 failed\n");
  return 0;
}
