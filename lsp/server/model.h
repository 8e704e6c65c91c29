// What the server asks of a model. The program puts the engine and its features behind this
// (lsp/engine_model.h); tests put in a model that is slow, fails or says what they want.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "lsp/text/document.h"
#include "lsp/wire/explanation.h"

namespace lsp::server {

namespace base = engine::base;

class Usage;

using Snapshot = std::shared_ptr<const text::Document>;

// The item that is selected in the editor's completion menu.
struct Selected {
  std::string text;
  text::Range range;  // bytes: what it would replace
};

enum class Trigger { automatic, invoked };

// Whether an answer may go on after the cursor's line.
enum class Extent { line, block };

// Whether there is an answer inside a comment to what nobody asked for by a key.
enum class Comments { leave, complete };

// Lines of a document, from 0, the last one included, that matter besides the cursor's.
struct Attended {
  enum class Kind { edited, visible };
  Kind kind;
  size_t first_line;
  size_t last_line;
};

// What another tool says of a line.
struct Reported {
  size_t line;  // from 0
  std::string message;
};

// ahead: nobody waits for it yet.
enum class Urgency { now, ahead };

struct Question {
  Snapshot document;
  size_t cursor;                     // bytes
  std::vector<Snapshot> others;      // the other open documents, the most recently used first
  std::vector<std::string> folders;  // of the workspace, URIs
  std::optional<Selected> selected;
  Trigger trigger = Trigger::automatic;
  Extent extent = Extent::block;
  Comments comments = Comments::leave;
  Urgency urgency = Urgency::now;
  int max_tokens = 64;
  size_t most = 1;  // answers; of several the first is what would come unasked, where that is any
  std::map<std::string, std::vector<Attended>> attended = {};  // by uri, the latest edits first
  std::vector<Reported> reported = {};                         // of the document
  std::shared_ptr<Usage> usage;  // what was accepted before; null: nothing is known
};

struct Answer {
  std::string text;   // replaces `range`; empty where silence is better
  text::Range range;  // bytes, within the cursor's line
  wire::Provenance provenance = {};
  std::vector<Answer> others = {};  // that differ from it, the best first, of the same cursor
};

struct ModelInfo {
  std::string path;
  std::string adapter;  // its path; empty: none
  std::string backend;
  std::string device;
  std::string description;  // for people
};

class Model {
 public:
  virtual ~Model() = default;

  // What computes now; another adapter may be taken up while it runs. Any thread.
  virtual ModelInfo info() const = 0;

  // For people: what is other than they have configured, now; empty where nothing is. Any thread.
  virtual std::string notice() const { return ""; }

  // Called on worker threads, for one document never twice at a time. Nothing when stopped.
  virtual base::Result<std::optional<Answer>> complete(const Question& question,
                                                       std::stop_token stop) = 0;

  // The document was opened: does ahead, on a worker thread, what its first completion would
  // otherwise wait for.
  virtual void prepare(const Snapshot& document, const std::vector<std::string>& folders) = 0;

  // The document is closed: drops what was kept for it. Called on the loop's thread.
  virtual void forget(const std::string& uri) = 0;
};

// Blocks. An error names the file and what to do.
using LoadModel = std::function<base::Result<std::shared_ptr<Model>>()>;

}  // namespace lsp::server
