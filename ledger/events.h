// SPDX-License-Identifier: Apache-2.0
// Events as they come to be: messages in one arena, in order. They hold each other's memory, so the
// events of a block cost a few pieces of memory and go all at once. An EventList shows a part of
// them. Thread rule: plain values; what was made may be read from any thread.
#pragma once

#include <iterator>
#include <memory>
#include <span>
#include <vector>

#include "codec/base/check.h"
#include "specs/proto/event.pb.h"

namespace wald::ledger {

// Good as long as its events, and until more are added.
class EventList {
 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = spec::EventRecord;
    using difference_type = std::ptrdiff_t;
    using pointer = const spec::EventRecord*;
    using reference = const spec::EventRecord&;

    Iterator() = default;
    explicit Iterator(spec::EventRecord* const* at) : at_(at) {}
    reference operator*() const { return **at_; }
    pointer operator->() const { return *at_; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) { return Iterator(at_++); }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    spec::EventRecord* const* at_ = nullptr;
  };

  EventList() = default;
  explicit EventList(std::span<spec::EventRecord* const> all) : all_(all) {}
  std::size_t size() const { return all_.size(); }
  bool empty() const { return all_.empty(); }
  const spec::EventRecord& operator[](std::size_t i) const {
    WALD_CHECK(i < all_.size());
    return *all_[i];
  }
  const spec::EventRecord& at(std::size_t i) const { return (*this)[i]; }
  const spec::EventRecord& front() const { return (*this)[0]; }
  const spec::EventRecord& back() const { return (*this)[size() - 1]; }
  Iterator begin() const { return Iterator(all_.data()); }
  Iterator end() const { return Iterator(all_.data() + all_.size()); }

 private:
  std::span<spec::EventRecord* const> all_;
};

class Events {
 public:
  Events() = default;
  template <class Range>
  static Events of(const Range& events) {
    Events out;
    for (const spec::EventRecord& event : events) out.add() = event;
    return out;
  }

  spec::EventRecord& add();
  // Forgets all from this one on; their memory goes with the rest.
  void cut(std::size_t size) {
    WALD_CHECK(size <= all_.size());
    all_.resize(size);
  }
  // The last one becomes the one in this place.
  void move_last_to(std::size_t place);
  spec::EventRecord& change(std::size_t i) { return *all_.at(i); }

  EventList from(std::size_t first) const {
    return EventList(std::span<spec::EventRecord* const>(all_).subspan(first));
  }
  operator EventList() const { return from(0); }
  std::size_t size() const { return all_.size(); }
  bool empty() const { return all_.empty(); }
  const spec::EventRecord& operator[](std::size_t i) const { return from(0)[i]; }
  const spec::EventRecord& at(std::size_t i) const { return from(0)[i]; }
  const spec::EventRecord& front() const { return from(0).front(); }
  const spec::EventRecord& back() const { return from(0).back(); }
  EventList::Iterator begin() const { return from(0).begin(); }
  EventList::Iterator end() const { return from(0).end(); }

 private:
  std::shared_ptr<google::protobuf::Arena> arena_;  // of the first one on
  std::vector<spec::EventRecord*> all_;
};

}  // namespace wald::ledger
