#include "lsp/wire/next_edits.h"

#include <nlohmann/json.hpp>

#include "lsp/wire/json_values.h"

namespace lsp::wire {

using nlohmann::json;

Notification next_edits(const std::string& uri, int64_t version, const std::string& title,
                        const std::vector<NextEdit>& edits) {
  json list = json::array();
  for (const auto& [span, old_text, text] : edits) {
    list.push_back({{"range", to_json(span)}, {"oldText", old_text}, {"newText", text}});
  }
  return {"lemma/nextEdits",
          Payload(json{
              {"uri", uri}, {"version", version}, {"title", title}, {"edits", std::move(list)}})};
}

}  // namespace lsp::wire
