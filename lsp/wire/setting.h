// Settings as they arrive: names with dots and plain values, whatever the source.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "lsp/wire/message.h"

namespace lsp::wire {

// A value of a kind that no setting has.
struct Unusable {
  bool operator==(const Unusable&) const = default;
};

using SettingValue =
    std::variant<Unusable, bool, int64_t, double, std::string, std::vector<std::string>>;

struct Setting {
  std::string key;  // "completion.enabled"
  SettingValue value;
};

// {"completion": {"enabled": true}} and {"completion.enabled": true} alike. A null is a setting
// that is not set.
std::vector<Setting> flatten(const Payload& object);

}  // namespace lsp::wire
