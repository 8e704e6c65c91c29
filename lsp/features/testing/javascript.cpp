// JavaScript: examples in the comment before a function become tests of node:test, in a file beside
// it. What each call gives is seen first, where the program's own names are known.
#include <algorithm>
#include <filesystem>
#include <optional>

#include "engine/base/format.h"
#include "engine/base/json.h"
#include "engine/base/json_object.h"
#include "lsp/features/debug/calls_javascript.h"
#include "lsp/features/debug/guest.h"
#include "lsp/features/testing/form.h"
#include "lsp/features/testing/proposals.h"
#include "lsp/text/utf8.h"
#include "sandbox/languages/language.h"

namespace lsp::features::testing {
namespace {

using engine::base::concat;
using engine::base::fail;
using engine::base::Json;
using engine::base::JsonObject;
using engine::base::JsonValue;
using engine::base::Result;
using syntax::Nodes;

constexpr uint32_t deadline_ms = 5'000;
constexpr const char* probe_path = "/run/lemma/lemma_calls.cjs";
// `scope` evaluates a text where the program's names are known. Of each call: what it gives, as a
// text that gives the same again where there is one; what it throws; whether it is as expected.
constexpr const char* probe_text = R"text('use strict';
const fs = require('node:fs');
const { inspect, isDeepStrictEqual } = require('node:util');

const shown = (value) => inspect(value, { depth: null, breakLength: 80, maxArrayLength: null,
  maxStringLength: null }).replace(/\s*\n\s*/g, ' ');

function seen(scope, { source, expected }) {
  let value;
  try {
    value = scope(`(${source})`);
  } catch (error) {
    return { throws: error?.name ?? 'Error' };
  }
  const text = shown(value);
  let again = false;
  try {
    again = isDeepStrictEqual(scope(`(${text})`), value);
  } catch { }
  try {
    return { gives: text, again, as: expected === '' ||
      isDeepStrictEqual(scope(`(${expected})`), value) };
  } catch {
    return { gives: text, again, as: false };
  }
}

module.exports = (scope) => {
  const task = JSON.parse(fs.readFileSync(0, 'utf8'));
  const report = JSON.stringify({ calls: task.calls.map((each) => seen(scope, each)) });
  fs.writeSync(1, `\n${task.token} ${report}\n`);
  process.exit(0);
};
)text";
struct Seen {
  std::string gives;   // empty: it throws
  std::string throws;  // the error's name
  bool again = false;  // `gives` can stand in a test
  bool as = false;     // as expected
};

std::string literal_of(std::string_view text) {
  std::string made = "'";
  for (const char c : text) {
    if (c == '\\' || c == '\'') made += '\\';
    made += c;
  }
  return made + "'";
}

// The literal of a primitive, for which strictEqual says most: of anything else, such as /a/ or
// new Date(0), it would only find that it is another object.
bool is_simple(const std::string& value) {
  const auto tree = debug::parse("(" + value + ");\n", syntax::Language::javascript);
  if (!tree) return false;
  static constexpr std::string_view primitives[] = {"number",
                                                    "string",
                                                    "true",
                                                    "false",
                                                    "null",
                                                    "undefined",
                                                    "parenthesized_expression",
                                                    "unary_expression",
                                                    "expression_statement",
                                                    "program",
                                                    "template_string",
                                                    "string_fragment",
                                                    "escape_sequence"};
  const Nodes nodes(*tree);
  const auto& all = nodes.all();
  return std::all_of(all.begin(), all.end(), [&](const syntax::FlatNode& node) {
    const bool name = node.kind == "identifier";  // NaN, Infinity
    const std::string_view text =
        nodes.text().substr(node.range.begin, node.range.end - node.range.begin);
    return !node.named || (name && (text == "NaN" || text == "Infinity")) ||
           std::find(std::begin(primitives), std::end(primitives), node.kind) !=
               std::end(primitives);
  });
}

class JavaScriptForm : public Form {
 public:
  explicit JavaScriptForm(const About& about) : Form(about), nodes_(about.tree) {
    for (debug::TopFunction& each : debug::top_functions(nodes_)) {
      if (each.name == about.target.function) function_ = std::move(each);
    }
  }

  std::vector<std::string> files() const override {
    const std::filesystem::path file = about_.question.file;
    const std::string stem = file.stem(), ending = ".test" + file.extension().string();
    return {stem + ending, concat(stem, ".", about_.target.function, ending)};
  }

  Result<Cases> from_examples() const override {
    if (!function_) return fail(about_.target.function, "() is gone");
    if (way() == debug::Export::none) {
      return fail("'", about_.question.file, "' does not export ", about_.target.function,
                  "(), so that tests in a file of their own do not reach it");
    }
    const auto documented = debug::documented(nodes_, *function_);
    if (documented.calls.empty()) {
      return fail(about_.target.function,
                  "() has no examples: write some into the comment before "
                  "it, as ",
                  about_.target.function,
                  "(…) // => …; one without a result takes what "
                  "it gives now");
    }
    return cases_of(documented.calls, Origin::docstring);
  }

  Result<Cases> from_model(chat::Model& model) const override {
    if (!function_ || way() == debug::Export::none) return fail("nothing could be tested");
    const size_t begin = about_.target.definition.begin;
    const auto documented = debug::documented(nodes_, *function_);
    std::string shown = documented.prose;  // the comment is no part of the definition
    for (const debug::Call& each : documented.calls) {
      shown += concat(each.source, " // => ", each.expected, "\n");
    }
    const std::string comment = begin == 0 || shown.empty() ? "" : concat("/*\n", shown, "*/\n");
    const auto proposals =
        propose_javascript(comment + definition(), about_.target.function, model, about_.stop);
    if (!proposals) return proposals.error();
    return cases_of(*proposals, Origin::model);
  }

  std::string name_of(const Case& its, size_t) const override { return its.name; }

  std::string text_of(const std::vector<Case>& cases) const override {
    const std::string& function = about_.target.function;
    const std::string file =
        concat("./", std::filesystem::path(about_.question.file).filename().string());
    const bool only = way() == debug::Export::only;
    const std::string bound = only ? function : concat("{ ", function, " }");
    const bool module = debug::is_module(about_.question.text);
    std::string text =
        module
            ? concat("import assert from 'node:assert';\nimport test from 'node:test';\n\nimport ",
                     bound, " from ", literal_of(file), ";\n")
            : concat("const assert = require('node:assert');\nconst test = require('node:test');",
                     "\n\nconst ", bound, " = require(", literal_of(file), ");\n");
    for (const Case& each : cases) {
      text += concat("\ntest(", literal_of(each.name), ", () => {\n");
      for (const std::string& line : each.lines) text += concat("  ", line, "\n");
      text += "});\n";
    }
    return text;
  }

 private:
  debug::Export way() const { return debug::export_of(nodes_, *function_); }

  // What the program's calls do now.
  Result<std::vector<Seen>> look(const std::vector<debug::Call>& calls) const {
    auto prepared =
        sandbox::languages::prepare({.file = about_.question.file,
                                     .text = debug::with_guest(about_.question.text, probe_path),
                                     .workspace = about_.question.workspace,
                                     .deadline_ms = deadline_ms});
    if (!prepared) return prepared.error();
    if (!prepared->missing.empty()) return fail(prepared->missing);
    std::string list;
    for (const debug::Call& each : calls) {
      list += (list.empty() ? "" : ",") +
              JsonObject().text("source", each.source).text("expected", each.expected).str();
    }
    prepared->request.input =
        JsonObject().text("token", prepared->token).raw("calls", "[" + list + "]").str();
    prepared->request.plan.policy.files.push_back({probe_path, probe_text});
    prepared->request.stop = about_.stop;
    const auto run = sandbox::languages::run(about_.sandbox, *prepared);
    const auto told = debug::told_by_guest(*prepared, run);
    if (!told) return fail("the program does not run: ", run.outcome.reason);
    const auto json = Json::parse(*told);
    if (!json) return fail("what its calls give cannot be read: ", json.message());
    std::vector<Seen> all;
    if (const auto found = json->root().find("calls")) {
      found->for_each([&](const JsonValue& each) { all.push_back(seen_in(each)); });
    }
    return all;
  }

  static Seen seen_in(const JsonValue& object) {
    const auto text = [&](const char* name) {
      const auto value = object.find(name);
      return value ? std::string(value->string().value_or("")) : "";
    };
    const auto truth = [&](const char* name) {
      const auto value = object.find(name);
      return value && value->boolean().value_or(false);
    };
    return {text("gives"), text("throws"), truth("again"), truth("as")};
  }

  Result<Cases> cases_of(const std::vector<debug::Call>& calls, Origin origin) const {
    const auto seen = look(calls);
    if (!seen) return seen.error();
    Cases made;
    for (size_t i = 0; i < calls.size() && i < seen->size(); ++i)
      add(made, calls[i], (*seen)[i], origin);
    return made;
  }

  void add(Cases& made, const debug::Call& call, const Seen& seen, Origin origin) const {
    const std::string& source = call.source;
    const bool proposed = origin == Origin::model;
    const bool known = std::any_of(made.cases.begin(), made.cases.end(),
                                   [&](const Case& each) { return each.name == source; });
    if (known) return;
    const std::string does = seen.throws.empty() ? "gives " + seen.gives : "throws " + seen.throws;
    if (!call.expected.empty() && !seen.as) {
      const std::string more = proposed ? concat(", the model expected ", call.expected)
                                        : concat(" where ", call.expected,
                                                 " is expected, so that something is to be mended "
                                                 "first");
      made.left_out.push_back(concat("'", source, "': the code ", does, more));
      return;
    }
    const std::string& value = call.expected.empty() ? seen.gives : call.expected;
    if (call.expected.empty() && seen.throws.empty() && !seen.again) {
      made.left_out.push_back(concat("'", source, "': what it gives cannot be written down"));
      return;
    }
    Case next{source, {}, proposed};
    if (call.expected.empty()) {
      next.lines.push_back("// As it is now: no example says what is right.");
    }
    if (proposed) next.lines.push_back("// Written by a model; the code gives this.");
    next.lines.push_back(seen.throws.empty()
                             ? concat("assert.",
                                      is_simple(value) ? "strictEqual(" : "deepStrictEqual(",
                                      source, ", ", value, ");")
                             : concat("assert.throws(() => ", source,
                                      ", { name: ", literal_of(seen.throws), " });"));
    made.cases.push_back(std::move(next));
  }

  const Nodes nodes_;
  std::optional<debug::TopFunction> function_;
};

}  // namespace

std::unique_ptr<Form> javascript_form(const About& about) {
  return std::make_unique<JavaScriptForm>(about);
}

}  // namespace lsp::features::testing
