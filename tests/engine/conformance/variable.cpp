#include "tests/engine/conformance/variable.h"

#include <cstdlib>

namespace conformance {

Variable::Variable(const char* name, const char* value) : name_(name) {
  if (const char* const before = std::getenv(name)) before_ = before;
  set(value);
}

Variable::~Variable() { set(before_ ? before_->c_str() : nullptr); }

void Variable::set(const char* value) const {
  if (value == nullptr) {
    unsetenv(name_);
  } else {
    setenv(name_, value, 1);
  }
}

}  // namespace conformance
