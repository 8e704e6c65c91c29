#include "lsp/wire/debug_report.h"

#include <nlohmann/json.hpp>

namespace lsp::wire {
namespace {

using nlohmann::json;

json to_json(const DebugReport::Failure& failure) {
  json frames = json::array();
  for (const auto& [file, line, function, locals] : failure.frames) {
    json values = json::array();
    for (const auto& [name, value] : locals) values.push_back({{"name", name}, {"value", value}});
    frames.push_back(
        {{"file", file}, {"line", line}, {"function", function}, {"locals", std::move(values)}});
  }
  return {{"verdict", failure.verdict},   {"type", failure.type},
          {"message", failure.message},   {"frames", std::move(frames)},
          {"tests", json(failure.tests)}, {"reproduced", failure.reproduced}};
}

json to_json(DebugReport::Verified verified) {
  if (verified == DebugReport::Verified::no_crash) return "no-crash";
  return verified == DebugReport::Verified::yes;
}

}  // namespace

std::string to_json(const DebugReport& report) {
  json hints = json::array();
  for (const auto& [step, text, line, generated] : report.hints) {
    hints.push_back({{"step", step},
                     {"text", text},
                     {"line", line == 0 ? json() : json(line)},
                     {"generated", generated}});
  }
  json fixes = json::array();
  for (const auto& [diff, what, verified, evidence, ms, generated] : report.fixes) {
    fixes.push_back({{"diff", diff},
                     {"what", what},
                     {"verified", to_json(verified)},
                     {"evidence", evidence},
                     {"generated", generated},
                     {"ms", ms}});
  }
  json whole{{"failure", report.failure ? to_json(*report.failure) : json()},
             {"hints", std::move(hints)},
             {"fixes", std::move(fixes)},
             {"note", report.note},
             {"ms", report.ms}};
  if (!report.model_note.empty()) whole["model_note"] = report.model_note;
  if (!report.applied.empty()) whole["applied"] = report.applied;
  return whole.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace lsp::wire
