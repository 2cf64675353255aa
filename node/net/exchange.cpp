// SPDX-License-Identifier: Apache-2.0
#include "codec/base/check.h"
#include "node/net/errors.h"
#include "node/net/session.h"

namespace wald::net {

// The calls into the connection only post to its network thread, so holding the mutex is short and
// cannot meet it again.
void Exchange::answer(Response response) {
  const std::lock_guard lock(mutex_);
  WALD_CHECK(!answered_);
  answered_ = true;
  if (const auto connection = connection_.lock()) connection->deliver(this, std::move(response));
}

void Exchange::stream(Response head, NextPiece next, StreamOptions options) {
  const std::lock_guard lock(mutex_);
  WALD_CHECK(!answered_);
  answered_ = true;
  if (const auto connection = connection_.lock())
    connection->deliver_stream(this, std::move(head), std::move(next), options);
}

void Exchange::wake() {
  if (wake_pending_.exchange(true)) return;  // one is on its way already
  const std::lock_guard lock(mutex_);
  if (const auto connection = connection_.lock()) connection->deliver_wake(this);
}

void Exchange::finish() {
  const std::lock_guard lock(mutex_);
  connection_.reset();
}

bool Exchange::open() const {
  const std::lock_guard lock(mutex_);
  return !connection_.expired();
}

bool Exchange::answered() const {
  const std::lock_guard lock(mutex_);
  return answered_;
}

void StreamHandle::wake() const {
  if (exchange_) exchange_->wake();
}

bool StreamHandle::open() const { return exchange_ && exchange_->open(); }

Responder::~Responder() {
  if (exchange_ && !exchange_->answered())
    exchange_->answer(error_response(Status::kInternal, "NO_ANSWER", kGlobalDomain,
                                     "the request was dropped without an answer"));
}

void Responder::send(Response response) {
  WALD_CHECK(exchange_ != nullptr);
  exchange_->answer(std::move(response));
  exchange_.reset();
}

void Responder::stream(Response head, NextPiece next, StreamOptions options,
                       const std::function<void(StreamHandle)>& ready) {
  WALD_CHECK(exchange_ != nullptr && next != nullptr);
  if (ready) ready(StreamHandle(exchange_));
  exchange_->stream(std::move(head), std::move(next), options);
  exchange_.reset();
}

std::uint64_t ServerCore::add(std::shared_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  open_.emplace(next_id_, std::move(connection));
  return next_id_++;
}

void ServerCore::remove(std::uint64_t id) {
  std::shared_ptr<Connection> last;  // dies after the lock is released
  const std::lock_guard lock(mutex_);
  const auto at = open_.find(id);
  if (at == open_.end()) return;
  last = std::move(at->second);
  open_.erase(at);
  if (open_.empty()) emptied_.notify_all();
}

void ServerCore::wait_until_empty(std::uint64_t timeout_ms) {
  std::unique_lock lock(mutex_);
  emptied_.wait_for(lock, std::chrono::milliseconds(timeout_ms), [this] { return open_.empty(); });
}

void ServerCore::detach_all() {
  for (const auto& connection : all()) connection->detach();
  std::map<std::uint64_t, std::shared_ptr<Connection>> gone;
  const std::lock_guard lock(mutex_);
  gone.swap(open_);
}

std::vector<std::shared_ptr<Connection>> ServerCore::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Connection>> out;
  for (const auto& [id, connection] : open_) out.push_back(connection);
  return out;
}

bool ServerCore::hold_body(std::uint64_t bytes) {
  const std::uint64_t before = body_bytes.fetch_add(bytes);
  if (before + bytes <= options.max_body_bytes_in_flight) return true;
  body_bytes.fetch_sub(bytes);
  return false;
}

}  // namespace wald::net
