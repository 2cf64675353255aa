// SPDX-License-Identifier: Apache-2.0
// The names and counters that cross modules. Widths are those of the wire (specs/glossary.md).
#pragma once

#include <type_traits>

#include "codec/base/strong.h"

namespace wald::base {

using Epoch = Ordinal<struct EpochTag, std::uint32_t>;
using Height = Ordinal<struct HeightTag, std::uint64_t>;
using Round = Ordinal<struct RoundTag, std::uint16_t>;
using TimeMs = Ordinal<struct TimeMsTag, std::uint64_t>;  // Unix time, milliseconds
using ShardIndex = Ordinal<struct ShardIndexTag, std::uint16_t>;
using PairIndex = Ordinal<struct PairIndexTag, std::uint16_t>;
using SliverIndex = Ordinal<struct SliverIndexTag, std::uint16_t>;
using SymbolIndex = Ordinal<struct SymbolIndexTag, std::uint16_t>;
using ByteCount = Ordinal<struct ByteCountTag, std::uint64_t>;

using Hash = Id32<struct HashTag>;
using ChainId = Id32<struct ChainIdTag>;
using NodeId = Id32<struct NodeIdTag>;  // also the id of the node's pool
using AccountId = Id32<struct AccountIdTag>;
using ObjectId = Id32<struct ObjectIdTag>;  // stake, resource, blob object, bucket, vesting
using BlobId = Id32<struct BlobIdTag>;
using TxId = Id32<struct TxIdTag>;
using PublicKey = Id32<struct PublicKeyTag>;  // Ed25519 or VRF

static_assert(!std::is_convertible_v<Epoch, Height> &&
              !std::is_convertible_v<std::uint32_t, Epoch>);
static_assert(!std::is_convertible_v<NodeId, AccountId> && !std::is_convertible_v<Hash, BlobId>);

}  // namespace wald::base
