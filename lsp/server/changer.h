// What the server asks of those who change a part of a document as its user says. The program puts
// lsp/features/change, a model and the sandbox behind this (lsp/editor_change.h), tests what they
// want.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "lsp/server/model.h"

namespace lsp::server {

struct ChangeQuestion {
  Snapshot document;
  text::Range selection;  // bytes; empty: what is around it
  std::string instruction;
  bool only_comments = false;        // whether other code would be a fault
  std::vector<std::string> folders;  // of the workspace, URIs
  bool may_run = false;              // whether its user trusts the folder
  std::string locale;
};

struct Changed {
  text::Range part;  // that was asked about; bytes
  // In place of these bytes, whole lines.
  text::Range range;
  std::string text;
  enum class Seen { nothing, passes, breaks };  // passes: its tests, or the code is the same
  Seen seen = Seen::nothing;
  std::vector<std::string> evidence;  // sentences, the most important first
  std::string author;
};

class Changer {
 public:
  virtual ~Changer() = default;

  // Blocks, on a worker thread; runs things in the sandbox alone. `how_far` gets sentences for
  // people, on that thread. An error says why there is no change.
  virtual base::Result<Changed> change(const ChangeQuestion& question,
                                       const std::function<void(const std::string&)>& how_far,
                                       std::stop_token stop) = 0;
};

}  // namespace lsp::server
