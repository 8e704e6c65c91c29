// Further examples of a function, by a model that can be spoken to. Internal to this folder.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "lsp/features/chat/model.h"
#include "lsp/features/debug/calls_javascript.h"

namespace lsp::features::testing {

struct Proposal {
  std::string source;    // one line: an expression that calls the function
  std::string expected;  // as the interpreter would print it; every line with its end
};

// The examples in a model's reply. Left out is what calls anything but the function and a few of
// Python's own that only compute: a test is run by its user, outside of the sandbox.
std::vector<Proposal> proposals_in(const std::string& reply, const std::string& function);

// The same of JavaScript, where an example is `f(1) // => 2`.
std::vector<debug::Call> javascript_proposals_in(const std::string& reply,
                                                 const std::string& function);

// Blocks. `definition` is the function's text. An error says why there are none.
chat::Result<std::vector<Proposal>> propose(const std::string& definition,
                                            const std::string& function, chat::Model& model,
                                            std::stop_token stop);
chat::Result<std::vector<debug::Call>> propose_javascript(const std::string& definition,
                                                          const std::string& function,
                                                          chat::Model& model, std::stop_token stop);

// The program, with a function behind it that has the proposals for its docstring's examples.
constexpr const char* proposals_function = "lemma_proposals";
std::string with_proposals(const std::string& program, const std::vector<Proposal>& proposals);

}  // namespace lsp::features::testing
