#include <toml++/toml.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "engine/base/format.h"
#include "lsp/server/settings.h"

namespace lsp::server {
namespace {

namespace fs = std::filesystem;

wire::SettingValue value_from(const toml::node& node) {
  if (const auto* value = node.as_boolean()) return value->get();
  if (const auto* value = node.as_integer()) return value->get();
  if (const auto* value = node.as_floating_point()) return value->get();
  if (const auto* value = node.as_string()) return value->get();
  const auto* array = node.as_array();
  if (array == nullptr) return wire::Unusable{};
  std::vector<std::string> strings;
  for (const toml::node& item : *array) {
    if (!item.is_string()) return wire::Unusable{};
    strings.push_back(item.as_string()->get());
  }
  return strings;
}

void collect(const toml::table& table, const std::string& prefix,
             std::vector<wire::Setting>& settings) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const auto* inner = node.as_table()) {
      collect(*inner, name + ".", settings);
    } else {
      settings.push_back({name, value_from(node)});
    }
  }
}

}  // namespace

std::string config_path() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  if (config != nullptr && fs::path(config).is_absolute()) {
    return fs::path(config) / "lemma" / "config.toml";
  }
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home == '\0') return "";
  return fs::path(home) / ".config" / "lemma" / "config.toml";
}

base::Result<std::vector<wire::Setting>> read_config(const std::string& path) {
  std::vector<wire::Setting> settings;
  std::error_code error;
  if (path.empty() || !fs::exists(path, error)) return settings;
  std::ifstream file(path);
  if (!file) return base::fail("cannot read ", path);
  try {
    collect(toml::parse(file, path), "", settings);
  } catch (const toml::parse_error& failure) {
    return base::fail(path, ", line ", failure.source().begin.line, ": ", failure.description());
  }
  return settings;
}

}  // namespace lsp::server
