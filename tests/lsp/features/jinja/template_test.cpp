// Templates of the forms that model families publish, against what Jinja2 makes of them
// (record.py), and what is said of those that lemma cannot render.
#include "lsp/features/jinja/template.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "tests/support/catch.h"

namespace {

using namespace lsp::features::jinja;
namespace fs = std::filesystem;

const fs::path golden = LEMMA_SOURCE_DIR "/tests/golden/chat";
const char* const conversations[] = {"u", "su", "uau", "suau", "uauau", "ua"};
constexpr std::string_view separator = "\n=====\n";

std::string read(const fs::path& path) {
  std::ifstream input(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(input), {}};
}

// The conversations of record.py.
Dict names_of(std::string_view roles, int form) {
  const auto text_of = [&](char role) -> const char* {
    if (role == 's') return form == 0 ? "Be brief." : "  Be brief.\n\n";
    if (role == 'u') return form == 0 ? "One {{ 1 }} <|im_end|>?" : "\n Two\u00a0\u3000 é?\n";
    return form == 0 ? "It is 1." : "<think>\nI think\n\n</think>\n\n Two.\n ";
  };
  List messages;
  for (const char role : roles) {
    const char* const name = role == 's' ? "system" : role == 'u' ? "user" : "assistant";
    messages.emplace_back(
        Dict{{"role", Value(name)}, {"content", Value(Text::from_outside(text_of(role)))}});
  }
  return {{"messages", Value(std::move(messages))},
          {"tools", Value(None{})},
          {"documents", Value(None{})},
          {"add_generation_prompt", Value(true)},
          {"bos_token", Value("<BOS>")},
          {"eos_token", Value("<EOS>")}};
}

std::string rendered(const std::string& source, const Dict& names = {}) {
  const auto form = Template::parse(source);
  if (!form) return form.message();
  const auto text = form->render(names);
  if (!text) return text.message();
  CHECK(text->foreign.size() == text->bytes.size());
  return text->bytes;
}

void check_refused(const std::string& source, const std::string& expected) {
  INFO(source.substr(0, 200));
  CHECK_THAT(rendered(source), Catch::Matchers::Contains(expected));
  CHECK_THAT(rendered(source), Catch::Matchers::StartsWith("line "));
}

}  // namespace

TEST_CASE("templates are rendered as Jinja2 renders them") {
  size_t templates = 0;
  for (const auto& entry : fs::directory_iterator(golden)) {
    if (entry.path().extension() != ".jinja") continue;
    ++templates;
    std::string all = read(fs::path(entry.path()).replace_extension(".txt"));
    size_t at = 0;
    for (const char* const roles : conversations) {
      for (const int form : {0, 1}) {
        const size_t end = std::min(all.find(separator, at), all.size());
        std::string expected = all.substr(at, end - at);
        at = std::min(end + separator.size(), all.size());
        INFO(entry.path().filename() << " of " << roles << " in form " << form);
        const std::string found = rendered(read(entry.path()), names_of(roles, form));
        constexpr std::string_view refused = "refused: ";
        if (expected.starts_with(refused)) {
          CHECK_THAT(found,
                     Catch::Matchers::EndsWith(": it " + expected.replace(0, 9, "refuses: ")));
        } else {
          CHECK(found == expected);
        }
      }
    }
  }
  CHECK(templates >= 8);
}

TEST_CASE("what people wrote is told from what the template wrote, through every operation") {
  const Dict names{{"x", Value(Text::from_outside(" a,b "))}};
  const auto marked = [&](const std::string& source) {
    const Text text = Template::parse(source).value().render(names).value();
    std::string result;
    for (size_t i = 0; i < text.size(); ++i)
      result += text.foreign[i] == '\1' ? '#' : text.bytes[i];
    return result;
  };
  CHECK(marked("<{{ x }}>") == "<#####>");
  CHECK(marked("<{{ x|trim }}>") == "<###>");
  CHECK(marked("{{ '<' + x.strip().split(',')|join('-') ~ '>' }}") == "<#-#>");
  CHECK(marked("{{ x[1:2] + x[3] }}{{ x|upper }}{{ x.replace(',', '::') }}") ==
        "#######"
        "##::##");
  CHECK(marked("{% set y %}[{{ x }}]{% endset %}{{ y }}") == "[#####]");
  CHECK(marked("{% macro m(z) %}({{ z }}){% endmacro %}{{ m(x) }}") == "(#####)");
  CHECK(marked("{{ x|tojson }}") == "#######");
  CHECK(marked("{% for c in x %}{{ c }}.{% endfor %}") == "#.#.#.#.#.");
}

TEST_CASE("what lemma does not know of a template is named with its line") {
  check_refused("a\n{% include 'x' %}", "line 2 of the chat template: the block 'include'");
  check_refused("{{ x|pprint }}", "the filter 'pprint', which lemma does not know");
  check_refused("{{ 'x'.zfill(3) }}", "the method 'zfill', which lemma does not know");
  check_refused("{{ 1 is divisibleby(2) }}", "the test 'divisibleby', which lemma does not know");
  check_refused("{{ lipsum() }}", "the function 'lipsum', which lemma does not know");
  check_refused("{{ 1 < 2 < 3 }}", "a chain of comparisons");
  check_refused("{{ 1 ! 2 }}", "the character '!'");
  check_refused("{{ '\\u0041' }}", "an escape of a character's number");
  check_refused("{% for x in [1] recursive %}{% endfor %}", "'recursive' where the tag should end");
  // In Jinja2 these are errors as well.
  check_refused("{{ x.y.z }}", "undefined has no elements");
  check_refused("{{ 'a' + 1 }}", "a text + an integer");
  check_refused("{{ 'a' + missing }}", "a text + undefined");
  check_refused("{% if true %}", "'endif' is missing");
  check_refused("{% endif %}", "the block 'endif'");
  check_refused("{{ (1 }}", "closes nothing");
  check_refused("{{ ", "a tag that does not end");
  check_refused("{# ", "a comment that does not end");
  check_refused("{{ 'x }}", "a string that does not end");
  check_refused("{{ }}", "something is missing");
  // A branch that is not taken may hold anything that can be read.
  CHECK(rendered("{% if false %}{{ x|pprint }}{% endif %}ok") == "ok");
}

TEST_CASE("elements are chosen by what they hold, as Mistral's templates choose messages") {
  const std::string all =
      "{% set all = [{'role': 'user', 'of': {'n': 1}}, {'role': 'system'}, {'role': 'user'}] %}";
  const auto shown = [&](const std::string& expression) {
    return rendered(all + "{{ " + expression + " }}");
  };
  CHECK(shown("all | selectattr('role', 'equalto', 'user') | list | length") == "2");
  CHECK(shown("all | rejectattr('role', 'eq', 'user') | map(attribute='role') | join") == "system");
  CHECK(shown("all | selectattr('of') | list | length") == "1");
  CHECK(shown("all | selectattr('of.n', 'defined') | list | length") == "1");
  CHECK(shown("all | selectattr('role', 'in', ['system', 'tool']) | list | length") == "1");
  CHECK(shown("all | map(attribute='of.n', default=7) | join(',')") == "1,7,7");
  CHECK(shown("['a', 'b'] | map('upper') | join") == "AB");
  CHECK(shown("[0, 1, 2] | select | join") == "12");
  CHECK(shown("[1, 2, 3] | reject('odd') | join") == "2");
  CHECK(shown("['a', 'b'] | select('ne', 'a') | first") == "b");
  CHECK(shown("'an old-fashioned tool' | title") == "An Old-Fashioned Tool");
  check_refused(all + "{{ all | selectattr('role', 'near', 'u') }}", "the test 'near'");
  check_refused(all + "{{ all | selectattr }}", "an attribute's name");
  check_refused(all + "{{ all | map }}", "neither an attribute nor a filter");
}

TEST_CASE("a template ends, whatever it asks for") {
  check_refused("{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}",
                "it takes too many steps");
  check_refused("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "it goes deeper and deeper");
  check_refused("{{ range(1000000000) }}", "range() of too many");
  check_refused(
      "{% set ns = namespace(x='x') %}{% for i in range(99) %}"
      "{% set ns.x = ns.x + ns.x %}{% endfor %}",
      "a text that grows without end");
  check_refused(
      "{% set ns = namespace(x=[]) %}{% for i in range(999) %}"
      "{% set ns.x = [ns.x, ns.x] %}{% endfor %}",
      "a value of too many parts");
  check_refused(
      "{% set ns = namespace() %}{% for i in range(99) %}"
      "{% set ns.x = ns %}{% endfor %}{{ ns }}",
      "a value of too many parts");
  check_refused("{{ " + std::string(100'000, '(') + "1" + std::string(100'000, ')') + " }}",
                "nested deeper than lemma reads");
  check_refused("{{ " + std::string(100'000, '-') + "1 }}", "expected");
  std::string choices;
  for (int i = 0; i < 10'000; ++i) choices += "{% if true %}";
  check_refused(choices, "nested deeper than lemma reads");
}

TEST_CASE("damaged templates never crash") {
  std::mt19937 random(3);
  for (const auto& entry : fs::directory_iterator(golden)) {
    if (entry.path().extension() != ".jinja") continue;
    const std::string whole = read(entry.path());
    for (int round = 0; round < 300; ++round) {
      std::string source = whole;
      for (size_t changes = 1 + random() % 3; changes > 0; --changes) {
        const size_t place = random() % (source.size() + 1), other = random() % whole.size();
        source.replace(place, random() % 9, whole.substr(other, random() % 9));
      }
      const auto form = Template::parse(source);
      if (form) CHECK_NOTHROW(form->render(names_of("suau", 0)).ok());
    }
  }
}
