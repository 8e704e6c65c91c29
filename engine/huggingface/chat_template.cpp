#include "engine/huggingface/chat_template.h"

#include <filesystem>
#include <optional>
#include <string_view>

#include "engine/base/format.h"
#include "engine/base/mapped_file.h"

namespace engine::huggingface {
namespace {

constexpr const char* key = "tokenizer.chat_template";

std::optional<std::string_view> default_of(const base::JsonValue& named) {
  std::optional<std::string_view> found;
  named.for_each([&](base::JsonValue each) {
    const auto name = each.find("name"), text = each.find("template");
    if (name && text && name->string() == "default") found = text->string();
  });
  return found;
}

}  // namespace

base::Status add_chat_template(const std::string& folder, const Fields& tokenizer_config,
                               gguf::Assembly& model) {
  const std::string path = folder + "/chat_template.jinja";
  std::error_code ignored;  // a file that cannot be looked at is not there
  if (std::filesystem::exists(path, ignored)) {
    const auto mapping = base::MappedFile::open(path);
    if (!mapping) return mapping.error();
    const auto bytes = mapping->bytes();
    model.add(key, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()),
              path);
    return base::Done{};
  }
  constexpr const char* field = "chat_template";
  const auto value = tokenizer_config.find(field);
  if (!value) return base::Done{};
  const auto text = value->kind() == base::JsonKind::array ? default_of(*value) : value->string();
  if (!text) {
    return base::fail(tokenizer_config.place_of(field),
                      ": is no text, and no list of named texts with a 'default'");
  }
  model.add(key, *text, tokenizer_config.place_of(field));
  return base::Done{};
}

}  // namespace engine::huggingface
