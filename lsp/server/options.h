// What a server is given by the program: the machine's settings, and all that is behind it.
#pragma once

#include <spdlog/logger.h>

#include <memory>
#include <string>
#include <vector>

#include "lsp/server/changer.h"
#include "lsp/server/chat.h"
#include "lsp/server/debugging.h"
#include "lsp/server/edit_finder.h"
#include "lsp/server/evaluator.h"
#include "lsp/server/filler.h"
#include "lsp/server/model.h"
#include "lsp/server/settings.h"
#include "lsp/server/solver.h"
#include "lsp/server/tester.h"
#include "lsp/server/usage.h"

namespace lsp::server {

struct Options {
  Settings settings;              // of the machine
  std::vector<Problem> problems;  // found while reading them; shown to the user once
  LoadModel load;
  std::string model_path;  // for the status, before it is loaded
  std::string version;
  std::shared_ptr<spdlog::logger> log;
  std::shared_ptr<Usage> usage = std::make_shared<Usage>();  // counts; of the whole process
  DebugOptions debug = {};
  std::shared_ptr<Filler> filler = {};        // null: nothing is filled in
  std::shared_ptr<Tester> tester = {};        // null: no tests are written
  std::shared_ptr<Solver> solver = {};        // null: nothing can be solved
  std::shared_ptr<Evaluator> evaluator = {};  // null: no values are shown
  std::shared_ptr<EditFinder> edits = {};     // null: no change is proposed for other places
  std::shared_ptr<Chat> chat = {};            // null: nobody can be asked
  std::shared_ptr<Changer> changer = {};      // null: nor changes anything
  std::string no_chat = {};                   // why
};

}  // namespace lsp::server
