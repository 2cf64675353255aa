// SPDX-License-Identifier: Apache-2.0
// What laws share: decoding of what they are shown, ids in keys, wide sums, postings of events.
// A record that does not decode was damaged by us: CHECK.
#pragma once

#include <functional>

#include "ledger/laws/all.h"
#include "ledger/state/keys.h"

namespace wald::ledger::laws {

// Signed, wide enough for any number of amounts below 2^63.
__extension__ typedef __int128 Sum;

std::string shown(Sum value);
std::string shown(base::ByteView id);  // the first bytes of an id, enough to find it

template <class R>
std::optional<R> decoded(Law::Value value) {
  if (!value) return std::nullopt;
  auto record = decode_record<R>(*value);
  WALD_CHECK(record.has_value());
  return record;
}

template <class Id>
Id id_at(base::ByteView key, std::size_t offset = 0) {
  return Id::from(key.subspan(offset, Id::kSize));
}
base::Epoch epoch_at(base::ByteView key, std::size_t offset = 0);

// Field 15 of an event's body, to be walked by a range for while the event lives.
class PostingsOf {
 public:
  explicit PostingsOf(const spec::EventRecord& event);

  class Iterator {
   public:
    Iterator(const PostingsOf& all, int at) : all_(all), at_(at) {}
    const spec::Posting& operator*() const { return all_.at(at_); }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }

   private:
    const PostingsOf& all_;
    int at_;
  };
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size_}; }

 private:
  const spec::Posting& at(int i) const;

  const google::protobuf::Message* body_ = nullptr;
  const google::protobuf::FieldDescriptor* field_ = nullptr;
  int size_ = 0;
};

// The node named by an event's field.
inline base::NodeId node_in(const std::string& field) {
  return base::NodeId::from(base::as_bytes(field));
}

inline Sum frost(Amount amount) { return amount.value(); }

}  // namespace wald::ledger::laws
