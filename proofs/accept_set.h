// SPDX-License-Identifier: Apache-2.0
// The accept set of signatures is a rule of consensus, so it is tested when a program starts and
// not only when it is built: versions of the library, and its fixed and unfixed builds, differ in
// points of small and mixed order, in non-canonical encodings and in S. Any deviation: the program
// must not run. Also one proof of the VRF, its standard's own. Pure; a few milliseconds. The accept
// set of specs/proofs.md section 9.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "codec/base/hash.h"

namespace wald::proofs {

// Bytes in hex.
struct SignatureCase {
  std::string_view name, key, message, signature;
  bool accepted;
};
struct KeyCase {
  std::string_view name, key;
  bool prime_order;
};
std::span<const SignatureCase> signature_cases();
std::span<const KeyCase> key_cases();

// What is put to the test: this library's two judges unless a caller brings others.
struct Judges {
  bool (*verify)(const base::PublicKey&, base::ByteView message, base::ByteView signature);
  bool (*prime_order)(const base::PublicKey&);
};
Judges own_judges();

// The name of the first case that is decided otherwise; nothing if all agree.
std::optional<std::string_view> first_deviation(const Judges& judges = own_judges());

// Names the accept set: a hash over all cases.
base::Hash accept_set_id();

}  // namespace wald::proofs
