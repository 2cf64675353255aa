// SPDX-License-Identifier: Apache-2.0
// Whether a data file of LMDB 0.9 is whole enough to be given to LMDB. LMDB trusts its file: a
// wrong page number or offset ends in a signal, not in an error. So before an existing file is
// opened every page that the newest meta page leads to is visited here: inside the file, of the
// kind that its place demands, its offsets inside the page, reached once, and not on the list of
// free pages. What the records hold is not looked at; their own checks do that (lmdb_env.h).
// After a clean stop (lmdb_seal.h) only what the start reads in any case is walked: the free list,
// the tables' places, and the tables named. The others grow with history, and a start would take
// ever longer.
//
// Layout (64-bit, little-endian): page = number u64 | 2 bytes | flags u16 | lower u16 | upper u16
// (overflow: count u32 in their place) | .. ; pages 0 and 1 hold meta: magic u32 | version u32 |
// 16 bytes | two tables of 48 | last page u64 | transaction u64; a table's first u32 of the first
// one is the page size, its last u64 the root, u16 at 6 its depth. Slots behind a page's header are
// offsets of nodes: size or page in 6 bytes, flags u16 among them | key size u16 | key | value.
//
// Errors: code 0 with the path, for damage; others are the disk's. Thread rule: pure but for
// reading the file, which nobody may be writing.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "node/os/error.h"

namespace wald::store {

// Number of the newest transaction that the file's meta pages name.
os::IoResult<std::uint64_t> lmdb_transaction(const std::string& path);
// `tables`: names of those to walk; nothing: all. Answers how many pages were read.
os::IoResult<std::uint64_t> check_lmdb_file(const std::string& path,
                                            const std::optional<std::set<std::string>>& tables);

}  // namespace wald::store
