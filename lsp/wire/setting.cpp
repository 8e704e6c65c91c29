#include "lsp/wire/setting.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace lsp::wire {
namespace {

using nlohmann::json;

SettingValue value_from(const json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_unsigned() && value.get<uint64_t>() > INT64_MAX) return Unusable{};
  if (value.is_number_integer()) return value.get<int64_t>();
  if (value.is_number_float()) return value.get<double>();
  const bool strings =
      value.is_array() &&
      std::all_of(value.begin(), value.end(), [](const json& item) { return item.is_string(); });
  if (strings) return value.get<std::vector<std::string>>();
  return Unusable{};
}

void collect(const json& object, const std::string& prefix, std::vector<Setting>& settings) {
  for (const auto& [name, value] : object.items()) {
    if (value.is_object()) {
      collect(value, prefix + name + ".", settings);
    } else if (!value.is_null()) {
      settings.push_back({prefix + name, value_from(value)});
    }
  }
}

}  // namespace

std::vector<Setting> flatten(const Payload& object) {
  std::vector<Setting> settings;
  if (object.value().is_object()) collect(object.value(), "", settings);
  return settings;
}

}  // namespace lsp::wire
