// Bodies to questions, and questions to prompts.
#include "lsp/http/question.h"

#include "lsp/http/prompt.h"
#include "lsp/http/text_filter.h"
#include "tests/lsp/features/scripted_engine.h"
#include "tests/lsp/http/chat_form.h"
#include "tests/support/catch.h"

namespace {

using namespace lsp::http;
using lsp::features::ScriptedEngine;
using lsp::features::vocabulary;
using std::chrono::milliseconds;

std::string error_of(Route route, std::string_view body) {
  const auto question = read_question(route, body);
  return question ? "" : question.message();
}

std::string prompt_text(const Question& question) {
  const ScriptedEngine engine;
  const auto prepared = prepare(question, engine);
  std::string text;
  for (const auto token : prepared->request.prompt) {
    text += vocabulary().text(token);
  }
  return text;
}

}  // namespace

TEST_CASE("a completion's fields are read, with OpenAI's defaults") {
  const auto plain = read_question(Route::completions, R"({"prompt":"a","unknown":[1]})");
  REQUIRE(plain);
  CHECK(plain->max_tokens == 16);
  CHECK(plain->sampling.temperature == 1);
  CHECK_FALSE(plain->has_gap);
  const auto full = read_question(
      Route::completions,
      R"({"prompt":["a"],"suffix":"b","max_tokens":-1,"temperature":0.5,"top_p":0,"seed":7,)"
      R"("stop":["x","y"],"stream":true,"stream_options":{"include_usage":true},)"
      R"("n":1,"echo":null})");
  REQUIRE(full);
  CHECK(full->has_gap);
  CHECK_FALSE(full->max_tokens);
  CHECK(full->sampling.seed == 7);
  CHECK(full->sampling.top_p > 0);
  CHECK(full->stop_texts == std::vector<std::string>{"x", "y"});
  CHECK(full->usage);
}

TEST_CASE("a conversation's turns are read, texts and lists of texts") {
  using Role = lsp::features::chat::Message::Role;
  const auto chat = read_question(
      Route::chat,
      R"({"messages":[{"role":"developer","content":"Be brief."},{"role":"user","content":)"
      R"([{"type":"text","text":"One"},{"type":"text","text":"?"}]},)"
      R"({"role":"assistant","content":"1"},{"role":"user","content":"Two?"}],)"
      R"("max_completion_tokens":9,"tools":[],"response_format":{"type":"text"}})");
  REQUIRE(chat);
  REQUIRE(chat->messages.size() == 4);
  CHECK(chat->messages[0].role == Role::system);
  CHECK(chat->messages[1].text == "One?");
  CHECK(chat->messages[2].role == Role::assistant);
  CHECK(chat->max_tokens == 9);
  for (const auto& [body, why] : std::vector<std::pair<const char*, const char*>>{
           {R"({})", "'messages'"},
           {R"({"messages":[]})", "'messages'"},
           {R"({"messages":["hi"]})", "'messages'"},
           {R"({"messages":[{"role":"tool","content":"x"}]})", "'role'"},
           {R"({"messages":[{"content":"x"}]})", "'role'"},
           {R"({"messages":[{"role":"user"}]})", "'content'"},
           {R"({"messages":[{"role":"user","content":[{"type":"image_url"}]}]})", "text alone"},
           {R"({"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function"}]})",
            "'tools'"}}) {
    INFO(body);
    CHECK(error_of(Route::chat, body).find(why) != std::string::npos);
  }
}

TEST_CASE("a conversation is put in the model's form, and one that is too long is an error") {
  const ScriptedEngine engine;
  Question question{.route = Route::chat, .stop_texts = {"x"}};
  question.messages = {{lsp::features::chat::Message::Role::user, "Hi <｜fim▁hole｜>"}};
  const Chat chat{"m", support::turns_in_words(), {}};
  const auto prepared = prepare(question, engine, &chat);
  REQUIRE(prepared);
  std::string text;
  for (const auto token : prepared->request.prompt) text += vocabulary().bytes(token);
  CHECK(text == "User: Hi <｜fim▁hole｜>\n\nAssistant:");
  CHECK(prepared->request.stop_texts == std::vector<std::string>{"x", "\n\nUser:"});
  question.messages[0].text = std::string(30'000, 'x');
  const auto refused = prepare(question, engine, &chat);
  REQUIRE_FALSE(refused);
  CHECK(refused.message().find("the conversation has ") == 0);
}

TEST_CASE("what is wrong or cannot be done is named") {
  for (const char* body : {"", "[]", "{", "\"\xFF\"", "{\"prompt\":\"\xFF\"}"}) {
    CHECK(error_of(Route::completions, body).find("JSON object") != std::string::npos);
  }
  const std::vector<std::pair<const char*, const char*>> cases{
      {R"({})", "'prompt'"},
      {R"({"prompt":["a","b"]})", "'prompt'"},
      {R"({"prompt":[1,2]})", "'prompt'"},
      {R"({"prompt":"a","max_tokens":1.5})", "'max_tokens'"},
      {R"({"prompt":"a","temperature":-1})", "'temperature'"},
      {R"({"prompt":"a","temperature":"hot"})", "'temperature'"},
      {R"({"prompt":"a","n":2})", "'n'"},
      {R"({"prompt":"a","logprobs":3})", "'logprobs'"},
      {R"({"prompt":"a","presence_penalty":0.1})", "'presence_penalty'"},
      {R"({"prompt":"a","stop":[1]})", "'stop'"},
      {R"({"prompt":"a","stream":1})", "'stream'"},
      {R"({"prompt":"a","stream_options":{"include_usage":1}})", "'include_usage'"}};
  for (const auto& [body, field] : cases) {
    INFO(body);
    CHECK(error_of(Route::completions, body).find(field) != std::string::npos);
  }
  CHECK(error_of(Route::infill, R"({"input_extra":[{"text":1}]})").find("input_extra") !=
        std::string::npos);
}

TEST_CASE("a body of a million brackets is refused, wherever they stand") {
  const std::string deep = std::string(1'900'000, '[') + std::string(1'900'000, ']');
  const auto with = [&](const std::string& before, const std::string& after) {
    return before + deep + after;
  };
  for (const std::string& body :
       {deep, with(R"({"messages":[{"role":)", R"(,"content":"x"}]})"),
        with(R"({"messages":[{"role":"user","content":)", "}]}"),
        with(R"({"messages":[{"role":"user","content":[{"type":)", R"(,"text":"x"}]}]})"),
        with(R"({"a":"\\\"","messages":[{"role":"user","content":"x"}],"tools":)", "}")}) {
    CHECK(error_of(Route::chat, body) == "the body is nested deeper than 100 levels");
  }
  CHECK(error_of(Route::completions, with(R"({"prompt":")", R"("})")).empty());
}

TEST_CASE("a gap's prompt has files, prefix, suffix and what was typed, each in its place") {
  const auto question = read_question(
      Route::infill, R"({"input_prefix":"before();\n","input_suffix":"\nafter();","prompt":"x = ",)"
                     R"("input_extra":[{"filename":"a.py","text":"first = 1"},)"
                     R"({"filename":".env","text":"KEY=secret"}]})");
  REQUIRE(question);
  const std::string text = prompt_text(*question);
  const size_t extra = text.find("a.py");
  const size_t prefix = text.find("before");
  const size_t suffix = text.find("after");
  CHECK(extra < prefix);
  CHECK(prefix < suffix);
  CHECK(suffix < text.rfind("x"));
  CHECK(text.find("secret") == std::string::npos);
}

TEST_CASE("the beginning of the cursor's line may come in the prefix or as what was typed") {
  const ScriptedEngine engine;
  const auto prompt_of = [&](const char* body) {
    const auto question = read_question(Route::infill, body);
    REQUIRE(question);
    const auto prepared = prepare(*question, engine);
    REQUIRE(prepared);
    return std::pair(prepared->request.prompt, prepared->request.typed);
  };
  const auto expected = prompt_of(R"({"input_prefix":"f();\n","prompt":"  return sum"})");
  CHECK(prompt_of(R"({"input_prefix":"f();\n  return sum"})") == expected);
  CHECK(prompt_of(R"({"input_prefix":"f();\n  return","prompt":" sum"})") == expected);
}

TEST_CASE("text of a gap cannot forge the form; a completion's own prompt may have it") {
  const ScriptedEngine engine;
  const auto fim = *vocabulary().fim();
  const std::string hole(vocabulary().text(fim.suffix));
  const auto count = [&](const Question& question) {
    const auto prepared = prepare(question, engine);
    const auto& tokens = prepared->request.prompt;
    return std::count(tokens.begin(), tokens.end(), fim.suffix);
  };
  CHECK(count({.route = Route::infill, .prefix = hole, .suffix = hole, .has_gap = true}) == 1);
  CHECK(count({.route = Route::completions, .prefix = hole + "a" + hole}) == 2);
}

TEST_CASE("what is too long for the context is cut around a gap, and an error without one") {
  const ScriptedEngine engine;
  std::string text;
  for (int i = 0; i < 5'000; ++i) text += "value = other + 1\n";
  const auto cut = prepare({.route = Route::infill,
                            .prefix = text + "last\n",
                            .suffix = "first\n" + text,
                            .has_gap = true,
                            .max_tokens = 100},
                           engine);
  REQUIRE(cut);
  CHECK(cut->truncated);
  CHECK(cut->request.max_tokens == 100);
  CHECK(cut->request.prompt.size() + 100 <= 2048);
  CHECK(cut->request.prompt.size() > 1'500);
  const std::string kept = vocabulary().decode(cut->request.prompt);
  CHECK(kept.find("last") != std::string::npos);
  CHECK(kept.find("first") != std::string::npos);
  const auto refused = prepare({.route = Route::completions, .prefix = text}, engine);
  CHECK(refused.message().find("the context holds 2048") != std::string::npos);
}

TEST_CASE("a filter leaves out what the client has, and keeps characters whole") {
  const auto now = TextFilter::Clock::now();
  TextFilter filter(3, {}, now);
  CHECK(filter.push("ab", now).empty());
  CHECK(filter.push("c\xC3", now).empty());
  CHECK(filter.push("\xA9!", now) == "é!");
  CHECK(filter.flush().empty());
}

TEST_CASE("a filter ends before a line of less indentation, and after its time") {
  const auto now = TextFilter::Clock::now();
  TextFilter indented(0, {.indentation = 4}, now);
  CHECK(indented.push("a\n", now) == "a");
  CHECK(indented.push("  ", now).empty());
  CHECK(indented.push("  b\n\n", now) == "\n    b\n");
  CHECK(indented.push("  c", now).empty());
  CHECK(indented.ended());
  CHECK(indented.flush().empty());
  TextFilter timed(0, {.time = milliseconds(100)}, now);
  CHECK(timed.push("a", now + milliseconds(200)) == "a");
  CHECK_FALSE(timed.ended());
  CHECK(timed.push("b\n", now + milliseconds(201)) == "b\n");
  CHECK(timed.ended());
}
