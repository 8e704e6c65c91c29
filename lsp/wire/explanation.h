// The answer to lemma/why: what the last completions were made of, and what was seen of the last
// fix, for people who ask.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/wire/protocol.h"

namespace lsp::wire {

// The experts that a token was made with, of each layer that has some.
struct TokenExperts {
  std::string token;
  std::vector<std::vector<int16_t>> layers;
};

// What a model did for one answer.
struct Provenance {
  struct Source {
    std::string what;
    std::string why;
    int tokens;
  };
  std::string silence;  // why there is no text, where there is none
  // That all of the text is right, as model and memory have it; nothing where others have said it.
  std::optional<double> probability = {};
  std::optional<double> model_probability = {};  // as the model alone has it; nothing without both
  int prompt_tokens = 0;
  int cached_tokens = 0;  // of them, kept from earlier requests
  int generated_tokens = 0;
  int accepted_tokens = 0;  // of them, guessed beforehand
  int context_tokens = 0;   // the most that the model can read
  double context_ms = 0;    // without the engine: what it is asked, and what is cut and checked
  double wait_ms = 0;
  double prefill_ms = 0;
  double decode_ms = 0;
  std::vector<Source> sources;
  std::vector<TokenExperts> experts;  // of the tokens shown; empty where the model has none
  std::string adapter;                // of the model, a path; empty: none
};

struct Explanation {
  std::string uri;
  text::Position position;   // of the cursor
  std::optional<Span> span;  // what `text` replaces
  std::string text;          // empty: nothing was shown
  double ms = 0;             // from the request to the answer
  Provenance provenance;
  struct Other {
    std::string text;
    std::optional<double> probability;
  };
  std::vector<Other> others = {};  // that were offered in its place
};

// What was seen of the changes that were offered last for a failure. In words, since every client
// shows the same.
struct Evidence {
  struct Change {
    std::string title;
    std::string diff;
    std::vector<std::string> said;  // sentences
    bool taken = false;             // the document became what it is with it
  };
  std::string name;     // of the program's file
  std::string failure;  // "IndexError: list index out of range"
  std::vector<Change> changes;
  bool is_latest = true;  // nothing else was shown since
};

// The latest explanation first.
Payload encode(std::string_view model, const std::deque<Explanation>& explanations,
               const std::optional<Evidence>& evidence);

}  // namespace lsp::wire
