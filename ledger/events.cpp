// SPDX-License-Identifier: Apache-2.0
#include "ledger/events.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <utility>

#include "ledger/wire/canonical.h"

namespace wald::ledger {
namespace {

using Case = spec::EventRecord::BodyCase;
using EventPtr = std::unique_ptr<spec::EventRecord>;

// What is kept of messages nobody uses: those of a full block, with room for small events each,
// some 30 MiB.
constexpr std::size_t kMostKept = 32 * 1024;
constexpr std::size_t kLargestKept = 512;
std::atomic<std::size_t> kept{0};

// As the nodes of the state tree: threads share by adding a list or taking all, so that none comes
// back while somebody looks at it.
struct GivenBack {
  std::vector<EventPtr> events;
  GivenBack* next = nullptr;
};
std::atomic<GivenBack*> given_back{nullptr};

// Empty but for its room; Clear() of the whole would end its body.
void clear(spec::EventRecord& event) {
  event.clear_seq();
  event.clear_height();
  event.clear_index();
  event.clear_tx();
  static const auto& kBody = *spec::EventRecord::descriptor()->FindOneofByName("body");
  const auto& reflection = *event.GetReflection();
  reflection.MutableMessage(&event, reflection.GetOneofFieldDescriptor(event, &kBody))->Clear();
}

void give_back(std::vector<EventPtr> events) {
  std::erase_if(events, [](const EventPtr& event) {
    return !base::kMemoryIsKept || event->body_case() == spec::EventRecord::BODY_NOT_SET ||
           event->ByteSizeLong() > kLargestKept;
  });
  const std::size_t already = kept.load(std::memory_order_relaxed);
  const std::size_t room = kMostKept - std::min(kMostKept, already);
  if (events.size() > room) events.resize(room);
  if (events.empty()) return;
  for (const EventPtr& event : events) clear(*event);
  kept.fetch_add(events.size(), std::memory_order_relaxed);
  auto* const list = std::make_unique<GivenBack>(GivenBack{std::move(events)}).release();
  list->next = given_back.load(std::memory_order_relaxed);
  while (!given_back.compare_exchange_weak(list->next, list, std::memory_order_release,
                                           std::memory_order_relaxed)) {
  }
}

// Of one thread, by the kind of their body.
class Own {
 public:
  Own() = default;
  Own(const Own&) = delete;
  Own& operator=(const Own&) = delete;
  ~Own() {
    for (const auto& of_kind : free_)
      kept.fetch_sub(of_kind.second.size(), std::memory_order_relaxed);
  }
  // Nothing where there is none of this kind.
  EventPtr take(Case body) {
    std::vector<EventPtr>& of_kind = free_[body];
    if (of_kind.empty()) collect();
    if (of_kind.empty()) return nullptr;
    EventPtr out = std::move(of_kind.back());
    of_kind.pop_back();
    kept.fetch_sub(1, std::memory_order_relaxed);
    return out;
  }

 private:
  void collect() {
    if (given_back.load(std::memory_order_relaxed) == nullptr) return;
    std::unique_ptr<GivenBack> list(given_back.exchange(nullptr, std::memory_order_acquire));
    while (list) {
      for (EventPtr& event : list->events) free_[event->body_case()].push_back(std::move(event));
      list.reset(std::exchange(list->next, nullptr));
    }
  }

  std::map<Case, std::vector<EventPtr>> free_;
};

EventPtr take(Case body) {
  thread_local Own own;
  return own.take(body);
}

}  // namespace

class Events::Made {
 public:
  Made() = default;
  Made(const Made&) = delete;
  Made& operator=(const Made&) = delete;
  ~Made() { give_back(std::move(events_)); }
  spec::EventRecord& add(Case body) {
    EventPtr event = take(body);
    return *events_.emplace_back(event ? std::move(event) : std::make_unique<spec::EventRecord>());
  }

 private:
  std::vector<EventPtr> events_;
};

spec::EventRecord& Events::add(Case body) {
  if (!made_) made_ = std::make_shared<Made>();
  return *all_.emplace_back(&made_->add(body));
}

void Events::move_last_to(std::size_t place) {
  WALD_CHECK(place < all_.size());
  std::rotate(all_.begin() + static_cast<std::ptrdiff_t>(place), all_.end() - 1, all_.end());
}

void EventBytes::add(const spec::EventRecord& event) {
  wire::append_canonical(bytes_, event);
  ends_.push_back(bytes_.size());
}

}  // namespace wald::ledger
