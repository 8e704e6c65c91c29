#include "lsp/wire/solve_report.h"

#include <nlohmann/json.hpp>

namespace lsp::wire {

using nlohmann::json;

namespace {

json steps_of(const SolveReport& report) {
  json steps = json::array();
  for (const auto& [rule, formula, confirmed] : report.steps) {
    steps.push_back({{"rule", rule}, {"formula", formula}, {"checked", confirmed}});
  }
  return steps;
}

json object_of(const SolveReport& report) {
  using Checked = SolveReport::Checked;
  const json checked =
      report.checked == Checked::partly ? json("partly") : json(report.checked == Checked::yes);
  const auto text_or_null = [](const std::string& text) {
    return text.empty() ? json() : json(text);
  };
  return {{"steps", steps_of(report)},
          {"answer", report.answer},
          {"answer_latex", report.latex},
          {"decimal", text_or_null(report.decimal)},
          {"checked", checked},
          {"how", report.how},
          {"error_bound", text_or_null(report.error_bound)},
          {"program", report.program},
          {"read_as", report.read_as},
          {"notes", report.notes},
          {"ms", report.ms}};
}

std::string written(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

std::string to_json(const SolveReport& report) { return written(object_of(report)); }

std::string steps_to_json(const SolveReport& report) {
  return written(json{{"steps", steps_of(report)}});
}

std::string to_json(const std::vector<SolveReport>& reports) {
  json all = json::array();
  for (const SolveReport& report : reports) {
    json each = report.refused.empty() ? object_of(report) : json{{"refused", report.refused}};
    each["formula"] = report.formula;
    all.push_back(std::move(each));
  }
  return written(json{{"answers", std::move(all)}});
}

}  // namespace lsp::wire
