// SPDX-License-Identifier: Apache-2.0
// B/recoverySymbols: symbols with proofs, from which others rebuild a sliver (K-23). Asked either
// for single symbols (id=primary-secondary, several) or for all that this node has for one target
// sliver (targetSliver, targetType). proofAxis=primary|secondary keeps those whose proof runs along
// that axis. A sliver is read and its tree built once per request, whatever number of symbols.
// B/decodingSymbols: the same symbols for several target slivers of one axis, without proofs.
#include <algorithm>
#include <map>

#include "codec/recovery.h"
#include "node/storage/route_parts.h"
#include "node/storage/symbol_list.h"

namespace wald::storage {
namespace {

constexpr std::size_t kMaxIds = 256;

// One sliver of ours and the symbols asked of it.
using Wanted = std::map<SliverName, std::vector<std::uint32_t>>;

Answer<std::optional<codec::Axis>> axis_query(const Request& request, std::string_view name) {
  const auto text = request.query_value(name);
  if (!text) return std::optional<codec::Axis>();
  const auto axis = parse_axis(*text);
  if (!axis)
    return base::Err{refuse(Status::kInvalidArgument, "INVALID_SLIVER_TYPE",
                            "an axis is primary or secondary",
                            {{std::string(name), std::string(*text)}})};
  return axis;
}

Response index_refused(std::string_view text, std::uint32_t n) {
  return refuse(Status::kInvalidArgument, "INDEX_OUT_OF_RANGE",
                "a sliver index is below the number of shards",
                {{"index", std::string(text)}, {"max", std::to_string(n)}});
}

Response too_many(std::size_t most) {
  return refuse(Status::kInvalidArgument, "TOO_MANY_SYMBOLS", "too many symbols in one request",
                {{"max", std::to_string(most)}});
}

bool here(const StorageNode& node, const base::BlobId& blob, const SliverName& name) {
  return node.store.has_sliver(blob, name);
}

// Either sliver through the symbol will do.
void want_symbol(const StorageNode& node, const base::BlobId& blob, const shape::SymbolId& id,
                 std::optional<codec::Axis> proof_axis, Wanted& wanted) {
  const SliverName row{codec::Axis::kPrimary, id.primary.value()};
  const SliverName column{codec::Axis::kSecondary, id.secondary.value()};
  if (proof_axis != codec::Axis::kSecondary && here(node, blob, row))
    wanted[row].push_back(column.index);
  else if (proof_axis != codec::Axis::kPrimary && here(node, blob, column))
    wanted[column].push_back(row.index);
}

Answer<Wanted> wanted_by_ids(const StorageNode& node, const Request& request,
                             const base::BlobId& blob, std::optional<codec::Axis> proof_axis) {
  Wanted wanted;
  std::size_t count = 0;
  const std::uint32_t n = node.codec.params().n();
  for (const auto& [name, text] : request.query) {
    if (name != "id") continue;
    if (++count > kMaxIds) return base::Err{too_many(kMaxIds)};
    const auto id = shape::parse_symbol_id(text);
    if (!id || id->primary.value() >= n || id->secondary.value() >= n)
      return base::Err{index_refused(text, n)};
    want_symbol(node, blob, *id, proof_axis, wanted);
  }
  return wanted;
}

Answer<Wanted> wanted_by_target(const StorageNode& node, const Request& request,
                                const base::BlobId& blob, std::optional<codec::Axis> proof_axis) {
  const std::string_view text = *request.query_value("targetSliver");
  const std::uint32_t n = node.codec.params().n();
  const auto index = parse_number(text);
  if (!index || *index >= n) return base::Err{index_refused(text, n)};
  TRY_ASSIGN(const auto axis, axis_query(request, "targetType"));
  if (!axis)
    return base::Err{refuse(Status::kInvalidArgument, "INVALID_SLIVER_TYPE",
                            "targetType says which axis the target sliver is of")};
  Wanted wanted;
  if (proof_axis && *proof_axis == *axis) return wanted;  // those only the target itself proves
  for (const SliverName& name : node.store.slivers(blob))
    if (name.axis == shape::other(*axis)) wanted[name].push_back(*index);
  return wanted;
}

// Form was checked when the sliver was stored.
void append_symbols(const StorageNode& node, const codec::SliverView& sliver,
                    const std::vector<std::uint32_t>& targets,
                    std::vector<shape::GeneralRecoverySymbol>& out) {
  const codec::SliverTree tree = codec::SliverTree::build(node.codec, sliver);
  for (const std::uint32_t target : targets) {
    auto symbol = codec::recovery_symbol(node.codec, sliver, tree, target);
    WALD_CHECK(symbol.ok());
    out.push_back(codec::general_symbol({shape::other(sliver.axis), target}, *symbol));
  }
}

Response recovery_symbols(const StorageNode& node, const Request& request) {
  const auto blob = blob_of(request);
  if (!blob.ok()) return blob.error();
  const bool by_target = request.query_value("targetSliver").has_value();
  if (!by_target && !request.query_value("id"))
    return refuse(Status::kInvalidArgument, "NO_SYMBOLS_SPECIFIED",
                  "name symbols by id, or a target sliver");
  const auto proof_axis = axis_query(request, "proofAxis");
  if (!proof_axis.ok()) return proof_axis.error();
  const auto wanted = by_target ? wanted_by_target(node, request, *blob, *proof_axis)
                                : wanted_by_ids(node, request, *blob, *proof_axis);
  if (!wanted.ok()) return wanted.error();
  if (auto no = gate_refusal(node, node.registry.now(), request, *blob)) return *std::move(no);

  std::vector<shape::GeneralRecoverySymbol> symbols;
  for (const auto& [name, targets] : *wanted) {
    const auto sliver = node.store.sliver(*blob, name);
    if (!sliver.ok()) return store_failed(sliver.error());
    if (sliver->has_value())
      append_symbols(node, codec::view(name.axis, **sliver), targets, symbols);
  }
  if (symbols.empty())
    return refuse(Status::kInvalidArgument, "SYMBOL_NOT_PRESENT_AT_SHARDS",
                  "no sliver here crosses what was asked for", {{"blobId", blob_text(*blob)}});
  return through_gate(node, bcs_reply(to_bytes(symbols)));
}

Answer<std::vector<std::uint16_t>> targets_of(const StorageNode& node, const Request& request) {
  std::vector<std::uint16_t> out;
  const std::uint32_t n = node.codec.params().n();
  for (const auto& [name, text] : request.query) {
    if (name != "targetSlivers") continue;
    const auto index = parse_number(text);
    if (!index || *index >= n)
      return base::Err{refuse(Status::kInvalidArgument, "RECOVERY_SYMBOL_OUT_OF_RANGE",
                              "a sliver index is below the number of shards",
                              {{"index", text}, {"max", std::to_string(n)}})};
    const auto target = static_cast<std::uint16_t>(*index);
    if (std::find(out.begin(), out.end(), target) == out.end()) out.push_back(target);
  }
  if (out.empty())
    return base::Err{refuse(Status::kInvalidArgument, "NO_TARGET_SLIVERS_SPECIFIED",
                            "name target slivers by targetSlivers, once for each")};
  return out;
}

// All that our slivers of the other axis have for the targets. However few the targets, a node may
// hold a sliver of every shard; with more targets than that allows the answer would grow without
// need, since the rest can be asked for in another request.
Answer<DecodingSymbols> symbols_for(const StorageNode& node, const base::BlobId& blob,
                                    codec::Axis axis, const std::vector<std::uint16_t>& targets) {
  std::vector<SliverName> sources;
  for (const SliverName& name : node.store.slivers(blob))
    if (name.axis == shape::other(axis)) sources.push_back(name);
  const std::size_t most = std::max<std::size_t>(kMaxIds, node.codec.params().n());
  if (sources.size() * targets.size() > most) return base::Err{too_many(most)};
  DecodingSymbols out;
  for (const SliverName& name : sources) {
    const auto sliver = node.store.sliver(blob, name);
    if (!sliver.ok()) return base::Err{store_failed(sliver.error())};
    if (!sliver->has_value()) continue;
    const codec::SliverView view = codec::view(name.axis, **sliver);
    for (const std::uint16_t target : targets) {
      base::Bytes symbol(view.symbol_size);
      codec::symbol(node.codec, view, target, symbol);
      const shape::SliverIndex source(static_cast<std::uint16_t>(name.index));
      out[target].push_back({source, std::move(symbol)});
    }
  }
  return out;
}

Response decoding_symbols(const StorageNode& node, const Request& request) {
  const auto blob = blob_of(request);
  if (!blob.ok()) return blob.error();
  const auto targets = targets_of(node, request);
  if (!targets.ok()) return targets.error();
  const auto axis = axis_query(request, "targetType");
  if (!axis.ok()) return axis.error();
  if (!*axis)
    return refuse(Status::kInvalidArgument, "INVALID_SLIVER_TYPE",
                  "targetType says which axis the target slivers are of");
  if (auto no = gate_refusal(node, node.registry.now(), request, *blob)) return *std::move(no);
  const auto symbols = symbols_for(node, *blob, **axis, *targets);
  if (!symbols.ok()) return symbols.error();
  if (symbols->empty())
    return refuse(Status::kInvalidArgument, "SYMBOL_NOT_PRESENT_AT_SHARDS",
                  "no sliver here crosses what was asked for", {{"blobId", blob_text(*blob)}});
  return through_gate(node, bcs_reply(to_bytes(**axis, *symbols)));
}

}  // namespace

void add_recovery_routes(net::Router& router, const StorageNode& node) {
  router.add(storage_route(
      net::Method::kGet, "/v1/blobs/{blobId}/recoverySymbols", net::LimitClass::kPoint,
      [node](const Request& request) { return recovery_symbols(node, request); },
      "symbols with proofs to rebuild a sliver, BCS"));
  router.add(storage_route(
      net::Method::kGet, "/v1/blobs/{blobId}/decodingSymbols", net::LimitClass::kPoint,
      [node](const Request& request) { return decoding_symbols(node, request); },
      "symbols without proofs for several slivers of one axis, BCS"));
}

}  // namespace wald::storage
