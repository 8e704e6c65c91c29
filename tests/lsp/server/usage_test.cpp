// What a server learns from the edits that follow a suggestion.
#include "lsp/server/usage.h"

#include <atomic>

#include "lsp/server/shown.h"
#include "tests/lsp/server/client.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace usage_test {
namespace {

using namespace server_test;
using lsp::server::Answer;
using lsp::server::Edit;
using lsp::server::Ending;
using lsp::server::Question;
using lsp::server::Shown;
using lsp::server::Usage;
using lsp::text::Document;
using lsp::text::Tongue;

const std::string uri = "file:///a.py";

// A suggestion "return total" is shown behind "    re" in a document, and then the document
// becomes each of the texts.
lsp::wire::Usage after(const std::vector<std::string>& texts, const std::string& right = "\n",
                       Edit edit = Edit::one_go) {
  const auto usage = std::make_shared<Usage>();
  Shown shown(usage);
  const std::string before = "x = 1\n    re";
  auto document = std::make_shared<const Document>(uri, "python", 1, before + right);
  Answer answer{"    return total", {6, before.size()}};
  answer.provenance.probability = 0.52;
  shown.show(document, before.size(), answer, 10);
  for (const std::string& text : texts) {
    shown.changed({uri, "python", 2, "x = 1\n    " + text}, edit);
  }
  return usage->counts();
}

}  // namespace

TEST_CASE("accepting the whole is told from typing it") {
  const auto accepted = after({"return total\n"});
  CHECK(accepted.shown == 1);
  CHECK(accepted.accepted == 1);
  CHECK(accepted.saved == 10);
  CHECK(accepted.steps[10].ended == 1);
  CHECK(accepted.steps[10].taken == 1);

  std::vector<std::string> letters;
  for (const char* text : {"ret", "retu", "retur", "return", "return ", "return t", "return to",
                           "return tot", "return tota", "return total"}) {
    letters.push_back(std::string(text) + "\n");
  }
  const auto typed = after(letters);
  CHECK(typed.typed == 1);
  CHECK(typed.saved == 0);
  CHECK(typed.accepted == 0);

  // Letters that the editor sends together.
  const auto fast = after({"return t\n", "return total\n"}, "\n", Edit::strokes);
  CHECK(fast.typed == 1);
  CHECK(fast.saved == 0);
  CHECK(fast.accepted == 0);
}

TEST_CASE("what was saved is counted in characters") {
  const auto usage = std::make_shared<Usage>();
  Shown shown(usage);
  shown.show(std::make_shared<const Document>(uri, "python", 1, "# 你\n"), 5,
             {"# 你好世界", {0, 5}}, 10);
  shown.changed({uri, "python", 2, "# 你好世界\n"}, Edit::one_go);
  CHECK(usage->counts().saved == 3);
}

TEST_CASE("accepting words and then going another way is accepting a part") {
  const auto part = after({"return\n", "return \n", "return x\n"});
  CHECK(part.accepted_partly == 1);
  CHECK(part.saved == 4);
  CHECK(part.dismissed == 0);
}

TEST_CASE("another text is a dismissal; a beginning that is still there is none yet") {
  CHECK(after({"rex\n"}).dismissed == 1);
  CHECK(after({"ret\n"}).dismissed == 0);
  CHECK(after({"ret\n", "re\n", "ret\n"}).dismissed == 0);
  CHECK(after({"r\n"}).dismissed == 1);
}

TEST_CASE("what is asked for again before anything was done is not dismissed") {
  const auto usage = std::make_shared<Usage>();
  Shown shown(usage);
  const auto document = std::make_shared<const Document>(uri, "python", 1, "x = 1\nre\n");
  shown.show(document, 8, {"return total", {6, 8}}, 10);
  shown.show(document, 8, {"return total", {6, 8}}, 10);
  CHECK(usage->counts().shown == 1);
  shown.show(document, 8, {"result = x", {6, 8}}, 10);  // with a menu's item
  CHECK(usage->counts().shown == 2);
  CHECK(usage->counts().dismissed == 0);
  shown.changed({uri, "python", 2, "x = 1\nresult = x\n"}, Edit::one_go);
  CHECK(usage->counts().accepted == 1);

  shown.show(document, 8, {"return total", {6, 8}}, 10);
  shown.show(document, 5, {"x = 1 + 2", {0, 5}}, 10);  // the cursor has left
  CHECK(usage->counts().dismissed == 1);
}

TEST_CASE("what the editor closes by itself is no other text, and goes with the rest") {
  const auto usage = std::make_shared<Usage>();
  Shown shown(usage);
  const auto text_of = [](const std::string& line) {
    return Document(uri, "python", 2, line + "\nend\n");
  };
  const auto begin = [&](const std::string& text) {
    shown.show(std::make_shared<const Document>(uri, "python", 1, "pr\nend\n"), 2,
               Answer{text, {0, 2}}, 1);
  };
  const auto range_at = [&](const std::string& line, size_t cursor) {
    shown.changed(text_of(line), Edit::one_go);
    const auto next = shown.goes_on(text_of(line), cursor);
    return next ? next->answer.range : lsp::text::Range{99, 99};
  };
  begin("print(f[\"a\"], b)");
  for (const char* line : {"pri", "prin", "print"}) shown.changed(text_of(line), Edit::strokes);
  CHECK(range_at("print()", 6) == lsp::text::Range{0, 7});
  CHECK(range_at("print(f)", 7) == lsp::text::Range{0, 8});
  CHECK(range_at("print(f[])", 8) == lsp::text::Range{0, 10});
  CHECK(range_at("print(f[\"\"])", 9) == lsp::text::Range{0, 12});
  CHECK(usage->counts().dismissed == 0);
  shown.changed(text_of("print(f[\"a\"], b)"), Edit::one_go);
  CHECK(usage->counts().accepted == 1);

  begin("print(a");  // the bracket stays behind it
  for (const char* line : {"pri", "prin", "print"}) shown.changed(text_of(line), Edit::strokes);
  CHECK(range_at("print()", 6) == lsp::text::Range{0, 6});
  // Another bracket than the editor would put there, or one where none is open.
  shown.changed(text_of("print(]"), Edit::one_go);
  CHECK(usage->counts().dismissed == 1);
  begin("print(a");
  shown.changed(text_of("pri)"), Edit::one_go);
  CHECK(usage->counts().dismissed == 2);
}

// "return total", "result = x" and "result = x + 1" are shown behind "    re", in this order; what
// is counted once the document has become each of the texts.
lsp::wire::Usage after_several(const std::vector<std::string>& texts,
                               std::vector<std::optional<size_t>>* gone_on_with = nullptr) {
  const auto usage = std::make_shared<Usage>();
  Shown shown(usage);
  Answer answer{"    return total", {6, 12}};
  answer.provenance.probability = 0.52;
  answer.others = {{"    result = x", {6, 12}}, {"    result = x + 1", {6, 12}}};
  answer.others[0].provenance.probability = 0.22;
  answer.others[1].provenance.probability = 0.12;
  shown.show(std::make_shared<const Document>(uri, "python", 1, "x = 1\n    re\n"), 12, answer, 10);
  for (const std::string& text : texts) {
    const auto which = shown.changed({uri, "python", 2, "x = 1\n    " + text}, Edit::one_go);
    if (gone_on_with != nullptr) gone_on_with->push_back(which);
  }
  return usage->counts();
}

TEST_CASE("of several the one that is taken counts, with its own probability") {
  const auto first = after_several({"return total\n"});
  CHECK(first.shown == 1);
  CHECK(first.accepted == 1);
  CHECK(first.steps[10].taken == 1);

  std::vector<std::optional<size_t>> which;
  const auto second =
      after_several({"res\n", "result\n", "result = x\n", "result = x\ny\n"}, &which);
  CHECK(which == std::vector<std::optional<size_t>>{1, 1, 1, std::nullopt});
  CHECK(second.shown == 1);
  CHECK(second.accepted == 1);
  CHECK(second.dismissed == 0);
  CHECK(second.saved == 7);  // the "s" was typed
  CHECK(second.steps[4].taken == 1);
  CHECK(second.steps[10].ended == 0);

  const auto longest = after_several({"result = x + 1\n"}, &which);
  CHECK(which.back() == 2);
  CHECK(longest.accepted == 1);
  CHECK(longest.saved == 12);
  // By words, and past the end of a shorter one.
  const auto by_words = after_several({"result\n", "result = x\n", "result = x + 1\n"});
  CHECK(by_words.accepted == 1);
  CHECK(by_words.saved == 12);
  CHECK(by_words.steps[2].taken == 1);
  CHECK(by_words.steps[4].ended == 0);
}

TEST_CASE("several are dismissed together, where the text goes on with none of them") {
  const auto none = after_several({"rex\n"});
  CHECK(none.dismissed == 1);
  CHECK(none.shown == 1);
  CHECK(after_several({"ret\n"}).dismissed == 0);
  CHECK(after_several({"ret\n", "re\n", "res\n", "resu\n"}).dismissed == 0);
  const auto part = after_several({"result\n", "resulted\n"});
  CHECK(part.accepted_partly == 1);
}

TEST_CASE("what goes on behind an accepted one is not shown unasked") {
  Shown shown(std::make_shared<Usage>());
  Answer answer{"result = x", {0, 2}};
  answer.others = {{"result = x + 1", {0, 2}}};
  shown.show(std::make_shared<const Document>(uri, "python", 1, "re\n"), 2, answer, 10);
  const Document part(uri, "python", 2, "result\n");
  shown.changed(part, Edit::one_go);
  CHECK(shown.goes_on(part, 6).has_value());
  const Document whole(uri, "python", 3, "result = x\n");
  shown.changed(whole, Edit::one_go);
  CHECK_FALSE(shown.goes_on(whole, 10).has_value());
}

TEST_CASE("an accepted text is looked for half a minute later") {
  const auto usage = std::make_shared<Usage>();
  Shown shown(usage);
  const auto start = Shown::Clock::now();
  const auto at = [&](int seconds, const std::string& text) {
    shown.changed({uri, "python", 2, text}, Edit::one_go, start + std::chrono::seconds(seconds));
  };
  for (const std::string fate : {"ab = 1\nc\n", "gone\n"}) {
    shown.show(std::make_shared<const Document>(uri, "python", 1, "a\n"), 1,
               Answer{"ab = 1", {0, 1}}, 1);
    at(0, "ab = 1\n");
    at(29, fate);
    at(31, fate);
  }
  CHECK(usage->counts().looked_again == 2);
  CHECK(usage->counts().kept == 1);
}

TEST_CASE("texts accepted in documents that were closed soon keep none from being looked for") {
  const auto usage = std::make_shared<Usage>();
  Shown shown(usage);
  const auto accept = [&](const std::string& name) {
    shown.show(std::make_shared<const Document>(name, "python", 1, "a\n"), 1,
               Answer{"ab = 1", {0, 1}}, 1);
    const Document accepted(name, "python", 2, "ab = 1\n");
    shown.changed(accepted, Edit::one_go);
    return accepted;
  };
  for (int i = 0; i < 100; ++i) shown.closed(accept("file:///" + std::to_string(i)));
  shown.changed(accept(uri), Edit::one_go, Shown::Clock::now() + std::chrono::seconds(31));
  CHECK(usage->counts().looked_again == 1);
}

TEST_CASE("counts outlive their process; a damaged file counts from nothing") {
  support::TemporaryFolder folder;
  const std::string file = folder.path("state/usage");
  {
    Usage usage(file);
    usage.shown(12.5);
    usage.ended(Ending::accepted, 0.4, 7);
  }
  CHECK(Usage(file).counts().saved == 7);
  CHECK(Usage(file).counts().steps[8].taken == 1);
  CHECK(Usage(file).counts().ms == 12.5);
  folder.write("state/usage", "lemma usage 1\n1 2 x\n");
  CHECK(Usage(file).counts().shown == 0);
}

TEST_CASE("two processes count in one file, and neither's counts are lost") {
  support::TemporaryFolder folder;
  const std::string file = folder.path("state/usage");
  Usage(file).shown(1);
  Usage first(file), second(file);
  for (int i = 0; i < 3; ++i) first.shown(10);
  first.ended(Ending::accepted, 0.4, 7);
  first.save();
  second.shown(100);
  CHECK(second.counts().shown == 5);
  CHECK(second.counts().saved == 7);
  second.save();
  second.save();
  CHECK(Usage(file).counts().shown == 5);
  CHECK(Usage(file).counts().ms == 131);
  first.shown(10);
  first.save();
  CHECK(Usage(file).counts().shown == 6);
  CHECK(Usage(file).counts().steps[8].ended == 1);
}

TEST_CASE("the summary says what was counted") {
  CHECK(lsp::server::summary_of({}, Tongue::english) == "Nothing has been shown yet.");
  Usage usage;
  for (const double ms : {10.0, 30.0, 50.0}) usage.shown(ms);
  usage.ended(Ending::accepted, 0.4, 7);
  usage.ended(Ending::dismissed, 0.4, 0);
  usage.ended(Ending::typed, 0.4, 0);
  usage.looked_again(true);
  CHECK(lsp::server::summary_of(usage.counts(), Tongue::english) ==
        "3 suggestions shown, after 30 ms on average\n"
        "1 accepted whole, 0 in part, 1 typed as shown, 1 dismissed (67 % taken)\n"
        "7 characters saved\n"
        "1 of 1 accepted texts were still there half a minute later\n"
        "Counted on this machine, and kept on it.");
  CHECK(lsp::server::summary_of(usage.counts(), Tongue::german) ==
        "3 Vorschläge gezeigt, im Mittel nach 30 ms\n"
        "1 ganz übernommen, 0 zum Teil, 1 so getippt, 1 verworfen (67 % genommen)\n"
        "7 Zeichen gespart\n"
        "1 von 1 übernommenen Texten standen eine halbe Minute später noch da\n"
        "Auf diesem Rechner gezählt und behalten.");
}

TEST_CASE("who dismisses unlikely suggestions sees fewer of them, and may come back") {
  Usage usage;
  CHECK(usage.least_probability(0.25) == Approx(0.25));
  for (int i = 0; i < 40; ++i) usage.ended(Ending::dismissed, 0.27, 0);
  CHECK(usage.least_probability(0.25) == Approx(0.3));
  for (int i = 0; i < 1000; ++i) {
    for (double p = 0.02; p < 1; p += 0.05) usage.ended(Ending::dismissed, p, 0);
  }
  CHECK(usage.least_probability(0.25) == Approx(0.6));
  for (int i = 0; i < 400; ++i) usage.ended(Ending::accepted, 0.27, 0);
  CHECK(usage.least_probability(0.25) == Approx(0.25));
}

TEST_CASE("who types what is shown gets the rest of it without the model") {
  std::atomic<int> asked = 0;
  Client client({.load = model_that([&](const Question& question, std::stop_token) {
                   if (question.urgency == lsp::server::Urgency::now) ++asked;
                   return std::optional(Answer{"print(x)", {0, 2}});
                 })});
  client.start();
  client.open(uri, "pr)\n");
  CHECK(client.response(client.ask(uri, 0, 2)).at("result").at("items").size() == 1);
  client.type(uri, 2, 0, 2, "i");
  const json item = client.response(client.ask(uri, 0, 3)).at("result").at("items").at(0);
  CHECK(item.at("insertText") == "print(x)");
  CHECK(item.at("range").at("end").at("character") == 3);
  CHECK(asked == 1);
  client.type(uri, 3, 0, 3, "x");
  client.response(client.ask(uri, 0, 4));
  CHECK(asked == 2);
  const json stats = client.call("lemma/stats", json::object()).at("result");
  CHECK(stats.at("shown") == 2);
  CHECK(stats.at("dismissed") == 1);
  CHECK(stats.at("meanMs").get<double>() >= 0);
}

TEST_CASE("letters that an editor sends together are typed, and what comes at one go is accepted") {
  Client client({.load = model_that([](const Question& question, std::stop_token) {
                   const bool is_first = question.document->text().size() == 3;
                   return is_first ? std::optional(Answer{"print(x)", {0, 2}}) : std::nullopt;
                 })});
  client.start();
  const auto sent = [&](const std::vector<std::string>& texts) {
    client.open(uri, "pr\n");
    client.response(client.ask(uri, 0, 2));
    int column = 2;
    json changes = json::array();
    for (const std::string& text : texts) {
      const json at{{"line", 0}, {"character", column}};
      changes.push_back({{"range", {{"start", at}, {"end", at}}}, {"text", text}});
      column += static_cast<int>(text.size());
    }
    client.notify("textDocument/didChange",
                  {{"textDocument", {{"uri", uri}, {"version", 2}}}, {"contentChanges", changes}});
    client.notify("textDocument/didClose", {{"textDocument", {{"uri", uri}}}});
    return client.call("lemma/stats", json::object()).at("result");
  };
  const json typed = sent({"i", "n", "t", "(", "x", ")"});
  CHECK(typed.at("typed") == 1);
  CHECK(typed.at("charactersSaved") == 0);
  const json accepted = sent({"int(x)"});
  CHECK(accepted.at("accepted") == 1);
  CHECK(accepted.at("charactersSaved") == 6);
}

}  // namespace usage_test
