#include <iterator>

#include "engine/base/json_object.h"
#include "engine/cli/commands.h"
#include "engine/gguf/file.h"
#include "engine/model/open.h"
#include "engine/tokenizer/tokenizer.h"

namespace engine::cli {

base::Status tokenize(const std::string& path, std::istream& in, Output output, std::ostream& out) {
  const auto file = model::open(path);
  if (!file.ok()) return file.error();
  const auto tokenizer = tokenizer::Tokenizer::load(*file);
  if (!tokenizer.ok()) return tokenizer.error();
  const std::string text(std::istreambuf_iterator<char>(in), {});
  const bool json = output == Output::json;
  std::string ids;
  for (const auto id : tokenizer->encode(text, tokenizer::SpecialTokens::literal)) {
    if (!ids.empty()) ids += json ? ", " : " ";
    ids += std::to_string(id);
  }
  out << (json ? base::JsonObject().raw("ids", "[" + ids + "]").str() : ids) << "\n";
  return base::Done{};
}

}  // namespace engine::cli
