// Result<T>: a value, or an error that says what was wrong, where, and what to do about it.
//
// Expected failures (a file, a client, a model, a run) travel as Result; a broken invariant is an
// INVARIANT (check.h). Reading the value of a failed Result is such a broken invariant.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "engine/base/check.h"

namespace engine::base {

struct Error {
  std::string message;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return INVARIANT(ok()), std::get<0>(state_); }
  const T& value() const& { return INVARIANT(ok()), std::get<0>(state_); }
  T&& value() && { return INVARIANT(ok()), std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const { return INVARIANT(!ok()), std::get<1>(state_); }
  const std::string& message() const { return error().message; }

 private:
  std::variant<T, Error> state_;
};

// The Result of something done only for its effect: `return Done{};`.
struct Done {};
using Status = Result<Done>;

}  // namespace engine::base
