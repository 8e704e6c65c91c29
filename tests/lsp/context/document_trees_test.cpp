#include "lsp/context/document_trees.h"

#include <chrono>
#include <thread>

namespace lsp::context {
namespace {

using std::chrono::milliseconds;

std::shared_ptr<const text::Document> python(std::string text, int version) {
  return std::make_shared<const text::Document>("file:///a.py", "python", version, std::move(text));
}

// So much behind an open bracket that no budget of a keystroke suffices.
std::string long_text(const std::string& first_line) {
  std::string text = first_line + "\n";
  for (int i = 0; i < 20'000; ++i) {
    text += "def function_" + std::to_string(i) + "(a, b):\n    return [a, b, {\"c\": a + b}]\n\n";
  }
  return text;
}

std::string name_of_first(const syntax::Tree& tree) {
  const auto symbols = tree.symbols();
  return symbols.empty() ? "" : std::string(symbols.front().name);
}

TEST_CASE("a document has the tree of its latest snapshot") {
  DocumentTrees trees;
  const auto first = python("def f():\n    pass\n", 1);
  const auto tree = trees.tree(first, {});
  REQUIRE(tree);
  CHECK(trees.tree(first, {}) == tree);
  const auto next = python("def g():\n    pass\n", 2);
  const auto mended = trees.tree(next, {});
  REQUIRE(mended);
  CHECK(name_of_first(*mended) == "g");
  CHECK(&mended->document() == next.get());
}

TEST_CASE("the first tree takes what the limits leave it, and no time is no tree") {
  DocumentTrees trees;
  const auto document = python("x = 1\n", 1);
  CHECK_FALSE(trees.tree(document, {.time = milliseconds(0)}));
  CHECK(trees.tree(document, {}));
  CHECK_FALSE(trees.tree(std::make_shared<const text::Document>("a", "", 1, "x"), {}));
}

TEST_CASE("where mending takes too long the earlier tree stands in, moved") {
  DocumentTrees trees;
  const auto first = python(long_text("x = f"), 1);
  REQUIRE(trees.tree(first, {.time = milliseconds(60'000)}));
  const auto next = python(long_text("x = f(one, "), 2);
  const auto start = std::chrono::steady_clock::now();
  const auto shifted = trees.tree(next, {});
  CHECK(std::chrono::steady_clock::now() - start < milliseconds(500));
  REQUIRE(shifted);
  CHECK_FALSE(shifted->is_exact());
  CHECK(&shifted->document() == next.get());
  const auto symbols = shifted->symbols();
  REQUIRE(symbols.size() > 100);  // all that there is time for
  CHECK(symbols[1].name == "function_0");
  CHECK(next->text().substr(symbols[1].range.begin, 14) == "def function_0");
}

TEST_CASE("a moved tree is mended in the background") {
  DocumentTrees trees;
  REQUIRE(trees.tree(python(long_text("x = f"), 1), {.time = milliseconds(60'000)}));
  // An added function is one more parse of ordinary text, but without any time for it.
  const auto next = python(long_text("def added():\n    pass\n\nx = f"), 2);
  auto tree = trees.tree(next, {.time = milliseconds(0)});
  REQUIRE(tree);
  CHECK_FALSE(tree->is_exact());
  for (int i = 0; i < 600 && !tree->is_exact(); ++i) {
    std::this_thread::sleep_for(milliseconds(100));
    tree = trees.tree(next, {});
  }
  CHECK(tree->is_exact());
  CHECK(name_of_first(*tree) == "added");
}

TEST_CASE("what is forgotten begins anew, and ending does not wait for the background") {
  DocumentTrees trees;
  const auto first = python(long_text("x = f"), 1);
  REQUIRE(trees.tree(first, {.time = milliseconds(60'000)}));
  REQUIRE(trees.tree(python(long_text("x = f("), 2), {}));
  trees.forget("file:///a.py");
  CHECK_FALSE(trees.tree(first, {.time = milliseconds(0)}));
}

}  // namespace
}  // namespace lsp::context
