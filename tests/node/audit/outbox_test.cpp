// SPDX-License-Identifier: Apache-2.0
#include "node/audit/outbox.h"

#include <catch2/catch.hpp>
#include <cerrno>

#include "tests/node/temp_dir.h"
#include "tests/support/world.h"

using namespace wald;
using audit::Fate;
using audit::Outbox;
using audit::Slot;
using proofs::Kind;

namespace {

const base::Epoch kEpoch(3);
const base::Round kRound(1);

struct Bench {
  Bench() : signer(tests::key_of_name("n").seed) { reopen(); }
  void reopen(const os::FileOps& ops = os::real_file_ops()) {
    box.reset();
    log.reset();
    log = keys::SignLog::open(dir / "sign.log", signer.public_key(), ops).value();
    box = Outbox::open(dir / "box", *log, signer).value();
  }
  os::IoResult<void> put(Kind kind, std::uint8_t mark, std::uint16_t seq = 0) {
    proofs::ResponseCommit body;
    body.root = base::Hash(std::array<std::uint8_t, 32>{mark});
    body.points = 64;
    const Slot slot{kEpoch, kRound, kind, seq};
    return box->put(slot, {kind, base::ChainId(), kEpoch, kRound, base::Hash(), base::NodeId()},
                    body);
  }
  std::vector<base::Bytes> send(std::uint64_t now, Fate fate = Fate::kPending) {
    std::vector<base::Bytes> out;
    box->tend(
        now, [&](const Slot&, base::ByteView) { return fate; },
        [&](const Slot&, base::ByteView bytes) { out.emplace_back(bytes.begin(), bytes.end()); });
    return out;
  }
  std::size_t files() const { return os::list_dir(dir / "box").value().size(); }
  std::string file() const { return dir / "box/" + os::list_dir(dir / "box").value().at(0); }

  tests::TempDir dir;
  prove::Signer signer;
  std::unique_ptr<keys::SignLog> log;
  std::unique_ptr<Outbox> box;
};

os::FileOps broken_writes() {
  os::FileOps ops = os::real_file_ops();
  ops.pwrite = [](int, const void*, std::size_t, off_t) -> ssize_t {
    errno = ENOSPC;
    return -1;
  };
  return ops;
}

}  // namespace

TEST_CASE("outbox: a statement is sent at once, then again with longer and longer waits",
          "[node][audit][rule:O-37]") {
  Bench bench;
  bench.put(Kind::kResponseCommit, 1).value();
  const auto first = bench.send(1'000);
  REQUIRE(first.size() == 1);
  REQUIRE(proofs::verify_statement(first[0], bench.signer.public_key()));
  REQUIRE(bench.send(1'499).empty());
  REQUIRE(bench.send(1'500) == first);
  REQUIRE(bench.send(2'499).empty());
  REQUIRE(bench.send(2'500) == first);
  std::uint64_t now = 2'500;
  for (int k = 0; k < 10; ++k) bench.send(now += Outbox::kLastRetryMs);
  REQUIRE(bench.send(now + Outbox::kLastRetryMs - 1).empty());
  REQUIRE(bench.send(now + Outbox::kLastRetryMs) == first);
}

TEST_CASE("outbox: what is included rests, what is over goes with its file",
          "[node][audit][rule:O-37]") {
  Bench bench;
  bench.put(Kind::kResponseCommit, 1).value();
  REQUIRE(bench.send(1'000, Fate::kIncluded).empty());
  REQUIRE(bench.files() == 1);
  REQUIRE(bench.send(1'000, Fate::kOver).empty());
  REQUIRE(bench.files() == 0);
  REQUIRE(bench.box->size() == 0);
}

TEST_CASE("outbox: a restart sends the same bytes, and a taken slot keeps what it has",
          "[node][audit][rule:O-37]") {
  Bench bench;
  bench.put(Kind::kResponseCommit, 1).value();
  const auto before = bench.send(1'000);
  bench.reopen();
  bench.put(Kind::kResponseCommit, 2).value();
  REQUIRE(bench.send(0) == before);
  REQUIRE(bench.box->size() == 1);
}

TEST_CASE("outbox: nothing is signed twice with different bytes, even when its files are lost",
          "[node][audit][rule:O-37]") {
  Bench bench;
  bench.put(Kind::kResponseCommit, 1).value();
  const auto before = bench.send(1'000);
  os::remove_file(bench.file()).value();
  bench.reopen();
  REQUIRE(bench.box->size() == 0);
  REQUIRE_FALSE(bench.put(Kind::kResponseCommit, 2).ok());
  REQUIRE(bench.send(0).empty());
  // Nor after another restart. The same bytes would be the same signature.
  bench.reopen();
  REQUIRE(bench.send(0).empty());
  REQUIRE(bench.send(0, Fate::kOver).empty());
  bench.put(Kind::kResponseCommit, 1).value();
  REQUIRE(bench.send(0) == before);
}

TEST_CASE("outbox: killed before the sign log's entry, the bytes that stood there are signed",
          "[node][audit][rule:O-37]") {
  Bench bench;
  const os::FileOps broken = broken_writes();
  bench.reopen(broken);
  REQUIRE_FALSE(bench.put(Kind::kResponseCommit, 1).ok());
  REQUIRE(bench.files() == 1);
  REQUIRE(bench.send(0).empty());
  bench.reopen();
  bench.put(Kind::kResponseCommit, 2).value();
  const auto sent = bench.send(0);
  REQUIRE(sent.size() == 1);
  const auto parsed = proofs::parse_statement(sent[0], 0).value();
  REQUIRE(std::get<proofs::ResponseCommit>(parsed.body).root ==
          base::Hash(std::array<std::uint8_t, 32>{1}));
  REQUIRE(proofs::verify_statement(sent[0], bench.signer.public_key()));
}

TEST_CASE("outbox: a damaged file is removed and not sent", "[node][audit][rule:O-37]") {
  Bench bench;
  bench.put(Kind::kResponseCommit, 1).value();
  tests::flip_byte(bench.file(), 60);
  bench.reopen();
  REQUIRE(bench.files() == 0);
  REQUIRE(bench.send(0).empty());
}
