// SPDX-License-Identifier: Apache-2.0
#include "node/http/waiting.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <iterator>

#include "codec/base/check.h"
#include "node/net/errors.h"
#include "node/os/clock.h"

namespace wald::http {
namespace {

net::Response failed() {
  return net::error_response(net::Status::kInternal, "INTERNAL", net::kGlobalDomain,
                             "the request could not be answered");
}

// An answer for certain when the time is over; a failing store is a 500, not an end.
std::optional<net::Response> attempt_once(const Waiting::Try& attempt, bool over) {
  try {
    auto response = attempt(over);
    WALD_CHECK(response.has_value() || !over);
    return response;
  } catch (const std::exception&) {
    return failed();
  }
}

}  // namespace

Waiting::Waiting() : thread_([this] { run(); }) {}

Waiting::~Waiting() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Waiting::add(net::Responder responder, Try attempt, std::uint64_t wait_ms) {
  const std::uint64_t deadline = os::monotonic_ms() + wait_ms;
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_ && fresh_.size() + held_ < kMost) {
      fresh_.push_back({std::move(responder), std::move(attempt), deadline});
      dirty_ = true;
      changed_.notify_all();
      return;
    }
  }
  responder.send(*attempt_once(attempt, true));
}

void Waiting::wake() {
  const std::lock_guard lock(mutex_);
  dirty_ = true;
  changed_.notify_all();
}

std::size_t Waiting::size() const {
  const std::lock_guard lock(mutex_);
  return fresh_.size() + held_;
}

std::vector<Waiting::Entry> Waiting::look(std::vector<Entry> entries, bool stopping) {
  const std::uint64_t now = os::monotonic_ms();
  std::vector<Entry> rest;
  for (Entry& entry : entries) {
    auto response = attempt_once(entry.attempt, stopping || now >= entry.deadline_ms);
    if (response)
      entry.responder.send(*std::move(response));
    else
      rest.push_back({std::move(entry.responder), std::move(entry.attempt), entry.deadline_ms});
  }
  return rest;
}

void Waiting::run() {
  std::vector<Entry> held;
  for (bool stopping = false; !stopping;) {
    {
      std::unique_lock lock(mutex_);
      held_ = held.size();
      std::uint64_t next = UINT64_MAX;
      for (const Entry& entry : held) next = std::min(next, entry.deadline_ms);
      const auto ready = [&] { return dirty_ || stopping_; };
      const std::uint64_t now = os::monotonic_ms();
      if (held.empty()) {
        changed_.wait(lock, [&] { return stopping_ || !fresh_.empty(); });
      } else if (next > now) {
        changed_.wait_for(lock, std::chrono::milliseconds(next - now), ready);
      }
      dirty_ = false;
      stopping = stopping_;
      std::move(fresh_.begin(), fresh_.end(), std::back_inserter(held));
      fresh_.clear();
      held_ = held.size();
    }
    held = look(std::move(held), stopping);
  }
}

}  // namespace wald::http
