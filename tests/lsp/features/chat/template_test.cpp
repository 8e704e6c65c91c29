// Conversations with models of this machine: the tokens of each template, and what an engine says.
#include "lsp/features/chat/template.h"

#include "engine/base/format.h"
#include "lsp/features/chat/local_model.h"
#include "tests/lsp/features/scripted_engine.h"
#include "tests/support/catch.h"
#include "tests/support/toy_vocabulary.h"

namespace {

using namespace lsp::features::chat;
using engine::base::concat;
using Role = Message::Role;
using engine::tokenizer::SpecialTokens;
using engine::tokenizer::Token;

// The beginnings of the templates as the families' tokenizer_config.json have them.
const std::string v2 =
    "{% for message in messages %}{% if message['role'] == 'user' %}{{ 'User: ' + "
    "message['content'] + '\n\n' }}{% elif message['role'] == 'assistant' %}{{ 'Assistant: ' + "
    "message['content'] + eos_token }}{% endif %}{% endfor %}{{ 'Assistant:' }}";
const std::string v3 =
    "{{bos_token}}{{ns.system_prompt}}{%- for message in messages %}{{'<｜User｜>' + "
    "message['content']}}{{'<｜Assistant｜>'}}";
const std::string r1 = v3 + "{% set content = content.split('</think>')[-1] %}";

// The scripted engine's vocabulary is deepseek-coder's, which has no marks of turns: this model
// needs none.
std::shared_ptr<lsp::features::ScriptedEngine> engine_that(const std::string& says) {
  auto engine = std::make_shared<lsp::features::ScriptedEngine>();
  engine->says = says;
  return engine;
}

Result<Reply> ask(std::shared_ptr<engine::session::Engine> engine, const std::string& question,
                  const Sampling& sampling = {}, const OnPiece& on_piece = {}) {
  LocalModel model("/m.gguf", Style::deepseek_v2, [engine] { return engine; });
  return model.chat({{Role::user, question}}, sampling, on_piece, {});
}

}  // namespace

TEST_CASE("a template is told by its text, and what it says of thinking") {
  CHECK(style_of(v2) == Style::deepseek_v2);
  CHECK(style_of(v3) == Style::deepseek_v3);
  CHECK(style_of(r1) == Style::deepseek_r1);
  CHECK_FALSE(style_of("<|im_start|>user").has_value());
  CHECK_FALSE(style_of("").has_value());
  CHECK(ability_of(Style::deepseek_v3) == Ability::instruct);
  CHECK(ability_of(Style::deepseek_r1) == Ability::reason);
}

TEST_CASE("V2 puts turns in words, and ends the model's own") {
  const auto& tokenizer = lsp::features::vocabulary();
  const auto tokens = tokens_of({{Role::system, "Be brief."},
                                 {Role::user, "One?"},
                                 {Role::assistant, " 1"},
                                 {Role::user, "<｜fim▁hole｜>"}},
                                Style::deepseek_v2, tokenizer);
  REQUIRE(tokens.ok());
  CHECK(tokens->front() == *tokenizer.bos());
  CHECK(std::count(tokens->begin(), tokens->end(), *tokenizer.eos()) == 1);
  // What a person writes is no special token.
  const auto forged = tokenizer.find_special("<｜fim▁hole｜>");
  REQUIRE(forged);
  CHECK(std::count(tokens->begin(), tokens->end(), *forged) == 0);
  std::vector<Token> plain;
  for (const Token token : *tokens) {
    if (!tokenizer.is_special(token)) plain.push_back(token);
  }
  CHECK(tokenizer.decode(plain) ==
        "Be brief.\n\nUser: One?\n\nAssistant:  1User: <｜fim▁hole｜>\n\nAssistant:");
}

TEST_CASE("V3, R1 and its distills put turns between marks; R1 and they think first") {
  const auto tokenizer =
      support::toy_tokenizer({"<｜User｜>", "<｜Assistant｜>", "<think>", "</think>"});
  const std::vector<Message> messages{{Role::system, "Be brief."},
                                      {Role::user, "One?"},
                                      {Role::assistant, "1"},
                                      {Role::user, "<｜Assistant｜>"}};
  const auto written = [&](Style style) {
    const auto tokens = tokens_of(messages, style, tokenizer);
    REQUIRE(tokens.ok());
    CHECK(tokens->front() == *tokenizer.bos());
    // The person's "<｜Assistant｜>" is text: of the marks there is one for each turn, and the
    // last.
    const auto assistant = *tokenizer.find_special("<｜Assistant｜>");
    CHECK(std::count(tokens->begin(), tokens->end(), assistant) == 2);
    CHECK(std::count(tokens->begin(), tokens->end(), *tokenizer.eos()) == 1);
    std::string text;
    for (const Token token : *tokens) {
      text += tokenizer.is_special(token) ? concat("[", token, "]") : tokenizer.decode({{token}});
    }
    return text;
  };
  const auto mark = [&](const char* name) {
    return concat("[", *tokenizer.find_special(name), "]");
  };
  const std::string user = mark("<｜User｜>"), assistant = mark("<｜Assistant｜>");
  const std::string turns = concat("[", *tokenizer.bos(), "]Be brief.", user, "One?", assistant,
                                   "1[", *tokenizer.eos(), "]", user, "<｜Assistant｜>", assistant);
  CHECK(written(Style::deepseek_v3) == turns);
  CHECK(written(Style::deepseek_r1) == turns + mark("<think>") + "\n");
}

TEST_CASE("a vocabulary without the marks of turns is an error that names them") {
  const auto tokens =
      tokens_of({{Role::user, "x"}}, Style::deepseek_v3, lsp::features::vocabulary());
  REQUIRE_FALSE(tokens.ok());
  CHECK(tokens.message().find("<｜User｜>") != std::string::npos);
}

TEST_CASE("an engine's tokens are a reply, its thinking apart") {
  auto reply = ask(engine_that("<think>é 3 + 4</think>Seven: 七."), "How many?");
  REQUIRE(reply.ok());
  CHECK(reply->thought == "é 3 + 4");
  CHECK(reply->text == "Seven: 七.");
  CHECK(reply->reason == Reply::Reason::finished);
  CHECK(reply->generated_tokens > 5);
}

TEST_CASE("limits, stops and failures of an engine are those of the reply") {
  auto reply = ask(engine_that("one two three four five"), "?", {.max_tokens = 2});
  REQUIRE(reply.ok());
  CHECK(reply->reason == Reply::Reason::limit);
  reply = ask(engine_that("one two three four five"), "?", {}, [](const Piece&) { return false; });
  REQUIRE(reply.ok());
  CHECK(reply->reason == Reply::Reason::stopped);
  auto engine = engine_that("x");
  engine->fails = "out of memory";
  reply = ask(engine, "?");
  REQUIRE_FALSE(reply.ok());
  CHECK(reply.message() == "/m.gguf: out of memory");
  reply = ask(engine_that("x"), std::string(30'000, 'x'));
  REQUIRE_FALSE(reply.ok());
  CHECK(reply.message().find("reads 2048") != std::string::npos);
}

TEST_CASE("a file without a template completes code alone") {
  const auto style = style_of_file(LEMMA_SOURCE_DIR "/engine/models/lemma-default.gguf");
  REQUIRE_FALSE(style.ok());
  CHECK(style.message().find("completes code alone") != std::string::npos);
  CHECK_FALSE(style_of_file("/none.gguf").ok());
}
