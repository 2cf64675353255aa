// SPDX-License-Identifier: Apache-2.0
#include "node/storage/routes.h"

#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "tests/node/storage/rig.h"

using namespace wald;
using namespace wald::tests;
using codec::Axis;
using net::Method;

namespace {

struct Sample : KnownBlob {
  base::Bytes sliver_bytes(std::uint32_t pair, Axis axis) const {
    const auto whole = blob.pair(pair);
    return shape::bcs::to_bytes(axis == Axis::kPrimary ? whole.primary : whole.secondary);
  }
  std::string at(std::uint32_t pair, Axis axis, const std::string& rest = "") const {
    return blob_path(id(), "/slivers/" + std::to_string(pair) +
                               (axis == Axis::kPrimary ? "/primary" : "/secondary") + rest);
  }
  base::Bytes metadata_bytes() const { return shape::bcs::without_id(blob.metadata()); }
};

const std::string kStored = "{\"success\":{\"code\":200,\"data\":\"stored\"}}";
const std::string kAbsent = "{\"success\":{\"code\":200,\"data\":\"nonexistent\"}}";

}  // namespace

TEST_CASE("storage routes: metadata and slivers go in, come out equal, and say so",
          "[node][storage][rule:K-21]") {
  Sample s;
  RigNode& node = s.holder(s.id(), 2);
  REQUIRE(ask(Method::kGet, node.url(blob_path(s.id(), "/metadata/status"))).body == kAbsent);
  REQUIRE(refused(ask(Method::kGet, node.url(blob_path(s.id(), "/metadata"))), 404,
                  "METADATA_NOT_FOUND"));
  const std::string metadata = node.url(blob_path(s.id(), "/metadata"));
  REQUIRE(ask(Method::kPut, metadata, s.metadata_bytes()).status == 201);
  REQUIRE(ask(Method::kPut, metadata, s.metadata_bytes()).status == 200);
  REQUIRE(ask(Method::kGet, node.url(blob_path(s.id(), "/metadata/status"))).body == kStored);
  REQUIRE(ask(Method::kGet, metadata).body ==
          base::as_text(shape::bcs::to_bytes(s.blob.metadata())));
  for (const Axis axis : {Axis::kPrimary, Axis::kSecondary}) {
    REQUIRE(ask(Method::kGet, node.url(s.at(2, axis, "/status"))).body == kAbsent);
    REQUIRE(refused(ask(Method::kGet, node.url(s.at(2, axis))), 404, "SLIVER_NOT_FOUND"));
    REQUIRE(ask(Method::kPut, node.url(s.at(2, axis)), s.sliver_bytes(2, axis)).status == 201);
    REQUIRE(ask(Method::kPut, node.url(s.at(2, axis)), s.sliver_bytes(2, axis)).status == 200);
    REQUIRE(ask(Method::kGet, node.url(s.at(2, axis, "/status"))).body == kStored);
    REQUIRE(ask(Method::kGet, node.url(s.at(2, axis))).body ==
            base::as_text(s.sliver_bytes(2, axis)));
  }
  // The same after the node was restarted.
  node.stop();
  node.open_store();
  node.start();
  REQUIRE(ask(Method::kGet, node.url(s.at(2, Axis::kPrimary))).body ==
          base::as_text(s.sliver_bytes(2, Axis::kPrimary)));
}

TEST_CASE(
    "storage routes: an upload before its registration, or of an ended or invalid blob, is "
    "refused",
    "[node][storage][rule:SN-2]") {
  Sample s;
  RigNode& node = s.holder(s.id(), 0);
  const codec::Encoded other = codec::encode(s.codec(), random_bytes(9, 100)).value();
  const base::BlobId& id = other.metadata().blob_id;
  const std::string url = node.url(blob_path(id, "/metadata"));
  const base::Bytes body = shape::bcs::without_id(other.metadata());
  REQUIRE(refused(ask(Method::kPut, url, body), 400, "NOT_REGISTERED"));
  REQUIRE(refused(ask(Method::kPut, url + "?pending=true", body), 400, "CACHE_SATURATED"));
  const auto path = s.holder(id, 1).url(blob_path(id, "/slivers/1/primary"));
  REQUIRE(refused(ask(Method::kPut, path, shape::bcs::to_bytes(other.pair(1).primary)), 400,
                  "NOT_REGISTERED"));
  s.state.set_blob(id, permanent_blob(100, 1));  // ended with epoch 1
  REQUIRE(refused(ask(Method::kPut, url, body), 400, "NOT_REGISTERED"));
  ledger::BlobIdRecord invalid = permanent_blob(100, 9);
  invalid.invalid = true;
  s.state.set_blob(id, invalid);
  REQUIRE(refused(ask(Method::kPut, url, body), 400, "INVALID_BLOB"));
  s.state.set_blob(id, permanent_blob(100, 9));
  REQUIRE(ask(Method::kPut, url, body).status == 201);
}

TEST_CASE("storage routes: metadata that are not those of the id are refused",
          "[node][storage][rule:K-21]") {
  Sample s;
  const std::string url = s.node(0).url(blob_path(s.id(), "/metadata"));
  base::Bytes wrong = s.metadata_bytes();
  wrong.back() = static_cast<std::uint8_t>(wrong.back() ^ 1);
  REQUIRE(refused(ask(Method::kPut, url, wrong), 400, "INVALID_METADATA"));
  base::Bytes retired = s.metadata_bytes();
  retired[1] = 0;
  REQUIRE(refused(ask(Method::kPut, url, retired), 400, "UNSUPPORTED_ENCODING_TYPE"));
  base::Bytes cut = s.metadata_bytes();
  cut.pop_back();
  REQUIRE(refused(ask(Method::kPut, url, cut), 400, "INVALID_CONTENT_TYPE"));
  const codec::Codec ten = codec::Codec::make(10).value();
  const auto other = codec::describe(ten, random_bytes(3, 5'000)).value();
  REQUIRE(ask(Method::kPut, url, shape::bcs::without_id(other)).status == 413);  // longer than any
  base::Bytes longer = s.metadata_bytes();
  longer.push_back(0);
  REQUIRE(ask(Method::kPut, url, longer).status == 413);
  REQUIRE_FALSE(s.node(0).store().has_metadata(s.id()));
}

TEST_CASE("storage routes: wrong ids, indices, types and shards are named",
          "[node][storage][rule:K-5]") {
  Sample s;
  RigNode& mine = s.holder(s.id(), 3);
  const auto get = [&](const std::string& path) { return ask(Method::kGet, mine.url(path)); };
  REQUIRE(refused(get("/v1/blobs/abc/metadata"), 400, "INVALID_ID_FORMAT"));
  REQUIRE(refused(get("/v1/blobs/" + std::string(43, '-') + "/status"), 400, "INVALID_ID_FORMAT"));
  REQUIRE(refused(get(blob_path(s.id(), "/slivers/7/primary")), 400, "INDEX_OUT_OF_RANGE"));
  REQUIRE(refused(get(blob_path(s.id(), "/slivers/x/primary")), 400, "INDEX_OUT_OF_RANGE"));
  REQUIRE(refused(get(blob_path(s.id(), "/slivers/-1/primary")), 400, "INDEX_OUT_OF_RANGE"));
  REQUIRE(refused(get(blob_path(s.id(), "/slivers/3/tertiary")), 400, "INVALID_SLIVER_TYPE"));
  std::uint32_t foreign = 0;
  while (&s.holder(s.id(), foreign) == &mine) ++foreign;
  REQUIRE(refused(get(s.at(foreign, Axis::kPrimary)), 400, "SHARD_NOT_ASSIGNED"));
  REQUIRE(refused(get(s.at(foreign, Axis::kPrimary, "/status")), 400, "SHARD_NOT_ASSIGNED"));
  REQUIRE(refused(ask(Method::kPut, mine.url(s.at(foreign, Axis::kPrimary)),
                      s.sliver_bytes(foreign, Axis::kPrimary)),
                  400, "SHARD_NOT_ASSIGNED"));
}

TEST_CASE("storage routes: slivers that do not match are refused and not kept",
          "[node][storage][rule:K-21]") {
  Sample s;
  RigNode& node = s.holder(s.id(), 1);
  const std::string url = node.url(s.at(1, Axis::kPrimary));
  REQUIRE(refused(ask(Method::kPut, url, s.sliver_bytes(1, Axis::kPrimary)), 400,
                  "METADATA_NOT_FOUND"));
  REQUIRE(ask(Method::kPut, node.url(blob_path(s.id(), "/metadata")), s.metadata_bytes()).status ==
          201);
  REQUIRE(refused(ask(Method::kPut, url, s.sliver_bytes(2, Axis::kPrimary)), 400,
                  "SLIVER_INDEX_MISMATCH"));
  REQUIRE(refused(ask(Method::kPut, url, base::as_bytes("nonsense")), 400, "INVALID_CONTENT_TYPE"));
  shape::SliverData data = s.blob.pair(1).primary;
  data.body[7] = static_cast<std::uint8_t>(data.body[7] ^ 1);
  REQUIRE(refused(ask(Method::kPut, url, shape::bcs::to_bytes(data)), 400, "INVALID_SLIVER"));
  data.body.resize(data.body.size() - 2);
  REQUIRE(refused(ask(Method::kPut, url, shape::bcs::to_bytes(data)), 400, "INVALID_SLIVER"));
  data.body.resize(data.body.size() + 4);
  REQUIRE(refused(ask(Method::kPut, url, shape::bcs::to_bytes(data)), 400, "SLIVER_TOO_LARGE"));
  data = s.blob.pair(1).primary;
  data.symbol_size = static_cast<std::uint16_t>(data.symbol_size + 2);
  REQUIRE(refused(ask(Method::kPut, url, shape::bcs::to_bytes(data)), 400, "INVALID_SLIVER"));
  // The sliver of the other axis has the same index only by chance; its bytes never fit.
  REQUIRE(ask(Method::kPut, url, s.sliver_bytes(1, Axis::kSecondary)).status == 400);
  REQUIRE(node.store().slivers(s.id()).empty());
}

TEST_CASE("storage routes: a full disk is 503, and the upload succeeds once there is room",
          "[node][storage][rule:K-28]") {
  Sample s;
  RigNode& node = s.holder(s.id(), 0);
  const std::string url = node.url(blob_path(s.id(), "/metadata"));
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const rlimit small{16, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const net::Response reply = ask(Method::kPut, url, s.metadata_bytes());
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  REQUIRE(refused(reply, 503, "STORE_UNAVAILABLE"));
  REQUIRE(reply.header("retry-after") == "5");
  REQUIRE(ask(Method::kPut, url, s.metadata_bytes()).status == 201);
}

TEST_CASE("storage routes: while a round asks, reads are gated and uploads go on",
          "[node][storage][rule:O-36]") {
  Sample s;
  s.fill(s.blob);
  RigNode& node = s.holder(s.id(), 4);
  const base::NodeId member = s.node(1).id();
  node.peer_of = [&](const net::Request& request) -> std::optional<base::NodeId> {
    if (request.header("authorization") == "member") return member;
    return id_of<base::NodeId>(99);
  };
  node.stop();
  node.start();
  const std::string sliver = node.url(s.at(4, Axis::kPrimary));
  const std::string symbols =
      node.url(blob_path(s.id(), "/recoverySymbols?targetSliver=0&targetType=primary"));
  const net::Pairs as_member{{"Authorization", "member"}};
  node.gate().freeze();
  for (const std::string& url : {sliver, symbols}) {
    const auto reply = ask(Method::kGet, url, {}, as_member);
    REQUIRE(refused(reply, 503, "PROOF_GATE"));
    REQUIRE(reply.header("retry-after") == "1");
    REQUIRE(ask(Method::kGet, url).status == 200);
    REQUIRE(ask(Method::kGet, url, {}, {{"Authorization", "stranger"}}).status == 200);
  }
  node.gate().commit({s.id()});
  for (const std::string& url : {sliver, symbols})
    REQUIRE(refused(ask(Method::kGet, url), 503, "PROOF_GATE"));
  REQUIRE(ask(Method::kGet, node.url(blob_path(s.id(), "/metadata"))).status == 200);
  REQUIRE(ask(Method::kPut, sliver, s.sliver_bytes(4, Axis::kPrimary)).status == 200);
  node.gate().open();
  REQUIRE(ask(Method::kGet, sliver, {}, as_member).status == 200);
}

TEST_CASE(
    "storage routes: after a change the earlier holder still reads, the new one is written to",
    "[node][storage][rule:SN-3]") {
  Sample s;
  s.fill(s.blob);
  RigNode& before = s.holder(s.id(), 0);
  s.set_committee(2, 1);
  s.state.set_epoch(2);
  const std::string path = s.at(0, Axis::kPrimary);
  REQUIRE(ask(Method::kGet, before.url(path)).status == 200);
  REQUIRE(refused(ask(Method::kPut, before.url(path), s.sliver_bytes(0, Axis::kPrimary)), 400,
                  "SHARD_NOT_ASSIGNED"));
  s.set_committee(3, 1);
  s.state.set_epoch(3);
  REQUIRE(refused(ask(Method::kGet, before.url(path)), 400, "SHARD_NOT_ASSIGNED"));
}
