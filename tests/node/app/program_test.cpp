// SPDX-License-Identifier: Apache-2.0
// The real `wald` in bad company: failing disks, damaged files, a second process, a sequencer that
// lies.
#include <catch2/catch.hpp>

#include "codec/base/hash.h"
#include "node/client/remote.h"
#include "tests/node/app/wald_program.h"
#include "tests/node/core/core_rig.h"
#include "tests/node/http/fake_upstream.h"

using namespace wald;
using tests::kWal;
using tests::WaldProgram;

namespace {

spec::Genesis two_accounts() {
  return tests::chain_genesis({{"ann", 1'000 * kWal}, {"bob", kWal}});
}

// A client of one account that counts its nonces itself.
class Sender {
 public:
  Sender(const spec::Genesis& document, const std::string& url)
      : signer_(document), url_(url), remote_(url, 5'000) {}

  net::Response submit() {
    net::Ask ask;
    ask.method = net::Method::kPost;
    ask.url = url_ + "/v1/txs";
    ask.headers = {{"content-type", "application/octet-stream"}};
    const auto envelope = signer_.sign_at("ann", tests::transfer("bob", 1), nonce_, 1'000'000);
    ask.body = base::string_of(envelope);
    ask.timeout_ms = 5'000;
    auto answer = client_.request(ask);
    if (!answer.ok()) return {};
    if (answer->status == 202) ++nonce_;
    return *std::move(answer);
  }
  // Submitted and in a block: its digest and height.
  std::pair<std::string, std::uint64_t> commit() {
    const auto answer = submit();
    INFO(answer.body);
    REQUIRE(answer.status == 202);
    const auto json = boost::json::parse(answer.body);
    const std::string digest(json.at("data").at("digest").as_string());
    const auto result = remote_.get("/v1/txs/" + digest + "?wait=10s");
    REQUIRE(result.ok());
    REQUIRE(*client::text_at(result->data, "state") == "committed");
    return {digest, *client::number_at(result->data, "height")};
  }
  std::uint64_t height_of(const std::string& digest) {
    const auto result = remote_.get("/v1/txs/" + digest);
    return result.ok() ? *client::number_at(result->data, "height") : 0;
  }
  net::Response get(const std::string& path) {
    net::Ask ask;
    ask.url = url_ + path;
    ask.timeout_ms = 5'000;
    auto answer = client_.request(ask);
    return answer.ok() ? *std::move(answer) : net::Response{};
  }

 private:
  tests::World signer_;
  std::string url_;
  client::Remote remote_;
  net::Client client_;
  std::uint64_t nonce_ = 0;
};

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A folder in which a node has committed three blocks and stopped well.
struct Stopped {
  Stopped() {
    node.start();
    REQUIRE(node.wait_until_up());
    Sender sender(document, node.url());
    for (int i = 0; i < 3; ++i) sender.commit();
    REQUIRE(node.stop() == 0);
  }
  tests::Said audit() const {
    return tests::wald({"audit", "--genesis", node.genesis(), "--data-dir", node.data()});
  }
  std::string segment() const {
    return node.data() + "/log/" + os::list_dir(node.data() + "/log").value().at(0);
  }
  spec::Genesis document = two_accounts();
  WaldProgram node{document};
};

}  // namespace

TEST_CASE("run: a write or sync that fails in a commit ends it, and nothing acknowledged is lost",
          "[node][app][rule:EN-3]") {
  const auto document = two_accounts();
  WaldProgram node(document);
  Sender sender(document, node.url());
  std::map<std::string, std::uint64_t> told;
  for (const std::string fault : {"pwrite /log/", "fdatasync /log/"}) {
    node.start();
    REQUIRE(node.wait_until_up());
    for (int i = 0; i < 3; ++i) told.insert(sender.commit());
    node.fail_calls(fault);
    REQUIRE(node.wait_for_end() == 1);
    INFO(node.log());
    REQUIRE(holds(node.log(), "wald: "));
    REQUIRE(holds(node.log(), node.data() + "/log/"));
    node.fail_calls("");
  }
  node.start();
  REQUIRE(node.wait_until_up());
  for (const auto& [digest, height] : told) REQUIRE(sender.height_of(digest) == height);
  told.insert(sender.commit());
  // A checkpoint that cannot be written while it stops costs nothing but the time of the replay.
  node.fail_calls("fdatasync /state/");
  REQUIRE(node.stop() == 1);
  REQUIRE(holds(node.log(), "the last checkpoint was not written"));
  node.fail_calls("");
  node.start();
  REQUIRE(node.wait_until_up());
  for (const auto& [digest, height] : told) REQUIRE(sender.height_of(digest) == height);
  REQUIRE(node.stop() == 0);
}

TEST_CASE("run: a full disk is 503 with what to do, and goes by itself", "[node][app][rule:EN-4]") {
  const auto document = two_accounts();
  WaldProgram node(document);
  Sender sender(document, node.url());
  node.start();
  REQUIRE(node.wait_until_up());
  const auto before = sender.commit();
  node.fail_calls("statfs /data");
  net::Response refused;
  for (int i = 0; i < 1'000 && refused.status != 503; ++i) refused = sender.submit();
  REQUIRE(refused.status == 503);
  REQUIRE(holds(refused.body, "\"reason\":\"STORE_UNAVAILABLE\""));
  REQUIRE(holds(refused.body, "\"domain\":\"ledger.wald\""));
  REQUIRE(holds(refused.body, "MiB left (stop below 256 MiB): free some"));
  REQUIRE(refused.header("retry-after") == "5");
  const auto ready = sender.get("/v1/readyz?verbose");
  REQUIRE(ready.status == 503);
  REQUIRE(holds(ready.body, "free some"));
  REQUIRE(sender.get("/v1/livez").status == 200);
  REQUIRE(sender.height_of(before.first) == before.second);  // reads go on
  node.fail_calls("");
  net::Response taken;
  for (int i = 0; i < 10'000 && taken.status != 202; ++i) taken = sender.submit();
  REQUIRE(taken.status == 202);
  const std::string digest(boost::json::parse(taken.body).at("data").at("digest").as_string());
  REQUIRE(sender.get("/v1/txs/" + digest + "?wait=10s").status == 200);
  sender.commit();
  REQUIRE(sender.get("/v1/readyz").status == 200);
  REQUIRE(node.stop() == 0);
}

TEST_CASE("run: a second process on the folder is refused and told who holds it",
          "[node][app][rule:EN-3]") {
  WaldProgram node(two_accounts());
  node.start();
  REQUIRE(node.wait_until_up());
  const auto second = tests::wald({"run", "--config", node.config()});
  REQUIRE(second.code == 1);
  REQUIRE(holds(second.text, node.data() + "/lock is held by boot "));
  REQUIRE(holds(second.text, "stop that one first"));
  // Its log may be read meanwhile; the checkpoint is left alone.
  const auto audit = tests::wald({"audit", "--genesis", node.genesis(), "--data-dir", node.data()});
  INFO(audit.text);
  REQUIRE(audit.code == 0);
  REQUIRE(holds(audit.text, "the checkpoint is not looked at"));
  REQUIRE(node.stop() == 0);
}

TEST_CASE("run: wrong configuration keys exit 2, each with its place and the nearest name",
          "[node][app][rule:IF-15]") {
  WaldProgram node(two_accounts());
  node.configure("capcity = 1\nmapSise = \"1GiB\"\n[stroage]\ncapacity = \"1GiB\"\n");
  for (const std::string verb : {"run", "config-check"}) {
    const auto said = tests::wald({verb, "--config", node.config()});
    INFO(said.text);
    REQUIRE(said.code == 2);
    REQUIRE(holds(said.text, node.config() + ":"));
    REQUIRE(holds(said.text, "store.capcity"));
    REQUIRE(holds(said.text, "did you mean \"store.mapSize\"?"));
    REQUIRE(holds(said.text, "stroage"));
  }
  REQUIRE_FALSE(os::exists(node.data()));
}

TEST_CASE("run: a damaged log or checkpoint refuses the start, names the file and what to do",
          "[node][app][rule:EN-3]") {
  Stopped stopped;
  SECTION("log") {
    tests::flip_byte(stopped.segment(), 150);
    stopped.node.start();
    REQUIRE(stopped.node.wait_for_end() == 1);
    REQUIRE(holds(stopped.node.log(), stopped.segment() + ": bad record"));
    REQUIRE(holds(stopped.node.log(), "put back an intact copy of log/"));
  }
  SECTION("checkpoint") {
    const std::string file = stopped.node.data() + "/state/data.mdb";
    os::File::open(file, os::Open::kReadWrite).value().truncate(20'000).value();
    stopped.node.start();
    REQUIRE(stopped.node.wait_for_end() == 1);
    REQUIRE(holds(stopped.node.log(), file));
    REQUIRE(holds(stopped.node.log(), "move the folder state/ away"));
    os::remove_tree(stopped.node.data() + "/state").value();
    stopped.node.start();
    REQUIRE(stopped.node.wait_until_up());
    REQUIRE(stopped.node.stop() == 0);
  }
}

TEST_CASE("run: a torn last record is cut off, and the start goes on", "[node][app][rule:EN-3]") {
  Stopped stopped;
  base::Bytes bytes = os::read_file(stopped.segment(), 2u << 20).value();
  while (bytes.back() == 0) bytes.pop_back();
  tests::flip_byte(stopped.segment(), bytes.size() - 4);
  // The checkpoint of the stop holds that block: it would rightly miss it.
  os::remove_tree(stopped.node.data() + "/state").value();
  stopped.node.start();
  REQUIRE(stopped.node.wait_until_up());
  REQUIRE(stopped.node.stop() == 0);
  REQUIRE(stopped.audit().code == 0);
}

TEST_CASE("audit: whole data exit 0, tampered ones 10 with the first thing that is wrong",
          "[node][app][rule:A-33]") {
  Stopped stopped;
  {
    const auto whole = stopped.audit();
    INFO(whole.text);
    REQUIRE(whole.code == 0);
    REQUIRE(holds(whole.text, "every law holds"));
    REQUIRE(holds(whole.text, "I1 ok, "));
  }
  SECTION("a flipped byte of the log") {
    tests::flip_byte(stopped.segment(), 150);
    const auto said = stopped.audit();
    REQUIRE(said.code == 10);
    REQUIRE(holds(said.text, stopped.segment()));
  }
  SECTION("a checkpoint cut short") {
    const std::string file = stopped.node.data() + "/state/data.mdb";
    os::File::open(file, os::Open::kReadWrite).value().truncate(20'000).value();
    const auto cut = stopped.audit();
    REQUIRE(cut.code == 10);
    REQUIRE(holds(cut.text, "the checkpoint is damaged"));
  }
  SECTION("another genesis") {
    WaldProgram other(tests::chain_genesis({{"eve", kWal}}));
    const auto said =
        tests::wald({"audit", "--genesis", other.genesis(), "--data-dir", stopped.node.data()});
    REQUIRE(said.code == 10);
    REQUIRE(holds(said.text, "another chain"));
  }
  SECTION("no such folder") {
    const std::string nowhere = stopped.node.data() + "-gone";
    for (const std::string verb : {"audit", "replay"})
      REQUIRE(
          tests::wald({verb, "--genesis", stopped.node.genesis(), "--data-dir", nowhere}).code ==
          3);
    REQUIRE_FALSE(os::exists(nowhere));
  }
}

TEST_CASE("audit and replay: a log with good checks and one changed header field is exit 10",
          "[node][app][rule:EN-5]") {
  tests::CoreRig rig;
  std::vector<base::Bytes> records;
  {
    const auto core = rig.open();
    for (std::uint64_t i = 0; i < 3; ++i) REQUIRE(rig.block(*core, {rig.envelope(i)}).ok());
    for (std::uint64_t h = 1; h <= 3; ++h) records.push_back(core->block(base::Height(h)).value());
  }
  os::write_file_atomic(rig.dir / "genesis.bin", wire::write_canonical(rig.document)).value();
  const auto judge = [&](const std::function<void(core::Staged&)>& change, bool sign_again) {
    auto record = core::parse_block_record(records.at(1)).value();
    core::Staged staged{record.input, record.input_bytes, record.header, {}};
    change(staged);
    auto signature = record.signature;
    if (sign_again) signature = rig.sign(staged.header);
    if (!sign_again) signature[5] ^= 1;
    const tests::TempDir dir;
    {
      store::BlockLogOptions options;
      options.dir = dir / "log";
      options.chain = rig.genesis.chain;
      options.segment_bytes = 1u << 20;
      const auto log = store::BlockLog::open(options).value();
      log->append(base::Height(1), records.at(0)).value();
      log->append(base::Height(2), core::encode_block_record(staged, signature)).value();
      log->append(base::Height(3), records.at(2)).value();
    }
    const auto audit =
        tests::wald({"audit", "--genesis", rig.dir / "genesis.bin", "--data-dir", dir.path()});
    const auto replay =
        tests::wald({"replay", "--genesis", rig.dir / "genesis.bin", "--data-dir", dir.path()});
    REQUIRE(audit.code == 10);
    REQUIRE(replay.code == 10);
    REQUIRE(holds(audit.text, "height 2 "));
    return audit.text;
  };
  REQUIRE(
      holds(judge([](auto& s) { s.header.state_root = base::blake2b({}); }, true), "gives root"));
  REQUIRE(holds(judge([](auto& s) { s.header.receipts_hash = base::blake2b({}); }, true),
                "other receipts"));
  REQUIRE(
      holds(judge([](auto& s) { s.header.event_head = base::blake2b({}); }, true), "other events"));
  REQUIRE(holds(judge([](auto& s) { s.header.previous = base::blake2b({}); }, true),
                "does not follow"));
  REQUIRE(holds(judge([](auto& s) { s.header.input_hash = base::blake2b({}); }, true),
                "another input"));
  REQUIRE(holds(judge([](auto& s) { s.header.time = base::TimeMs(7); }, true),
                "another chain or time"));
  REQUIRE(holds(judge([](auto&) {}, false), "is not signed by the sequencer"));
}

TEST_CASE("run: a follower whose sequencer serves a wrong root stops following and says so",
          "[node][app][rule:EN-5]") {
  tests::CoreRig liar;
  const auto core = liar.open();
  core::Staged staged = core->execute(liar.input(*core, {liar.envelope(0)}));
  staged.header.state_root = base::blake2b({});
  const tests::FakeUpstream upstream(core::encode_block_record(staged, liar.sign(staged.header)));

  WaldProgram follower(liar.document, upstream.url());
  follower.start();
  REQUIRE(follower.wait_until_up());
  Sender reader(liar.document, follower.url());
  std::string ready;
  for (int i = 0; i < 10'000 && !holds(ready, "our state root is"); ++i)
    ready = reader.get("/v1/readyz?verbose").body;
  REQUIRE(holds(ready, "height 1: our state root is 0x"));
  REQUIRE(reader.get("/v1/readyz").status == 503);
  REQUIRE(holds(reader.get("/v1/status").body, "\"height\":\"0\""));  // reads go on
  REQUIRE(holds(follower.log(), upstream.url() + " serves a block that is not ours"));
  REQUIRE(holds(follower.log(), "wald audit"));
  REQUIRE(follower.stop() == 0);
}
