// SPDX-License-Identifier: Apache-2.0
// What the storage routes share: reading ids and places out of a request, success and error
// replies. Private to this folder.
#pragma once

#include "codec/base/result.h"
#include "node/net/errors.h"
#include "node/net/router.h"
#include "node/storage/storage_node.h"

namespace wald::storage {

using net::Request;
using net::Response;
using net::Status;
template <class T>
using Answer = base::Result<T, Response>;  // the value, or what to answer instead

Response refuse(Status status, std::string_view reason, std::string_view message,
                const net::Pairs& metadata = {});
// {"success":{"code":C,"data":DATA}}; data is JSON.
Response success(int code, std::string_view data);
Response bcs_reply(base::ByteView bytes);
// 503 with Retry-After: the disk said no.
Response store_failed(const os::IoError& error);

Answer<base::BlobId> blob_of(const Request& request);  // INVALID_ID_FORMAT
std::string blob_text(const base::BlobId& blob);

// A sliver as a path names it: pair index and type.
struct Place {
  base::BlobId blob;
  base::PairIndex pair;
  SliverName sliver;
  base::ShardIndex shard;
};
// INDEX_OUT_OF_RANGE, INVALID_SLIVER_TYPE.
Answer<Place> place_of(const StorageNode& node, const Request& request);
std::optional<codec::Axis> parse_axis(std::string_view text);
std::optional<std::uint32_t> parse_number(std::string_view text);

// To be written to: of the running committee. To be read from: that, or the one before.
bool may_store(const StorageNode& node, const LedgerMoment& moment, base::ShardIndex shard);
bool may_serve(const StorageNode& node, const LedgerMoment& moment, base::ShardIndex shard);
Response not_assigned(base::ShardIndex shard);

// Nothing, if the gate lets an answer about this blob out to this asker (O-36).
std::optional<Response> gate_refusal(const StorageNode& node, const LedgerMoment& moment,
                                     const Request& request, const base::BlobId& blob);
// Counts what goes out.
Response through_gate(const StorageNode& node, Response response);

void add_upload_routes(net::Router& router, const StorageNode& node);
void add_read_routes(net::Router& router, const StorageNode& node);
void add_status_routes(net::Router& router, const StorageNode& node);
void add_recovery_routes(net::Router& router, const StorageNode& node);

net::Route storage_route(net::Method method, const std::string& pattern, net::LimitClass limit,
                         std::function<Response(const Request&)> handler,
                         const std::string& summary);

}  // namespace wald::storage
