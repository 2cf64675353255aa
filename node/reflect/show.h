// SPDX-License-Identifier: Apache-2.0
// JSON of a declared message as lines for people, from the same declaration: amounts in WAL, sizes
// in IEC units, rates in percent, times with the distance from now. Exact, never rounded.
// Thread rule: pure but for the clock of distances, which is handed in.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <string>
#include <vector>

#include "node/reflect/schema.h"
#include "specs/proto/tx.pb.h"

namespace wald::reflect {

struct ShowOptions {
  bool frost = false;        // amounts as FROST
  std::uint64_t now_ms = 0;  // 0: no distances
  // Minutes east of UTC of a clock at a moment; empty: times stay UTC.
  std::function<std::int64_t(std::uint64_t ms)> zone{};
};

// `name: value`, inner objects as `name.inner`, lists of objects as `name[0].inner`.
std::vector<std::string> show_object(const Descriptor& type, const boost::json::object& object,
                                     const ShowOptions& options = {});

// A column of a table: a path as `stake.now` and its heading.
struct Column {
  std::string path;
  std::string heading;
};
// The heading and a line for each row, columns aligned.
std::vector<std::string> show_table(const Descriptor& type, const boost::json::array& rows,
                                    const std::vector<Column>& columns,
                                    const ShowOptions& options = {});

// RFC 4180 with a header row: the same columns by their paths, figures raw, times UTC, and an
// amount as two columns, `principalFrost` and `principalWal`.
std::vector<std::string> show_csv(const Descriptor& type, const boost::json::array& rows,
                                  const std::vector<Column>& columns);

// A column for every field that the declaration has, inner objects as `stake.now`; lists are one
// column, their text JSON.
std::vector<Column> all_columns(const Descriptor& type);

// A time of the JSON as people read it.
std::string show_time(const std::string& text, const ShowOptions& options);

// Control characters of foreign text are shown as ?, not obeyed by a terminal.
std::string safe(std::string text);

// What an operation does, a line each: what it is, then every field in the units of people.
std::vector<std::string> describe(const spec::Operation& operation);

// `in 3 d 4 h`, `2 min ago`.
std::string distance(std::uint64_t from_ms, std::uint64_t to_ms);

}  // namespace wald::reflect
