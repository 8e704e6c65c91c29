#include "token_scanner.cpp"

#include <cassert>

std::string error(const std::string& text) {
  try {
    Scanner(text).scan();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

int main() {
  const auto tokens = Scanner("// first\nwhile(x)//\n\n// more\n\"//\" / 2 // end").scan();
  const char* texts[] = {"while", "(", "x", ")", "//", "/", "2"};
  const int lines[] = {2, 2, 2, 2, 5, 5, 5};
  assert(tokens.size() == 7);
  for (std::size_t i = 0; i < 7; ++i) {
    assert(tokens[i].text == texts[i] && tokens[i].line == lines[i]);
  }
  assert(tokens[0].kind == Kind::keyword && tokens[2].kind == Kind::word);
  assert(tokens[4].kind == Kind::string && tokens[6].kind == Kind::number);
  assert(Scanner("").scan().empty() && Scanner("//").scan().empty());
  assert(Scanner("a===b").scan().size() == 4);
  assert(error("// ok\n  \"open") == "line 2: the string is not closed");
  assert(error("1.2.3") == "line 1: malformed number");
  assert(error("//\n//\n12ab") == "line 3: malformed number");
  assert(error("\"\\t\"") == "line 1: unknown escape");
  assert(error("a $ b") == "line 1: unexpected character");
  assert(error("// $ \"") == "");
}
