// Tells what a model thinks from what it answers, in a stream in which <think> and </think> stand
// between the two, or which comes in the messages of OpenAI's harmony format (gpt-oss):
// "<|channel|>analysis<|message|>…<|end|><|start|>assistant<|channel|>final<|message|>…". What is
// in another channel than `final` is thought.
#pragma once

#include <string>
#include <string_view>

namespace engine::remote {

class Thinking {
 public:
  struct Part {
    std::string thought;
    std::string text;
    // Templates that end in <think> themselves leave the model to close it alone: what was said
    // before as text was thought.
    bool all_was_thought = false;
  };
  // The next piece of the stream, cut anywhere. What may be the beginning of a tag is kept back.
  Part push(std::string_view piece);
  // What was kept back.
  Part end();
  // Thoughts come by themselves: tags in the stream are the answer's own.
  void is_told_apart();

 private:
  // The last three are harmony's: before a channel's name, in its header, in a message of thoughts.
  enum class State { before, thought, closed, text, between, header, message };
  void begin();
  size_t end_of_thought() const;
  void close(size_t at, Part& part);
  bool read_message(Part& part);
  std::string kept_;
  std::string said_;  // as text, while a tag may still make thoughts of it
  State state_ = State::before;
  bool has_closed_ = false;  // a tag in an answer is no end of thinking
};

}  // namespace engine::remote
