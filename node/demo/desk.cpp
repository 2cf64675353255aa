// SPDX-License-Identifier: Apache-2.0
#include "node/demo/desk.h"

#include <unistd.h>

#include <cstdio>

#include "codec/base/text.h"
#include "node/client/transaction.h"
#include "node/os/clock.h"
#include "node/os/files.h"
#include "node/reflect/units.h"

namespace wald::demo {
namespace {

constexpr std::uint64_t kAskMs = 10'000;
constexpr std::uint64_t kPatienceMs = 20'000;  // while the sequencer restarts

}  // namespace

base::Err<std::string> broken(const std::string& expectation) {
  return base::Err{"expected: " + expectation};
}

std::uint64_t number_in(const boost::json::value& object, std::string_view key) {
  if (!object.is_object()) return 0;
  const auto* value = object.as_object().if_contains(key);
  if (value == nullptr) return 0;
  if (value->is_uint64()) return value->as_uint64();
  if (value->is_int64() && value->as_int64() >= 0)
    return static_cast<std::uint64_t>(value->as_int64());
  if (!value->is_string()) return 0;
  const auto parsed = reflect::parse_whole(value->as_string());
  return parsed.ok() ? parsed.value() : 0;
}

std::string text_in(const boost::json::value& object, std::string_view key) {
  if (!object.is_object()) return {};
  const auto* value = object.as_object().if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

Step<boost::json::value> Desk::get(const Member& member, const std::string& path) {
  client::Remote remote(member.url, kAskMs);
  auto reply = remote.get(path);
  if (!reply.ok()) return base::Err{member.name + " " + path + ": " + reply.error().message};
  return std::move(reply->data);
}

Step<boost::json::value> Desk::ask(const std::string& path) {
  const std::uint64_t give_up = os::monotonic_ms() + kPatienceMs;
  while (true) {
    client::Remote remote(network_.sequencer().url, kAskMs);
    auto reply = remote.get(path);
    if (reply.ok()) return std::move(reply->data);
    if (!reply.error().retryable() || os::monotonic_ms() > give_up)
      return base::Err{path + ": " + reply.error().message};
    if (signals_.wait(200)) return base::Err{std::string("interrupted")};
  }
}

Step<boost::json::array> Desk::list(const std::string& path) {
  client::Remote remote(network_.sequencer().url, kAskMs);
  auto rows = remote.list(path);
  if (!rows.ok()) return base::Err{path + ": " + rows.error().message};
  return std::move(rows).value();
}

Step<std::uint64_t> Desk::number(const std::string& path, const std::string& field) {
  TRY_ASSIGN(const boost::json::value data, ask(path));
  return number_in(data, field);
}

Step<boost::json::array> Desk::events(const std::string& type) {
  return list("/v1/events?type=" + type);
}

Step<boost::json::object> Desk::send(const Person& person, const spec::Operation& operation) {
  client::Remote remote(network_.sequencer().url, kAskMs);
  auto draft = client::build(remote, person.account, operation, {});
  if (!draft.ok()) return base::Err{person.name + ": " + draft.error().message};
  if (draft->code != "OK")
    return base::Err{person.name + ": " + draft->code + ", " + draft->message};
  const base::Bytes envelope = client::sign_body(draft->chain, draft->bytes, person.key);
  auto sent = client::send(remote, envelope, client::Wait::kCommitted, kPatienceMs);
  if (!sent.ok()) return base::Err{person.name + ": " + sent.error().message};
  return std::move(sent->result);
}

Step<boost::json::value> Desk::wal(const Person& person, const std::vector<std::string>& args) {
  os::SpawnOptions options;
  options.argv = {os::parent_dir(os::own_executable()) + "/wal",
                  "--url",
                  network_.sequencer().url,
                  "--keys",
                  network_.people_dir(),
                  "--from",
                  person.name,
                  "--json",
                  "--yes",
                  "--quiet",
                  "--timeout",
                  "60s"};
  options.argv.insert(options.argv.end(), args.begin(), args.end());
  options.output = network_.dir() + "/wal-" + std::to_string(++calls_) + ".json";
  auto child = os::Child::spawn(options);
  if (!child.ok()) return base::Err{child.error().text};
  while (!child->wait_for(100))
    if (signals_.wait(0)) return base::Err{std::string("interrupted")};
  const auto printed = os::read_file(options.output, 1u << 20);
  if (!printed.ok()) return base::Err{printed.error().text};
  const std::string text(base::as_text(*printed));
  boost::system::error_code failed;
  const auto answer = boost::json::parse(text, failed);
  if (failed || !answer.is_object() || !answer.as_object().contains("data"))
    return base::Err{"wal " + args.at(0) + " " + args.at(1) + ": " + text};
  return answer.at("data");
}

Step<void> Desk::until(const std::string& what, std::uint64_t timeout_ms,
                       const std::function<Step<bool>()>& met) {
  const std::uint64_t start = os::monotonic_ms();
  std::uint64_t spoke = start;
  while (true) {
    TRY_ASSIGN(const bool done, met());
    if (done) return {};
    const std::uint64_t now = os::monotonic_ms();
    if (now - start > timeout_ms) return base::Err{"waited in vain: " + what};
    if (now - spoke >= 5'000) {
      std::fprintf(stderr, "  .. %s (%llu s)\n", what.c_str(),
                   static_cast<unsigned long long>((now - start) / 1'000));
      spoke = now;
    }
    if (signals_.wait(100)) return base::Err{std::string("interrupted")};
    if (const auto name = network_.fallen())
      return base::Err{*name + " ended by itself; its log: " + *name + "/log.txt"};
  }
}

Step<void> Desk::until_time(const std::string& what, std::uint64_t wall_ms) {
  return until(what, 600'000, [&]() -> Step<bool> { return os::wall_time().value() >= wall_ms; });
}

}  // namespace wald::demo
