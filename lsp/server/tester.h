// What the server asks of those who write tests for a function. The program puts
// lsp/features/testing and the sandbox behind this (lsp/editor_tests.h), tests what they want.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "lsp/server/model.h"

namespace lsp::server {

struct Testable {
  std::string function;
  text::Range definition;  // bytes: where it is offered
};

struct NewTests {
  std::string path;  // where nothing is yet
  std::string text;
  std::string evidence;
};

class Tester {
 public:
  virtual ~Tester() = default;

  // The document's functions that tests can be written for. Parses it.
  virtual std::vector<Testable> functions(const Snapshot& document) const = 0;
  // Blocks, on a worker thread; runs things in the sandbox alone, and writes nothing. An error says
  // why there are no tests.
  virtual base::Result<NewTests> write(const Snapshot& document, const Testable& function,
                                       std::stop_token stop) = 0;
};

}  // namespace lsp::server
