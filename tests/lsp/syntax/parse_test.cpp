// Incremental parses equal fresh ones, and no document takes longer than it may.
#include <atomic>
#include <fstream>
#include <random>
#include <sstream>
#include <thread>

#include "lsp/text/utf8.h"
#include "tests/lsp/syntax/check.h"

namespace lsp::syntax {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  REQUIRE(file);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Pieces that open and close things, and some that are more than one byte a character.
std::string random_piece(std::mt19937& random) {
  static const std::vector<std::string> pieces{
      "x",  "(",  ")",     "{",        "}",        "\"",     "'",        "\n",   "\r\n", "    ",
      "//", "/*", "*/",    "#",        "é",        "日本語", "😀",        "def ", "if ",  ":",
      ";",  "=",  "class", "return 1", "function", "`${",    "\xff\xfe", "[[",   "\t",   "end"};
  return pieces[random() % pieces.size()];
}

size_t random_boundary(std::mt19937& random, std::string_view text) {
  return text::character_start(text, random() % (text.size() + 1));
}

// Edits `text` at random places and compares each incremental parse with a fresh one.
void check_random_edits(std::string_view language_id, std::string text, int edits, uint32_t seed) {
  std::mt19937 random(seed);
  auto tree = tree_of(language_id, text);
  for (int i = 0; i < edits; ++i) {
    const size_t begin = random_boundary(random, text);
    const size_t longest = std::min<size_t>(text.size() - begin, random() % 3 == 0 ? 60 : 0);
    const size_t end = text::character_start(text, begin + (longest ? random() % longest : 0));
    std::string piece = random() % 5 == 0 ? "" : random_piece(random);
    text.replace(begin, std::max(begin, end) - begin, piece);
    const auto next = Tree::parse(document_of(language_id, text), tree.get());
    REQUIRE(next);
    const std::string incremental = next->dump();
    const std::string fresh = tree_of(language_id, text)->dump();
    INFO(language_id << ", edit " << i << " inserts '" << piece << "' at " << begin);
    REQUIRE(incremental == fresh);
    tree = next;
  }
}

}  // namespace

TEST_CASE("an incremental parse equals a fresh one after every random edit") {
  const std::string root = LEMMA_SOURCE_DIR;
  check_random_edits("cpp", read_file(root + "/lsp/syntax/language.cpp"), 60, 1);
  check_random_edits("python", read_file(root + "/engine/training/samples.py"), 60, 2);
  check_random_edits("lua", read_file(root + "/editors/neovim/lua/lemma/init.lua"), 60, 3);
  check_random_edits("json", read_file(root + "/grammars/package-lock.json"), 60, 4);
  check_random_edits("markdown", read_file(root + "/ARCHITECTURE.md"), 60, 5);
  for (uint32_t seed = 6; seed < 10; ++seed) {
    check_random_edits("c", "int f(char *s) {\n  return s ? 1 : 2; /* x */\n}\n", 40, seed);
    check_random_edits("javascript", "const f = (a) => `x${a}`;\nclass A { b() {} }\n", 40, seed);
    check_random_edits("typescript", "type A<T> = T | null;\nlet x: A<1> = f(\"y\");\n", 40, seed);
    check_random_edits("typescriptreact", "const App = () => <b x=\"y\">{z}</b>;\n", 40, seed);
    check_random_edits("rust", "fn f<'a>(x: &'a str) -> u8 { r#\"y\"#.len() }\n", 40, seed);
    check_random_edits("go", "package p\nfunc f() { x := `y`; _ = x }\n", 40, seed);
    check_random_edits("java", "class A { int f() { return 1; } // x\n}\n", 40, seed);
    check_random_edits("shellscript", "f() { echo \"$1\"; }\ncat <<E\nx\nE\n", 40, seed);
  }
}

TEST_CASE("edits of one character give the tree of the new text") {
  const std::string before = "def f(a):\n    return a\n";
  const std::string after = "def f(ab):\n    return a\n";
  const auto tree = tree_of("python", before);
  const auto next = Tree::parse(document_of("python", after), tree.get());
  REQUIRE(next);
  CHECK(next->dump() == tree_of("python", after)->dump());
  CHECK(next->document().text() == after);
}

TEST_CASE("an earlier tree of another language is of no use and does no harm") {
  const auto tree = tree_of("python", "x = 1\n");
  const auto next = Tree::parse(document_of("c", "int x;\n"), tree.get());
  REQUIRE(next);
  CHECK(next->dump() == tree_of("c", "int x;\n")->dump());
}

TEST_CASE("a moved tree stands where the text stands now") {
  const auto tree = tree_of("python", "import os\n\n\ndef f(a):\n    return a\n");
  const auto moved =
      Tree::shifted(document_of("python", "import os\nx = (é\n\ndef f(a):\n    return a\n"), *tree);
  REQUIRE(moved);
  CHECK_FALSE(moved->is_exact());
  CHECK(tree->is_exact());
  REQUIRE(moved->symbols().size() == 1);
  CHECK(moved->symbols()[0].name == "f");
  const auto mended = Tree::parse(
      document_of("python", "import os\nx = (é)\n\ndef f(a):\n    return a\n"), moved.get());
  REQUIRE(mended);
  CHECK(mended->is_exact());
  CHECK(mended->dump() ==
        tree_of("python", "import os\nx = (é)\n\ndef f(a):\n    return a\n")->dump());
  CHECK_FALSE(Tree::shifted(document_of("c", "int x;\n"), *tree));
  CHECK_FALSE(Tree::shifted(document_of("python", "x = 10\n"), *tree, {.bytes = 6}));
}

TEST_CASE("a parse ends when its time is up") {
  std::string text = "[";
  while (text.size() < 3'000'000) text += "[1, {\"a\": [2]}],";
  const auto start = steady_clock::now();
  CHECK_FALSE(Tree::parse(document_of("json", text), nullptr, {.time = milliseconds(20)}));
  CHECK(steady_clock::now() - start < milliseconds(1000));
}

TEST_CASE("a parse ends when it is told to stop") {
  std::stop_source source;
  source.request_stop();
  std::string text;
  while (text.size() < 1'000'000) text += "x = [1, 2]\n";
  CHECK_FALSE(Tree::parse(document_of("python", text), nullptr, {.stop = source.get_token()}));
}

TEST_CASE("documents past the size limit are not parsed") {
  CHECK(Tree::parse(document_of("c", "int x;"), nullptr, {.bytes = 6}));
  CHECK_FALSE(Tree::parse(document_of("c", "int x;\n"), nullptr, {.bytes = 6}));
  const auto start = steady_clock::now();
  CHECK_FALSE(Tree::parse(document_of("c", std::string(100'000'000, 'x')), nullptr));
  CHECK(steady_clock::now() - start < milliseconds(5000));
}

TEST_CASE("a minified file within the limit takes no longer than its time") {
  std::string text = "var a=1;";
  while (text.size() < 2'000'000) text += "function f(a,b){return a?b:(c,d)};x=[1,2,{y:3}];";
  const auto start = steady_clock::now();
  (void)Tree::parse(document_of("javascript", text), nullptr, {.time = milliseconds(100)});
  CHECK(steady_clock::now() - start < milliseconds(2000));
}

TEST_CASE("no grammar, no tree") {
  CHECK_FALSE(Tree::parse(document_of("haskell", "x = 1"), nullptr));
}

TEST_CASE("bytes that are no UTF-8 are parsed like anything else") {
  for (const Language language : all_languages()) {
    const auto tree = tree_of(language_id(language), "a \xff\xfe\x80 b\xed\xa0\x80 \xf0\x9f\n\0x");
    CHECK(tree->symbols().size() < 10);
    CHECK_FALSE(tree->dump().empty());
  }
}

TEST_CASE("several threads may ask one tree at once") {
  const std::string text = read_file(LEMMA_SOURCE_DIR "/lsp/syntax/symbols.cpp");
  const auto tree = tree_of("cpp", text);
  const size_t symbols = tree->symbols().size();
  CHECK(symbols > 10);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (size_t offset = static_cast<size_t>(i); offset < text.size(); offset += 997) {
        if (tree->symbols().size() != symbols) ++wrong;
        if (tree->enclosing(offset).size() > 10) ++wrong;
        if (!Tree::parse(document_of("cpp", text.substr(0, offset)), tree.get())) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

}  // namespace lsp::syntax
