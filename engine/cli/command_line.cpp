#include "engine/cli/command_line.h"

#include <charconv>
#include <functional>
#include <optional>

#include "engine/base/format.h"
#include "engine/cli/commands.h"

namespace engine::cli {
namespace {

constexpr const char* usage =
    "usage: lemma-engine COMMAND [--json]\n"
    "  info FILE.gguf\n"
    "  tokenize FILE.gguf < TEXT\n"
    "  logits FILE.gguf --tokens FILE --out FILE.f32 [--backend reference|cpu] [--threads N]\n"
    "  random --like deepseek-coder-v2-lite|deepseek-v3-small|default [--type f32|f16|bf16|q8_0]\n"
    "         [--layout legacy|split] [--seed N] [--layers N] [--vocab N] OUT.gguf\n"
    "  bench --model FILE.gguf [--prompt N] [--generate N] [--context N] [--threads N]\n"
    "        [--backend reference|cpu]\n"
    "  memory build|fit --corpus FOLDER [--vocabulary FILE.gguf] [--model FILE.gguf] [--cuts N]\n"
    "         [--cuts-with-model N] [--threads N] OUT.memory\n";

// Takes options out of the arguments; what is left at the end is an error. The first error counts.
class Arguments {
 public:
  explicit Arguments(std::vector<std::string> arguments) : left_(std::move(arguments)) {}

  bool flag(const std::string& name) {
    const auto at = std::find(left_.begin(), left_.end(), name);
    if (at == left_.end()) return false;
    left_.erase(at);
    return true;
  }
  std::optional<std::string> option(const std::string& name) {
    const auto at = std::find(left_.begin(), left_.end(), name);
    if (at == left_.end()) return std::nullopt;
    if (at + 1 == left_.end()) {
      refuse(name + " needs a value");
      left_.erase(at);
      return std::nullopt;
    }
    const std::string value = at[1];
    left_.erase(at, at + 2);
    return value;
  }
  std::string required(const std::string& name) {
    const auto value = option(name);
    if (!value) refuse(name + " is missing");
    return value.value_or("");
  }
  template <typename T>
  void number(const std::string& name, T& value) {
    const auto text = option(name);
    if (!text) return;
    const char* const end = text->data() + text->size();
    const auto result = std::from_chars(text->data(), end, value);
    if (result.ec != std::errc() || result.ptr != end || value < T{0}) {
      refuse(name + " takes a number from 0, not '" + *text + "'");
    }
  }
  void backend(BackendChoice& choice) {
    const auto name = option("--backend");
    if (!name) return;
    if (*name != "cpu" && *name != "reference") {
      refuse("--backend takes reference or cpu, not '" + *name + "'");
    }
    choice = *name == "reference" ? BackendChoice::reference : BackendChoice::cpu;
  }
  // One of these words, as the next argument.
  std::string word(const std::vector<std::string>& words) {
    if (left_.empty() || std::find(words.begin(), words.end(), left_.front()) == words.end()) {
      refuse("one of these is missing: " + words.front() + " … " + words.back());
      return "";
    }
    const std::string value = left_.front();
    left_.erase(left_.begin());
    return value;
  }
  // Once all options are taken.
  std::string positional(const char* what) {
    if (left_.empty()) {
      refuse(std::string(what) + " is missing");
      return "";
    }
    if (left_.front().starts_with("--")) refuse("there is no option '" + left_.front() + "'");
    const std::string value = left_.front();
    left_.erase(left_.begin());
    return value;
  }
  const std::string& finish() {
    if (!left_.empty()) refuse("unexpected argument '" + left_.front() + "'");
    return error_;
  }

 private:
  void refuse(const std::string& message) {
    if (error_.empty()) error_ = message;
  }

  std::vector<std::string> left_;
  std::string error_;
};

struct Streams {
  std::istream& in;
  std::ostream& out;
};

// What a command does once its usage is known to be right.
using Action = std::function<base::Status(const Streams&)>;

Action parse_info(Arguments& arguments, Output output) {
  const std::string path = arguments.positional("FILE.gguf");
  return [=](const Streams& streams) { return info(path, output, streams.out); };
}

Action parse_tokenize(Arguments& arguments, Output output) {
  const std::string path = arguments.positional("FILE.gguf");
  return [=](const Streams& streams) { return tokenize(path, streams.in, output, streams.out); };
}

Action parse_logits(Arguments& arguments, Output output) {
  LogitsOptions options;
  options.tokens_path = arguments.required("--tokens");
  options.out_path = arguments.required("--out");
  arguments.backend(options.backend);
  arguments.number("--threads", options.threads);
  options.model_path = arguments.positional("FILE.gguf");
  return [=](const Streams& streams) { return logits(options, output, streams.out); };
}

Action parse_random(Arguments& arguments, Output output) {
  RandomOptions options;
  options.like = arguments.required("--like");
  options.type = arguments.option("--type").value_or(options.type);
  options.layout = arguments.option("--layout").value_or(options.layout);
  arguments.number("--seed", options.seed);
  arguments.number("--layers", options.layers);
  arguments.number("--vocab", options.vocab_size);
  options.out_path = arguments.positional("OUT.gguf");
  return [=](const Streams& streams) { return random(options, output, streams.out); };
}

Action parse_bench(Arguments& arguments, Output output) {
  BenchOptions options;
  options.model_path = arguments.required("--model");
  arguments.number("--prompt", options.prompt);
  arguments.number("--generate", options.generate);
  arguments.number("--context", options.context);
  arguments.number("--threads", options.threads);
  arguments.backend(options.backend);
  return [=](const Streams& streams) { return bench(options, output, streams.out); };
}

Action parse_memory(Arguments& arguments, Output output) {
  MemoryOptions options;
  options.refit = arguments.word({"build", "fit"}) == "fit";
  options.corpus_folder = arguments.required("--corpus");
  options.vocabulary_path = arguments.option("--vocabulary").value_or("");
  options.model_path =
      options.refit ? arguments.required("--model") : arguments.option("--model").value_or("");
  arguments.number("--cuts", options.cuts);
  arguments.number("--cuts-with-model", options.cuts_with_model);
  arguments.number("--threads", options.threads);
  options.out_path = arguments.positional("OUT.memory");
  return [=](const Streams& streams) { return memory(options, output, streams.out); };
}

struct Command {
  const char* name;
  Action (*parse)(Arguments&, Output);
};
constexpr Command commands[] = {{"info", parse_info},     {"tokenize", parse_tokenize},
                                {"logits", parse_logits}, {"random", parse_random},
                                {"bench", parse_bench},   {"memory", parse_memory}};

}  // namespace

int run_command_line(const std::vector<std::string>& arguments, std::istream& in, std::ostream& out,
                     std::ostream& errors) {
  const std::string name = arguments.empty() ? "" : arguments.front();
  if (name == "--help" || name == "help") {
    out << usage;
    return 0;
  }
  for (const Command& command : commands) {
    if (name != command.name) continue;
    Arguments rest({arguments.begin() + 1, arguments.end()});
    const Output output = rest.flag("--json") ? Output::json : Output::text;
    const Action action = command.parse(rest, output);
    if (const std::string& problem = rest.finish(); !problem.empty()) {
      errors << "lemma-engine " << name << ": " << problem << "\n" << usage;
      return 2;
    }
    const auto status = action({in, out});
    if (status.ok()) return 0;
    errors << "lemma-engine: " << status.message() << "\n";
    return 1;
  }
  errors << (name.empty() ? "" : "lemma-engine: there is no command '" + name + "'\n") << usage;
  return 2;
}

}  // namespace engine::cli
