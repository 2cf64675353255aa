// SPDX-License-Identifier: Apache-2.0
// What all ledger routes share: the success envelope {"data","at","page"}, errors as 5.2, and the
// strict reading of paths, queries and bodies. A refusal is a Response of its own, so handlers
// leave by TRY. Unknown and repeated query keys, ids of another form and numbers out of range are
// 400 with a reason and a hint. Thread rule: pure functions.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>

#include "codec/base/ids.h"
#include "codec/base/result.h"
#include "node/core/ledger_core.h"
#include "node/net/errors.h"
#include "node/net/router.h"
#include "node/reflect/show.h"
#include "specs/proto/code.pb.h"
#include "specs/proto/options.pb.h"

namespace wald::http {

template <class T>
using Got = base::Result<T, net::Response>;
using Reply = Got<net::Response>;
// A value or a refusal: both are sent.
net::Response either(Reply reply);

// Where the chain stood when the answer was made.
struct At {
  base::Height height;
  base::Epoch epoch;
  base::TimeMs time;
};
At at_of(const core::Head& head);
At at_of(const store::View& view);

struct Page {
  std::uint64_t limit = 0;
  std::string next;                    // cursor; empty: the end
  std::optional<std::uint64_t> after;  // of an event list: number of the last event looked at
};

net::Response data_reply(const At& at, boost::json::value data,
                         const std::optional<Page>& page = {}, int status = 200);

// A page of a list in the form that ?format= asks for: the envelope, or RFC 4180 with the columns
// given, where a Link header names the next page. Rows are of `type`, or have members beside it.
Reply list_page(const net::Request& request, const At& at, const reflect::Descriptor& type,
                const std::vector<reflect::Column>& columns, boost::json::array rows,
                const Page& page);

net::Response bad_argument(std::string_view reason, std::string_view message,
                           const net::Pairs& metadata = {});
net::Response not_found(std::string_view reason, std::string_view message,
                        const net::Pairs& metadata = {});
net::Response no_node(const base::NodeId& id);
net::Response pruned(base::Height height, base::Height oldest);  // 410
net::Response code_reply(spec::Code code, std::map<std::string, std::string> facts);

// Refuses every query key that is not named here, and each given twice.
Got<void> allow_keys(const net::Request& request, const std::vector<std::string_view>& keys);

// 32 bytes of an id of this kind; `what` names it for people.
Got<base::Bytes> parse_id(spec::Kind kind, std::string_view what, std::string_view text);
template <class Id>
Got<Id> path_id(const net::Request& request, std::string_view name, spec::Kind kind) {
  TRY_ASSIGN(const base::Bytes bytes, parse_id(kind, name, request.param(name)));
  return Id::from(bytes);
}
template <class Id>
Got<std::optional<Id>> query_id(const net::Request& request, std::string_view name,
                                spec::Kind kind) {
  const auto text = request.query_value(name);
  if (!text) return std::optional<Id>();
  TRY_ASSIGN(const base::Bytes bytes, parse_id(kind, name, *text));
  return std::optional<Id>(Id::from(bytes));
}

// Decimal digits, low to high.
Got<std::uint64_t> parse_number(std::string_view name, std::string_view text, std::uint64_t low,
                                std::uint64_t high);
Got<std::optional<std::uint64_t>> query_number(const net::Request& request, std::string_view name,
                                               std::uint64_t low, std::uint64_t high);
// `10s` or `500ms`, at most 30 s; 0 where there is none.
Got<std::uint64_t> query_wait(const net::Request& request);
// 1 to 1000, else 50.
Got<std::uint64_t> query_limit(const net::Request& request);

// A JSON object with these keys and no others.
Got<boost::json::object> body_object(const net::Request& request,
                                     std::initializer_list<std::string_view> keys);
Got<std::string> body_text(const boost::json::object& body, std::string_view key);
Got<base::Bytes> body_base64(const boost::json::object& body, std::string_view key);

// Where a list continues: the height it shows and how far it came. The text is opaque; it belongs
// to one path and one filter.
struct Cursor {
  std::uint64_t height = 0;
  std::uint64_t position = 0;
};
std::string write_cursor(const net::Request& request, const Cursor& cursor);
Got<std::optional<Cursor>> read_cursor(const net::Request& request);

// One page of a list with a row for each epoch up to the running one; `row` may leave one out. The
// past does not change, so its cursor never expires.
Reply epoch_page(const net::Request& request, const At& at, const reflect::Descriptor& type,
                 const std::function<std::optional<boost::json::object>(base::Epoch)>& row);

// A handler that answers now: a value or a refusal, both are sent; a version that fell out of the
// window while it was read is one.
net::Handler reading(std::function<Reply(const net::Request&)> handler);

}  // namespace wald::http
