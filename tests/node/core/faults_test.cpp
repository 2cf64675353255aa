// SPDX-License-Identifier: Apache-2.0
// What breaks below the ledger: calls that fail one after the other, full disks and maps, stores
// that return other bytes than were written, a state in which a law is broken.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <future>

#include "codec/base/hash.h"
#include "ledger/records.h"
#include "tests/node/core/core_rig.h"
#include "tests/support/nodes.h"

using namespace wald;
using Rig = tests::CoreRig;

namespace {

// The call number `fault_at` of all writing calls fails; it counts on behind it.
int calls = 0;
int fault_at = 0;
bool faulty() { return ++calls == fault_at; }

const os::FileOps& counting_ops() {
  static const os::FileOps ops{
      [](int fd, const void* data, std::size_t count, off_t offset) -> ssize_t {
        if (!faulty()) return ::pwrite(fd, data, count, offset);
        // Half of it reaches the disk.
        const ssize_t half = ::pwrite(fd, data, count / 2, offset);
        errno = half < 0 ? errno : EIO;
        return -1;
      },
      [](int fd) -> int {
        if (!faulty()) return ::fdatasync(fd);
        errno = EIO;
        return -1;
      },
      [](int fd) -> int {
        if (!faulty()) return ::fsync(fd);
        errno = EIO;
        return -1;
      },
      [](int fd, off_t offset, off_t length) -> int {
        return faulty() ? ENOSPC : ::posix_fallocate(fd, offset, length);
      }};
  return ops;
}

// Blocks of one transfer each until `blocks` of them are committed or one is refused; the heights
// that were acknowledged.
std::uint64_t run_until_refused(Rig& rig, std::uint64_t blocks) {
  auto opened = core::LedgerCore::open(rig.options, rig.genesis);
  if (!opened.ok()) return 0;
  core::LedgerCore& core = **opened;
  for (std::uint64_t i = core.head().height.value(); i < blocks; ++i)
    if (!rig.block(core, {rig.envelope(i)}).ok()) break;
  return core.head().height.value();
}

std::string newest(const std::string& dir) { return dir + "/" + os::list_dir(dir).value().back(); }

class FileLimit {
 public:
  explicit FileLimit(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
    const rlimit low{bytes, before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &low) == 0);
  }
  ~FileLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;

 private:
  rlimit before_{};
};

// A core that was fed three blocks, all of them in the checkpoint.
struct Settled : Rig {
  Settled() {
    const auto core = open();
    for (std::uint64_t i = 0; i < 3; ++i) REQUIRE(block(*core, {envelope(i)}).ok());
    REQUIRE(core->checkpoint().ok());
    root = core->head().root;
  }
  base::Hash root;
};

std::size_t find(const base::Bytes& bytes, base::ByteView wanted) {
  const auto at = std::search(bytes.begin(), bytes.end(), wanted.begin(), wanted.end());
  REQUIRE(at != bytes.end());
  return static_cast<std::size_t>(at - bytes.begin());
}

// A byte of ann's record as the checkpoint holds it.
void damage_record(const Rig& rig) {
  const std::string path = rig.dir / "state/data.mdb";
  const base::Bytes file = os::read_file(path, 64u << 20).value();
  const base::Bytes key = ledger::key_of(ledger::kAccounts, tests::account_of("ann"));
  tests::flip_byte(path, find(file, key) + key.size() + 3);
}

}  // namespace

TEST_CASE("core: each write, sync and allocation fails once, and what was acknowledged is there",
          "[node][core][rule:EN-3]") {
  constexpr std::uint64_t kBlocks = 8;
  std::vector<base::Hash> roots;
  {
    Rig rig;
    const auto core = rig.open();
    roots.push_back(core->head().root);
    for (std::uint64_t i = 0; i <= kBlocks; ++i) {
      REQUIRE(rig.block(*core, {rig.envelope(i)}).ok());
      roots.push_back(core->head().root);
    }
  }
  int sites = 0;
  for (fault_at = 1;; ++fault_at) {
    Rig rig(counting_ops());
    rig.options.segment_bytes = 2'048;  // a new segment every few blocks
    calls = 0;
    const std::uint64_t told = run_until_refused(rig, kBlocks);
    if (calls < fault_at) {
      REQUIRE(told == kBlocks);
      break;
    }
    ++sites;
    REQUIRE(told < kBlocks);
    rig.options.ops = &os::real_file_ops();
    const auto core = rig.open();
    const core::Head head = core->head();
    // The block whose sync failed may be there: it was not acknowledged, and it is right.
    REQUIRE(head.height.value() >= told);
    REQUIRE(head.height.value() <= told + 1);
    REQUIRE(head.root == roots.at(head.height.value()));
    REQUIRE(rig.block(*core, {rig.envelope(head.height.value())}).ok());
    REQUIRE(core->head().root == roots.at(core->head().height.value()));
  }
  REQUIRE(sites >= 20);
}

TEST_CASE("core: without room for the log it says so beforehand, and goes on once there is",
          "[node][core][rule:EN-4]") {
  static os::FileOps ops;
  ops = os::real_file_ops();
  Rig rig(ops);
  rig.options.segment_bytes = 1'024;
  const auto core = rig.open();
  std::uint64_t made = 0;
  const auto lacking = [&] {
    return core->lacking(core::record_bound(rig.input(*core, {rig.envelope(made)})));
  };
  REQUIRE_FALSE(lacking());
  REQUIRE(rig.block(*core, {rig.envelope(made++)}).ok());
  ops.fallocate = [](int, off_t, off_t) { return ENOSPC; };
  // What was made ahead is used up, then no block may be made.
  while (!lacking()) REQUIRE(rig.block(*core, {rig.envelope(made++)}).ok());
  REQUIRE(core->room().lacking()->find("No space left on device") != std::string::npos);
  REQUIRE(core->room().lacking()->find("free some") != std::string::npos);
  const auto names = os::list_dir(rig.dir / "log").value();
  for (const auto& name : names)
    REQUIRE_FALSE(name.ends_with(".new"));  // nothing half made takes the room that is lacking
  ops = os::real_file_ops();
  REQUIRE_FALSE(lacking());
  REQUIRE_FALSE(core->room().lacking());
  REQUIRE(rig.block(*core, {rig.envelope(made++)}).ok());
  REQUIRE(core->head().height.value() == made);
}

TEST_CASE("core: below the free bytes of the disk, or above the map's mark, no block may be made",
          "[node][core][rule:EN-4]") {
  static std::uint64_t free_bytes;
  free_bytes = 1u << 30;
  Rig rig;
  rig.options.room.min_free_bytes = 256u << 20;
  rig.options.room.free_bytes = [](const std::string&) -> os::IoResult<std::uint64_t> {
    return free_bytes;
  };
  {
    const auto core = rig.open();
    REQUIRE_FALSE(core->lacking(1'000));
    free_bytes = 255u << 20;
    REQUIRE(core->lacking(1'000)->find("has 255 MiB left (stop below 256 MiB)") !=
            std::string::npos);
    REQUIRE(core->room().standing().find("255 MiB of disk free") != std::string::npos);
    free_bytes = 256u << 20;
    REQUIRE_FALSE(core->lacking(1'000));
    REQUIRE(rig.block(*core, {rig.envelope(0)}).ok());
    REQUIRE(core->checkpoint().ok());
    REQUIRE_FALSE(core->room().warn());
  }
  // A map that is just large enough for what is there.
  rig.options.room.warn_percent = 1;
  rig.options.room.stop_percent = 2;
  rig.options.map_bytes = 256u << 10;
  {
    const auto core = rig.open();
    REQUIRE(core->room().warn());
    REQUIRE(core->lacking(1'000)->find("raise store.mapSize") != std::string::npos);
  }
  rig.options.room = {};
  rig.options.map_bytes = 64u << 20;
  const auto core = rig.open();
  REQUIRE_FALSE(core->lacking(1'000));
  REQUIRE(rig.block(*core, {rig.envelope(1)}).ok());
}

TEST_CASE("core: a checkpoint that the disk refuses ends the run, and the restart has every block",
          "[node][core][rule:EN-3]") {
  Rig rig;
  std::string fatal;
  rig.options.on_fatal = [&](const std::string& why) { fatal = why; };
  base::Hash root;
  {
    const auto core = rig.open();
    for (std::uint64_t i = 0; i < 3; ++i) REQUIRE(rig.block(*core, {rig.envelope(i)}).ok());
    root = core->head().root;
    {
      const FileLimit full(16);
      const auto written = core->checkpoint();
      REQUIRE_FALSE(written.ok());
      REQUIRE(written.error().find("state: commit: ") != std::string::npos);
    }
    REQUIRE(fatal.find("nothing acknowledged is lost") != std::string::npos);
    // Nothing more is acknowledged, although the disk is well again.
    REQUIRE_FALSE(rig.block(*core, {rig.envelope(3)}).ok());
  }
  const auto core = rig.open();
  REQUIRE(core->head().height == base::Height(3));
  REQUIRE(core->head().root == root);
  REQUIRE(rig.block(*core, {rig.envelope(3)}).ok());
  REQUIRE(core->checkpoint().ok());
}

TEST_CASE("core: a record that reads back as other bytes ends the run wherever it is read",
          "[node][core][rule:EN-3]") {
  Settled rig;
  std::string fatal;
  rig.options.on_fatal = [&](const std::string& why) { fatal = why; };
  const auto core = rig.open();
  damage_record(rig);
  REQUIRE_THROWS_AS(ledger::load(*core->view(), ledger::kAccounts, tests::account_of("ann")),
                    store::StoreFailure);
  REQUIRE(fatal.find("does not match its check") != std::string::npos);
  REQUIRE(fatal.find("state") != std::string::npos);
}

TEST_CASE("core: a damaged checkpoint refuses the start, and without it the log makes it again",
          "[node][core][rule:EN-3]") {
  Settled rig;
  SECTION("a flipped byte of a record") { damage_record(rig); }
  SECTION("a file cut short") {
    auto file = os::File::open(rig.dir / "state/data.mdb", os::Open::kReadWrite).value();
    file.truncate(file.size().value() / 2).value();
  }
  SECTION("no LMDB file at all") {
    os::write_file_atomic(rig.dir / "state/data.mdb", base::Bytes(100'000, 7)).value();
  }
  const auto refused = core::LedgerCore::open(rig.options, rig.genesis);
  REQUIRE_FALSE(refused.ok());
  INFO(refused.error());
  REQUIRE(refused.error().find(rig.dir / "state") != std::string::npos);
  REQUIRE(refused.error().find("move the folder state/ away") != std::string::npos);
  os::remove_tree(rig.dir / "state").value();
  REQUIRE(rig.open()->head().root == rig.root);
}

TEST_CASE("core: a log that lacks what the checkpoint has refuses the start and says what to do",
          "[node][core][rule:EN-3]") {
  Settled rig;
  SECTION("no log") { os::remove_tree(rig.dir / "log").value(); }
  SECTION("a damaged one") { tests::flip_byte(newest(rig.dir / "log"), 120); }
  const auto refused = core::LedgerCore::open(rig.options, rig.genesis);
  REQUIRE_FALSE(refused.ok());
  REQUIRE(refused.error().find("block log") != std::string::npos);
  REQUIRE(refused.error().find("put back an intact copy of log/") != std::string::npos);
}

namespace {

// Storage nodes, so that epochs turn.
spec::Genesis with_nodes() {
  spec::Genesis document =
      tests::network({50'000, 40'000, 30'000, 20'000, 10'000}, {{"ann", 100 * tests::kWal}});
  document.set_sequencer_key(base::string_of(tests::key_of_name("sequencer").key.view()));
  return document;
}

// The genesis state with one FROST more on ann's account, in a tree that agrees with it.
ledger::GenesisState with_a_frost_too_many(ledger::GenesisState genesis) {
  const base::Bytes key = ledger::key_of(ledger::kAccounts, tests::account_of("ann"));
  auto record =
      ledger::decode_record<ledger::AccountRecord>(*genesis.records.find(key)->value).value();
  const auto more = economics::Amount::of(record.balance.amount().value() + 1);
  record.balance = ledger::Held::decoded(more);
  const base::Bytes richer = ledger::encode_record(record);
  std::vector<ledger::Change> records(genesis.records.begin(), genesis.records.end());
  for (ledger::Change& change : records)
    if (base::equal(change.key, key)) change.value = richer;
  genesis.records = ledger::Changes(records);
  ledger::StateTree::Builder builder;
  for (const auto& [at, bytes] : genesis.records) builder.add(at, base::blake2b(*bytes));
  genesis.tree = builder.finish();
  return genesis;
}

}  // namespace

TEST_CASE("core: once per epoch every law judges the whole state, and a breach ends the run",
          "[node][core][rule:A-33]") {
  for (const bool broken : {false, true}) {
    Rig rig(with_nodes());
    std::promise<std::string> fatal;
    auto told = fatal.get_future();
    rig.options.on_fatal = [&](const std::string& why) { fatal.set_value(why); };
    if (broken) rig.genesis = with_a_frost_too_many(rig.genesis);
    const auto core = rig.open();
    const base::Epoch before = core->head().epoch;
    for (int i = 0; i < 200 && core->head().epoch == before; ++i)
      REQUIRE(rig.block(*core, {}).ok());
    REQUIRE(core->head().epoch > before);
    if (!broken) {
      for (int i = 0; i < 200 && core->recounts() == 0; ++i)
        core->wait_above(core->head().height, 100);
      const bool objected = told.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
      INFO((objected ? told.get() : "no law objected"));
      REQUIRE(core->recounts() == 1);
      REQUIRE_FALSE(objected);
      continue;
    }
    REQUIRE(told.wait_for(std::chrono::seconds(20)) == std::future_status::ready);
    const std::string why = told.get();
    REQUIRE(why.find("breaks a law: I1: ") != std::string::npos);
    REQUIRE(why.find(rig.dir / "broken-law-") != std::string::npos);
    REQUIRE_FALSE(rig.block(*core, {rig.envelope(0)}).ok());
  }
}
