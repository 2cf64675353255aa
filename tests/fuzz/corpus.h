// SPDX-License-Identifier: Apache-2.0
// Inputs of a fuzz target as files, and others near them.
#pragma once

#include <filesystem>
#include <vector>

#include "codec/base/bytes.h"
#include "codec/base/prng.h"

namespace wald::fuzz {

// The files of a folder in the order of their names, or the file itself; none where there is none.
std::vector<std::filesystem::path> inputs_at(const std::filesystem::path& place);
base::Bytes read_input(const std::filesystem::path& path);
// One to four changes: a byte more, less or another, a bit, an end cut off.
void mutate(base::Bytes& bytes, base::Prng& prng);

}  // namespace wald::fuzz
