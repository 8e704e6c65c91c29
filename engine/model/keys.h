// The metadata keys of one architecture, read with their ranges.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/format.h"
#include "engine/base/result.h"
#include "engine/gguf/file.h"

namespace engine::model {

// Far above any published model; low enough that a product of two fits in 63 bits, and so does the
// size of every buffer that is computed from them.
inline constexpr int most_layers = 1024;
inline constexpr int most_width = 1 << 20;
inline constexpr int most_heads = 4096;
inline constexpr int most_experts = 8192;
inline constexpr int most_vocabulary = 1 << 24;
inline constexpr int most_positions = 1 << 30;
inline constexpr double most_rope_base = 1e12;

// Reads keys below "ARCHITECTURE." and remembers the first error, so that a family reads as a list
// of its keys. After an error every value is the lower end of its range.
class Keys {
 public:
  Keys(const gguf::File& file, std::string architecture)
      : file_(file), prefix_(std::move(architecture) + ".") {}

  const gguf::File& file() const { return file_; }
  bool has(const char* key) const { return file_.find(prefix_ + key) != nullptr; }

  int integer(const char* key, int least, int most) {
    return in_range(key, file_.integer(prefix_ + key), least, most);
  }
  int integer_or(const char* key, int fallback, int least, int most) {
    return has(key) ? integer(key, least, most) : fallback;
  }
  double number(const char* key, double least, double most) {
    return in_range(key, file_.number(prefix_ + key), least, most);
  }
  double number_or(const char* key, double fallback, double least, double most) {
    return has(key) ? number(key, least, most) : fallback;
  }
  bool boolean_or(const char* key, bool fallback) {
    return take(file_.boolean_or(prefix_ + key, fallback), fallback);
  }
  bool is_list(const char* key) const {
    const gguf::Value* const value = file_.find(prefix_ + key);
    return value != nullptr && std::holds_alternative<gguf::Array>(*value);
  }
  std::vector<bool> booleans(const char* key) {
    return take(file_.booleans(prefix_ + key), std::vector<bool>());
  }
  std::string text(const char* key) {
    return std::string(take(file_.string(prefix_ + key), std::string_view{}));
  }

  template <typename... Parts>
  void refuse(const char* key, const Parts&... parts) {
    if (!ok()) return;
    error_ = base::concat(file_.path(), ": ", prefix_, key, parts...);
    if (has(key)) error_ += base::concat(" (", file_.whence(prefix_ + key), ")");
  }
  bool ok() const { return error_.empty(); }
  base::Error error() const { return {error_}; }

 private:
  template <typename T>
  T take(base::Result<T> read, T fallback) {
    if (read.ok()) return *read;
    if (ok()) error_ = read.message();
    return fallback;
  }
  template <typename T, typename Bound>
  Bound in_range(const char* key, base::Result<T> read, Bound least, Bound most) {
    if (!read.ok()) return take(std::move(read), T{}), least;
    // Written so that NaN is out of range.
    const bool inside = *read >= static_cast<T>(least) && *read <= static_cast<T>(most);
    if (inside) return static_cast<Bound>(*read);
    refuse(key, " is ", *read, "; it must be between ", least, " and ", most);
    return least;
  }

  const gguf::File& file_;
  std::string prefix_;
  std::string error_;
};

}  // namespace engine::model
