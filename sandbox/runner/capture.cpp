#include "sandbox/runner/capture.h"

#include <algorithm>

#include "engine/base/format.h"

namespace sandbox::runner {

void Capture::append(std::string_view bytes) {
  total_ += bytes.size();
  const size_t first = std::min<uint64_t>(kept_ - head_.size(), bytes.size());
  head_ += bytes.substr(0, first);
  bytes.remove_prefix(first);
  if (bytes.size() > kept_) bytes.remove_prefix(bytes.size() - kept_);
  recent_ += bytes;
  if (recent_.size() > 2 * kept_) recent_.erase(0, recent_.size() - kept_);
}

std::string_view Capture::tail() const {
  const std::string_view all = recent_;
  return all.size() > kept_ ? all.substr(all.size() - kept_) : all;
}

std::string Capture::text() const {
  if (dropped() == 0) return head_ + std::string(tail());
  return engine::base::concat(head_, "\n[... ", dropped(), " bytes left out ...]\n", tail());
}

}  // namespace sandbox::runner
