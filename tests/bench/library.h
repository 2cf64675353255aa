// SPDX-License-Identifier: Apache-2.0
// A peer's shared library, opened while the benchmark runs and never linked, and functions in it.
// Thread rule: main.
#pragma once

#include <dlfcn.h>

#include <string>

namespace wald::bench {

class Library {
 public:
  // `advice`: what to say where it is not installed.
  Library(const char* file, const std::string& advice)
      : file_(file), handle_(::dlopen(file, RTLD_NOW | RTLD_LOCAL)) {
    if (handle_ == nullptr) missing_ = advice;
  }
  // Sets a pointer to a function by its documented name.
  template <class F>
  void find(F& function, const char* name) {
    if (handle_ == nullptr) return;
    function = reinterpret_cast<F>(::dlsym(handle_, name));
    if (function == nullptr) missing_ = std::string(file_) + " has no " + name;
  }
  // Why it cannot be used, or nothing.
  const std::string& missing() const { return missing_; }

 private:
  const char* file_;
  void* handle_;
  std::string missing_;
};

}  // namespace wald::bench
