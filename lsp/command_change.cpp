// `lemma change FILE[:LINE[-LAST]] TEXT`: a part of a file, changed by a model as it is told.
#include <charconv>
#include <csignal>
#include <filesystem>
#include <iostream>

#include "engine/base/format.h"
#include "engine/base/json_object.h"
#include "lsp/chat_model.h"
#include "lsp/commands.h"
#include "lsp/daemon/place.h"
#include "lsp/elsewhere.h"
#include "lsp/engine_model.h"
#include "lsp/features/change/change.h"
#include "lsp/questions.h"
#include "lsp/replace_text.h"
#include "lsp/terminal.h"
#include "lsp/text/uri.h"

namespace lsp {
namespace {

namespace change = features::change;
namespace debug = features::debug;
using engine::base::concat;
using engine::base::fail;
using engine::base::JsonObject;
using engine::base::Result;
using text::Sentence;

constexpr Sentence changed = {"changed {file}", "已修改 {file}", "{file} modifié",
                              "{file} geändert"};
constexpr Sentence not_applied = {"nothing was applied", "没有应用任何修改",
                                  "rien n'a été appliqué", "nichts wurde angewandt"};

struct Lines {
  std::string file;
  std::optional<size_t> first, last;  // from 1
};

// FILE, FILE:LINE or FILE:FIRST-LAST; a file of the whole name comes first.
Lines lines_in(const std::string& place) {
  const size_t colon = place.rfind(':');
  std::error_code error;
  if (colon == std::string::npos || std::filesystem::exists(place, error)) return {place, {}, {}};
  const char* end = place.data() + place.size();
  size_t first = 0, last = 0;
  auto read = std::from_chars(place.data() + colon + 1, end, first);
  if (read.ec != std::errc()) return {place, {}, {}};
  std::optional<size_t> until;
  if (read.ptr < end && *read.ptr == '-') {
    read = std::from_chars(read.ptr + 1, end, last);
    until = last;
  }
  if (read.ec != std::errc() || read.ptr != end) return {place, {}, {}};
  return {place.substr(0, colon), first, until};
}

Result<change::Part> part_of(const Lines& lines, const text::Document& document,
                             const syntax::Tree* tree) {
  const size_t count = document.line_count();
  const size_t first = lines.first.value_or(1), last = lines.last.value_or(first);
  if (first > last) return fail("the first line, ", first, ", lies behind the last, ", last);
  // The empty line behind the last line break is one in editors, where something new may be
  // written.
  const size_t counted = count > 1 && document.line(count - 1).empty() ? count - 1 : count;
  if (first < 1 || last > count) {
    const std::string named =
        first == last ? concat("line ", first) : concat("lines ", first, " to ", last);
    return fail("'", lines.file, "' has ", counted, counted == 1 ? " line" : " lines", ", and no ",
                named);
  }
  if (!lines.first) return change::part_of_lines(document, 0, count - 1);
  if (lines.last) return change::part_of_lines(document, first - 1, last - 1);
  const size_t begin = document.line_range(first - 1).begin;
  return change::part_at(document, tree, {begin, begin});
}

const char* word_for(change::Seen seen) {
  return seen == change::Seen::passes   ? "passes"
         : seen == change::Seen::breaks ? "breaks"
                                        : "nothing";
}

void print(const change::Change& made) {
  for (const std::string& each : made.evidence) std::cout << each << '\n';
  std::cout << '\n' << made.diff;
}

void print_json(const change::Change& made, const std::string& applied) {
  std::string evidence;
  for (const std::string& each : made.evidence) {
    evidence += (evidence.empty() ? "" : ",") + engine::base::json_string(each);
  }
  std::cout << JsonObject()
                   .text("diff", made.diff)
                   .text("seen", word_for(made.seen))
                   .raw("evidence", "[" + evidence + "]")
                   .text("author", made.author)
                   .integer("attempts", made.attempts)
                   .text("applied", applied)
                   .str()
            << '\n';
}

// Its tests, if there are any that a run can see.
Result<debug::Subject> subject_of(debug::Question question, const std::string& tests) {
  const auto language = syntax::language_of("", text::uri_of(question.file), question.text);
  if (!language || !debug::can_debug(*language)) {
    return fail("tests are run of Python, JavaScript, TypeScript, C and C++");
  }
  if (!tests.empty()) {
    if (auto named = name_tests(question, tests); !named) return named.error();
  } else {
    find_tests(question);
  }
  return debug::find_subject(std::move(question));
}

struct Asked {
  std::string file;  // absolute
  server::Snapshot document;
  std::shared_ptr<const syntax::Tree> tree;
  change::Request request;
  Result<debug::Subject> subject;
};

Result<Asked> asked_by(const ChangeChoice& choice) {
  if (choice.instruction.find_first_not_of(" \t\r\n") == std::string::npos) {
    return fail("say what is to be changed");
  }
  const Lines lines = lines_in(choice.place);
  auto question = question_about(lines.file);
  if (!question) {
    return fail(question.message(), " (the place is FILE, FILE:LINE or FILE:FIRST-LAST)");
  }
  const std::string file = question->file, text = question->text;
  if (!may_be_shown(file)) {
    return fail("'", lines.file, "' is not shown to a model: it is ignored, or holds secrets by ",
                "its name");
  }
  const auto document = std::make_shared<const text::Document>(text::uri_of(file), "", 0, text);
  const auto tree = syntax::Tree::parse(document, nullptr);
  const auto part = part_of(lines, *document, tree.get());
  if (!part) return part.error();
  auto subject = subject_of(std::move(*question), choice.tests);
  if (!subject && !choice.tests.empty()) return subject.error();
  return Asked{file,
               document,
               tree,
               {.name = std::filesystem::path(file).filename(),
                .text = text,
                .language = syntax::language_of("", document->uri(), text),
                .part = *part,
                .instruction = choice.instruction},
               std::move(subject)};
}

Result<change::Change> changed_as(const Asked& asked, SharedEngine& shared, text::Tongue tongue) {
  sandbox::runner::Runner sandbox({.ready = 0});
  ProgressLine line;
  change::Options options{.tongue = tongue};
  if (asked.subject) {
    options.subject = &*asked.subject;
    options.sandbox = &sandbox;
    options.shows_tests = may_be_shown(*asked.subject);
  } else {
    options.not_run = asked.subject.message();
  }
  options.tells_messages = !shared.settings().chat_model.empty();
  options.on_progress = [&](const std::string& how_far) { line.show(how_far); };
  return change::change(asked.request, *shared.chat_model, options);
}

}  // namespace

int run_change(const ChangeChoice& choice, Output output) {
  const auto failed = [](const std::string& message) {
    std::cerr << "lemma change: " << without_controls(message) << '\n';
    return 1;
  };
  auto asked = asked_by(choice);
  if (!asked) return failed(asked.message());
  const auto settings = read_machine_settings({}).settings;
  const auto cache = daemon::cache_folder();
  SharedEngine shared(settings, {}, cache ? *cache + "/index" : "");
  if (!shared.chat_model) return failed(no_chat_model(settings));
  asked->request.elsewhere =
      declared_elsewhere(shared.workspaces, asked->document, asked->tree, asked->request,
                         {text::uri_of(project_of(asked->file).string())});
  std::signal(SIGPIPE, SIG_IGN);  // an endpoint may go while it is written to
  const text::Tongue tongue = text::tongue_of_locale(
      choice.language.empty() ? text::locale_of_messages() : choice.language);
  const auto made = changed_as(*asked, shared, tongue);
  if (!made) return failed(made.message());
  const bool good = made->seen != change::Seen::breaks;
  std::string applied;
  if (choice.apply && good) {
    const auto status = replace_text(asked->file, asked->request.text, made->text);
    if (!status) {
      print(*made);  // what a model has written is not lost
      return failed(status.message());
    }
    applied = asked->file;
  }
  if (output == Output::json) {
    print_json(*made, applied);
    return 0;
  }
  print(*made);
  if (choice.apply) {
    std::cout << '\n' << said(good ? changed : not_applied, tongue, {{"file", applied}}) << '\n';
  }
  return good ? 0 : 1;
}

}  // namespace lsp
