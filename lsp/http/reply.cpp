#include "lsp/http/reply.h"

#include <atomic>
#include <chrono>
#include <nlohmann/json.hpp>

#include "engine/base/format.h"

namespace lsp::http {
namespace {

using engine::session::EndReason;
using engine::session::Outcome;
using nlohmann::json;

std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

int64_t now_s() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

std::string new_id(Route route) {
  static std::atomic<uint64_t> last{0};
  return base::concat(route == Route::chat ? "chatcmpl-" : "cmpl-", now_s(), "-", ++last);
}

std::string_view finish_reason(const Outcome& outcome) {
  return outcome.reason == EndReason::limit ? "length" : "stop";
}

json usage_of(const Outcome& outcome) {
  return {{"prompt_tokens", outcome.prompt_tokens},
          {"completion_tokens", outcome.generated_tokens},
          {"total_tokens", outcome.prompt_tokens + outcome.generated_tokens},
          {"prompt_tokens_details", {{"cached_tokens", outcome.cached_tokens}}}};
}

json timings_of(const Outcome& outcome) {
  const int prompt = outcome.prompt_tokens - outcome.cached_tokens;
  const auto rate = [](int tokens, double ms) { return ms > 0 ? tokens * 1000 / ms : 0.0; };
  const auto each = [](int tokens, double ms) { return tokens > 0 ? ms / tokens : 0.0; };
  const int predicted = outcome.generated_tokens;
  return {{"prompt_n", prompt},
          {"prompt_ms", outcome.prefill_ms},
          {"prompt_per_token_ms", each(prompt, outcome.prefill_ms)},
          {"prompt_per_second", rate(prompt, outcome.prefill_ms)},
          {"predicted_n", predicted},
          {"predicted_ms", outcome.decode_ms},
          {"predicted_per_token_ms", each(predicted, outcome.decode_ms)},
          {"predicted_per_second", rate(predicted, outcome.decode_ms)}};
}

json llama_end(std::string_view text, const Outcome& outcome, const std::string& model,
               Truncated truncated) {
  const bool limit = outcome.reason == EndReason::limit;
  const bool word = outcome.reason == EndReason::stop_text;
  return {{"index", 0},
          {"content", text},
          {"stop", true},
          {"stop_type", limit ? "limit" : (word ? "word" : "eos")},
          {"model", model},
          {"tokens_predicted", outcome.generated_tokens},
          {"tokens_evaluated", outcome.prompt_tokens},
          {"tokens_cached", outcome.cached_tokens},
          {"truncated", truncated == Truncated::yes},
          {"timings", timings_of(outcome)}};
}

// llama.cpp's way to ask for parts: each under its whole path; what is not there is left out.
json only(const json& answer, const std::vector<std::string>& fields) {
  json chosen = json::object();
  for (const std::string& field : fields) {
    const json* at = &answer;
    for (size_t begin = 0; at != nullptr && begin <= field.size();) {
      const size_t end = std::min(field.find('/', begin), field.size());
      const auto found = at->find(field.substr(begin, end - begin));
      at = found == at->end() ? nullptr : &*found;
      begin = end + 1;
    }
    if (at != nullptr) chosen[field] = *at;
  }
  return chosen;
}

// What all answers of OpenAI's forms have, around their one choice.
json envelope(const char* object, const std::string& id, int64_t created_s,
              const std::string& model, json choice) {
  choice["index"] = 0;
  choice["logprobs"] = nullptr;
  return {{"id", id},
          {"object", object},
          {"created", created_s},
          {"model", model},
          {"choices", json::array({std::move(choice)})}};
}

const char* object_of(Route route) {
  return route == Route::chat ? "chat.completion.chunk" : "text_completion";
}

// A choice of a stream that says this.
json said(Route route, json text) {
  json choice{{"finish_reason", nullptr}};
  if (route == Route::chat) {
    choice["delta"] = {{"content", std::move(text)}};
  } else {
    choice["text"] = std::move(text);
  }
  return choice;
}

}  // namespace

Replies::Replies(const Question& question, std::string model, Truncated truncated,
                 std::string_view opening)
    : route_(question.route),
      usage_(question.usage),
      truncated_(truncated),
      fields_(question.fields),
      model_(std::move(model)),
      id_(new_id(question.route)),
      created_s_(now_s()) {
  const bool infill = route_ == Route::infill;
  const json piece = infill
                         ? json{{"index", 0}, {"content", ""}, {"stop", false}}
                         : envelope(object_of(route_), id_, created_s_, model_, said(route_, ""));
  const std::string whole = dump(piece);
  const std::string field = route_ == Route::completions ? "\"text\":" : "\"content\":";
  const size_t text = whole.find(field + "\"\"") + field.size();
  before_text_ = whole.substr(0, text);
  after_text_ = whole.substr(text + 2);
  thinking_.push(opening);
}

std::string Replies::whole(std::string_view text, const Outcome& outcome) {
  if (route_ == Route::infill) {
    const json answer = llama_end(text, outcome, model_, truncated_);
    return dump(fields_ ? only(answer, *fields_) : answer);
  }
  json choice{{"finish_reason", finish_reason(outcome)}};
  const bool chat = route_ == Route::chat;
  if (chat) {
    auto part = thinking_.push(text);
    const auto rest = thinking_.end();
    json& message = choice["message"] = {{"role", "assistant"}, {"content", part.text + rest.text}};
    const std::string thought = part.thought + rest.thought;
    if (!thought.empty()) message["reasoning_content"] = thought;
  } else {
    choice["text"] = text;
  }
  json answer = envelope(chat ? "chat.completion" : object_of(route_), id_, created_s_, model_,
                         std::move(choice));
  answer["usage"] = usage_of(outcome);
  return dump(answer);
}

std::vector<std::string> Replies::begin() const {
  if (route_ != Route::chat) return {};
  json choice = said(route_, "");
  choice["delta"]["role"] = "assistant";
  return {dump(envelope(object_of(route_), id_, created_s_, model_, std::move(choice)))};
}

std::vector<std::string> Replies::pieces_of(const engine::remote::Thinking::Part& part) const {
  std::vector<std::string> events;
  if (!part.thought.empty()) {
    json choice{{"finish_reason", nullptr}, {"delta", {{"reasoning_content", part.thought}}}};
    events.push_back(dump(envelope(object_of(route_), id_, created_s_, model_, std::move(choice))));
  }
  if (!part.text.empty()) events.push_back(before_text_ + dump(part.text) + after_text_);
  return events;
}

std::vector<std::string> Replies::pieces(std::string_view text) {
  if (route_ == Route::chat) return pieces_of(thinking_.push(text));
  return {before_text_ + dump(text) + after_text_};
}

std::vector<std::string> Replies::end(const Outcome& outcome) {
  if (outcome.reason == EndReason::error) {
    return {refusal_text({500, "engine_failed", outcome.error})};
  }
  if (route_ == Route::infill) return {dump(llama_end("", outcome, model_, truncated_))};
  std::vector<std::string> parts;
  if (route_ == Route::chat) parts = pieces_of(thinking_.end());
  json choice = said(route_, "");
  choice["finish_reason"] = finish_reason(outcome);
  if (route_ == Route::chat) choice["delta"] = json::object();
  json last = envelope(object_of(route_), id_, created_s_, model_, std::move(choice));
  parts.push_back(dump(last));
  if (usage_) {
    last["choices"] = json::array();
    last["usage"] = usage_of(outcome);
    parts.push_back(dump(last));
  }
  parts.emplace_back("[DONE]");
  return parts;
}

std::string events_text(const std::vector<std::string>& events) {
  std::string text;
  for (const std::string& event : events) text += "data: " + event + "\n\n";
  return text;
}

std::string refusal_text(const Refusal& refusal) {
  const bool ours = refusal.status >= 500;
  return dump({{"error",
                {{"message", refusal.message},
                 {"type", ours ? "server_error" : "invalid_request_error"},
                 {"param", nullptr},
                 {"code", refusal.code}}}});
}

std::string models_text(const std::vector<std::string>& models) {
  json list = json::array();
  for (const std::string& model : models) {
    list.push_back({{"id", model}, {"object", "model"}, {"created", 0}, {"owned_by", "lemma"}});
  }
  return dump({{"object", "list"}, {"data", std::move(list)}});
}

std::string health_text() { return dump({{"status", "ok"}}); }

}  // namespace lsp::http
