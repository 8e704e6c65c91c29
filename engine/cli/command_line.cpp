#include "engine/cli/command_line.h"

#include <charconv>
#include <functional>
#include <limits>
#include <new>
#include <optional>

#include "engine/base/format.h"
#include "engine/cli/commands.h"

namespace engine::cli {
namespace {

constexpr int most_threads = 1024;
constexpr int most_layers = 1024;
constexpr int most_tokens = 1 << 24;  // of a vocabulary

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
  void number(const std::string& name, T& value, T least = 0,
              T most = std::numeric_limits<T>::max()) {
    const auto text = option(name);
    if (!text) return;
    const char* const end = text->data() + text->size();
    const auto result = std::from_chars(text->data(), end, value);
    if (result.ec == std::errc() && result.ptr == end && least <= value && value <= most) return;
    const std::string up_to =
        most == std::numeric_limits<T>::max() ? "" : base::concat(" to ", most);
    refuse(base::concat(name, " takes a number from ", least, up_to, ", not '", *text, "'"));
  }
  void backend(BackendChoice& choice) {
    const auto name = option("--backend");
    if (!name) return;
    if (*name == "reference") {
      choice = BackendChoice::reference;
    } else if (*name == "cpu") {
      choice = BackendChoice::cpu;
    } else if (*name == "cuda") {
      choice = BackendChoice::cuda;
    } else {
      refuse("--backend takes reference, cpu or cuda, not '" + *name + "'");
    }
  }
  void kv_cache(backend::KvCache& choice) {
    const std::string name = option("--kv-cache").value_or("f16");
    if (name != "f16" && name != "fp8") refuse("--kv-cache takes f16 or fp8, not '" + name + "'");
    if (name == "fp8") choice = backend::KvCache::fp8;
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
  void refuse(const std::string& message) {
    if (error_.empty()) error_ = message;
  }

 private:
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
  const std::string path = arguments.positional("MODEL");
  return [=](const Streams& streams) { return info(path, output, streams.out); };
}

Action parse_tokenize(Arguments& arguments, Output output) {
  const std::string path = arguments.positional("MODEL");
  return [=](const Streams& streams) { return tokenize(path, streams.in, output, streams.out); };
}

Action parse_logits(Arguments& arguments, Output output) {
  LogitsOptions options;
  options.tokens_path = arguments.required("--tokens");
  options.out_path = arguments.required("--out");
  arguments.backend(options.backend);
  arguments.number("--threads", options.threads, 0, most_threads);
  options.model_path = arguments.positional("MODEL");
  return [=](const Streams& streams) { return logits(options, output, streams.out); };
}

Action parse_random(Arguments& arguments, Output output) {
  RandomOptions options;
  options.like = arguments.required("--like");
  options.type = arguments.option("--type").value_or(options.type);
  options.layout = arguments.option("--layout").value_or(options.layout);
  arguments.number("--seed", options.seed);
  arguments.number("--layers", options.layers, 1, most_layers);
  arguments.number("--vocab", options.vocab_size, 1, most_tokens);
  options.out_path = arguments.positional("OUT.gguf");
  const auto model = random_model(options);
  if (!model.ok()) {
    arguments.refuse(model.message());
    return {};
  }
  return [=, model = *model](const Streams& streams) {
    return random(model, options, output, streams.out);
  };
}

Action parse_bench(Arguments& arguments, Output output) {
  BenchOptions options;
  options.model_path = arguments.required("--model");
  arguments.number("--prompt", options.prompt, 1);
  arguments.number("--generate", options.generate, 1);
  arguments.number("--context", options.context);
  arguments.number("--threads", options.threads, 0, most_threads);
  arguments.backend(options.backend);
  arguments.kv_cache(options.kv_cache);
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
  arguments.backend(options.backend);
  arguments.number("--threads", options.threads, 0, most_threads);
  options.out_path = arguments.positional("OUT.memory");
  return [=](const Streams& streams) { return memory(options, output, streams.out); };
}

struct Command {
  const char* name;
  Action (*parse)(Arguments&, Output);
  const char* usage;
};
constexpr Command commands[] = {
    {"info", parse_info, "MODEL"},
    {"tokenize", parse_tokenize, "MODEL < TEXT"},
    {"logits", parse_logits,
     "MODEL --tokens FILE --out FILE.f32 [--backend reference|cpu|cuda] [--threads N]"},
    {"random", parse_random,
     "--like default|deepseek-coder-v2-lite|deepseek-v3|… [--type f16|q8_0|q4_k_m|…]\n"
     "         [--layout legacy|split] [--seed N] [--layers N] [--vocab N] OUT.gguf"},
    {"bench", parse_bench,
     "--model MODEL [--prompt N] [--generate N] [--context N] [--threads N]\n"
     "        [--backend reference|cpu|cuda] [--kv-cache f16|fp8]"},
    {"memory", parse_memory,
     "build|fit --corpus FOLDER [--vocabulary FILE.gguf] [--model MODEL] [--cuts N]\n"
     "         [--cuts-with-model N] [--backend reference|cpu|cuda] [--threads N] OUT.memory"},
};

std::string usage() {
  std::string text =
      "usage: lemma-engine COMMAND [--json]\n"
      "A MODEL is a GGUF file, or a folder as Hugging Face has it.\n";
  for (const Command& command : commands) {
    text += base::concat("  ", command.name, " ", command.usage, "\n");
  }
  return text;
}

// There may be no memory for what was asked for.
base::Status perform(const Action& action, const Streams& streams) {
  try {
    return action(streams);
  } catch (const std::bad_alloc&) {
    return base::fail("there is no memory left; is that of this process limited (ulimit -v)?");
  }
}

int run(const Command& command, const std::string& called_as, Arguments arguments,
        const Streams& streams, std::ostream& errors) {
  const std::string usage = base::concat("usage: ", called_as, " [--json] ", command.usage, "\n");
  if (arguments.flag("--help") || arguments.flag("-h")) {
    streams.out << usage;
    return 0;
  }
  const Output output = arguments.flag("--json") ? Output::json : Output::text;
  const Action action = command.parse(arguments, output);
  if (const std::string& problem = arguments.finish(); !problem.empty()) {
    errors << called_as << ": " << problem << "\n" << usage;
    return 2;
  }
  if (const auto status = perform(action, streams); !status.ok()) {
    errors << called_as << ": " << status.message() << "\n";
    return 1;
  }
  if (streams.out.flush()) return 0;
  errors << called_as << ": cannot write to standard output\n";
  return 1;
}

}  // namespace

int run_command_line(const std::vector<std::string>& arguments, std::istream& in, std::ostream& out,
                     std::ostream& errors, const std::string& called_as) {
  const std::string name = arguments.empty() ? "" : arguments.front();
  if (name == "--help" || name == "-h" || name == "help") {
    out << usage();
    return 0;
  }
  for (const Command& command : commands) {
    if (name != command.name) continue;
    return run(command, called_as.empty() ? "lemma-engine " + name : called_as,
               Arguments({arguments.begin() + 1, arguments.end()}), {in, out}, errors);
  }
  errors << (name.empty() ? "" : "lemma-engine: there is no command '" + name + "'\n") << usage();
  return 2;
}

}  // namespace engine::cli
