// SPDX-License-Identifier: Apache-2.0
// What the tests of proofs and prove share: ids and byte strings made of one byte, a round, keys.
#pragma once

#include "codec/base/prng.h"
#include "codec/base/text.h"
#include "proofs/beacon.h"
#include "proofs/prove/reveal.h"
#include "proofs/prove/signer.h"

namespace wald::proofs::test {

template <class Id>
Id filled(std::uint8_t byte) {
  std::array<std::uint8_t, 32> bytes;
  bytes.fill(byte);
  return Id(bytes);
}
template <class Array>
Array filled_array(std::uint8_t byte) {
  Array out;
  out.fill(byte);
  return out;
}
inline base::Bytes unhex(std::string_view text) { return *base::from_hex(text); }
template <class Id>
Id id_hex(std::string_view text) {
  return Id::from(unhex(text));
}
inline std::string head_hex(const base::Hash& hash) { return base::to_hex(hash.view().first(8)); }
inline RoundId golden_round() {
  return {filled<base::ChainId>(0x11), base::Epoch(1), base::Round(0)};
}
inline prove::Signer signer(std::uint8_t byte) {
  return prove::Signer(filled_array<std::array<std::uint8_t, 32>>(byte));
}
template <class Id>
Id random_id(base::Prng& random) {
  return Id::from(random.bytes(32));
}

}  // namespace wald::proofs::test
