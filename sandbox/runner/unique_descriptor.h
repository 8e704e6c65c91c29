// A file descriptor with one owner.
#pragma once

#include <unistd.h>

#include <utility>

namespace sandbox::runner {

class UniqueDescriptor {
 public:
  explicit UniqueDescriptor(int number = -1) : number_(number) {}
  UniqueDescriptor(UniqueDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  UniqueDescriptor& operator=(UniqueDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~UniqueDescriptor() { reset(); }

  int get() const { return number_; }
  bool valid() const { return number_ >= 0; }
  void reset() {
    if (number_ >= 0) close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

}  // namespace sandbox::runner
