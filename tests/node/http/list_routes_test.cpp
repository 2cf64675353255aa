// SPDX-License-Identifier: Apache-2.0
// Lists of blocks and transactions, lists as CSV, and the log as server-sent events.
#include <atomic>
#include <catch2/catch.hpp>
#include <set>
#include <thread>

#include "ledger/wire/canonical.h"
#include "node/reflect/value.h"
#include "tests/node/http/test_chain.h"

using namespace wald;
using namespace wald::tests;

namespace {

std::string id_of(const std::string& name) {
  return reflect::bytes_text(spec::KIND_ACCOUNT, account_of(name).view());
}

void pay(TestChain& chain, const std::string& from, const std::string& to) {
  REQUIRE(chain.submit(chain.sign(from, transfer(to, kWal))).status == 202);
  chain.block();
}

// Payments from now on, a block for each, on a thread of its own.
class Traffic {
 public:
  Traffic(TestChain& chain, std::vector<std::pair<std::string, std::string>> pairs)
      : thread_([this, &chain, pairs = std::move(pairs)] {
          for (std::size_t i = 0; !stop_; i = (i + 1) % pairs.size()) {
            chain.submit(chain.sign(pairs[i].first, transfer(pairs[i].second, 1'000)));
            chain.block();
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
          }
        }) {}
  ~Traffic() {
    stop_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find("\r\n", at);
    REQUIRE(end != std::string::npos);
    out.push_back(text.substr(at, end - at));
    at = end + 2;
  }
  return out;
}

// All rows of a list, read page by page.
std::vector<boost::json::value> pages(TestChain& chain, const std::string& path, int limit) {
  std::vector<boost::json::value> out;
  std::string cursor;
  for (;;) {
    std::string target = path;
    target.append("limit=").append(std::to_string(limit)).append(cursor);
    const Answer page = chain.get(target);
    REQUIRE(page.status == 200);
    const auto& rows = page.json.at("data").as_array();
    REQUIRE(rows.size() <= static_cast<std::size_t>(limit));
    out.insert(out.end(), rows.begin(), rows.end());
    const auto& next = page.json.at("page").at("next");
    if (next.is_null()) return out;
    cursor = "&cursor=" + std::string(next.as_string());
  }
}

// Messages of a stream until `done` says so, the last one whole.
std::string read_stream(const std::string& url, const std::function<bool(const std::string&)>& done,
                        const net::Pairs& headers = {}) {
  net::Client client;
  std::string out;
  net::Ask ask{net::Method::kGet, url};
  ask.headers = headers;
  const auto head = client.stream(ask, [&](std::string_view bytes) {
    out += bytes;
    return !out.ends_with("\n\n") || !done(out);
  });
  REQUIRE(head.ok());
  REQUIRE(head->status == 200);
  REQUIRE(head->content_type == "text/event-stream");
  return out;
}

std::size_t times(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

}  // namespace

TEST_CASE("blocks and txs: the newest first, every page once, while blocks go on", "[http]") {
  TestChain chain(chain_genesis({{"ann", 90 * kWal}, {"bob", 90 * kWal}, {"cat", kWal}}));
  std::vector<std::string> digests;
  for (int i = 0; i < 7; ++i) {
    for (const char* who : {"ann", "bob"}) {
      const Answer sent = chain.submit(chain.sign(who, transfer("cat", kWal)));
      REQUIRE(sent.status == 202);
      digests.emplace_back(sent.json.at("data").at("digest").as_string());
    }
    chain.block();
    chain.block();  // an empty one
  }
  const Answer first = chain.get("/v1/txs?limit=3");
  const std::string next(first.json.at("page").at("next").as_string());
  chain.block();
  pay(chain, "ann", "bob");
  const auto rest = pages(chain, "/v1/txs?before=15&", 3);
  std::vector<std::string> seen;
  seen.reserve(rest.size());
  for (const auto& row : rest) seen.emplace_back(row.at("digest").as_string());
  std::vector<std::string> expected(digests.rbegin(), digests.rend());
  REQUIRE(seen == expected);
  // The cursor of a list that began earlier goes on where it was.
  const Answer second = chain.get("/v1/txs?limit=3&cursor=" + next);
  REQUIRE(second.json.at("data").at(0).at("digest").as_string() == expected.at(3));
  const auto& row = rest.front();
  CHECK(row.at("type").as_string() == "transfer");
  CHECK(row.at("state").as_string() == "committed");
  CHECK(row.at("code").as_string() == "OK");
  CHECK(row.at("sender").as_string() == id_of("bob"));
  const Answer one = chain.get("/v1/txs/" + expected.front());
  for (const char* same : {"digest", "height", "index", "fee", "firstEvent", "events", "code"})
    CHECK(one.json.at("data").at(same) == row.at(same));
  const auto mine = pages(chain, "/v1/txs?before=15&sender=" + id_of("ann") + "&", 2);
  REQUIRE(mine.size() == 7);
  for (const auto& each : mine) CHECK(each.at("sender").as_string() == id_of("ann"));

  const auto blocks = pages(chain, "/v1/blocks?", 4);
  REQUIRE(blocks.size() == chain.core().head().height.value());
  for (std::size_t i = 0; i < blocks.size(); ++i)
    CHECK(blocks[i].at("height").as_string() == std::to_string(blocks.size() - i));
  const Answer header = chain.get("/v1/headers/3");
  CHECK(blocks.at(blocks.size() - 3).at("root") == header.json.at("data").at("root"));
  CHECK(blocks.at(blocks.size() - 2).at("hash") == header.json.at("data").at("previous"));
  CHECK(blocks.at(blocks.size() - 1).at("transactions") == 2);
  CHECK(chain.get("/v1/blocks?before=3").json.at("data").as_array().size() == 2);
  CHECK(chain.get("/v1/blocks?before=0").reason() == "INVALID_PARAMETER");
  CHECK(chain.get("/v1/txs?sender=0x1g").reason() == "INVALID_ID_FORMAT");
  CHECK(chain.get("/v1/blocks?cursor=" + next).reason() == "CURSOR_MISMATCH");
  CHECK(chain.get("/v1/txs?cursor=abc").reason() == "INVALID_CURSOR");
}

TEST_CASE(
    "txs: bytes that no block could take are rows of their own, and a long list says where "
    "it stopped",
    "[http]") {
  TestChain chain(chain_genesis({{"ann", 90 * kWal}, {"bob", kWal}}));
  chain.force({{1, 2, 3}, chain.sign("ann", transfer("bob", 1))});
  for (int i = 0; i < 600; ++i) chain.block();
  const Answer first = chain.get("/v1/txs");
  REQUIRE(first.json.at("data").as_array().empty());
  REQUIRE_FALSE(first.json.at("page").at("next").is_null());
  const auto rows = pages(chain, "/v1/txs?", 50);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].at("state").as_string() == "committed");
  CHECK(rows[1].at("state").as_string() == "dropped");
  CHECK(rows[1].at("type").as_string().empty());
  CHECK_FALSE(rows[1].as_object().contains("code"));
  CHECK_FALSE(rows[1].as_object().contains("digest"));
}

TEST_CASE("lists as csv: a header row, amounts in both units, and a link to the next page",
          "[http][rule:IF-3]") {
  TestChain chain(chain_genesis({{"ann", 90 * kWal}, {"bob", 10 * kWal}}));
  for (int i = 0; i < 3; ++i) pay(chain, "ann", "bob");
  const Answer txs = chain.get("/v1/txs?format=csv&limit=2");
  const auto lines = lines_of(txs.raw.body);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] ==
        "digest,height,index,time,sender,type,state,code,feeFrost,feeWal,firstEvent,events");
  CHECK(lines[1].find(",3,0,2023-") != std::string::npos);
  CHECK(lines[1].find(",transfer,committed,OK,") != std::string::npos);
  CHECK(txs.raw.header("etag") == "\"3\"");
  const std::string link(txs.raw.header("link"));
  REQUIRE(link.starts_with("</v1/txs?format=csv&limit=2&cursor="));
  REQUIRE(link.ends_with(">; rel=\"next\""));
  const Answer rest = chain.get(link.substr(1, link.find('>') - 1));
  CHECK(lines_of(rest.raw.body).size() == 2);
  CHECK(rest.raw.header("link").empty());
  // A cursor of the JSON form goes on in the other one.
  const std::string cursor(chain.get("/v1/txs?limit=2").json.at("page").at("next").as_string());
  CHECK(chain.get("/v1/txs?format=csv&limit=2&cursor=" + cursor).raw.body == rest.raw.body);

  const auto history =
      lines_of(chain.get("/v1/accounts/" + id_of("bob") + "/history?format=csv").raw.body);
  REQUIRE(history.size() == 4);
  CHECK(history[0].ends_with(
      ",kind,changeFrost,changeWal,beforeFrost,beforeWal,afterFrost,afterWal"));
  CHECK(history[3].ends_with(",transfer,1000000000,1,12000000000,12,13000000000,13"));
  const auto spent =
      lines_of(chain.get("/v1/accounts/" + id_of("ann") + "/history?format=csv").raw.body);
  CHECK(spent.back().find(",-1000000000,-1,") != std::string::npos);
  const auto events = lines_of(chain.get("/v1/events?format=csv&limit=1000").raw.body);
  CHECK(events.size() == 1 + chain.core().head().events);
  CHECK(events[0] == "seq,height,index,time,epoch,txDigest,type,rule,accounts,nodes,body");
  CHECK(chain.get("/v1/events?format=csv&wait=50ms&type=gov.danced").reason() ==
        "INVALID_PARAMETER");
  CHECK(chain.get("/v1/txs?format=CSV").reason() == "INVALID_PARAMETER");
}

TEST_CASE("events/stream: numbered messages that resume where a reader stopped",
          "[http][rule:IF-9]") {
  TestChain chain(chain_genesis({{"ann", 90 * kWal}, {"bob", 10 * kWal}}));
  for (int i = 0; i < 4; ++i) pay(chain, "ann", "bob");
  const std::uint64_t count = chain.core().head().events;
  const std::string url = chain.url() + "/v1/events/stream";
  const auto has = [](std::size_t n) {
    return [n](const std::string& text) { return times(text, "\ndata: ") >= n; };
  };
  const std::string all = read_stream(url + "?after=0", has(count));
  const Answer listed = chain.get("/v1/events?limit=1000");
  const auto& list = listed.json.at("data").as_array();
  std::size_t at = 0;
  for (const auto& event : list) {
    const std::string message = "id: " + std::string(event.at("seq").as_string()) +
                                "\nevent: " + std::string(event.at("type").as_string()) +
                                "\ndata: " + boost::json::serialize(event) + "\n\n";
    at = all.find(message, at);
    REQUIRE(at != std::string::npos);
  }
  // The header of a browser that comes back knows more than the address.
  const std::string last = std::to_string(count - 1);
  const std::string resumed = read_stream(url + "?after=0", has(1), {{"last-event-id", last}});
  CHECK(resumed.starts_with("id: " + std::to_string(count) + "\n"));
  CHECK(read_stream(url + "?after=" + last, has(1)) == resumed);
}

TEST_CASE("events/stream: without a number it begins now; filters hold, and comments carry on",
          "[http][rule:IF-9]") {
  TestChain chain(chain_genesis({{"ann", 90 * kWal}, {"bob", 10 * kWal}, {"cat", kWal}}));
  pay(chain, "ann", "bob");
  const std::string url = chain.url() + "/v1/events/stream";
  // A comment each 200 ms here, 15 s in a node.
  const std::string seq = std::to_string(chain.core().head().events);
  const std::string quiet = read_stream(url, [](const std::string& text) { return !text.empty(); });
  CHECK(quiet == ": " + seq + "\nid: " + seq + "\n\n");
  std::string got;
  {
    const Traffic traffic(chain, {{"ann", "bob"}, {"bob", "cat"}});  // the first passes it by
    got = read_stream(url + "?type=account.transferred&account=" + id_of("cat"),
                      [](const std::string& text) { return times(text, "\ndata: ") > 0; });
  }
  CHECK(got.find("event: account.transferred\n") != std::string::npos);
  CHECK(got.find(id_of("cat")) != std::string::npos);
  CHECK(times(got, "event: ") == times(got, "event: account.transferred\n"));
  for (const auto& [query, reason] :
       std::map<std::string, std::string>{{"?type=no.such", "INVALID_PARAMETER"},
                                          {"?after=x", "INVALID_PARAMETER"},
                                          {"?node=1", "INVALID_ID_FORMAT"},
                                          {"?wait=10s", "UNKNOWN_PARAMETER"}}) {
    const Answer refused = chain.get("/v1/events/stream" + query);
    CHECK(refused.status == 400);
    CHECK(refused.reason() == reason);
  }
  net::Client client;
  net::Ask odd{net::Method::kGet, url};
  odd.headers = {{"last-event-id", "seven"}};
  CHECK(client.request(odd)->status == 400);
}

TEST_CASE("events/stream: blocks that bring nothing for a reader do not put off its comments",
          "[http][rule:IF-9]") {
  TestChain chain(chain_genesis({{"ann", 90 * kWal}, {"bob", 10 * kWal}}));
  const Traffic traffic(chain, {{"ann", "bob"}});
  const std::string got =
      read_stream(chain.url() + "/v1/events/stream?type=token.burned",
                  [](const std::string& text) { return times(text, "\nid: ") >= 3; });
  CHECK(times(got, "data: ") == 0);
  // Each says more than the one before.
  std::uint64_t before = 0;
  for (auto at = got.find("\nid: "); at != std::string::npos; at = got.find("\nid: ", at + 1)) {
    const std::uint64_t seq = std::stoull(got.substr(at + 5));
    CHECK(seq > before);
    before = seq;
  }
}

TEST_CASE("events/stream: a long history that does not pass is walked in steps that can be resumed",
          "[http][rule:IF-9][rule:EN-27]") {
  TestChain chain(chain_genesis({{"ann", 90 * kWal}, {"bob", kWal}}));
  for (std::uint64_t nonce = 0; nonce < 2'100;) {
    std::vector<base::Bytes> block;
    for (int i = 0; i < 50; ++i) {
      spec::Body body = chain.body_of("ann", transfer("bob", 1));
      body.set_nonce(nonce++);
      block.push_back(chain.sign_body("ann", body));
    }
    chain.force(block);
  }
  REQUIRE(chain.core().head().events > 4'096);
  const std::string got = read_stream(
      chain.url() + "/v1/events/stream?after=0&type=token.minted&account=" + id_of("ann"),
      [](const std::string& text) { return times(text, "\nid: ") >= 2; });
  const std::string far =
      std::to_string(chain.core().events_of(account_of("ann"), 0, 4'096).back().record.seq());
  CHECK(got.starts_with(": " + far + "\nid: " + far + "\n\n"));
  CHECK(times(got, "data: ") == 0);

  // By type alone nothing else is looked at: one question, however long the rest is.
  pay(chain, "bob", "ann");
  REQUIRE(chain.submit(chain.sign("ann", burn(5))).status == 202);
  chain.block();
  const std::string newest = std::to_string(chain.core().head().events);
  const Answer none = chain.get("/v1/events?type=stake.*");
  CHECK(none.json.at("data").as_array().empty());
  CHECK(none.json.at("page").at("next").is_null());
  const Answer burns = chain.get("/v1/events?type=token.burned&limit=1000&after=4096");
  REQUIRE_FALSE(burns.json.at("data").as_array().empty());
  CHECK(burns.json.at("data").as_array().back().at("body").at("amount").as_string() == "5");
  CHECK(burns.json.at("page").at("next").is_null());
  // Two types side by side, in pages: all of both, in order, each once.
  std::vector<std::string> got_all, want;
  for (std::uint64_t seq = 1; seq <= chain.core().head().events; ++seq) {
    const auto record = chain.core().event(seq)->record;
    if (record.has_account_transferred() || record.has_token_burned())
      want.push_back(std::to_string(seq));
  }
  std::string next;
  for (int pages = 0; pages < 100; ++pages) {
    const Answer page = chain.get("/v1/events?type=token.burned,account.transferred&limit=600" +
                                  (next.empty() ? "" : "&cursor=" + next));
    for (const auto& line : page.json.at("data").as_array())
      got_all.emplace_back(line.at("seq").as_string());
    if (page.json.at("page").at("next").is_null()) break;
    next = std::string(page.json.at("page").at("next").as_string());
  }
  CHECK(want.size() > 2'100);
  CHECK(got_all == want);
}
