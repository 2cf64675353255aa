// SPDX-License-Identifier: Apache-2.0
// codec.json as its replayers see it. An Entry collects what differs; a missing or ill-typed field
// throws, which fails the entry. Codecs and encodings are kept for the entries that share them.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "codec/base/hash.h"
#include "codec/base/text.h"
#include "codec/encoder.h"

namespace wald::vectors {

namespace json = boost::json;

class Entry {
 public:
  explicit Entry(std::string name) : name_(std::move(name)) {}

  void equal(std::string_view field, std::string_view want, std::string_view got);
  void equal(std::string_view field, std::uint64_t want, std::uint64_t got);
  void truth(std::string_view field, bool got) { equal(field, "true", got ? "true" : "false"); }
  // The field of `object` against what came out; hashes and bytes as hex.
  void field(const json::object& object, std::string_view key, std::string_view got);
  void field(const json::object& object, std::string_view key, std::uint64_t got);
  void hex_field(const json::object& object, std::string_view key, base::ByteView got);
  // H of what came out.
  void hash_field(const json::object& object, std::string_view key, base::ByteView got);

  void under(std::string prefix) { prefix_ = std::move(prefix); }
  const std::string& name() const { return name_; }
  bool good() const { return good_; }

 private:
  std::string name_;
  std::string prefix_;
  bool good_ = true;
};

std::uint64_t number(const json::object& object, std::string_view key);
std::string text(const json::object& object, std::string_view key);
base::Bytes unhex(std::string_view digits);

// The bytes that an `input` object stands for.
base::Bytes input_bytes(const json::object& input);

// Equal arguments give the same object until the next different call.
const codec::Codec& codec_of(std::uint64_t shards);

void replay_case(Entry& entry, const json::object& item);
void replay_recovery(Entry& entry, const json::object& of, const json::object& item);
void replay_quilt(Entry& entry, const json::object& item);
void replay_message(Entry& entry, const json::object& section, const json::object& item);

}  // namespace wald::vectors
