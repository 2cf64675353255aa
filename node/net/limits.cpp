// SPDX-License-Identifier: Apache-2.0
#include "node/net/limits.h"

#include <arpa/inet.h>

#include <algorithm>

#include "codec/base/check.h"
#include "codec/base/text.h"

namespace wald::net {

std::string address_key(const std::string& address_text) {
  std::array<std::uint8_t, 16> bytes{};
  if (::inet_pton(AF_INET, address_text.c_str(), bytes.data()) == 1)
    return "4:" + base::to_hex(base::ByteView(bytes).first(4));
  const std::string no_zone = address_text.substr(0, address_text.find('%'));
  if (::inet_pton(AF_INET6, no_zone.c_str(), bytes.data()) != 1) return "local";
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (std::equal(kMapped.begin(), kMapped.end(), bytes.begin()))
    return "4:" + base::to_hex(base::ByteView(bytes).subspan(12));
  return "6:" + base::to_hex(base::ByteView(bytes).first(8));
}

void Limiter::refill(Bucket& bucket, const Rate& rate, std::uint64_t now_ms) {
  const std::uint64_t full = std::uint64_t{1000} * rate.burst;
  if (bucket.fresh) {
    bucket = {full, now_ms, false};
    return;
  }
  if (now_ms <= bucket.filled_at_ms) return;
  // After an hour any bucket is full; the cap keeps the product small.
  const std::uint64_t passed = std::min<std::uint64_t>(now_ms - bucket.filled_at_ms, 3'600'000);
  bucket.milli_tokens = std::min(full, bucket.milli_tokens + passed * rate.per_second);
  bucket.filled_at_ms = now_ms;
}

Limiter::Entry& Limiter::entry(const std::string& key) {
  auto at = entries_.find(key);
  if (at == entries_.end()) {
    if (entries_.size() >= std::max<std::size_t>(options_.max_addresses, 1)) {
      entries_.erase(ages_.back());
      ages_.pop_back();
    }
    ages_.push_front(key);
    at = entries_.emplace(key, Entry{{}, ages_.begin()}).first;
  } else {
    ages_.splice(ages_.begin(), ages_, at->second.age);
  }
  return at->second;
}

Limiter::Verdict Limiter::take(LimitClass limit, const std::string& key, std::uint64_t now_ms) {
  const auto index = static_cast<std::size_t>(limit);
  WALD_CHECK(index < kLimitClasses);
  const LimitOptions::PerClass& rates = options_.classes[index];
  Verdict verdict;
  if (rates.address.per_second == 0 && rates.all.per_second == 0) return verdict;
  const std::lock_guard lock(mutex_);
  const auto wait_s = [](const Bucket& bucket, const Rate& rate) -> std::uint64_t {
    if (rate.per_second == 0 || bucket.milli_tokens >= 1000) return 0;
    const std::uint64_t per_s = std::uint64_t{1000} * rate.per_second;
    return (1000 - bucket.milli_tokens + per_s - 1) / per_s;
  };
  Bucket& mine = entry(key).buckets[index];
  Bucket& all = all_[index];
  refill(mine, rates.address, now_ms);
  refill(all, rates.all, now_ms);
  verdict.retry_after_s = std::max(wait_s(mine, rates.address), wait_s(all, rates.all));
  verdict.allowed = verdict.retry_after_s == 0;
  if (verdict.allowed) {
    if (rates.address.per_second != 0) mine.milli_tokens -= 1000;
    if (rates.all.per_second != 0) all.milli_tokens -= 1000;
  }
  verdict.limit = rates.address.per_second;
  verdict.remaining = static_cast<std::uint32_t>(mine.milli_tokens / 1000);
  return verdict;
}

std::size_t Limiter::addresses() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

bool Slots::take(const std::string& key) {
  const std::lock_guard lock(mutex_);
  if (all_ >= max_all_) return false;
  const auto at = by_address_.find(key);
  if (at != by_address_.end() && at->second >= max_address_) return false;
  if (at == by_address_.end() && max_address_ == 0) return false;
  ++by_address_[key];
  ++all_;
  return true;
}

void Slots::release(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto at = by_address_.find(key);
  WALD_CHECK(at != by_address_.end() && at->second >= 1 && all_ >= 1);
  if (--at->second == 0) by_address_.erase(at);
  --all_;
}

std::size_t Slots::in_use() const {
  const std::lock_guard lock(mutex_);
  return all_;
}

}  // namespace wald::net
