// `lemma fill FILE:LINE`: a body for a function that has examples and none.
#include <csignal>
#include <filesystem>
#include <iostream>

#include "engine/base/format.h"
#include "engine/base/json_object.h"
#include "lsp/authors.h"
#include "lsp/commands.h"
#include "lsp/features/debug/diff.h"
#include "lsp/features/fill/fill.h"
#include "lsp/questions.h"

namespace lsp {
namespace {

namespace debug = features::debug;
namespace fill = features::fill;
using engine::base::fail;
using engine::base::JsonObject;
using engine::base::Result;

Result<fill::Hole> hole_at(const FilePlace& place, const std::string& text) {
  const auto tree = code_tree(place.file, text);
  if (!tree) return fail("'", place.file, "' is no Python and no JavaScript that can be parsed");
  std::vector<fill::Hole> holes = fill::holes_in(*tree);
  std::erase_if(holes, [&](const fill::Hole& hole) {
    return !holds(place, tree->document(), hole.definition);
  });
  if (holes.size() == 1) return holes.front();
  if (holes.empty()) {
    return fail("no function ", place.line ? "in that line of '" : "of '", place.file,
                "' is to be filled in: one at its top, in Python with pass, ... or raise "
                "NotImplementedError for a body, in JavaScript with an empty one");
  }
  const size_t first = tree->document().line_at(holes.front().name.begin) + 1;
  return fail("'", place.file, "' has ", holes.size(),
              " functions to be filled in: name a line of one, as ", place.file, ":", first);
}

void print(const fill::Report& report, const debug::Question& question) {
  for (const fill::Body& body : report.bodies) {
    const std::string name = std::filesystem::path(question.file).filename();
    std::cout << (body.verified ? "verified: " : "not verified: ") << body.evidence << '\n'
              << debug::unified_diff(question.text, body.text, name);
  }
  if (report.bodies.empty()) std::cerr << "lemma fill: " << report.note << '\n';
}

void print_json(const fill::Hole& hole, const fill::Report& report,
                const debug::Question& question) {
  std::string bodies;
  for (const fill::Body& body : report.bodies) {
    std::string lines;
    for (const std::string& line : body.lines) lines += (lines.empty() ? "" : "\n") + line;
    const std::string name = std::filesystem::path(question.file).filename();
    bodies += (bodies.empty() ? "" : ",") +
              JsonObject()
                  .text("body", lines)
                  .text("diff", debug::unified_diff(question.text, body.text, name))
                  .boolean("verified", body.verified)
                  .text("author", body.author)
                  .text("evidence", body.evidence)
                  .str();
  }
  std::cout << JsonObject()
                   .text("function", hole.function)
                   .integer("examples", static_cast<int64_t>(report.examples))
                   .integer("passing", static_cast<int64_t>(report.passing))
                   .integer("written", static_cast<int64_t>(report.written))
                   .raw("bodies", "[" + bodies + "]")
                   .text("note", report.note)
                   .number("ms", report.ms)
                   .str()
            << '\n';
}

}  // namespace

int run_fill(const std::string& text, Output output) {
  const auto failed = [](const engine::base::Error& error) {
    std::cerr << "lemma fill: " << error.message << '\n';
    return 1;
  };
  const FilePlace place = place_in(text);
  auto question = question_about(place.file);
  if (!question) return failed(question.error());
  const auto hole = hole_at(place, question->text);
  if (!hole) return failed(hole.error());
  const auto subject = debug::find_subject(std::move(*question));
  if (!subject) return failed(subject.error());
  sandbox::runner::Runner sandbox({.ready = 0});
  std::signal(SIGPIPE, SIG_IGN);  // an endpoint may go while it is written to
  const auto shared = std::make_shared<SharedEngine>(read_machine_settings({}).settings);
  const auto report =
      fill::fill(*subject, *hole, sandbox,
                 {.instructed = instructed_author(shared->chat_model, *subject, *hole),
                  .completing = completing_author(*shared, *subject, *hole)});
  if (!report) return failed(report.error());
  if (output == Output::json) {
    print_json(*hole, *report, subject->question);
    return 0;
  }
  print(*report, subject->question);
  return report->bodies.empty() ? 1 : 0;
}

}  // namespace lsp
