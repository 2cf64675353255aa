// SPDX-License-Identifier: Apache-2.0
// IoError: what the world refused (disk, socket, process). `code` is an errno value, or 0 where the
// kernel was content and the content was not (a bad record, a foreign file); `text` is a sentence
// that names the operation and the path. A failure of the second kind of architecture.md 8.
#pragma once

#include <string>
#include <utility>

#include "codec/base/result.h"

namespace wald::os {

struct IoError {
  int code = 0;
  std::string text;
};

template <class T>
using IoResult = base::Result<T, IoError>;

// "<what>: <strerror(code)>"
IoError system_error(int code, const std::string& what);

inline base::Err<IoError> content_error(std::string text) {
  return base::Err{IoError{0, std::move(text)}};
}

}  // namespace wald::os
