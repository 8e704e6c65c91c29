#include "lsp/features/trim.h"

#include <chrono>
#include <cmath>

#include "lsp/features/brackets.h"
#include "tests/support/catch.h"

using namespace lsp::features;

namespace {

size_t cut(std::vector<std::pair<std::string, double>> pieces, double least) {
  std::vector<ScoredPiece> scored;
  for (auto& [bytes, probability] : pieces) scored.push_back({bytes, std::log(probability)});
  return confident_length(scored, least);
}

}  // namespace

TEST_CASE("a text is cut where going on costs more than it saves") {
  CHECK(cut({{"append", 0.9}, {"(item", 0.8}, {")", 0.95}}, 0.3) == 12);
  CHECK(cut({{"append", 0.9}, {"(", 0.9}, {"quux", 0.1}}, 0.05) == 7);
  CHECK(cut({}, 0.3) == 0);
}

TEST_CASE("a text that is more likely wrong than the bound is not shown") {
  CHECK(cut({{"maybe", 0.2}, {"()", 0.9}}, 0.3) == 0);
}

TEST_CASE("a cut never splits a word") {
  CHECK(cut({{"app", 0.9}, {"end", 0.35}, {"(", 0.9}}, 0.2) == 0 + 7);
  CHECK(cut({{"app", 0.9}, {"endix", 0.1}}, 0.2) == 0);
}

TEST_CASE("a bracket that the text opened is closed where that is likelier than not") {
  CHECK(cut({{"ute", 0.9}, {"(basket", 0.9}, {")", 0.8}, {" + 1", 0.3}}, 0.2) == 11);
  CHECK(cut({{"ute", 0.9}, {"(f(basket", 0.9}, {")", 0.8}, {")\n", 0.8}}, 0.2) == 15);
  CHECK(cut({{"ute", 0.9}, {"(basket", 0.9}, {")", 0.4}, {" + 1", 0.3}}, 0.2) == 10);
  CHECK(cut({{"ute", 0.9}, {"(basket", 0.9}, {")", 0.8}}, 0.7) == 10);
  CHECK(cut({{"basket", 0.9}, {")", 0.8}}, 0.2) == 6);  // who opened it may have closed it, too
}

TEST_CASE("what stands right of the cursor is not repeated") {
  CHECK(fit_before_rest_of_line("x, y)", ")").text == "x, y");
  CHECK(fit_before_rest_of_line("a + b;", " + b;").text == "a");
  CHECK(fit_before_rest_of_line("value = get_val", "get_value()").text == "value = ");
  CHECK(fit_before_rest_of_line("x", "").text == "x");
  CHECK(fit_before_rest_of_line("first\nsecond", " rest").text == "first");
}

TEST_CASE("closing punctuation that the text goes past is replaced") {
  const Fitted fitted = fit_before_rest_of_line("x) + f(y);", ");");
  CHECK(fitted.text == "x) + f(y");
  const Fitted beyond = fit_before_rest_of_line("x).strip", ")");
  CHECK(beyond.text == "x).strip");
  CHECK(beyond.replaced_right == 1);
}

TEST_CASE("a long line of quotes behind backslashes is read once") {
  const auto begin = std::chrono::steady_clock::now();
  std::string line = "f(\"{";
  for (int i = 0; i < 60'000; ++i) line += R"(\"key\": \"value\", )";
  const auto language = lsp::syntax::Language::python;
  CHECK(open_quote(line, language) == '"');
  CHECK(open_quote(line + "\"", language) == '\0');
  CHECK(balanced_length(line + "\"", ")]", "", language) == 1);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));  // else minutes
}

TEST_CASE("lines that follow in the document are not repeated, indented or not") {
  CHECK(drop_repeated_suffix("    return x", "\n    return x\n") == "");
  CHECK(drop_repeated_suffix("  a = 1\n  b = 2", "\n    b = 2\n") == "  a = 1");
  CHECK(drop_repeated_suffix("  a = 1\n  b = 2", "\n  c = 3\n") == "  a = 1\n  b = 2");
  CHECK(drop_repeated_suffix("  a = 1\n}\n", "\n}\n\nint main") == "  a = 1");
  CHECK(drop_repeated_suffix("}", "\n}\n") == "}");
}

TEST_CASE("a text is one line and the block it opens") {
  CHECK(keep_block("x > 0:\n        return 1\n    y = 2", "    if ") == "x > 0:\n        return 1");
  CHECK(keep_block("(x) {\n    go();\n  }\n  stop();", "  if ") == "(x) {\n    go();\n  }");
  CHECK(keep_block("x = 1\ny = 2", "") == "x = 1");
  CHECK(keep_block("\n    pass\n\ndef g():", "def f():") == "\n    pass");
}

TEST_CASE("a text that goes round in circles ends") {
  CHECK(stop_at_loop("a = 1\nb = 2\na = 1\na = 1\n") == "a = 1\nb = 2\na = 1");
  CHECK(stop_at_loop("}\n}\n}\n}") == "}\n}\n}\n}");
}
