// SPDX-License-Identifier: Apache-2.0
#include "node/demo/demo.h"

#include <csignal>
#include <cstdio>
#include <map>
#include <set>

#include "codec/base/prng.h"
#include "codec/base/text.h"
#include "economics/rewards.h"
#include "node/client/registration.h"
#include "node/demo/affairs.h"
#include "node/demo/verdict.h"
#include "node/os/clock.h"
#include "node/os/files.h"
#include "node/reflect/units.h"

namespace wald::demo {
namespace {

constexpr std::size_t kSilent = 1;  // operator 2
constexpr std::size_t kTwin = 2;    // operator 3, with the same stake and shards
constexpr std::uint64_t kKappa = 4;
constexpr std::uint32_t kLatest = 3;          // epoch in which the first steps must be done
constexpr std::size_t kMaxFile = 22'936'900;  // the largest blob of 36 shards

// Leaves with the sentence of an I/O error.
#define TRY_IO(...)                                               \
  do {                                                            \
    auto io_ = (__VA_ARGS__);                                     \
    if (!io_.ok()) return base::Err{std::move(io_).error().text}; \
  } while (false)

// One run from empty directory to verdict; what later steps need lies here. Epochs come by the
// clock, however busy the machine is: the plan counts from the epoch in which the chain has the
// first steps behind it, usually epoch 1.
class Play {
 public:
  Play(Network& network, const os::Signals& signals, const DemoOptions& options)
      : network_(network), desk_(network, signals), affairs_(network, desk_), options_(options) {}

  Step<void> run() {
    TRY(start_all());
    TRY(first_epoch());
    for (std::uint32_t passed = 1; passed <= kEpochs; ++passed) {
      const std::uint32_t epoch = first_ + passed;
      TRY(reach(epoch));
      TRY(report(epoch - 1));
      TRY(affairs_.settle(epoch));
      if (passed == 1) {
        TRY(affairs_.fill_bucket(files_[1].path));
        TRY(affairs_.share(files_[0].object));
      }
      if (passed == 2) {
        TRY(silence(epoch));
        TRY(leave());
        TRY(affairs_.accuse(network_.members()[kSilent]));
      }
      if (passed == 3) {
        TRY(read_files());
        TRY(affairs_.vote_on_price());
      }
      if (passed >= 3 && !withdrawn_ && epoch >= exit_) TRY(withdraw());
      if (passed == 4) {
        TRY(restart_sequencer(epoch));
        TRY(collect());
      }
    }
    if (!withdrawn_) return broken("delegator-1 is paid before the last epoch ends");
    TRY(affairs_.expect_done());
    TRY(compare_roots(network_, desk_));
    return check_supply(desk_);
  }

  // Their folders are read once all have stopped.
  Step<void> after_stop() {
    TRY(replay_logs(network_, {kSequencer, 0, kSilent}));
    return audit_log_of(network_, kSequencer);
  }

 private:
  std::uint64_t epoch_start(std::uint32_t epoch) const {
    return network_.start_ms() + (epoch - 1) * kEpochMs;
  }

  Step<void> start_all() {
    std::printf("network: %zu operators, %zu delegators, 36 shards, epochs of %llu s\n", kOperators,
                network_.delegators().size(), static_cast<unsigned long long>(kEpochMs / 1'000));
    for (std::size_t i = 0; i < kOperators; ++i) {
      const auto started = network_.start(network_.members()[i]);
      if (!started.ok()) return base::Err{started.error().text};
    }
    return desk_.until("every node has its first blocks", 60'000, [&]() -> Step<bool> {
      for (std::size_t i = 0; i < kOperators; ++i) {
        const auto status = desk_.get(network_.members()[i], "/v1/status");
        if (!status.ok() || number_in(*status, "height") < 2) return false;
      }
      return true;
    });
  }

  Step<void> delegate(std::size_t who, std::size_t to, std::uint64_t wal) {
    const Person& person = network_.delegators()[who];
    const Member& member = network_.members()[to];
    spec::Operation op;
    op.mutable_delegate_stake()->set_node(base::string_of(member.node.view()));
    op.mutable_delegate_stake()->set_amount(wal * kWal);
    TRY(desk_.send(person, op));
    std::printf("  %s stakes %llu WAL on %s\n", person.name.c_str(),
                static_cast<unsigned long long>(wal), member.name.c_str());
    return {};
  }

  Step<void> register_thirteenth() {
    Member& member = network_.members()[kOperators];
    spec::Operation op;
    auto& registration = *op.mutable_register_node();
    registration.set_name(member.name);
    registration.set_address(member.address);
    registration.set_commission(500);
    registration.set_storage_price(10'000'000);
    registration.set_write_price(2'000'000);
    registration.set_capacity(std::uint64_t{10} << 30);
    registration.set_commission_account(base::string_of(member.owner.account.view()));
    registration.set_governance_account(base::string_of(member.owner.account.view()));
    client::prove_possession(
        registration,
        {network_.chain(), member.owner.account, base::Epoch(first_), base::Epoch(first_ + 1)},
        member.protocol.seed, member.vrf.seed);
    TRY(desk_.send(member.owner, op));
    const auto started = network_.start(member);
    if (!started.ok()) return base::Err{started.error().text};
    std::printf("  %s registers and follows, without stake: no candidate yet\n",
                member.name.c_str());
    return {};
  }

  Step<void> first_epoch() {
    TRY_ASSIGN(const std::uint64_t running, desk_.number("/v1/epoch", "epoch"));
    TRY(begin_in(static_cast<std::uint32_t>(running)));
    std::printf("epoch %u\n", first_);
    spec::Operation rewards;
    rewards.mutable_add_rewards()->set_amount(100'000 * kWal);
    rewards.mutable_add_rewards()->set_epochs(kEpochs);
    TRY(desk_.send(network_.donor(), rewards));
    std::printf("  donor adds 100000 WAL to the rewards of %u epochs\n", kEpochs);
    TRY(delegate(0, 0, 20'000));
    TRY(delegate(1, 1, 20'000));
    TRY(delegate(2, 2, 20'000));
    TRY(delegate(3, 3, 60'000));
    TRY(counted());
    spec::Operation reserve;
    reserve.mutable_reserve_storage()->set_size(std::uint64_t{2} << 30);
    reserve.mutable_reserve_storage()->set_end(first_ + kEpochs + 1);
    reserve.mutable_reserve_storage()->set_max_cost(1'000 * kWal);
    TRY(desk_.send(network_.client(), reserve));
    std::printf("  client reserves 2 GiB of storage until epoch %u\n", first_ + kEpochs + 1);
    TRY(register_thirteenth());
    TRY(store_files());
    TRY(read_files());
    TRY_ASSIGN(const std::uint64_t now, desk_.number("/v1/epoch", "epoch"));
    return begin_in(static_cast<std::uint32_t>(now));
  }

  // The stakes are at work in the epoch after the selection that they were made before: the chain
  // says which.
  Step<void> counted() {
    TRY_ASSIGN(const boost::json::value epoch, desk_.ask("/v1/epoch"));
    const auto now = static_cast<std::uint32_t>(number_in(epoch, "epoch"));
    if (text_in(epoch, "state") != "selected") return begin_in(now);
    std::printf("  the committee of epoch %u is chosen already: the plan begins with that epoch\n",
                now + 1);
    TRY(begin_in(now + 1));
    return reach(now + 1);
  }

  Step<void> begin_in(std::uint32_t epoch) {
    if (epoch != first_) std::printf("  the plan goes by epoch %u as its first\n", epoch);
    first_ = epoch;
    if (first_ <= kLatest) return {};
    return broken("stakes, storage and files are there within the first " +
                  std::to_string(kLatest) + " epochs");
  }

  Step<void> reach(std::uint32_t epoch) {
    return desk_.until("epoch " + std::to_string(epoch) + " begins", 2 * kEpochMs,
                       [&]() -> Step<bool> {
                         TRY_ASSIGN(const std::uint64_t now, desk_.number("/v1/epoch", "epoch"));
                         return now >= epoch;
                       });
  }

  struct Row {
    std::uint64_t shards = 0, full = 0, reward = 0, commission = 0, score = 0;
  };

  Step<std::map<std::size_t, Row>> rows_of(std::uint32_t closed) {
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < network_.members().size(); ++i)
      places[base::shown_hex(network_.members()[i].node.view())] = i;
    TRY_ASSIGN(const boost::json::array paid, desk_.events("reward.paid"));
    std::map<std::size_t, Row> rows;
    for (const auto& event : paid) {
      const auto& body = event.at("body");
      const auto at = places.find(text_in(body, "node"));
      if (number_in(body, "epoch") != closed || at == places.end()) continue;
      rows[at->second] = {number_in(body, "shards"), number_in(body, "full"),
                          number_in(body, "reward"), number_in(body, "commission"),
                          number_in(body, "score")};
    }
    if (rows.size() != kOperators)
      return broken("a row of rewards for each of the twelve operators");
    return rows;
  }

  Step<boost::json::value> close_of(std::uint32_t closed) {
    TRY_ASSIGN(const boost::json::array closes, desk_.events("epoch.closed"));
    for (const auto& event : closes)
      if (number_in(event.at("body"), "epoch") == closed) return event.at("body");
    return broken("an epoch.closed event for the epoch");
  }

  // The closed epoch, from its events: every amount as the ledger paid it.
  Step<void> report(std::uint32_t closed) {
    TRY_ASSIGN(const auto rows, rows_of(closed));
    TRY_ASSIGN(const boost::json::value close, close_of(closed));
    std::printf("epoch %u closed: %llu rounds settled, %llu void\n", closed,
                static_cast<unsigned long long>(number_in(close, "rounds")),
                static_cast<unsigned long long>(number_in(close, "voidRounds")));
    std::printf("  %-12s %6s %9s %20s %20s %20s\n", "operator", "shards", "score", "full", "earned",
                "commission");
    std::uint64_t sum = 0;
    for (const auto& [place, row] : rows) {
      sum += row.reward;
      std::printf("  %-12s %6llu %9llu %20s %20s %20s\n", network_.members()[place].name.c_str(),
                  static_cast<unsigned long long>(row.shards),
                  static_cast<unsigned long long>(row.score), reflect::format_wal(row.full).c_str(),
                  reflect::format_wal(row.reward).c_str(),
                  reflect::format_wal(row.commission).c_str());
    }
    const std::uint64_t pot = number_in(close, "pot"), carry = number_in(close, "carry");
    std::printf("  pot %s = rewards %s + unspent %s + carried %s\n",
                reflect::format_wal(pot).c_str(), reflect::format_wal(sum).c_str(),
                reflect::format_wal(number_in(close, "unspent")).c_str(),
                reflect::format_wal(carry).c_str());
    if (pot != sum + number_in(close, "unspent") + carry)
      return broken("rewards, unspent and carried sum to the pot");
    if (silent_from_ > 0 && closed >= silent_from_) return check_silence(closed, rows, close);
    return {};
  }

  // Absolute credits: whoever is silent loses, and nobody gains by it. R-3 again, with the silent
  // one's score whole, must leave every other reward as it was.
  Step<void> check_silence(std::uint32_t closed, const std::map<std::size_t, Row>& rows,
                           const boost::json::value& close) {
    if (number_in(close, "rounds") == 0) {
      std::printf("  no round of this epoch settled: nothing to compare\n");
      return {};
    }
    const Row& silent = rows.at(kSilent);
    const Row& twin = rows.at(kTwin);
    if (silent.reward >= twin.reward)
      return broken("the silent operator earns less than its twin in epoch " +
                    std::to_string(closed));
    std::vector<economics::MemberScore> members;
    members.reserve(rows.size());
    for (const auto& [place, row] : rows)
      members.push_back({economics::Weight(static_cast<std::uint16_t>(row.shards)), 0,
                         economics::Ppm::of(place == kSilent ? economics::kPpm : row.score),
                         economics::Ppm()});
    const std::uint64_t shared = number_in(close, "pot") - number_in(close, "carry");
    const auto split = economics::split_pot(economics::Amount::of(shared), number_in(close, "used"),
                                            members, kKappa);
    std::size_t at = 0;
    for (const auto& [place, row] : rows) {
      const std::uint64_t reward = split.rows[at++].reward.value();
      if (place != kSilent && reward != row.reward)
        return broken("nobody earned more because an operator was silent");
    }
    std::printf("  operator-2 is silent: it earns %s of %s, and no other reward changes by it\n",
                reflect::format_wal(silent.reward).c_str(),
                reflect::format_wal(silent.full).c_str());
    return {};
  }

  // Files of many sizes, and those that were given, through `wal`.
  Step<void> store_files() {
    base::Prng prng(os::wall_time().value());
    const std::string dir = network_.dir() + "/files";
    TRY_IO(os::make_dirs(dir));
    for (const auto& [name, size] : std::map<std::string, std::size_t>{
             {"empty", 0}, {"one-byte", 1}, {"some-mebibytes", 3'500'001}}) {
      std::string path = dir;
      path.append("/").append(name);
      TRY_IO(os::write_file_atomic(path, prng.bytes(size)));
      files_.push_back({path, "", ""});
    }
    for (const std::string& given : options_.files) files_.push_back({given, "", ""});
    for (File& file : files_) {
      TRY_ASSIGN(
          const auto stored,
          desk_.wal(network_.client(), {"blob", "store", file.path, "--epochs",
                                        std::to_string(kEpochs + 1), "--max-cost", "1000WAL"}));
      file.blob_id = text_in(stored, "blobId");
      file.object = text_in(stored, "object");
      std::printf("  stored %s: %s bytes as blob %s, %llu of 36 shards confirmed\n",
                  file.path.c_str(), text_in(stored, "size").c_str(), file.blob_id.c_str(),
                  static_cast<unsigned long long>(number_in(stored, "confirmedShards")));
      if (file.blob_id.size() != 43) return broken("a blob id for " + file.path);
    }
    return {};
  }

  Step<void> read_files() {
    for (const File& file : files_) {
      const std::string out = network_.dir() + "/read-back";
      TRY_IO(os::remove_tree(out));
      TRY(desk_.wal(network_.client(), {"blob", "read", "--blob-id=" + file.blob_id, "-o", out}));
      const auto was = os::read_file(file.path, kMaxFile);
      const auto now = os::read_file(out, kMaxFile);
      if (!was.ok() || !now.ok() || *was != *now)
        return broken(file.path + " is read back byte for byte");
    }
    std::printf("  %zu files read back, equal byte for byte\n", files_.size());
    return {};
  }

  Step<boost::json::object> leavers_stake() {
    const std::string path =
        "/v1/accounts/" + base::shown_hex(network_.delegators()[0].account.view()) + "/stakes";
    TRY_ASSIGN(const boost::json::array stakes, desk_.list(path));
    if (stakes.size() != 1 || !stakes[0].is_object())
      return broken("delegator-1 owns exactly one stake");
    return stakes[0].as_object();
  }

  // SIGKILL at the start of an epoch, usually 3, for good.
  Step<void> silence(std::uint32_t epoch) {
    TRY_ASSIGN(const std::uint64_t now, desk_.number("/v1/epoch", "epoch"));
    // In an epoch that is not at its start any more it may have answered already.
    silent_from_ = now == epoch ? epoch : static_cast<std::uint32_t>(now) + 1;
    Member& member = network_.members()[kSilent];
    member.killed = true;
    member.child.signal(SIGKILL);
    (void)member.child.wait();
    member.listener = os::Listener();  // nobody listens there any more, as on a dead machine
    std::printf("  %s is silenced for good; %s is its twin\n", member.name.c_str(),
                network_.members()[kTwin].name.c_str());
    return {};
  }

  // Commission leaves its escrow after two epochs.
  Step<void> collect() {
    const Member& member = network_.members()[kTwin];
    spec::Operation op;
    op.mutable_collect_commission()->set_node(base::string_of(member.node.view()));
    TRY(desk_.send(member.owner, op));
    TRY_ASSIGN(const boost::json::array collected, desk_.events("commission.collected"));
    if (collected.size() != 1) return broken("one collection of commission");
    const std::uint64_t amount = number_in(collected[0].at("body"), "amount");
    std::printf("  %s collects %s of commission, out of escrow by now\n", member.name.c_str(),
                reflect::format_wal(amount).c_str());
    if (amount == 0) return broken("commission that is out of escrow");
    return {};
  }

  // Usually in epoch 3, before its selection: delegator-1 asks for its stake back.
  Step<void> leave() {
    TRY_ASSIGN(const boost::json::object stake, leavers_stake());
    auto id = base::from_hex(text_in(stake, "id").substr(2));
    if (!id) return broken("a stake id");
    spec::Operation op;
    op.mutable_request_exit()->set_stake(base::string_of(*id));
    TRY(desk_.send(network_.delegators()[0], op));
    TRY_ASSIGN(const boost::json::array exits, desk_.events("stake.exitRequested"));
    if (exits.size() != 1) return broken("one request to leave");
    const auto& body = exits[0].at("body");
    std::printf("  delegator-1 asks to leave: out in epoch %llu, early-exit fee %llu PPM\n",
                static_cast<unsigned long long>(number_in(body, "exit")),
                static_cast<unsigned long long>(number_in(body, "feePpm")));
    leaving_ = std::move(*id);
    exit_ = number_in(body, "exit");
    return {};
  }

  Step<void> withdraw() {
    spec::Operation op;
    op.mutable_withdraw_stake()->add_stakes(base::string_of(leaving_));
    TRY(desk_.send(network_.delegators()[0], op));
    TRY_ASSIGN(const boost::json::array paid, desk_.events("stake.withdrawn"));
    if (paid.size() != 1) return broken("one stake paid out");
    const auto& body = paid[0].at("body");
    const std::uint64_t gain = number_in(body, "gain"), fee = number_in(body, "fee");
    std::printf("  delegator-1 is paid: principal %s, gain %s, early-exit fee %s\n",
                reflect::format_wal(number_in(body, "principal")).c_str(),
                reflect::format_wal(gain).c_str(), reflect::format_wal(fee).c_str());
    if (gain <= fee) return broken("the leaving delegator has a gain after its fee");
    withdrawn_ = true;
    return {};
  }

  // kill -9, outside any round; the log brings back all that was acknowledged.
  Step<void> restart_sequencer(std::uint32_t epoch) {
    Member& member = network_.sequencer();
    TRY(desk_.until_time("one second into the epoch", epoch_start(epoch) + 1'000));
    TRY_ASSIGN(const std::uint64_t before, desk_.number("/v1/status", "height"));
    member.killed = true;
    member.child.signal(SIGKILL);
    (void)member.child.wait();
    const auto started = network_.start(member);
    if (!started.ok()) return base::Err{started.error().text};
    member.killed = false;
    TRY_ASSIGN(const std::uint64_t after, desk_.number("/v1/status", "height"));
    std::printf("  the sequencer, %s, is killed at height %llu and back at height %llu\n",
                member.name.c_str(), static_cast<unsigned long long>(before),
                static_cast<unsigned long long>(after));
    if (after < before) return broken("nothing that was acknowledged is lost");
    return {};
  }

  Network& network_;
  Desk desk_;
  Affairs affairs_;
  const DemoOptions& options_;
  struct File {
    std::string path;
    std::string blob_id;
    std::string object;
  };
  std::vector<File> files_;
  base::Bytes leaving_;
  std::uint64_t exit_ = 0;  // epoch in which it is paid
  bool withdrawn_ = false;
  std::uint32_t first_ = 1;        // epoch that the plan counts from
  std::uint32_t silent_from_ = 0;  // first epoch without the silent operator
};

}  // namespace

int run(const DemoOptions& options) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  for (const std::string& file : options.files) {
    const auto bytes = os::read_file(file, kMaxFile);
    if (bytes.ok()) continue;
    std::printf("demo: refused: %s (a blob of this network has at most %zu bytes)\n",
                bytes.error().text.c_str(), kMaxFile);
    return 2;
  }
  os::ignore_sigpipe();
  auto signals = os::Signals::catch_all({SIGINT, SIGTERM});
  if (!signals.ok()) {
    std::printf("demo: failed: %s\n", signals.error().text.c_str());
    return 1;
  }
  auto network = Network::create(options.dir);
  if (!network.ok()) {
    std::printf("demo: failed: %s\n", network.error().text.c_str());
    return 1;
  }
  Play play(*network, *signals, options);
  auto done = play.run();
  if (done.ok() && options.keep) {
    std::printf("the network is up: %s (Ctrl-C ends it)\n", network->sequencer().url.c_str());
    while (!signals->wait(1'000)) {
    }
  }
  network->stop_all();
  if (done.ok()) done = play.after_stop();
  if (!done.ok()) {
    std::printf("demo: failed: %s\n", done.error().c_str());
    return done.error() == "interrupted" ? 130 : 1;
  }
  std::printf("demo: ok\n");
  return 0;
}

}  // namespace wald::demo
