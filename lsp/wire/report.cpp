#include "lsp/wire/report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "lsp/wire/adapt_report.h"
#include "lsp/wire/json_values.h"

namespace lsp::wire {
namespace {

using nlohmann::json;

json from_one(text::Position position) {
  return {{"line", position.line + 1}, {"column", position.character + 1}};
}

}  // namespace

std::string to_json(const CompletionReport& report) {
  json context = json::array();
  for (const auto& [what, why, tokens] : report.context) {
    context.push_back({{"what", what}, {"why", why}, {"tokens", tokens}});
  }
  json result{{"text", report.text},
              {"silence", report.silence},
              {"range", {{"start", from_one(report.start)}, {"end", from_one(report.end)}}},
              {"ms", report.ms},
              {"tokens", report.tokens},
              {"model", report.model},
              {"context", std::move(context)}};
  for (const auto& [text, end, probability] : report.others) {
    json& other = result["others"].emplace_back(json{{"text", text}});
    other["range"] = {{"start", from_one(report.start)}, {"end", from_one(end)}};
    if (probability) other["probability"] = *probability;
  }
  if (report.why) {
    json experts = json::array();
    for (const auto& [token, layers] : report.why->experts) {
      experts.push_back({{"token", token}, {"layers", layers}});
    }
    result["why"] = {{"prompt_tokens", report.why->prompt_tokens},
                     {"cached_tokens", report.why->cached_tokens},
                     {"accepted_tokens", report.why->accepted_tokens},
                     {"context_tokens", report.why->context_tokens},
                     {"context_ms", report.why->context_ms},
                     {"prefill_ms", report.why->prefill_ms},
                     {"decode_ms", report.why->decode_ms},
                     {"experts", std::move(experts)}};
    if (report.why->probability) result["why"]["probability"] = *report.why->probability;
    if (report.why->model_probability) {
      result["why"]["model_probability"] = *report.why->model_probability;
    }
    if (!report.why->adapter.empty()) result["why"]["adapter"] = report.why->adapter;
  }
  return dump(std::move(result));
}

std::string to_json(const RunReport& report) {
  json limits = json::object();
  for (const auto& [name, value, held] : report.limits) {
    limits[name] = {{"value", value}, {"held", held}};
  }
  json failures = json::array();
  for (const RunReport::Failure& failure : report.failures) {
    json frames = json::array();
    for (const auto& [file, line, function, locals] : failure.frames) {
      json values = json::array();
      for (const auto& [name, value] : locals) values.push_back({{"name", name}, {"value", value}});
      frames.push_back(
          {{"file", file}, {"line", line}, {"function", function}, {"locals", std::move(values)}});
    }
    failures.push_back(
        {{"type", failure.type}, {"message", failure.message}, {"frames", std::move(frames)}});
  }
  json tests = json::array();
  for (const auto& [name, outcome, message] : report.tests) {
    tests.push_back({{"name", name}, {"outcome", outcome}, {"message", message}});
  }
  json diagnostics = json::array();
  for (const auto& [file, line, column, severity, message] : report.diagnostics) {
    diagnostics.push_back({{"file", file},
                           {"line", line},
                           {"column", column},
                           {"severity", severity},
                           {"message", message}});
  }
  const json exit_code = report.exit_code < 0 ? json() : json(report.exit_code);
  const json signal = report.signal == 0 ? json() : json(report.signal);
  return dump({{"verdict", report.verdict},
               {"reason", report.reason},
               {"exit_code", exit_code},
               {"signal", signal},
               {"stdout", report.output},
               {"stderr", report.errors},
               {"diagnostics", std::move(diagnostics)},
               {"compiler_output", report.compiler_output},
               {"ms", report.ms},
               {"layers", report.layers},
               {"limits", std::move(limits)},
               {"failures", std::move(failures)},
               {"tests", std::move(tests)}});
}

std::string to_json(const SandboxBenchReport& report) {
  json rows = json::object();
  for (const auto& [what, median_ms, ms_of_90_percent] : report.rows) {
    rows[what] = {{"median_ms", median_ms}, {"ms_of_90_percent", ms_of_90_percent}};
  }
  json waiting = json::object();
  for (const auto& [what, bytes] : report.waiting_bytes) waiting[what] = bytes;
  return dump({{"runs", std::move(rows)},
               {"on_demand_to_bubblewrap", report.on_demand_to_bubblewrap},
               {"ready_to_bubblewrap", report.ready_to_bubblewrap},
               {"parallel", {{"runs", report.parallel_runs}, {"failed", report.parallel_failures}}},
               {"waiting_bytes", std::move(waiting)}});
}

std::string to_json(const ModelReport& report) {
  json here = json::array(), known = json::array();
  for (const auto& [path, memory, bytes, in_use] : report.here) {
    json entry{{"path", path}, {"bytes", bytes}, {"in_use", in_use}};
    if (!memory.empty()) entry["memory"] = memory;
    here.push_back(std::move(entry));
  }
  for (const ModelReport::Known& model : report.known) {
    json entry{{"name", model.name},
               {"does", model.does},
               {"source", model.source},
               {"file_bytes", model.file_bytes},
               {"memory_bytes", model.memory_bytes},
               {"machine_bytes", model.machine_bytes}};
    if (!model.path.empty()) entry["path"] = model.path;
    known.push_back(std::move(entry));
  }
  return dump({{"models", std::move(here)},
               {"known", std::move(known)},
               {"machine_bytes", report.machine_bytes}});
}

std::string to_json(const PullReport& report) {
  return dump({{"path", report.path},
               {"bytes", report.bytes},
               {"resumed_at", report.resumed_at},
               {"sha256", report.sha256},
               {"vouched", report.vouched},
               {"memory_bytes", report.memory_bytes},
               {"was_here", report.was_here}});
}

std::string to_json(const AdaptReport& report) {
  json exact = json::array();
  for (const AdaptReport::Exact& each : report.exact) {
    exact.push_back({{"language", each.language},
                     {"contestant", each.contestant},
                     {"places", each.places},
                     {"before", each.before},
                     {"after", each.after},
                     {"places_all", each.places_all},
                     {"only_before", each.only_before},
                     {"only_after", each.only_after}});
  }
  return dump({{"path", report.path},
               {"loss_before", report.loss_before},
               {"loss_after", report.loss_after},
               {"files", report.files},
               {"held_out", report.held_out},
               {"tokens", report.tokens},
               {"minutes", report.minutes},
               {"resumed", report.resumed},
               {"finished", report.finished},
               {"exact", exact}});
}

std::string to_json(const std::vector<Check>& checks) {
  json list = json::array();
  bool all = true, any_fault = false;
  for (const Check& check : checks) {
    const bool works = check.state == Check::State::works;
    const bool fault = check.state == Check::State::fault;
    json entry{{"what", check.what}, {"works", works}, {"fault", fault}, {"found", check.found}};
    if (!works) entry["mend"] = check.mend;
    all = all && works;
    any_fault = any_fault || fault;
    list.push_back(std::move(entry));
  }
  return dump(json{{"works", all}, {"fault", any_fault}, {"checks", std::move(list)}});
}

}  // namespace lsp::wire
