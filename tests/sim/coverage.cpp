// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/coverage.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "specs/proto/event.pb.h"
#include "specs/proto/tx.pb.h"

namespace wald::sim {
namespace {

constexpr std::uint64_t kLeast = 10;  // of each code
// Of each operation's tries, in percent, are accepted.
constexpr std::uint64_t kLow = 20;
constexpr std::uint64_t kHigh = 80;
constexpr std::uint64_t kTriesThatTell = 50;

struct Exempt {
  int number;
  const char* why;
};
// Codes that no simulation is asked to reach.
constexpr Exempt kExempt[] = {
    {spec::LAW_BROKEN, "would be a bug of the ledger"},
    {spec::NO_OFFENCE, "waits for evidence of fraud"},
    {spec::KNOWN, "waits for evidence of fraud"},
    {spec::TOO_OLD, "waits for evidence of fraud"},
    {spec::POOL_IMPAIRED, "a pool that lost over half: waits for evidence of fraud"},
    {spec::BLOB_ENDED, "needs over a thousand objects that end in one epoch"},
};

// The same of events, by their number in event.proto.
constexpr Exempt kSilent[] = {
    {spec::EventRecord::kTokenMinted, "nothing mints after genesis"},
};

template <std::size_t N>
bool exempt(const Exempt (&list)[N], int number) {
  return std::any_of(std::begin(list), std::end(list),
                     [&](const Exempt& one) { return one.number == number; });
}

std::string percent(const tests::Workload::Tries& tries) {
  return std::to_string(tries.accepted * 100 / tries.tried) + " % of " +
         std::to_string(tries.tried) + " accepted";
}

template <class Map, class Key>
auto at_or_zero(const Map& map, const Key& key) {
  const auto at = map.find(key);
  return at == map.end() ? typename Map::mapped_type{} : at->second;
}

const google::protobuf::OneofDescriptor& kinds() {
  return *spec::Operation::descriptor()->FindOneofByName("kind");
}

const google::protobuf::OneofDescriptor& bodies() {
  return *spec::EventRecord::descriptor()->FindOneofByName("body");
}

}  // namespace

void Coverage::add(const tests::Workload& workload) {
  for (const auto& [code, count] : workload.codes()) codes_[code] += count;
  for (const auto& [event, count] : workload.events()) events_[event] += count;
  for (const auto& [kind, tries] : workload.tries()) {
    tries_[kind].tried += tries.tried;
    tries_[kind].accepted += tries.accepted;
    for (const auto& [code, count] : tries.refused) tries_[kind].refused[code] += count;
  }
  for (const auto& report : workload.laws()) laws_[report.law] += report.objects;
}

std::vector<std::string> Coverage::gaps() const {
  std::vector<std::string> out;
  const auto& codes = *spec::Code_descriptor();
  for (int i = 0; i < codes.value_count(); ++i) {
    const auto code = static_cast<spec::Code>(codes.value(i)->number());
    const std::uint64_t count = at_or_zero(codes_, code);
    if (!exempt(kExempt, code) && count < kLeast)
      out.push_back("code " + spec::Code_Name(code) + " was answered " + std::to_string(count) +
                    " times, " + std::to_string(kLeast) + " are wanted");
  }
  for (int i = 0; i < kinds().field_count(); ++i) {
    const auto& field = *kinds().field(i);
    const auto tries = at_or_zero(tries_, field.number());
    const bool enough = tries.tried >= kTriesThatTell;
    if (!enough) {
      out.push_back("operation " + field.name() + " was tried " + std::to_string(tries.tried) +
                    " times, " + std::to_string(kTriesThatTell) + " are wanted");
    } else if (tries.accepted * 100 < tries.tried * kLow ||
               tries.accepted * 100 > tries.tried * kHigh) {
      out.push_back("operation " + field.name() + ": " + percent(tries) + ", wanted " +
                    std::to_string(kLow) + " to " + std::to_string(kHigh) + " %");
    }
  }
  for (int i = 0; i < bodies().field_count(); ++i)
    if (events_.count(bodies().field(i)->number()) == 0 &&
        !exempt(kSilent, bodies().field(i)->number()))
      out.push_back("event " + bodies().field(i)->name() + " was never told");
  for (const auto& [law, objects] : laws_)
    if (objects == 0) out.push_back("law " + law + " saw nothing");
  return out;
}

std::vector<std::string> Coverage::table() const {
  std::vector<std::string> out;
  for (const auto& [code, count] : codes_)
    out.push_back("code " + spec::Code_Name(code) + " " + std::to_string(count));
  for (const auto& [kind, tries] : tries_) {
    const auto* field = spec::Operation::descriptor()->FindFieldByNumber(kind);
    out.push_back("operation " + (field == nullptr ? "(bytes)" : field->name()) + " " +
                  percent(tries));
    for (const auto& [code, count] : tries.refused)
      out.back() += ", " + spec::Code_Name(code) + " " + std::to_string(count);
  }
  for (const auto& [event, count] : events_)
    out.push_back("event " + spec::EventRecord::descriptor()->FindFieldByNumber(event)->name() +
                  " " + std::to_string(count));
  for (const auto& [law, objects] : laws_)
    out.push_back("law " + law + " " + std::to_string(objects) + " objects");
  for (const Exempt& one : kExempt)
    out.push_back("not asked for: code " + spec::Code_Name(static_cast<spec::Code>(one.number)) +
                  ": " + one.why);
  for (const Exempt& one : kSilent)
    out.push_back("not asked for: event " +
                  spec::EventRecord::descriptor()->FindFieldByNumber(one.number)->name() + ": " +
                  one.why);
  return out;
}

}  // namespace wald::sim
