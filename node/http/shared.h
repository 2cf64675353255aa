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
#include "node/http/view_shelf.h"
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
  ViewShelf shelf;
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

// The version that a list began with, while it is kept.
inline Got<std::shared_ptr<const store::View>> kept_view(Shared& shared, std::uint64_t height) {
  auto view = shared.shelf.find(height);
  if (view) return view;
  return base::Err{
      net::error_response(net::Status::kPruned, "CURSOR_EXPIRED", net::kLedgerDomain,
                          "the version this list began with is no longer kept; begin again",
                          {{"height", std::to_string(height)}})};
}

// One page of a list of the state: `all` makes the whole list of a version, in a fixed order. All
// pages show the version of the first one, for as long as it is kept.
template <class T>
Reply list_reply(Shared& shared, const net::Request& request,
                 const std::function<Got<std::vector<T>>(const store::View&)>& all) {
  TRY_ASSIGN(const std::uint64_t limit, query_limit(request));
  TRY_ASSIGN(const auto cursor, read_cursor(request));
  std::shared_ptr<const store::View> view = shared.api.core.view();
  if (cursor) {
    TRY_ASSIGN(view, kept_view(shared, cursor->height));
  }
  TRY_ASSIGN(std::vector<T> rows, all(*view));
  const std::uint64_t from = cursor ? std::min<std::uint64_t>(cursor->position, rows.size()) : 0;
  const std::uint64_t to = std::min<std::uint64_t>(from + limit, rows.size());
  boost::json::array data;
  for (std::uint64_t i = from; i < to; ++i) data.push_back(reflect::to_json(rows[i]));
  Page page{limit, "", std::nullopt};
  if (to < rows.size()) {
    page.next = write_cursor(request, {view->tip().height.value(), to});
    shared.shelf.keep(view);
  }
  return list_page(request, at_of(*view), *T::descriptor(), reflect::all_columns(*T::descriptor()),
                   std::move(data), page);
}

// A record of this version, or its absence, with path, header and signature (IF-12).
Got<spec::Proof> prove(const Shared& shared, const store::View& view, base::ByteView key);
// The answer with the proof of the record it shows, or of its absence, where ?proof=true asks for
// it; of the same version.
Reply with_proof(const Shared& shared, const net::Request& request, const store::View& view,
                 base::ByteView key, net::Response answer);

// The way out of a stake, or of a part of it.
Reply way_out(const Shared& shared, const base::ObjectId& stake,
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
