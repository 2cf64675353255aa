// SPDX-License-Identifier: Apache-2.0
// What the files of ledger routes share among themselves.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "codec/base/hash.h"
#include "node/http/catalogue.h"
#include "node/http/ledger_api.h"
#include "node/http/reply.h"
#include "node/http/waiting.h"
#include "node/reflect/json.h"
#include "specs/proto/query.pb.h"

namespace wald::http {

// Streams that want to hear of commits; what is over is forgotten at the next one, or when another
// begins: readers that come and go while no block comes leave nothing behind.
class Listeners {
 public:
  void add(net::StreamHandle handle) {
    const std::lock_guard lock(mutex_);
    forget();
    handles_.push_back(std::move(handle));
  }
  void wake() {
    const std::lock_guard lock(mutex_);
    forget();
    for (const net::StreamHandle& handle : handles_) handle.wake();
  }

 private:
  void forget() {
    std::erase_if(handles_, [](const net::StreamHandle& handle) { return !handle.open(); });
  }
  std::mutex mutex_;
  std::vector<net::StreamHandle> handles_;
};

struct Shared {
  explicit Shared(LedgerApi given) : api(std::move(given)) {}
  LedgerApi api;
  Listeners streams;
  Waiting waiting;  // last: its end answers with the rest still there
};
using SharedPtr = std::shared_ptr<Shared>;

// A row with the words of the catalogue.
inline net::Route documented_row(net::Method method, std::string pattern, net::LimitClass limit) {
  net::Route route;
  route.summary = route_doc(method, pattern).summary;
  route.method = method;
  route.pattern = std::move(pattern);
  route.limit = limit;
  return route;
}

inline net::Route read_row(net::Method method, std::string pattern, net::LimitClass limit,
                           std::function<Reply(const net::Request&)> handler) {
  net::Route route = documented_row(method, std::move(pattern), limit);
  route.handler = reading(std::move(handler));
  return route;
}

template <class T>
boost::json::array to_array(const std::vector<T>& messages) {
  boost::json::array out;
  for (const T& message : messages) out.push_back(reflect::to_json(message));
  return out;
}

// The version that a question is about: the newest, or the one behind the block of ?height=, or the
// first one of ?epoch=; refuses all query keys but these and `keys`. Where `epoch` is among `keys`
// it means something else to the route, and height alone is taken.
Got<std::shared_ptr<const store::View>> asked_view(const Shared& shared,
                                                   const net::Request& request,
                                                   std::vector<std::string_view> keys);
// Of a list: the version that its first page showed.
Got<std::shared_ptr<const store::View>> page_view(const Shared& shared,
                                                  std::shared_ptr<const store::View> first,
                                                  const std::optional<Cursor>& cursor);

// The page of these rows that a cursor asks for; `height` is told to the next one.
template <class T>
Reply rows_page(const net::Request& request, const At& at, std::uint64_t height,
                const std::optional<Cursor>& cursor, const std::vector<T>& rows) {
  TRY_ASSIGN(const std::uint64_t limit, query_limit(request));
  const std::uint64_t from = cursor ? std::min<std::uint64_t>(cursor->position, rows.size()) : 0;
  const std::uint64_t to = std::min<std::uint64_t>(from + limit, rows.size());
  boost::json::array data;
  for (std::uint64_t i = from; i < to; ++i) data.push_back(reflect::to_json(rows[i]));
  Page page{limit, "", std::nullopt};
  if (to < rows.size()) page.next = write_cursor(request, {height, to});
  return list_page(request, at, *T::descriptor(), reflect::all_columns(*T::descriptor()),
                   std::move(data), page);
}

// Of rows that no block changes.
template <class T>
Reply fixed_list_reply(const Shared& shared, const net::Request& request,
                       const std::vector<T>& rows) {
  TRY_ASSIGN(const auto cursor, read_cursor(request));
  return rows_page(request, at_of(shared.api.core.head()), 0, cursor, rows);
}

// One page of a list of the state: `all` makes the whole list of a version, in a fixed order. All
// pages show the version of the first one, for as long as it is kept.
template <class T>
Reply list_reply(const Shared& shared, const net::Request& request,
                 std::shared_ptr<const store::View> first,
                 const std::function<Got<std::vector<T>>(const store::View&)>& all) {
  TRY_ASSIGN(const auto cursor, read_cursor(request));
  TRY_ASSIGN(const auto view, page_view(shared, std::move(first), cursor));
  TRY_ASSIGN(const std::vector<T> rows, all(*view));
  return rows_page(request, at_of(*view), view->tip().height.value(), cursor, rows);
}

// A record of this version, or its absence, with path, header and signature (IF-12).
Got<spec::Proof> prove(const Shared& shared, const store::View& view, base::ByteView key);
// The answer with the proof of the record it shows, or of its absence, where ?proof=true asks for
// it; of the same version.
Reply with_proof(const Shared& shared, const net::Request& request, const store::View& view,
                 base::ByteView key, net::Response answer);

// The way out of a stake, or of a part of it.
Reply way_out(const store::View& view, const base::ObjectId& stake,
              std::optional<std::uint64_t> amount);

void add_state_rows(net::Router& router, const SharedPtr& shared);
void add_gov_rows(net::Router& router, const SharedPtr& shared);
void add_holder_rows(net::Router& router, const SharedPtr& shared);
void add_tx_rows(net::Router& router, const SharedPtr& shared);
void add_event_rows(net::Router& router, const SharedPtr& shared);
void add_block_rows(net::Router& router, const SharedPtr& shared);
void add_list_rows(net::Router& router, const SharedPtr& shared);
void add_explain_rows(net::Router& router, const SharedPtr& shared);
void add_estimate_rows(net::Router& router, const SharedPtr& shared);
void add_epoch_rows(net::Router& router, const SharedPtr& shared);
void add_outlook_rows(net::Router& router, const SharedPtr& shared);

}  // namespace wald::http
