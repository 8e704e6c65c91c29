// When completion speaks, when it is silent, and what it asks of the engine. What it makes of a
// text is in cases_test.cpp.
#include "lsp/features/completion.h"

#include <memory>
#include <mutex>
#include <set>

#include "tests/lsp/features/scripted_engine.h"
#include "tests/support/catch.h"

using namespace lsp;
using features::ScriptedEngine;
using features::vocabulary;

namespace completion_test {
namespace {

struct Case {
  std::string before;  // of the cursor
  std::string after;
};

Case at_cursor(const std::string& text) {
  const std::string mark = "<cursor>";
  const size_t place = text.find(mark);
  REQUIRE(place != std::string::npos);
  return {text.substr(0, place), text.substr(place + mark.size())};
}

engine::base::Result<std::optional<features::Completion>> ask(
    ScriptedEngine& engine, const std::string& text,
    std::optional<features::SelectedItem> selected = {}, std::stop_token stop = {},
    const std::string& path = "x.py", features::Extent extent = features::Extent::block) {
  const Case at = at_cursor(text);
  features::CompletionInput input;
  input.here.document =
      std::make_shared<const text::Document>("file:///x.py", "python", 1, at.before + at.after);
  input.here.path = path;
  input.cursor = at.before.size();
  input.selected = std::move(selected);
  input.extent = extent;
  context::Anchor anchor;
  context::BufferCache buffers(vocabulary());
  return features::complete(input, anchor, buffers, engine, stop);
}

// `expected` is the whole text after the edit with the inserted part in place; empty for silence.
void check_completion(const std::string& text, const std::string& says,
                      const std::string& expected) {
  INFO(text << " / " << says);
  ScriptedEngine engine;
  engine.says = says;
  const auto result = ask(engine, text);
  REQUIRE(result.ok());
  const Case at = at_cursor(text);
  REQUIRE((*result).has_value());
  CHECK((*result)->text.empty() == expected.empty());
  CHECK((*result)->silence.empty() == !expected.empty());
  if (expected.empty()) return;
  std::string whole = at.before + at.after;
  const features::Completion& shown = **result;
  CHECK(whole.substr(shown.range.begin, at.before.size() - shown.range.begin) ==
        shown.text.substr(0, at.before.size() - shown.range.begin));
  whole.replace(shown.range.begin, shown.range.end - shown.range.begin, shown.text);
  CHECK(whole == expected);
}

// What who asks by a key is shown at the cursor, as whole texts.
std::vector<std::string> several(ScriptedEngine& engine, const std::string& text, size_t most = 4,
                                 std::optional<double> least = {}) {
  const Case at = at_cursor(text);
  features::CompletionInput input;
  input.here.document =
      std::make_shared<const text::Document>("file:///x.py", "python", 1, at.before + at.after);
  input.cursor = at.before.size();
  input.trigger = features::Trigger::invoked;
  input.least_probability = least;
  context::Anchor anchor;
  context::BufferCache buffers(vocabulary());
  const auto found = features::completions(input, most, anchor, buffers, engine, {});
  REQUIRE(found.ok());
  std::vector<std::string> texts;
  for (const features::Completion& each : *found) {
    if (each.text.empty()) {
      CHECK_FALSE(each.silence.empty());
      continue;
    }
    std::string whole = at.before + at.after;
    whole.replace(each.range.begin, each.range.end - each.range.begin, each.text);
    texts.push_back(whole);
  }
  return texts;
}

}  // namespace

TEST_CASE("who asks by a key gets several that differ, first the one that comes unasked") {
  ScriptedEngine engine;
  engine.says = "total\n";
  engine.probability = 0.6;
  engine.also = {{"total)\n", 0.3},  // the same to who reads it
                 {"count\n", 0.25},
                 {"max\n", 0.1}};
  const std::string begin = "total = 1\ncount = 2\ny = ";
  const std::string text = begin + "<cursor>\n";
  using Texts = std::vector<std::string>;
  CHECK(several(engine, text) == Texts{begin + "total\n", begin + "count\n", begin + "max\n"});
  CHECK(several(engine, text, 2) == Texts{begin + "total\n", begin + "count\n"});
  // Brackets that stand behind the cursor are not said again in any of them.
  CHECK(several(engine, begin + "f(<cursor>)\n") ==
        Texts{begin + "f(total)\n", begin + "f(count)\n", begin + "f(max)\n"});
}

TEST_CASE("in the place of a function that is there already the likeliest other one is offered") {
  const std::string before = "def first():\n    pass\n\n\ndef second():\n    pass\n\n\n";
  ScriptedEngine engine;
  engine.says = "first():\n";
  engine.probability = 0.5;
  engine.also = {{"second():\n", 0.3}, {"third():\n", 0.15}};
  const auto third = ask(engine, before + "def <cursor>\n");
  REQUIRE(third.ok());
  CHECK((*third)->text == "def third");
  CHECK(engine.requests == 3);
  CHECK(several(engine, before + "def <cursor>\n") ==
        std::vector<std::string>{before + "def third\n"});
  engine.also.back().second = 0.02;
  const auto none = ask(engine, before + "def <cursor>\n");
  REQUIRE(none.ok());
  CHECK((*none)->text.empty());
  CHECK((*none)->silence == "what the model would define or import is there already");
}

TEST_CASE("another one with a part of it twice is no other one") {
  ScriptedEngine engine;
  engine.says = "total\n";
  engine.probability = 0.6;
  engine.also = {{"total.total\n", 0.3}, {"total total\n", 0.25}, {"count\n", 0.1}};
  const std::string begin = "total = 1\ncount = 2\ny = ";
  CHECK(several(engine, begin + "<cursor>\n") ==
        std::vector<std::string>{begin + "total\n", begin + "count\n"});
}

TEST_CASE("who asks by a key sees a bold guess where nothing comes unasked") {
  ScriptedEngine engine;
  engine.says = "total\n";
  engine.probability = 0.2;
  const std::string text = "total = 1\ny = <cursor>\n";
  CHECK(several(engine, text) == std::vector<std::string>{"total = 1\ny = total\n"});
  CHECK(engine.requests > 1);
  engine.probability = 0.001;
  CHECK(several(engine, text).empty());
  // What others dismissed is none that comes unasked, and is shown to who asks.
  engine.probability = 0.5;
  CHECK(several(engine, text, 4, 0.6).size() == 1);
}

TEST_CASE("who fills the gap elsewhere is asked first, and the engine where he does not answer") {
  ScriptedEngine engine;
  engine.says = "x + 1\n";
  std::string before, after;
  bool answers = true;
  std::mutex mutex;
  const features::Elsewhere elsewhere{
      "big",
      [&](const features::Gap& gap, const std::function<bool(std::string_view)>& on_text,
          std::stop_token) -> engine::base::Result<engine::session::Outcome> {
        const std::lock_guard lock(mutex);
        before = gap.before;
        after = gap.after;
        on_text(gap.draw == 2 ? "y + " : "x * ");
        if (!answers) return engine::base::Error{"gone in the middle"};
        CHECK_FALSE(on_text("2\nz"));  // a line is enough
        return engine::session::Outcome{.reason = engine::session::EndReason::stopped,
                                        .generated_tokens = 4};
      }};
  features::CompletionInput input;
  const std::string text = "x = 1\ny = ";
  input.here.document =
      std::make_shared<const text::Document>("file:///x.py", "python", 1, text + "\nw = 3\n");
  input.cursor = text.size();
  input.elsewhere = &elsewhere;
  const auto shown = [&] {
    context::Anchor anchor;
    context::BufferCache buffers(vocabulary());
    auto found = features::complete(input, anchor, buffers, engine, {});
    REQUIRE(found.ok());
    return **found;
  };
  const auto theirs = shown();
  CHECK(theirs.text == "y = x * 2");
  CHECK_FALSE(theirs.log_probability.has_value());
  CHECK(theirs.context.back().what == "what big has written");
  CHECK(engine.requests == 0);
  CHECK(before.ends_with(text));
  CHECK(after == "\nw = 3\n");
  input.trigger = features::Trigger::invoked;
  context::Anchor anchor;
  context::BufferCache buffers(vocabulary());
  const auto several = features::completions(input, 4, anchor, buffers, engine, {});
  REQUIRE(several.ok());
  REQUIRE(several.value().size() == 2);  // two of its draws are the first again
  CHECK(several.value()[0].text == "y = x * 2");
  CHECK(several.value()[1].text == "y = y + 2");
  CHECK(several.value()[1].context.back().what == "what big has written");
  CHECK(engine.requests == 0);
  answers = false;
  const auto ours = shown();
  CHECK(ours.text == "y = x + 1");
  CHECK(ours.log_probability.has_value());
  CHECK(engine.requests == 1);
}

TEST_CASE("completion ends with its line") {
  check_completion("x = 1\ny = <cursor>\n", "x + 1\nz = 2\n", "x = 1\ny = x + 1\n");
}

TEST_CASE("a half-typed word is completed") {
  check_completion("def f(value):\n    return val<cursor>\n", "ue * 2\n",
                   "def f(value):\n    return value * 2\n");
}

TEST_CASE("completion goes on into the block that its line opens") {
  check_completion("def f(x):\n    if x<cursor>\n", " > 0:\n        return 1\n    y = 2\n",
                   "def f(x):\n    if x > 0:\n        return 1\n");
}

TEST_CASE("where a line is asked for no more is generated") {
  ScriptedEngine engine;
  engine.says = " > 0:\n        return 1\n    y = 2\n";
  const std::string text = "def f(x):\n    if x<cursor>\n";
  const auto line = ask(engine, text, {}, {}, "x.py", features::Extent::line);
  const int for_line = engine.said;
  REQUIRE(line.ok());
  REQUIRE((*line).has_value());
  CHECK((**line).text == "    if x > 0:");
  REQUIRE(ask(engine, text).ok());
  CHECK(for_line < engine.said);
}

TEST_CASE("what stands after the cursor is not repeated") {
  check_completion("print(<cursor>)\n", "x, y)\n", "print(x, y)\n");
  check_completion("a = 1\n<cursor>\nb = compute(a)\n", "b = compute(a)\n", "");
  check_completion("foo(<cursor>);\n", "x) + bar(y);\n", "foo(x) + bar(y);\n");
}

TEST_CASE("completion is silent inside a word, for blanks, and where it would be alone") {
  check_completion("pri<cursor>nt(x)\n", "x", "");
  check_completion("x = 1<cursor>\n", "\n\n\n", "");
  check_completion("f(x<cursor>\n", ")\n", "");
}

TEST_CASE("completion is silent when the model is unsure") {
  ScriptedEngine engine;
  engine.says = "something";
  engine.probability = 0.2;
  const auto result = ask(engine, "x = <cursor>\n");
  REQUIRE(result.ok());
  REQUIRE((*result).has_value());
  CHECK((*result)->text.empty());
  CHECK((*result)->silence == "the model gives its best guess less than 25 %");
}

TEST_CASE("completion extends the selected item of the menu, in its range") {
  ScriptedEngine engine;
  engine.says = "(item)\n";
  const auto result = ask(engine, "items.app<cursor>\n", features::SelectedItem{"append", {6, 9}});
  REQUIRE(result.ok());
  REQUIRE((*result).has_value());
  CHECK((*result)->text == "append(item)");
  CHECK((*result)->range.begin == 6);
  CHECK((*result)->range.end == 9);
}

TEST_CASE("an engine's failure is told, a stop request is silence") {
  ScriptedEngine engine;
  engine.fails = "the pool is too small";
  CHECK(ask(engine, "x = <cursor>").message() == "the pool is too small");

  engine.fails.clear();
  engine.says = "1";
  std::stop_source stopped;
  stopped.request_stop();
  const auto result = ask(engine, "x = <cursor>", {}, stopped.get_token());
  REQUIRE(result.ok());
  CHECK_FALSE((*result).has_value());
}

TEST_CASE("a file of secrets is never completed and never reaches the engine") {
  ScriptedEngine engine;
  engine.says = "hunter2";
  const auto result = ask(engine, "PASSWORD=<cursor>\n", {}, {}, ".env");
  REQUIRE(result.ok());
  REQUIRE((*result).has_value());
  CHECK((*result)->text.empty());
  CHECK((*result)->silence == "this is a file of secrets");
  CHECK(engine.requests == 0);
}

TEST_CASE("a word that the limit cuts off is left out") {
  ScriptedEngine engine;
  engine.probability = 0.9999;
  std::string numbers;
  for (int i = 10; i < 90; ++i) numbers += std::to_string(i) + "; ";
  for (int words = 0; words < 8; ++words) {
    engine.says = std::string(static_cast<size_t>(words), ' ') + numbers;
    const auto result = ask(engine, "x = <cursor>\n");
    REQUIRE(result.ok());
    REQUIRE((*result).has_value());
    INFO((*result)->text);
    CHECK((*result)->text.back() == ';');
    CHECK((*result)->text.size() > 60);
  }
}

TEST_CASE("files of the workspace are read by the memory, and said so; none twice, nor this one") {
  ScriptedEngine engine;
  engine.says = "pass";
  context::Related related;
  const auto add = [&](const std::string& name) {
    related.files.push_back({std::make_shared<const text::Document>("file:///" + name, "python", 1,
                                                                    "def area(width): pass\n"),
                             nullptr, name, "imported here"});
  };
  add("shapes.py");
  add("open.py");
  add("x.py");
  const std::vector<context::OpenText> open{
      {std::make_shared<const text::Document>("file:///open.py", "python", 1, "y = 2\n"), nullptr,
       "open.py"}};
  features::CompletionInput input;
  input.here = {std::make_shared<const text::Document>("file:///x.py", "python", 1, "area(\n"),
                nullptr, "x.py"};
  input.cursor = 5;
  input.others = open;
  input.related = &related;
  context::Anchor anchor;
  context::BufferCache buffers(vocabulary());
  const auto result = features::complete(input, anchor, buffers, engine, {});
  REQUIRE(result.ok());
  std::vector<std::string> read;
  for (const context::Source& source : (*result)->context) {
    if (source.why.ends_with("the memory reads it, not the model")) {
      read.push_back(source.what + ": " + source.why.substr(0, source.why.find(';')));
    }
    CHECK(source.what.find("shapes.py, ") == std::string::npos);  // no excerpt: a short context
  }
  CHECK(read ==
        std::vector<std::string>{"open.py: open in the editor", "shapes.py: imported here"});
}

TEST_CASE("the only member of an imported file that begins as typed is known, not guessed") {
  context::Related related;
  const std::string calls =
      "f.assemble(parts\n(f.assemble(parts\nx = f.assemble(parts\nf.Part\n(f.Part\nx = f.Part\n"
      "f.part_of\n(f.part_of\nx = f.part_of\nfactory::count\nfrom factory import assemble\n";
  related.members.push_back(
      {std::make_shared<const text::Document>("file:///factory.py#members", "python", 1, calls),
       nullptr, "factory.py"});
  struct Place {
    std::string before;
    std::string says;
    std::string shown;
  };
  for (const Place& each : {
           Place{"return f.as", "sert(x)", "return f.assemble"},
           Place{"return f.as", "semble(x)", "return f.assemble(x)"},
           Place{"return f.", "guess(x)", "return f.guess(x)"},  // which one, the model says
           Place{"return f.P", "", "return f.Part"},
           Place{"return f.P", "arts", "return f.Part"},
           Place{"f.assist(1)\ny = f.as", "sist(2)", "y = f.assist(2)"},  // stands there already
           Place{"return self.f.as", "sert(x)", "return self.f.assert(x)"},
           Place{"return of.as", "sert(x)", "return of.assert(x)"},
           Place{"x = shop::factory::c", "lear()", "x = shop::factory::count"},
           Place{"from factory import as", "sert_that", "from factory import assemble"},
           Place{"say('f.as", "sert')", "say('f.assert')"},
       }) {
    INFO(each.before << " / " << each.says);
    ScriptedEngine engine;
    engine.says = each.says;
    features::CompletionInput input;
    input.here.document =
        std::make_shared<const text::Document>("file:///x.py", "python", 1, each.before + "\n");
    input.here.tree = syntax::Tree::parse(input.here.document, nullptr);
    input.cursor = each.before.size();
    input.related = &related;
    context::Anchor anchor;
    context::BufferCache buffers(vocabulary());
    const auto result = features::complete(input, anchor, buffers, engine, {});
    REQUIRE(result.ok());
    CHECK((*result)->text == each.shown);
    const bool is_known = !(*result)->context.empty() &&
                          (*result)->context.back().why == "one member alone begins as typed";
    CHECK((*result)->log_probability.has_value() != is_known);
    CHECK(is_known == (each.shown != each.before.substr(each.before.rfind('\n') + 1) + each.says));
  }
}

}  // namespace completion_test
