// SPDX-License-Identifier: Apache-2.0
// Small helpers between the code and its users: pointer lists and hashes of whole slivers.
#pragma once

#include "codec/codec.h"
#include "codec/field/line_code.h"
#include "codec/hash/trees.h"

namespace wald::codec {

// count pointers, step bytes apart.
std::vector<const std::uint8_t*> pointers(const std::uint8_t* first, std::size_t count,
                                          std::size_t step);
std::vector<std::uint8_t*> pointers(std::uint8_t* first, std::size_t count, std::size_t step);

// Hashes (K-18) of `count` slivers of one axis whose bodies start at body, body + stride, ...
std::vector<Hash> sliver_roots(const Codec& codec, Axis axis, const std::uint8_t* body,
                               std::size_t count, std::size_t stride, std::size_t z);

}  // namespace wald::codec
