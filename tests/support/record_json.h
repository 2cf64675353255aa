// SPDX-License-Identifier: Apache-2.0
// Any record of a state as JSON, by the names of its fields: ids as 0x and hexadecimal digits,
// amounts and all other numbers as numbers.
#pragma once

#include <boost/json.hpp>

#include "codec/base/text.h"

namespace wald::tests {

// The name of a key's table.
std::string table_name(base::ByteView key);
// The record that lies under a key, by its table.
boost::json::value shown_record(base::ByteView key, base::ByteView record);

}  // namespace wald::tests
