// A part of a file, changed by a model as its author says; and what can be seen of the change by
// running the program's tests with and without it. Free functions that block their worker; nothing
// runs but in the sandbox, and no file changes.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "lsp/features/change/part.h"
#include "lsp/features/chat/model.h"
#include "lsp/features/debug/subject.h"
#include "lsp/syntax/language.h"
#include "lsp/text/tongue.h"
#include "sandbox/runner/sandbox.h"

namespace lsp::features::change {

// How a name is declared that the lines or the instruction use.
struct Declaration {
  std::string path;  // of another file, from the project's folder
  std::string text;  // one line
};

struct Request {
  std::string name;  // of the file, for the model
  std::string text;
  std::optional<syntax::Language> language;
  Part part;
  std::string instruction;
  bool only_comments = false;               // whether other code would be a fault
  std::vector<Declaration> elsewhere = {};  // those of a file side by side
};

struct Options {
  text::Tongue tongue = text::Tongue::english;  // of all that people are told
  // What is run, of the same text; null: nothing is, and `not_run` says why.
  const debug::Subject* subject = nullptr;
  std::string not_run = {};
  sandbox::runner::Runner* sandbox = nullptr;  // where there is a subject
  bool shows_tests = false;                    // whether the model may see the subject's
  // Whether the model may be told how tests fail, beside which; only one on this machine.
  bool tells_messages = false;
  std::function<void(const std::string&)> on_progress = {};  // a sentence; by this thread
  std::stop_token stop = {};
};

// `passes`: the tests that are run, or the code is the same.
enum class Seen { nothing, passes, breaks };

struct Change {
  std::string text;  // of the whole file
  std::string diff;
  Seen seen = Seen::nothing;
  // Sentences, the most important first: which tests pass and which do not any more, what does
  // something else than before, that only comments are others, or why nothing is known.
  std::vector<std::string> evidence = {};
  std::string author = {};  // the model
  int attempts = 1;         // what does not parse, or breaks tests, is tried again
};

// An error says why there is none: the model cannot be reached, or has written nothing else.
engine::base::Result<Change> change(const Request& request, chat::Model& model,
                                    const Options& options);

}  // namespace lsp::features::change
