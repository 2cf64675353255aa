// SPDX-License-Identifier: Apache-2.0
// Why a client's step did not succeed, as people, scripts and exit codes need it (interfaces.md 2).
// Plain values.
#pragma once

#include <map>
#include <string>

#include "codec/base/result.h"

namespace wald::client {

// Stable numbers.
enum class Exit : int {
  kDone = 0,
  kUnexpected = 1,
  kUsage = 2,
  kNotFound = 3,
  kRejected = 4,
  kUnknownOutcome = 5,
  kUnreachable = 6,
  kKey = 7,
  kDeclined = 8,
  kInPart = 9,
  kProblem = 10,
  kInterrupted = 130,
};

struct Failure {
  Exit exit = Exit::kUnexpected;
  std::string reason;   // UPPER_SNAKE, as in an error object
  std::string message;  // a sentence
  std::string hint;     // what to do, may be empty
  std::string status = "INVALID_ARGUMENT";
  int code = 400;  // of HTTP
  std::string domain = "global";
  std::map<std::string, std::string> metadata{};

  bool retryable() const { return exit == Exit::kUnreachable; }
};

template <class T>
using Outcome = base::Result<T, Failure>;

inline base::Err<Failure> fail(Exit exit, std::string reason, std::string message,
                               std::string hint = "") {
  Failure out;
  out.exit = exit;
  out.reason = std::move(reason);
  out.message = std::move(message);
  out.hint = std::move(hint);
  return base::Err<Failure>{std::move(out)};
}
inline base::Err<Failure> usage(std::string message, std::string hint = "") {
  return fail(Exit::kUsage, "USAGE", std::move(message), std::move(hint));
}

}  // namespace wald::client
