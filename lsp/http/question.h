// What a body asks for: JSON in OpenAI's forms and in llama.cpp's `/infill`, read into one struct.
//
// Fields that change what comes out and that nothing here can do (several choices, penalties,
// log-probabilities, tools) are refused by name rather than ignored; unknown ones are ignored, as
// the peers do.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/decode/sampling.h"
#include "lsp/features/chat/model.h"
#include "lsp/http/guard.h"

namespace lsp::http {

// Text of another file.
struct Extra {
  std::string name;
  std::string text;
};

struct Question {
  Route route = Route::completions;
  std::string prefix;  // before the gap; of a completion the whole prompt
  std::string suffix;  // behind the gap
  std::string typed;   // the beginning of what fills the gap: /infill's `prompt`
  bool has_gap = false;
  std::vector<Extra> extra;
  std::vector<features::chat::Message> messages;  // of a chat; never empty there
  std::optional<int> max_tokens;                  // nothing: as many as the context holds
  engine::decode::Sampling sampling;
  std::vector<std::string> stop_texts;
  bool stream = false;
  bool usage = false;  // a last piece of the stream that tells it
  // /infill alone:
  std::optional<std::vector<std::string>> fields;  // of the answer, as paths; nothing: all
  int indentation = 0;                             // ends before a line with less of it
  std::optional<std::chrono::milliseconds> time;   // ends at a line's end after it
};

// An error says which field is wrong, and how it must be.
base::Result<Question> read_question(Route route, std::string_view body);

}  // namespace lsp::http
