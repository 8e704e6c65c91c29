#include "lsp/server/settings.h"

#include <algorithm>
#include <array>
#include <climits>
#include <span>

#include "engine/base/format.h"

namespace lsp::server {
namespace {

using base::concat;
using wire::SettingValue;

struct Key {
  std::string_view name;
  Origin origin;  // machine: of the machine alone
  std::string_view expectation;
  bool (*set)(const SettingValue& value, Settings& settings);
};

template <typename T>
bool assign(const SettingValue& value, T& target) {
  const T* typed = std::get_if<T>(&value);
  if (typed != nullptr) target = *typed;
  return typed != nullptr;
}

bool assign_within(const SettingValue& value, int low, int high, int& target) {
  const int64_t* number = std::get_if<int64_t>(&value);
  if (number == nullptr || *number < low || *number > high) return false;
  target = static_cast<int>(*number);
  return true;
}

bool assign_one_of(const SettingValue& value, std::initializer_list<std::string_view> choices,
                   std::string& target) {
  const std::string* text = std::get_if<std::string>(&value);
  if (text == nullptr || std::find(choices.begin(), choices.end(), *text) == choices.end()) {
    return false;
  }
  target = *text;
  return true;
}

constexpr std::string_view a_switch = "true or false";
constexpr std::string_view a_path = "a path";
constexpr std::string_view seconds = "a whole number of seconds";

constexpr std::array editor_keys{
    Key{"completion.enabled", Origin::editor, a_switch,
        [](const SettingValue& v, Settings& s) { return assign(v, s.completion.enabled); }},
    Key{"completion.multiline", Origin::editor, a_switch,
        [](const SettingValue& v, Settings& s) { return assign(v, s.completion.multiline); }},
    Key{"completion.comments", Origin::editor, a_switch,
        [](const SettingValue& v, Settings& s) { return assign(v, s.completion.comments); }},
    Key{"completion.next_edits", Origin::editor, a_switch,
        [](const SettingValue& v, Settings& s) { return assign(v, s.completion.next_edits); }},
    Key{"completion.tokens", Origin::editor, "a whole number from 1 to 512",
        [](const SettingValue& v, Settings& s) {
          return assign_within(v, 1, 512, s.completion.tokens);
        }},
    Key{"completion.exclude", Origin::editor, "a list of language identifiers",
        [](const SettingValue& v, Settings& s) { return assign(v, s.completion.exclude); }},
    Key{"log.level", Origin::editor, "\"error\", \"warning\", \"info\" or \"debug\"",
        [](const SettingValue& v, Settings& s) {
          return assign_one_of(v, {"error", "warning", "info", "debug"}, s.log_level);
        }},
};

constexpr std::array machine_keys{
    Key{"log.file", Origin::machine, a_path,
        [](const SettingValue& v, Settings& s) { return assign(v, s.log_file); }},
    Key{"run.in_background", Origin::machine, a_switch,
        [](const SettingValue& v, Settings& s) { return assign(v, s.run_in_background); }},
    Key{"run.on_save", Origin::machine, a_switch,
        [](const SettingValue& v, Settings& s) { return assign(v, s.run_on_save); }},
    Key{"run.python", Origin::machine, a_path,
        [](const SettingValue& v, Settings& s) { return assign(v, s.python); }},
    Key{"model", Origin::machine, a_path,
        [](const SettingValue& v, Settings& s) { return assign(v, s.model); }},
    Key{"memory", Origin::machine, a_path,
        [](const SettingValue& v, Settings& s) { return assign(v, s.memory); }},
    Key{"adapter", Origin::machine, a_path,
        [](const SettingValue& v, Settings& s) { return assign(v, s.adapter); }},
    Key{"backend", Origin::machine, "\"auto\", \"cpu\", \"cuda\", \"reference\" or \"none\"",
        [](const SettingValue& v, Settings& s) {
          return assign_one_of(v, {"auto", "cpu", "cuda", "reference", "none"}, s.backend);
        }},
    Key{"kv_cache", Origin::machine, "\"f16\" or \"fp8\"",
        [](const SettingValue& v, Settings& s) {
          return assign_one_of(v, {"f16", "fp8"}, s.kv_cache);
        }},
    Key{"threads", Origin::machine, "a whole number from 0 to 1024; 0 means the physical cores",
        [](const SettingValue& v, Settings& s) { return assign_within(v, 0, 1024, s.threads); }},
    Key{"chat.model", Origin::machine, a_path,
        [](const SettingValue& v, Settings& s) { return assign(v, s.chat_model); }},
    Key{"prefixes.disk_mb", Origin::machine, "a whole number of megabytes; 0 means none",
        [](const SettingValue& v, Settings& s) {
          return assign_within(v, 0, INT_MAX, s.prefixes.disk_mb);
        }},
    Key{"daemon.free_model_after_s", Origin::machine, seconds,
        [](const SettingValue& v, Settings& s) {
          return assign_within(v, 0, INT_MAX, s.daemon.free_model_after_s);
        }},
    Key{"daemon.leave_after_s", Origin::machine, seconds,
        [](const SettingValue& v, Settings& s) {
          return assign_within(v, 0, INT_MAX, s.daemon.leave_after_s);
        }},
};

// Endpoints: of others, and our own.
constexpr std::array endpoint_keys{
    Key{"remote.url", Origin::machine, "a URL",
        [](const SettingValue& v, Settings& s) { return assign(v, s.remote.url); }},
    Key{"remote.model", Origin::machine, "a model's name",
        [](const SettingValue& v, Settings& s) { return assign(v, s.remote.model); }},
    Key{"remote.token_env", Origin::machine, "the name of an environment variable",
        [](const SettingValue& v, Settings& s) { return assign(v, s.remote.token_env); }},
    Key{"remote.token_file", Origin::machine, a_path,
        [](const SettingValue& v, Settings& s) { return assign(v, s.remote.token_file); }},
    Key{"remote.fim", Origin::machine, "a text with {prefix} and {suffix}",
        [](const SettingValue& v, Settings& s) { return assign(v, s.remote.fim); }},
    Key{"remote.ability", Origin::machine, "\"instruct\" or \"reason\"",
        [](const SettingValue& v, Settings& s) {
          return assign_one_of(v, {"instruct", "reason"}, s.remote.ability);
        }},
    Key{"remote.thinking_tokens", Origin::machine, "a whole number from 1 to 1000000",
        [](const SettingValue& v, Settings& s) {
          return assign_within(v, 1, 1'000'000, s.remote.thinking_tokens);
        }},
    Key{"remote.completes", Origin::machine, "true or false",
        [](const SettingValue& v, Settings& s) { return assign(v, s.remote.completes); }},
    Key{"http.concurrent", Origin::machine, "a whole number from 1 to 1024",
        [](const SettingValue& v, Settings& s) {
          return assign_within(v, 1, 1024, s.http.concurrent);
        }},
    Key{"http.per_minute", Origin::machine, "a whole number from 1",
        [](const SettingValue& v, Settings& s) {
          return assign_within(v, 1, INT_MAX, s.http.per_minute);
        }},
    Key{"http.queue", Origin::machine, "a whole number from 0 to 4096",
        [](const SettingValue& v, Settings& s) { return assign_within(v, 0, 4096, s.http.queue); }},
    Key{"http.hosts", Origin::machine, "a list of names",
        [](const SettingValue& v, Settings& s) { return assign(v, s.http.hosts); }},
};

template <typename Does>
const Key* first_key(Does does) {
  for (const std::span<const Key> keys :
       {std::span<const Key>(editor_keys), std::span<const Key>(machine_keys),
        std::span<const Key>(endpoint_keys)}) {
    const auto found = std::find_if(keys.begin(), keys.end(), does);
    if (found != keys.end()) return &*found;
  }
  return nullptr;
}

const Key* key_named(std::string_view name) {
  return first_key([&](const Key& key) { return key.name == name; });
}

bool is_section(std::string_view name) {
  const std::string start = concat(name, ".");
  return first_key([&](const Key& key) { return key.name.starts_with(start); }) != nullptr;
}

}  // namespace

bool leaves_out(const Settings& settings, const std::string& language_id) {
  const auto& languages = settings.completion.exclude;
  return std::find(languages.begin(), languages.end(), language_id) != languages.end();
}

std::vector<Problem> apply(const std::vector<wire::Setting>& values, Origin origin,
                           Settings& settings) {
  std::vector<Problem> problems;
  for (const auto& [name, value] : values) {
    const Key* key = key_named(name);
    if (key == nullptr && is_section(name)) {
      problems.push_back({Problem::Kind::error, concat("'", name, "' is a section: its settings ",
                                                       "stand below [", name, "]")});
    } else if (key == nullptr) {
      problems.push_back({Problem::Kind::warning, concat("unknown setting '", name, "'")});
    } else if (key->origin == Origin::machine && origin != Origin::machine) {
      problems.push_back(
          {Problem::Kind::warning,
           concat("the setting '", name, "' is refused from the editor, since a repository could ",
                  "set it; set it in ", config_path())});
    } else if (!key->set(value, settings)) {
      problems.push_back(
          {Problem::Kind::error, concat("the setting '", name, "' must be ", key->expectation)});
    }
  }
  return problems;
}

}  // namespace lsp::server
