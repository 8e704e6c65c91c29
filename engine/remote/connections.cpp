#include "engine/remote/connections.h"

#include <utility>

#include "engine/base/check.h"

namespace engine::remote {
namespace {

// A keystroke's, a conversation's and a few samples' of a problem.
constexpr size_t most_idle = 4;

}  // namespace

Connections::Multi Connections::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      Multi multi = std::move(idle_.back());
      idle_.pop_back();
      return multi;
    }
  }
  Multi multi(curl_multi_init(), curl_multi_cleanup);
  INVARIANT(multi != nullptr);
  return multi;
}

void Connections::give_back(Multi multi) {
  const std::lock_guard lock(mutex_);
  if (idle_.size() < most_idle) idle_.push_back(std::move(multi));
}

}  // namespace engine::remote
