#include "engine/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace engine::base {

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "lemma: broken invariant: %s (%s:%d)\n", condition, file, line);
  std::abort();
}

}  // namespace engine::base
