// The likeliest rest of a line. Taking the likeliest token each time may lead to where no way on is
// likely, while a line that began with the second one is likelier as a whole. So several ways on
// are followed at once (beam search) until a line has ended that is at least as likely as what is
// left of the others; a probability only falls while a line grows. The same line, said with other
// tokens or another end, is one line.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/decode/healing.h"
#include "engine/decode/memory/recall.h"
#include "engine/decode/piece.h"
#include "engine/session/engine.h"

namespace engine::session {

// A token that may come next.
struct Option {
  Token token;
  float log_probability;
  std::optional<float> model_log_probability = {};  // before the memory was mixed in
};

// One way the text may go on.
struct Path {
  decode::Healing healing;
  std::optional<decode::memory::Recall> recall = {};  // none without a corpus
  std::vector<Token> tokens = {};                     // generated
  std::vector<Piece> pieces = {};                     // of them, not released yet
  double log_probability = 0;                         // of all of them
  std::vector<Option> options = {};                   // once they are known, the likeliest first
  std::vector<std::vector<int16_t>> experts = {};     // that predicted the options

  // Takes a token; returns its piece.
  Piece advance(const Option& option, std::string_view bytes);
};

class LineSearch {
 public:
  LineSearch(const Search& search, const tokenizer::Tokenizer& tokenizer, int max_tokens);

  // Until the line has ended. Always false where a single way is followed.
  bool active() const { return active_; }
  void stop() { active_ = false; }
  // Whether ways on are too slow to be followed at once.
  bool is_slow(double step_ms) const { return step_ms > search_.slowest_step_ms; }
  // Whether some line has ended already, so that the only path left may not be the one.
  bool has_ended() const { return !ended_.empty(); }

  // Gives the tokens that may not come after `path` minus infinity.
  // `log_probabilities`: [vocabulary].
  void exclude(const Path& path, std::span<float> log_probabilities) const;
  // What is worth following after `path`, the likeliest first; at least one.
  // `log_probabilities`: [vocabulary], normalised.
  std::vector<Option> options(const Path& path, std::span<const float> log_probabilities) const;
  bool ends_line(Token token) const;

  struct Way {
    size_t path, option;
    double log_probability;
  };
  // How to go on from `paths`, each with its options: the likeliest way first. None:
  // take_best() is the line. A single one may be the last, where none of the lines is likely
  // enough.
  std::vector<Way> choose(std::span<const Path> paths);

  struct Ended {
    Path path;
    Option last;  // not yet taken by the path; ends the line, the text, or is the last of all
    std::string line;

    double log_probability() const {
      return path.log_probability + static_cast<double>(last.log_probability);
    }
  };
  // Once: the line found.
  Ended take_best();

 private:
  bool ends(const Path& path, const Option& option) const;
  double of_line(const std::string& line) const;

  const Search search_;
  const tokenizer::Tokenizer& tokenizer_;
  const int max_tokens_;
  const double least_;  // log-probability of a path
  bool active_;
  std::vector<Ended> ended_;
};

}  // namespace engine::session
