// SPDX-License-Identifier: Apache-2.0
// What options.proto says about a field, in the form that the walker and node/reflect ask for.
// Thread rule: pure functions over constant descriptors.
#pragma once

#include <google/protobuf/descriptor.h>

#include <cstddef>

#include "specs/proto/options.pb.h"

namespace wald::wire {

const spec::FieldRule& rule_of(const google::protobuf::FieldDescriptor& field);

// Length that a kind fixes: 32 for ids, keys and hashes, 64 for signatures, else 0.
std::size_t fixed_length(spec::Kind kind);

// Lengths that bytes or text may have; `least` 0 and `most` 0 mean no bound.
struct Bounds {
  std::size_t least = 0;
  std::size_t most = 0;
};
Bounds length_bounds(const google::protobuf::FieldDescriptor& field);

// Must the field be in every canonical form of its message? True for marked fields and for singular
// ids without explicit presence that are not marked optional.
bool must_be_present(const google::protobuf::FieldDescriptor& field);

// May the types of specs/proto use this field at all? Only bool, uint32, uint64, enum, string,
// bytes and messages, no maps.
bool type_supported(const google::protobuf::FieldDescriptor& field);

}  // namespace wald::wire
