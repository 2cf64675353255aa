// SPDX-License-Identifier: Apache-2.0
// Events as they come to be, in order. The messages of events that are gone are filled again, texts
// and lists in the room they have, so that a block of the usual events asks the heap for nothing.
// An EventList shows a part of them, EventBytes their canonical forms. Thread rule: plain values;
// what was made may be read, and may end, on any thread.
#pragma once

#include <iterator>
#include <memory>
#include <span>
#include <vector>

#include "codec/base/bytes.h"
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
    for (const spec::EventRecord& event : events) out.add(event.body_case()) = event;
    return out;
  }

  // A new last one, empty; of a body of this kind it may have one already, empty too.
  spec::EventRecord& add(spec::EventRecord::BodyCase body);
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
  class Made;                   // the messages; copies of the list share them
  std::shared_ptr<Made> made_;  // from the first one on
  std::vector<spec::EventRecord*> all_;
};

// Canonical forms, one behind the other.
class EventBytes {
 public:
  void reserve(std::size_t events) { ends_.reserve(events); }
  void add(const spec::EventRecord& event);
  std::size_t size() const { return ends_.size(); }
  base::ByteView operator[](std::size_t i) const {
    WALD_CHECK(i < ends_.size());
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
    return base::ByteView(bytes_).subspan(begin, ends_[i] - begin);
  }

 private:
  base::Bytes bytes_;
  std::vector<std::size_t> ends_;
};

}  // namespace wald::ledger
