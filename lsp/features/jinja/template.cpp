#include "lsp/features/jinja/template.h"

#include "lsp/features/jinja/renderer.h"

namespace lsp::features::jinja {

engine::base::Result<Template> Template::parse(std::string source) {
  // As Jinja reads a file: one kind of line end, and none behind the last line.
  std::string lines;
  for (size_t i = 0; i < source.size(); ++i) {
    if (source[i] == '\r' && i + 1 < source.size() && source[i + 1] == '\n') continue;
    lines += source[i] == '\r' ? '\n' : source[i];
  }
  if (lines.ends_with('\n')) lines.pop_back();
  auto body = jinja::parse(lines);
  if (!body) return body.error();
  return Template(std::move(lines), *std::move(body));
}

engine::base::Result<Text> Template::render(const Dict& names) const {
  return Renderer(source_, names).render(body_);
}

}  // namespace lsp::features::jinja
