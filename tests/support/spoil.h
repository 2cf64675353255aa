// SPDX-License-Identifier: Apache-2.0
// Operations as somebody mistaken or hostile would send them: one field, wherever it lies in the
// message, takes a value at a limit, names another thing of the same chain, is left out, or is said
// twice. Equal generators give equal changes.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "codec/base/prng.h"
#include "specs/proto/tx.pb.h"

namespace wald::tests {

// A field of a message inside of an operation, set or not.
struct Place {
  google::protobuf::Message* message;
  const google::protobuf::FieldDescriptor* field;
};
// The places that are wanted, from the outermost message; the oneof of an operation is none.
std::vector<Place> places(
    spec::Operation& operation,
    const std::function<bool(const google::protobuf::Message&,
                             const google::protobuf::FieldDescriptor&)>& wanted);

// Adds what the operation names (all 32 bytes long) to `ids`, which keeps the newest few hundred.
void remember_ids(const spec::Operation& operation, std::deque<std::string>& ids);

// ids: what a field of 32 bytes may name instead.
void spoil(base::Prng& prng, spec::Operation& operation, const std::deque<std::string>& ids);

}  // namespace wald::tests
