// What is shown for what a model says, in every language: cases/LANGUAGE.txt.
//
//   ## what users would hate, and do not get
//   print(⟦x, y)⟧)
//   => print(x, y)
//
// A number in braces at the end of a name is the model's probability of each token, else all but 1.
// Between ⟦ and ⟧ stands what the model says at the cursor, around them the document; after => the
// document once all that is shown has been accepted, or "silence".
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "lsp/features/completion.h"
#include "tests/lsp/features/scripted_engine.h"
#include "tests/support/catch.h"

namespace {

using namespace lsp;

namespace fs = std::filesystem;

const fs::path folder = LEMMA_SOURCE_DIR "/tests/lsp/features/cases";

struct Case {
  std::string name;
  std::string before;
  std::string says;
  std::string after;
  std::string expected;  // "silence", or the document
  double probability = 0.999;
};

Case read_case(const std::string& name, const std::string& body) {
  const std::string begin = "⟦";
  const std::string end = "⟧";
  const size_t said = body.find(begin);
  const size_t stop = body.find(end);
  const size_t arrow = body.find("\n=>");
  INFO(name << "\n" << body);
  REQUIRE(said != std::string::npos);
  REQUIRE(stop != std::string::npos);
  REQUIRE(arrow != std::string::npos);
  std::string expected = body.substr(arrow + 3);
  expected = expected.substr(std::min<size_t>(1, expected.size()));  // a blank or a line break
  expected.resize(expected.find_last_not_of('\n') + 1);
  Case result{name, body.substr(0, said),
              body.substr(said + begin.size(), stop - said - begin.size()),
              body.substr(stop + end.size(), arrow - stop - end.size()), expected};
  if (name.ends_with('}')) result.probability = std::stod(name.substr(name.rfind('{') + 1));
  return result;
}

std::vector<Case> read_cases(const fs::path& path) {
  std::ifstream file(path);
  std::vector<Case> cases;
  std::string name;
  std::string body;
  const auto take = [&] {
    if (!name.empty()) cases.push_back(read_case(name, body));
    body.clear();
  };
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) {
      take();
      name = line.substr(3);
    } else {
      body += line + "\n";
    }
  }
  take();
  return cases;
}

// The document after all that is shown has been accepted, or "silence".
std::string shown(const Case& each, const std::string& language) {
  features::ScriptedEngine engine;
  engine.says = each.says + "\n";
  engine.probability = each.probability;
  features::CompletionInput input;
  std::string whole = each.before + each.after + "\n";
  input.here.document = std::make_shared<const text::Document>("file:///x", language, 1, whole);
  input.here.tree = syntax::Tree::parse(input.here.document, nullptr);
  input.here.path = "x";
  input.cursor = each.before.size();
  context::Anchor anchor;
  context::BufferCache buffers(features::vocabulary());
  const auto result = features::complete(input, anchor, buffers, engine, {});
  REQUIRE(result.ok());
  REQUIRE((*result).has_value());
  const features::Completion& completion = **result;
  if (completion.text.empty()) return "silence";
  whole.replace(completion.range.begin, completion.range.end - completion.range.begin,
                completion.text);
  whole.resize(whole.find_last_not_of('\n') + 1);
  return whole;
}

}  // namespace

TEST_CASE("what is shown for what a model says") {
  size_t cases = 0;
  size_t languages = 0;
  for (const auto& file : fs::directory_iterator(folder)) {
    const std::string language = file.path().stem();
    ++languages;
    for (const Case& each : read_cases(file.path())) {
      ++cases;
      INFO(language << ": " << each.name);
      CHECK(shown(each, language) == each.expected);
    }
  }
  CHECK(cases >= 195);
  CHECK(languages >= 8);
}
