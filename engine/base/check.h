// INVARIANT(condition): a broken invariant ends the program, naming the condition and the place.
// It is an expression of type void and stays on in release builds; never use it for input from
// outside. (Not called CHECK, since Catch2 owns that name in the tests.)
#pragma once

namespace engine::base {

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace engine::base

#define INVARIANT(condition) \
  ((condition) ? (void)0 : ::engine::base::check_failed(#condition, __FILE__, __LINE__))
