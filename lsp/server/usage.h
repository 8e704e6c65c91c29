// What suggestions were worth to their user: counted on this machine, for nobody else's eyes, and
// the threshold that follows from it.
//
// Thread safety: all methods may be called from any thread; the servers of a daemon share one.
// Other processes may count in the same file meanwhile (a daemon of other settings, a server of its
// own): what they have written is added to.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>

#include "lsp/text/tongue.h"
#include "lsp/wire/usage.h"

namespace lsp::server {

// How a suggestion ended. Typed: letter by letter, as shown.
enum class Ending { accepted, accepted_partly, typed, dismissed };

class Usage {
 public:
  // Reads what was counted before; an empty path: nothing is kept.
  explicit Usage(std::string file = "");
  ~Usage();

  void shown(double ms);
  // `probability` is the model's, that all of the suggestion is right; `saved` the characters that
  // were put in by accepting.
  void ended(Ending ending, double probability, size_t saved);
  // An accepted text was looked for half a minute later.
  void looked_again(bool is_still_there);

  // What a suggestion must be likely to be right to be shown unasked. The share of suggestions that
  // are taken, by the model's probability, is believed to be that probability until enough have
  // been seen; where it turns out lower than `expected`, those are not worth showing.
  double least_probability(double expected);

  wire::Usage counts();  // with those of others
  // Writes the file after every twenty changes; `save` and the destructor write the rest.
  void save_now_and_then();
  void save();

 private:
  void write();
  void take_in();

  const std::string file_;
  mutable std::mutex mutex_;
  wire::Usage counts_;
  wire::Usage known_;  // of them, what was in the file when it was last read or written
  size_t unsaved_ = 0;
};

// For people: a few lines.
std::string summary_of(const wire::Usage& counts, text::Tongue tongue);

}  // namespace lsp::server
