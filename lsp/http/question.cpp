#include "lsp/http/question.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include "engine/base/format.h"

namespace lsp::http {
namespace {

using base::fail;
using nlohmann::json;

constexpr int most_tokens = 1 << 20;
constexpr size_t most_stop_texts = 16;
constexpr int most_levels = 100;

// Copies and comparisons of JSON recurse, and a body has room for millions of brackets. What is no
// JSON is left to the parser, which does not.
bool is_too_deep(std::string_view body) {
  int level = 0;
  bool in_string = false;
  for (size_t at = 0; at < body.size(); ++at) {
    const char c = body[at];
    if (in_string) {
      if (c == '\\') ++at;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++level > most_levels) return true;
    } else if (c == ']' || c == '}') {
      --level;
    }
  }
  return false;
}

// Takes fields out of an object; the first that is wrong is remembered.
class Fields {
 public:
  explicit Fields(const json& object) : object_(object) {}

  const json* find(const char* name) const {
    const auto found = object_.find(name);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
  }

  void wrong(const char* name, const char* expectation) {
    if (error_.empty()) error_ = base::concat("'", name, "' must be ", expectation);
  }
  void refuse(const std::string& message) {
    if (error_.empty()) error_ = message;
  }

  void text(const char* name, std::string& target) {
    const json* value = find(name);
    if (value == nullptr) return;
    if (!value->is_string()) return wrong(name, "a string");
    target = value->get<std::string>();
  }

  void flag(const char* name, bool& target) {
    const json* value = find(name);
    if (value == nullptr) return;
    if (!value->is_boolean()) return wrong(name, "true or false");
    target = value->get<bool>();
  }

  template <typename Number>
  void number(const char* name, Number low, Number high, Number& target) {
    const json* value = find(name);
    if (value == nullptr) return;
    const double given = value->is_number() ? value->get<double>() : std::nan("");
    const bool whole = std::is_floating_point_v<Number> || given == std::floor(given);
    if (!(given >= static_cast<double>(low) && given <= static_cast<double>(high)) || !whole) {
      const std::string range =
          base::concat(std::is_floating_point_v<Number> ? "a number" : "a whole number", " from ",
                       low, " to ", high);
      return wrong(name, range.c_str());
    }
    target = static_cast<Number>(given);
  }

  // Only where it says what is done anyway.
  void only(const char* name, const json& allowed) {
    const json* value = find(name);
    const bool empty = value != nullptr && value->is_structured() && value->empty();
    if (value == nullptr || empty || *value == allowed) return;
    refuse(base::concat("'", name, "' is not supported here; leave it out"));
  }

  void texts(const char* name, std::vector<std::string>& target) {
    const json* value = find(name);
    if (value == nullptr) return;
    if (value->is_string()) {
      target.push_back(value->get<std::string>());
      return;
    }
    if (!value->is_array()) return wrong(name, "a string or a list of strings");
    for (const json& each : *value) {
      if (!each.is_string()) return wrong(name, "a string or a list of strings");
      target.push_back(each.get<std::string>());
    }
  }

  const std::string& error() const { return error_; }

 private:
  const json& object_;
  std::string error_;
};

uint64_t any_seed() {
  std::random_device device;
  return (uint64_t{device()} << 32) | device();
}

void read_sampling(Fields& fields, float usual_temperature, Question& question) {
  engine::decode::Sampling& sampling = question.sampling;
  sampling.temperature = usual_temperature;
  fields.number("temperature", 0.0f, 100.0f, sampling.temperature);
  fields.number("top_k", -1, most_tokens, sampling.top_k);
  sampling.top_k = std::max(sampling.top_k, 0);
  fields.number("top_p", 0.0f, 1.0f, sampling.top_p);
  // OpenAI allows 0, which leaves the most probable token.
  if (sampling.top_p == 0) sampling.top_p = std::numeric_limits<float>::min();
  fields.number("min_p", 0.0f, 1.0f, sampling.min_p);
  const json* seed = fields.find("seed");
  const bool given = seed != nullptr && seed->is_number_integer() && *seed != -1;
  if (seed != nullptr && !seed->is_number_integer()) fields.wrong("seed", "a whole number");
  sampling.seed = given ? static_cast<uint64_t>(seed->get<int64_t>()) : any_seed();

  fields.texts("stop", question.stop_texts);
  std::erase(question.stop_texts, "");
  if (question.stop_texts.size() > most_stop_texts) fields.wrong("stop", "16 texts at most");
  fields.flag("stream", question.stream);
}

// -1 is llama.cpp's word for all that there is room for.
void read_most(Fields& fields, const char* name, Question& question) {
  if (fields.find(name) == nullptr) return;
  int most = -1;
  fields.number(name, -1, most_tokens, most);
  question.max_tokens = most < 0 ? std::nullopt : std::optional(most);
}

void refuse_what_is_not_done(Fields& fields) {
  fields.only("n", 1);
  fields.only("best_of", 1);
  fields.only("echo", false);
  fields.only("logprobs", false);
  fields.only("top_logprobs", 0);
  fields.only("presence_penalty", 0);
  fields.only("frequency_penalty", 0);
  fields.only("logit_bias", json::object());
  fields.only("tools", json::array());
  fields.only("response_format", json{{"type", "text"}});
}

void read_stream_options(Fields& fields, Question& question) {
  const json* options = fields.find("stream_options");
  if (options == nullptr) return;
  if (!options->is_object()) return fields.wrong("stream_options", "an object");
  Fields inner(*options);
  inner.flag("include_usage", question.usage);
  if (!inner.error().empty()) fields.refuse(inner.error());
}

void read_completion(Fields& fields, Question& question) {
  std::vector<std::string> prompts;
  fields.texts("prompt", prompts);
  if (prompts.size() != 1) fields.wrong("prompt", "a string, or a list of one");
  if (!prompts.empty()) question.prefix = std::move(prompts.front());
  question.has_gap = fields.find("suffix") != nullptr;
  fields.text("suffix", question.suffix);
  question.max_tokens = 16;  // OpenAI's
  read_most(fields, "max_tokens", question);
  refuse_what_is_not_done(fields);
  read_stream_options(fields, question);
  read_sampling(fields, 1, question);
}

// Empty where it is no string.
std::string_view string_in(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return {};
  return found->get_ref<const std::string&>();
}

// A text, or a list of parts that are texts.
std::string read_content(const json& message, std::string& error) {
  const auto content = message.find("content");
  if (content != message.end() && content->is_string()) return content->get<std::string>();
  if (content == message.end() || !content->is_array()) {
    error = "each message must have a 'content': a string, or a list of texts";
    return "";
  }
  std::string text;
  for (const json& part : *content) {
    const bool is_text = part.is_object() && string_in(part, "type") == "text" &&
                         part.contains("text") && part["text"].is_string();
    if (!is_text) error = "of a message's 'content' text alone is understood";
    if (is_text) text += part["text"].get<std::string>();
  }
  return text;
}

void read_messages(Fields& fields, Question& question) {
  using Role = features::chat::Message::Role;
  const json* messages = fields.find("messages");
  if (messages == nullptr || !messages->is_array() || messages->empty()) {
    return fields.wrong("messages", "a list of messages, one at least");
  }
  for (const json& message : *messages) {
    if (!message.is_object()) return fields.wrong("messages", "a list of objects");
    const std::string_view role = string_in(message, "role");
    std::string error;
    const std::string text = read_content(message, error);
    if (!error.empty()) return fields.refuse(error);
    if (role == "system" || role == "developer") {
      question.messages.push_back({Role::system, text});
    } else if (role == "user" || role == "assistant") {
      question.messages.push_back({role == "user" ? Role::user : Role::assistant, text});
    } else {
      return fields.refuse("a message's 'role' must be system, developer, user or assistant");
    }
  }
}

void read_chat(Fields& fields, Question& question) {
  read_messages(fields, question);
  read_most(fields, "max_tokens", question);
  read_most(fields, "max_completion_tokens", question);
  refuse_what_is_not_done(fields);
  fields.only("functions", json::array());
  read_stream_options(fields, question);
  read_sampling(fields, 1, question);
}

void read_extra(Fields& fields, Question& question) {
  const json* extra = fields.find("input_extra");
  if (extra == nullptr) return;
  if (!extra->is_array()) return fields.wrong("input_extra", "a list");
  for (const json& each : *extra) {
    if (!each.is_object()) return fields.wrong("input_extra", "a list of objects");
    Fields inner(each);
    Extra& read = question.extra.emplace_back();
    inner.text("filename", read.name);
    inner.text("text", read.text);
    if (!inner.error().empty()) return fields.refuse("in 'input_extra': " + inner.error());
  }
}

void read_infill(Fields& fields, Question& question) {
  question.has_gap = true;
  fields.text("input_prefix", question.prefix);
  fields.text("input_suffix", question.suffix);
  fields.text("prompt", question.typed);
  read_extra(fields, question);
  read_most(fields, "n_predict", question);
  fields.number("n_indent", 0, most_tokens, question.indentation);
  int milliseconds = 0;
  fields.number("t_max_predict_ms", -1, std::numeric_limits<int>::max(), milliseconds);
  if (milliseconds > 0) question.time = std::chrono::milliseconds(milliseconds);
  if (fields.find("response_fields") != nullptr) {
    fields.texts("response_fields", question.fields.emplace());
  }
  // Who fills in code wants the likeliest text unless something else is said.
  read_sampling(fields, 0, question);
}

}  // namespace

base::Result<Question> read_question(Route route, std::string_view body) {
  if (is_too_deep(body)) return fail("the body is nested deeper than ", most_levels, " levels");
  const json object = json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return fail("the body must be a JSON object in UTF-8");
  Question question{.route = route};
  Fields fields(object);
  if (route == Route::infill) {
    read_infill(fields, question);
  } else if (route == Route::chat) {
    read_chat(fields, question);
  } else {
    read_completion(fields, question);
  }
  if (!fields.error().empty()) return fail(fields.error());
  return question;
}

}  // namespace lsp::http
