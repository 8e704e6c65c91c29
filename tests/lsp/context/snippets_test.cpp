#include "lsp/context/snippets.h"

#include "lsp/context/header.h"
#include "tests/lsp/context/check.h"

namespace lsp::context {
namespace {

const std::string shapes =
    "class Shape:\n    def area(self, width, height):\n        return width * height\n\n"
    "    def perimeter(self, width, height):\n        return 2 * (width + height)\n";

std::string padding(int lines) {
  std::string text;
  for (int i = 0; i < lines; ++i) text += "unrelated_" + std::to_string(i) + " = None\n";
  return text;
}

// The files whose excerpts go into the prompt of a Python file about shapes.
std::string chosen(const std::vector<OpenText>& others, int room = 600) {
  const std::string text = "shape = Shape()\nprint(shape.area(width, height))\n";
  const PromptInput input{open_text("main.py", text), text.size(), others, 2000};
  std::string paths;
  int tokens = 0;
  for (const Snippet& snippet : choose_snippets(input, tokenizer(), room, {})) {
    paths += snippet.path + " ";
    tokens += snippet.source.tokens;
    CHECK(snippet.text.starts_with("# " + snippet.path + " (python)\n"));
    CHECK(snippet.text.ends_with('\n'));
    CHECK(snippet.source.tokens == count(snippet.text));
  }
  CHECK(tokens <= room);
  return paths;
}

}  // namespace

TEST_CASE("excerpts come from buffers of the same language that share names") {
  CHECK(chosen({open_text("shapes.py", shapes)}) == "shapes.py ");
  CHECK(chosen({open_text("other.py", padding(20))}).empty());
  CHECK(chosen({open_text("shapes.lua", shapes)}).empty());
  CHECK(chosen({}).empty());
}

TEST_CASE("the excerpt is the part of the file that shares the names, best first") {
  const std::vector<OpenText> others{open_text("long.py", padding(48) + shapes + padding(30)),
                                     open_text("shapes.py", shapes)};
  CHECK(chosen(others) == "shapes.py long.py ");
  const std::string text = "shape = Shape()\nprint(shape.area(width, height))\n";
  const PromptInput input{open_text("main.py", text), text.size(), others, 2000};
  const auto snippets = choose_snippets(input, tokenizer(), 600, {});
  REQUIRE(snippets.size() == 2);
  CHECK(snippets[1].source.what == "long.py, lines 49 to 72");
  CHECK(snippets[0].source.why == "shares 4 names with the text around the cursor");
}

TEST_CASE("a file that is too large to be looked through hides none that were used before it") {
  CHECK(chosen({open_text("big.py", padding(20'000)), open_text("shapes.py", shapes)}) ==
        "shapes.py ");
}

TEST_CASE("lines edited lately and lines that can be seen come sooner, and say so") {
  const std::vector<OpenText> others{open_text("a.py", shapes), open_text("b.py", shapes),
                                     open_text("c.py", shapes)};
  CHECK(chosen(others) == "a.py b.py ");
  const auto with = [&](Attended::Kind kind, size_t first, size_t last) {
    std::vector<OpenText> attended = others;
    attended[2].attended = {{kind, first, last}};
    return attended;
  };
  CHECK(chosen(with(Attended::Kind::edited, 1, 1)) == "c.py a.py ");
  CHECK(chosen(with(Attended::Kind::visible, 0, 5)) == "c.py a.py ");
  CHECK(chosen(with(Attended::Kind::edited, 700, 701)) == "a.py b.py ");

  const std::string text = "shape = Shape()\nprint(shape.area(width, height))\n";
  const auto edited = with(Attended::Kind::edited, 1, 1);
  const PromptInput input{open_text("main.py", text), text.size(), edited, 2000};
  const auto snippets = choose_snippets(input, tokenizer(), 600, {});
  REQUIRE(snippets.size() == 2);
  CHECK(snippets[0].source.why == "edited lately; shares 4 names with the text around the cursor");
}

TEST_CASE("what was edited needs to share less, but something") {
  const std::string rare = "width = 3\n" + padding(23);
  OpenText other = open_text("rare.py", rare);
  CHECK(chosen({other}).empty());
  other.attended = {{Attended::Kind::edited, 0, 0}};
  CHECK(chosen({other}).empty());  // one name of two dozen
  OpenText short_one = open_text("rare.py", padding(4) + "width = height\n" + padding(4));
  short_one.attended = {{Attended::Kind::edited, 4, 4}};
  CHECK(chosen({short_one}) == "rare.py ");
}

TEST_CASE("of the file itself, what was edited outside the window goes into long contexts alone") {
  const std::string far = shapes + padding(300);
  const std::string text = far + "shape = Shape()\nprint(shape.area(width, height))\n";
  OpenText here = open_text("main.py", text);
  here.attended = {{Attended::Kind::edited, 1, 2}};
  const auto preamble = [&](int tokens_for_others) {
    Anchor anchor;
    PromptInput input{here, text.size(), {}, 1024};
    input.tokens_for_others = tokens_for_others;
    return build_prompt(input, tokenizer(), anchor).preamble;
  };
  CHECK(preamble(256).starts_with("# main.py (python)\nclass Shape:"));
  CHECK(preamble(0).find("class Shape") == std::string::npos);
  here.attended = {{Attended::Kind::edited, 302, 303}};  // in the window
  CHECK(preamble(256).find("class Shape") == std::string::npos);
}

TEST_CASE("what is reported near the cursor is told to models of a long context, and stays") {
  const std::string text = "shape = Shape()\nprint(shpe.area())\n\n";
  const OpenText here = open_text("main.py", text);
  const std::vector<Diagnostic> reported{{40, "too far"}, {1, "undefined name 'shpe'\nmore"}};
  PromptInput input{here, text.size() - 1, {}, 1024};
  input.tokens_for_others = 256;
  input.diagnostics = reported;
  Anchor anchor;
  const std::string told = "# line 2: undefined name 'shpe'\n# main.py (python)\n";
  const Prompt prompt = build_prompt(input, tokenizer(), anchor);
  CHECK(prompt.preamble == told);
  CHECK(prompt.sources[0].what == "diagnostic, line 2");
  CHECK(prompt.sources[0].why == "reported near the cursor");
  input.diagnostics = {};  // another report does not cost the cache
  input.cursor = 0;
  CHECK(build_prompt(input, tokenizer(), anchor).preamble == told);

  Anchor other;
  input.diagnostics = reported;
  input.tokens_for_others = 0;
  CHECK(build_prompt(input, tokenizer(), other).preamble == "# main.py (python)\n");
}

TEST_CASE("without room there are no excerpts") {
  CHECK(chosen({open_text("shapes.py", shapes)}, 63).empty());
  CHECK(chosen({open_text("shapes.py", shapes)}, 0).empty());
}

TEST_CASE("secrets never enter a prompt") {
  CHECK(chosen({open_text("secrets.py", shapes)}).empty());
  for (const char* path :
       {".env", "a/.env.local", "id_rsa", "keys/server.pem", "C:\\x\\.npmrc", "Secrets.yaml",
        "credentials", "prod.tfstate", "file:///home/a/.netrc"}) {
    INFO(path);
    CHECK(is_secret_path(path));
  }
  for (const char* path : {"env.py", "keyboard.py", "pem.cpp", "secretary.md", "environment", ""}) {
    INFO(path);
    CHECK_FALSE(is_secret_path(path));
  }
}

TEST_CASE("excerpts go into prompts of models with a long context, and stay while near") {
  const std::vector<OpenText> others{open_text("shapes.py", shapes)};
  const std::string text = "shape = Shape()\nprint(shape.area(width, height))\n\n\n\n";
  const OpenText here = open_text("main.py", text);
  const std::string excerpt = "# shapes.py (python)\n" + shapes + "# main.py (python)\n";
  Anchor anchor;
  const Prompt long_context =
      build_prompt({here, text.size() - 2, others, 2000}, tokenizer(), anchor);
  CHECK(long_context.preamble == excerpt);
  CHECK(long_context.sources[0].what == "shapes.py, lines 1 to 7");

  const OpenText moved = open_text("main.py", text + "\n");
  CHECK(build_prompt({moved, 0, others, 2000}, tokenizer(), anchor).preamble == excerpt);
  CHECK(build_prompt({moved, 1, {}, 2000}, tokenizer(), anchor).preamble == "# main.py (python)\n");
  Anchor other;
  CHECK(build_prompt({here, text.size(), others, 448}, tokenizer(), other).preamble ==
        "# main.py (python)\n");
}

}  // namespace lsp::context
