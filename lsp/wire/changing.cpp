#include "lsp/wire/changing.h"

#include <nlohmann/json.hpp>

#include "lsp/wire/json_values.h"

namespace lsp::wire {

Notification changed(const ChangeReport& report) {
  return {"lemma/changed", Payload(nlohmann::json{{"uri", report.uri},
                                                  {"version", report.version},
                                                  {"range", to_json(report.span)},
                                                  {"newText", report.text},
                                                  {"seen", report.seen},
                                                  {"evidence", report.evidence},
                                                  {"author", report.author}})};
}

}  // namespace lsp::wire
