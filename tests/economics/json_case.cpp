// SPDX-License-Identifier: Apache-2.0
#include "tests/economics/json_case.h"

#include <cstdio>
#include <fstream>
#include <iterator>

namespace wald::economics::cases {

U128 wide(const json::value& value) {
  if (const auto* number = value.if_uint64()) return *number;
  if (const auto* number = value.if_int64(); number != nullptr && *number >= 0) {
    return static_cast<std::uint64_t>(*number);
  }
  const auto* digits = value.if_string();
  if (digits == nullptr || digits->empty() || digits->size() > 38) {
    throw Malformed("not an integer: " + json::serialize(value));
  }
  U128 number = 0;
  for (const char c : *digits) {
    if (c < '0' || c > '9') throw Malformed("not an integer: " + json::serialize(value));
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  return number;
}

namespace {

std::uint64_t within(const json::value& value, std::uint64_t max) {
  const U128 number = wide(value);
  if (number > max) throw Malformed("too large: " + json::serialize(value));
  return static_cast<std::uint64_t>(number);
}

}  // namespace

std::uint64_t u64(const json::value& value) { return within(value, kMaxU64); }
std::uint32_t u32(const json::value& value) {
  return static_cast<std::uint32_t>(within(value, UINT32_MAX));
}
std::uint16_t u16(const json::value& value) {
  return static_cast<std::uint16_t>(within(value, UINT16_MAX));
}

Amount amount(const json::value& value) { return accepted(Amount::make(u64(value))); }
Bps bps(const json::value& value) { return accepted(Bps::make(u64(value))); }
Ppm ppm(const json::value& value) { return accepted(Ppm::make(u64(value))); }

bool flag(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->as_bool();
}

std::string text(const json::value& value) {
  return std::string(value.as_string().c_str(), value.as_string().size());
}

std::uint64_t u64_or(const json::object& object, std::string_view key, std::uint64_t other) {
  const auto* value = object.if_contains(key);
  return value == nullptr ? other : u64(*value);
}

std::string dec(U128 value) {
  std::string digits;
  do {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value != 0);
  return digits;
}

json::value as_text(const json::value& value) {
  if (value.is_uint64() || value.is_int64()) return json::value(json::string(dec(wide(value))));
  if (const auto* list = value.if_array()) {
    json::array out;
    for (const auto& item : *list) out.push_back(as_text(item));
    return out;
  }
  if (const auto* object = value.if_object()) {
    json::object out;
    for (const auto& item : *object) out[item.key()] = as_text(item.value());
    return out;
  }
  return value;
}

void Score::fail(const std::string& entry, const std::string& field, const std::string& want,
                 const std::string& got) {
  ++failed_;
  std::printf("FAILED %s: %s: want %s, got %s\n", entry.c_str(), field.c_str(), want.c_str(),
              got.c_str());
}

bool Score::differs(const std::string& entry, const std::string& field, const json::value& want,
                    const json::value& got) {
  if (want.is_object() && got.is_object()) {
    bool any = false;
    for (const auto& item : want.get_object()) {
      const std::string path = field + "." + std::string(item.key());
      const auto* there = got.get_object().if_contains(item.key());
      if (there == nullptr) {
        fail(entry, path, json::serialize(item.value()), "nothing");
        any = true;
      } else {
        any = differs(entry, path, item.value(), *there) || any;
      }
    }
    for (const auto& item : got.get_object()) {
      if (want.get_object().contains(item.key())) continue;
      fail(entry, field + "." + std::string(item.key()), "nothing", json::serialize(item.value()));
      any = true;
    }
    return any;
  }
  if (want == got) return false;
  fail(entry, field, json::serialize(want), json::serialize(got));
  return true;
}

void Score::compare(const std::string& entry, const json::object& want, const json::object& got) {
  bool any = false;
  for (const auto& item : want) {
    const std::string field(item.key());
    const auto* there = got.if_contains(item.key());
    if (there == nullptr) {
      fail(entry, field, json::serialize(item.value()), "nothing");
      any = true;
    } else {
      any = differs(entry, field, as_text(item.value()), as_text(*there)) || any;
    }
  }
  if (!any) pass();
}

int Score::finish() const {
  std::printf("%llu passed, %llu failed\n", static_cast<unsigned long long>(passed_),
              static_cast<unsigned long long>(failed_));
  return failed_ == 0 && passed_ > 0 ? 0 : 1;
}

namespace {

json::value parse_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Malformed(std::string("cannot read ") + path);
  const std::string all((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return json::parse(all);
}

}  // namespace

int replay(int argc, char** argv, const std::function<void(const json::value&, Score&)>& play) {
  if (argc != 2) {
    const std::string_view name = argv[0];
    std::printf("usage: %s FILE.json\n0 passed, 1 failed\n",
                name.substr(name.rfind('/') + 1).data());
    return 2;
  }
  Score score;
  try {
    play(parse_file(argv[1]), score);
  } catch (const std::exception& error) {
    score.fail(argv[1], "file", "the form of the format", error.what());
  }
  return score.finish();
}

}  // namespace wald::economics::cases
