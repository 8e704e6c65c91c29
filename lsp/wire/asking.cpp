#include "lsp/wire/asking.h"

#include <nlohmann/json.hpp>

namespace lsp::wire {

using nlohmann::json;

Payload encode_asked(const std::string& model, const std::string& question,
                     const std::optional<Attached>& attached) {
  json result{{"model", model}, {"question", question}};
  if (attached) {
    result["attached"] = {{"name", attached->name},
                          {"firstLine", attached->first_line},
                          {"lastLine", attached->last_line}};
  }
  return Payload(std::move(result));
}

Notification answer_piece(const std::string& conversation, const char* kind,
                          const std::string& text) {
  return {"lemma/piece",
          Payload(json{{"conversation", conversation}, {"kind", kind}, {"text", text}})};
}

Notification answer_end(const std::string& conversation, const std::string& problem) {
  json params{{"conversation", conversation}};
  if (!problem.empty()) params["problem"] = problem;
  return {"lemma/end", Payload(std::move(params))};
}

}  // namespace lsp::wire
