// SPDX-License-Identifier: Apache-2.0
// The functions behind targets().
#pragma once

#include <vector>

#include "codec/base/bytes.h"

namespace wald::fuzz {

void fuzz_bcs(base::ByteView input);
void fuzz_metadata(base::ByteView input);
void fuzz_stored(base::ByteView input);
void fuzz_quilt(base::ByteView input);
void fuzz_sliver(base::ByteView input);
void fuzz_symbol(base::ByteView input);
void fuzz_proof(base::ByteView input);
void fuzz_transaction(base::ByteView input);
void fuzz_block(base::ByteView input);
void fuzz_certificate(base::ByteView input);
void fuzz_genesis(base::ByteView input);
void fuzz_sequence(base::ByteView input);

std::vector<base::Bytes> seeds_bcs();
std::vector<base::Bytes> seeds_metadata();
std::vector<base::Bytes> seeds_stored();
std::vector<base::Bytes> seeds_quilt();
std::vector<base::Bytes> seeds_sliver();
std::vector<base::Bytes> seeds_symbol();
std::vector<base::Bytes> seeds_proof();
std::vector<base::Bytes> seeds_transaction();
std::vector<base::Bytes> seeds_block();
std::vector<base::Bytes> seeds_certificate();
std::vector<base::Bytes> seeds_genesis();
std::vector<base::Bytes> seeds_sequence();

}  // namespace wald::fuzz
