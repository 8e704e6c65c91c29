// What endpoints differ in, as far as it is met here: thinking comes in `reasoning_content` (vLLM,
// DeepSeek), in `reasoning` (newer vLLM) or in the text between tags (llama-server and whoever has
// no parser for it); a stream ends with [DONE], or just after a finish_reason; some answer with one
// JSON object whatever they were asked for.
#include "engine/remote/client.h"

#include <algorithm>
#include <utility>

#include "engine/base/format.h"
#include "engine/base/json.h"
#include "engine/base/json_object.h"
#include "engine/remote/collector.h"
#include "engine/remote/events.h"
#include "engine/remote/exchange.h"

namespace engine::remote {
namespace {

using base::fail;
using base::Json;
using base::json_string;
using base::JsonObject;
using base::JsonValue;

std::string string_in(const JsonValue& object, const char* name) {
  const auto value = object.find(name);
  const auto text = value ? value->string() : std::nullopt;
  return text ? std::string(*text) : "";
}

// One answer as it arrives.
class Answer {
 public:
  Answer(const OnPiece& on_piece, Thoughts thoughts) : collected(on_piece, thoughts) {}

  // The next event, or the whole reply; whether more is wanted.
  bool take(std::string_view data);

  Collector collected;
  std::string error;         // that the endpoint reported within its answer
  bool is_finished = false;  // it was told so

 private:
  bool take_choice(const JsonValue& choice);
  bool take_infill(const JsonValue& piece);
};

bool Answer::take_choice(const JsonValue& choice) {
  const auto delta = choice.find("delta");
  const auto message = choice.find("message");
  const JsonValue content = delta ? *delta : message ? *message : choice;
  for (const char* name : {"reasoning_content", "reasoning"}) {
    if (!collected.thought(string_in(content, name))) return false;
  }
  for (const char* name : {"content", "text"}) {
    if (!collected.text(string_in(content, name))) return false;
  }
  const std::string why = string_in(choice, "finish_reason");
  if (why.empty()) return true;
  is_finished = true;
  if (why == "length") collected.reply.reason = Reply::Reason::limit;
  return true;
}

// llama.cpp's own form.
bool Answer::take_infill(const JsonValue& piece) {
  if (!collected.text(string_in(piece, "content"))) return false;
  if (piece.find("stop")->boolean() != true) return true;
  is_finished = true;
  if (string_in(piece, "stop_type") == "limit") collected.reply.reason = Reply::Reason::limit;
  const auto count = [&](const char* name) {
    const auto value = piece.find(name);
    return value ? value->integer().value_or(0) : 0;
  };
  collected.reply.prompt_tokens = count("tokens_evaluated");
  collected.reply.generated_tokens = count("tokens_predicted");
  return false;
}

bool Answer::take(std::string_view data) {
  if (data == "[DONE]") {
    is_finished = true;
    return false;
  }
  const auto json = Json::parse(data);
  if (!json) {
    error = "sent what is no JSON, at " + json.message();
    return false;
  }
  const JsonValue root = json->root();
  if (const auto wrong = root.find("error"); wrong && !wrong->is_null()) {
    const auto words = wrong->string();
    error = "failed: " + (words ? std::string(*words) : string_in(*wrong, "message"));
    return false;
  }
  if (const auto usage = root.find("usage")) {
    const auto count = [&](const char* name) {
      const auto value = usage->find(name);
      return value ? value->integer().value_or(0) : 0;
    };
    Reply& reply = collected.reply;
    reply.prompt_tokens = std::max(reply.prompt_tokens, count("prompt_tokens"));
    reply.generated_tokens = std::max(reply.generated_tokens, count("completion_tokens"));
  }
  if (const auto stop = root.find("stop"); stop && stop->boolean()) return take_infill(root);
  bool goes_on = true;
  if (const auto choices = root.find("choices")) {
    choices->for_each([&](const JsonValue& choice) { goes_on = goes_on && take_choice(choice); });
  }
  return goes_on;
}

JsonObject body_of(const Endpoint& endpoint, const Sampling& sampling) {
  JsonObject body;
  body.text("model", endpoint.model)
      .boolean("stream", true)
      .integer("max_tokens", sampling.max_tokens)
      .number("temperature", sampling.temperature);
  if (sampling.seed) body.integer("seed", *sampling.seed);
  return body;
}

std::string infill_body(const std::string& prefix, const std::string& suffix,
                        const Sampling& sampling) {
  JsonObject body;
  body.text("input_prefix", prefix)
      .text("input_suffix", suffix)
      .text("prompt", "")
      .integer("n_predict", sampling.max_tokens)
      .number("temperature", sampling.temperature)
      .boolean("stream", true)
      .boolean("cache_prompt", true);
  if (sampling.seed) body.integer("seed", *sampling.seed);
  return body.str();
}

const char* name_of(Message::Role role) {
  return role == Message::Role::system ? "system"
         : role == Message::Role::user ? "user"
                                       : "assistant";
}

}  // namespace

Client::Client(Endpoint endpoint)
    : endpoint_(std::move(endpoint)), connections_(std::make_unique<Connections>()) {}
Client::~Client() = default;

std::string Client::base_url() const {
  const std::string& url = endpoint_.url;
  return url.ends_with('/') ? url.substr(0, url.size() - 1) : url;
}

Result<std::optional<Reply>> Client::try_to_ask(const Post& post, Thoughts thoughts,
                                                const OnPiece& on_piece,
                                                std::stop_token stop) const {
  Answer answer(on_piece, thoughts);
  Events events([&](std::string_view data) { return answer.take(data); });
  std::string whole;
  bool is_too_long = false;
  const auto answered = exchange(
      endpoint_, post,
      [&](std::string_view bytes, Form form) {
        if (form == Form::whole) {
          whole += bytes;
          return Next::more;
        }
        const auto pushed = events.push(bytes);
        is_too_long = pushed == Events::Pushed::too_long;
        if (pushed == Events::Pushed::more) return Next::more;
        const bool has_ended = answer.is_finished && !answer.collected.is_stopped();
        return has_ended && answer.error.empty() ? Next::enough : Next::close;
      },
      stop, *connections_);
  if (stop.stop_requested()) {
    answer.collected.end();
    answer.collected.reply.reason = Reply::Reason::stopped;
    return std::optional(std::move(answer.collected.reply));
  }
  if (!answered) return answered.error();
  if (*answered == Answered::missing) return std::optional<Reply>();
  if (!whole.empty()) answer.take(whole);
  // Some end with their last event, without the blank line behind it; one that was cut is no JSON.
  const std::string last = events.rest();
  const bool goes_on = !answer.is_finished && !answer.collected.is_stopped();
  if (goes_on && (last == "[DONE]" || Json::parse(last))) answer.take(last);
  if (!answer.error.empty()) return fail(endpoint_.url, " ", answer.error);
  if (is_too_long) return fail(endpoint_.url, " sent one piece of more than 1 MB");
  if (!answer.is_finished && !answer.collected.is_stopped()) {
    return fail(endpoint_.url, " ended before its answer did; try again");
  }
  answer.collected.end();
  return std::optional(std::move(answer.collected.reply));
}

Result<Reply> Client::ask(const std::string& path, std::string body, Thoughts thoughts,
                          const OnPiece& on_piece, std::stop_token stop) const {
  auto reply =
      try_to_ask({base_url() + path, std::move(body)}, thoughts, on_piece, std::move(stop));
  if (!reply) return reply.error();
  return std::move(**reply);
}

Result<Reply> Client::chat(const std::vector<Message>& messages, const Sampling& sampling,
                           const OnPiece& on_piece, std::stop_token stop) const {
  std::string list;
  for (const auto& [role, text] : messages) {
    if (!list.empty()) list += ", ";
    list += JsonObject().text("role", name_of(role)).text("content", text).str();
  }
  JsonObject body = body_of(endpoint_, sampling);
  body.raw("messages", "[" + list + "]");
  return ask("/chat/completions", body.str(), Thoughts::between_tags, on_piece, std::move(stop));
}

Result<Reply> Client::fill(const std::string& prefix, const std::string& suffix,
                           const Sampling& sampling, const OnPiece& on_piece,
                           std::stop_token stop) const {
  const std::string base = base_url();
  if (endpoint_.fim.empty() && base.ends_with("/v1") && !has_no_infill_) {
    const std::string root = base.substr(0, base.size() - 3);
    Post post{root + "/infill", infill_body(prefix, suffix, sampling), IfMissing::say};
    auto reply = try_to_ask(post, Thoughts::none, on_piece, stop);
    if (!reply) return reply.error();
    if (*reply) return std::move(**reply);
    has_no_infill_ = true;
  }
  JsonObject body = body_of(endpoint_, sampling);
  if (endpoint_.fim.empty()) {
    body.text("prompt", prefix).text("suffix", suffix);
  } else {
    std::string prompt = endpoint_.fim;
    // The later one first: what is put in may itself hold the other's name.
    const size_t before = prompt.find("{prefix}"), after = prompt.find("{suffix}");
    const auto put = [&](size_t at, const std::string& text) { prompt.replace(at, 8, text); };
    if (before < after) {
      put(after, suffix);
      put(before, prefix);
    } else {
      put(before, prefix);
      put(after, suffix);
    }
    body.text("prompt", prompt);
  }
  return ask("/completions", body.str(), Thoughts::none, on_piece, std::move(stop));
}

}  // namespace engine::remote
