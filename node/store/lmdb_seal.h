// SPDX-License-Identifier: Apache-2.0
// The seal of a data file that LMDB closed and nobody touched since: what spares the next start the
// walk over tables that grow with history (lmdb_shape.h). It is made when an environment closes
// without a failure and taken off when it is opened; a crash, a copy, a restored backup or any
// write leaves a file without a valid one.
//
// On disk beside data.mdb: "sealed" = "WALDSEAL" 8 | version u32 | size u64 | modified u64
// | transaction u64 | first 8 bytes of B("wald.lmdbseal", -, the 36 bytes before), little-endian.
// `modified` is a time of the past with random nanoseconds that the seal gives the file: whoever
// writes to it, however soon, sets another. The transaction is that of the newest meta page, since
// a power cut may keep pages and lose the file's times.
//
// Errors: a seal that cannot be made or read is none. Thread rule: the owner of the environment.
#pragma once

#include <cstdint>
#include <string>

namespace wald::store {

void seal(const std::string& dir, std::uint64_t transaction);
// Takes the seal off; true: it held for dir/data.mdb as it is, with this newest transaction.
bool unseal(const std::string& dir, std::uint64_t transaction);

}  // namespace wald::store
