// SPDX-License-Identifier: Apache-2.0
// Result<T, E>: a value or a reason, never both, never neither. Dropping one is a compile error.
// TRY(expr) leaves the function with the error; TRY_ASSIGN(decl, expr) also binds the value.
// Thread rule: a plain value. Rule A-13, A-26 (C++20 has no std::expected).
#pragma once

#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "codec/base/check.h"

namespace wald::base {

// Wraps an error so that `return Err{e};` converts to any Result with that error type.
template <class E>
struct Err {
  E error;
};
template <class E>
Err(E) -> Err<E>;

template <class T, class E>
class [[nodiscard]] Result {
 public:
  using Value = T;
  using Error = E;

  template <class U = T>
  requires(std::is_convertible_v<U&&, T> && !std::is_same_v<std::remove_cvref_t<U>, Result>)
      Result(U&& value)
      : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  template <class F>
  requires std::is_convertible_v<F, E> Result(Err<F> err)
      : state_(std::in_place_index<1>, std::move(err.error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  const T& value() const& {
    WALD_CHECK(ok());
    return *std::get_if<0>(&state_);
  }
  T& value() & {
    WALD_CHECK(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    WALD_CHECK(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  const E& error() const& {
    WALD_CHECK(!ok());
    return *std::get_if<1>(&state_);
  }
  E&& error() && {
    WALD_CHECK(!ok());
    return std::move(*std::get_if<1>(&state_));
  }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }

 private:
  std::variant<T, E> state_;
};

template <class E>
class [[nodiscard]] Result<void, E> {
 public:
  using Value = void;
  using Error = E;

  Result() = default;
  template <class F>
  requires std::is_convertible_v<F, E> Result(Err<F> err) : error_(std::move(err.error)) {}

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  void value() const { WALD_CHECK(ok()); }
  const E& error() const& {
    WALD_CHECK(!ok());
    return *error_;
  }
  E&& error() && {
    WALD_CHECK(!ok());
    return std::move(*error_);
  }

 private:
  std::optional<E> error_;
};

}  // namespace wald::base

#define WALD_CONCAT_(a, b) a##b
#define WALD_CONCAT(a, b) WALD_CONCAT_(a, b)
#define TRY(...)                                                                 \
  do {                                                                           \
    auto wald_try_ = (__VA_ARGS__);                                              \
    if (!wald_try_.ok()) return ::wald::base::Err{std::move(wald_try_).error()}; \
  } while (false)
#define TRY_ASSIGN_(name, decl, ...)                                 \
  auto name = (__VA_ARGS__);                                         \
  if (!name.ok()) return ::wald::base::Err{std::move(name).error()}; \
  decl = std::move(name).value()
#define TRY_ASSIGN(decl, ...) TRY_ASSIGN_(WALD_CONCAT(wald_try_, __LINE__), decl, __VA_ARGS__)
