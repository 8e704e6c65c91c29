// Layers point one way: each folder may include only what this table names. The table is the
// design; a change to it needs a commit that says why.
#include <map>
#include <regex>
#include <set>

#include "tests/house/source_tree.h"
#include "tests/support/catch.h"

namespace {

using Allowed = std::map<std::string, std::set<std::string>>;

// And the folders of features, which build on the engine's face.
Allowed with_features(Allowed all, const std::set<std::string>& engine_face) {
  std::set<std::string> features = engine_face;
  features.insert({"lsp/text", "lsp/syntax", "lsp/context"});
  // Asks the engine itself, in the forms that the context and the conversations know.
  all["lsp/http"] = features;
  all["lsp/http"].insert({"lsp/features/chat", "engine/remote"});
  features.insert("sandbox/runner");
  all["lsp/features"] = features;
  features.insert("lsp/features");
  all["lsp/bench"] = features;
  // Debugging reads what each language's run tells, beyond output and verdict.
  features.insert({"sandbox/languages", "sandbox/policy"});
  all["lsp/features/debug"] = features;
  // What fills a function in is tried as debugging tries changes.
  all["lsp/features/fill"] = {"engine/base",        "lsp/text",          "lsp/syntax",
                              "lsp/features/debug", "sandbox/languages", "sandbox/policy",
                              "sandbox/runner"};
  all["lsp/features/testing"] = all["lsp/features/fill"];
  all["lsp/features/next_edits"] = {"engine/base", "lsp/text", "lsp/syntax", "lsp/features"};
  all["lsp/features/testing"].insert("lsp/features/chat");   // a model proposes examples
  all["lsp/features/change"] = all["lsp/features/testing"];  // and writes what is asked for
  std::set<std::string> chat = engine_face;
  // How a model is spoken to stands in its file or folder, by a template.
  chat.insert({"engine/model", "engine/remote", "lsp/features/jinja"});
  all["lsp/features/chat"] = chat;
  all["lsp/features/words"] = {"engine/base", "lsp/features/chat", "lsp/features/solve",
                               "sandbox/languages", "sandbox/runner"};
  all["lsp/features/values"] = {"engine/base", "lsp/text", "lsp/syntax", "sandbox/languages",
                                "sandbox/runner"};
  all["lsp/features/jinja"] = {"engine/base"};
  all["lsp/features/solve"] = {"engine/base", "lsp/text", "sandbox/languages", "sandbox/runner"};
  return all;
}

// A folder may always include itself. The nearest named ancestor of a file is its folder.
const Allowed& allowed_includes() {
  static const std::set<std::string> gguf_up{"engine/base", "engine/gguf"};
  static const std::set<std::string> model_up{"engine/base", "engine/gguf", "engine/tokenizer",
                                              "engine/model"};
  static const std::set<std::string> backend_up{"engine/base", "engine/gguf", "engine/tokenizer",
                                                "engine/model", "engine/backend"};
  static const std::set<std::string> beside_reference{"engine/base", "engine/gguf", "engine/model",
                                                      "engine/backend", "engine/backend/reference"};
  static const std::set<std::string> session_face{"engine/base",      "engine/session",
                                                  "engine/decode",    "engine/decode/memory",
                                                  "engine/tokenizer", "engine/gguf"};
  static const Allowed table{
      {"engine/base", {}},
      {"engine/gguf", {"engine/base"}},
      {"engine/huggingface", gguf_up},
      {"engine/remote", {"engine/base"}},
      {"engine/tokenizer", gguf_up},
      {"engine/model", {"engine/base", "engine/gguf", "engine/huggingface", "engine/tokenizer"}},
      {"engine/backend", model_up},
      {"engine/backend/reference", backend_up},
      {"engine/backend/cpu", beside_reference},
      // What a card has no room for is the CPU's.
      {"engine/backend/cuda",
       {"engine/base", "engine/gguf", "engine/model", "engine/backend", "engine/backend/reference",
        "engine/backend/cpu"}},
      {"engine/decode", {"engine/base", "engine/gguf", "engine/tokenizer"}},
      {"engine/decode/memory", {"engine/base", "engine/gguf", "engine/tokenizer", "engine/decode"}},
      {"engine/session",
       {"engine/base", "engine/gguf", "engine/tokenizer", "engine/model", "engine/backend",
        "engine/backend/reference", "engine/backend/cpu", "engine/backend/cuda", "engine/decode",
        "engine/decode/memory"}},
      {"engine/cli",
       {"engine/base", "engine/gguf", "engine/tokenizer", "engine/model", "engine/backend",
        "engine/backend/reference", "engine/backend/cpu", "engine/backend/cuda", "engine/decode",
        "engine/decode/memory", "engine/session"}},
      {"sandbox/policy", {"engine/base"}},
      {"sandbox/runner", {"engine/base", "sandbox/policy"}},
      {"sandbox/languages", {"engine/base", "sandbox/policy", "sandbox/runner"}},
      {"lsp/text", {"engine/base"}},
      {"lsp/syntax", {"engine/base", "lsp/text", "grammars"}},
      {"lsp/context",
       {"engine/base", "engine/tokenizer", "engine/gguf", "engine/decode/memory", "lsp/text",
        "lsp/syntax"}},
      {"lsp/wire", {"engine/base", "lsp/text"}},
      {"lsp/server", {"engine/base", "lsp/text", "lsp/wire"}},
      {"lsp/daemon", {"engine/base", "lsp/text", "lsp/wire", "lsp/server"}},
  };
  static const Allowed whole = with_features(table, session_face);
  return whole;
}

std::string folder_of(const std::string& path) {
  for (size_t end = path.rfind('/'); end != std::string::npos; end = path.rfind('/', end - 1)) {
    const std::string folder = path.substr(0, end);
    if (allowed_includes().contains(folder) || folder == "grammars") return folder;
    if (end == 0) break;
  }
  return "";
}

}  // namespace

TEST_CASE("every folder includes only the layers below it") {
  const std::regex include(R"re(^\s*#\s*include\s*"([^"]+)")re");
  int seen = 0;
  for (const auto& file : house::source_files({".h", ".cpp", ".cu", ".cuh"})) {
    const std::string from = folder_of(file.path);
    if (from.empty() || from == "grammars") continue;
    for (const std::string& line : file.lines) {
      std::smatch match;
      if (!std::regex_search(line, match, include)) continue;
      const std::string to = folder_of(match[1].str());
      ++seen;
      INFO(file.path << ": " << line);
      CHECK((to == from || allowed_includes().at(from).contains(to)));
    }
  }
  CHECK(seen > 20);
}

TEST_CASE(
    "JSON is used by the wire alone, Boost by server and daemon, CUDA by its backend, curl by "
    "remote") {
  const std::map<std::string, std::vector<std::string>> owners{
      {"<nlohmann/", {"lsp/wire/", "lsp/http/"}},
      {"<boost/", {"lsp/server/", "lsp/daemon/", "lsp/http/", "lsp/main.cpp"}},
      {"<cuda", {"engine/backend/cuda/"}},
      {"<curl/", {"engine/remote/"}},
  };
  for (const auto& file : house::source_files({".h", ".cpp", ".cu", ".cuh"})) {
    if (file.path.starts_with("tests/")) continue;
    for (const std::string& line : file.lines) {
      for (const auto& [header, folders] : owners) {
        if (line.find("#include " + header) == std::string::npos) continue;
        INFO(file.path << ": " << line);
        CHECK(std::any_of(folders.begin(), folders.end(), [&](const std::string& folder) {
          return file.path.starts_with(folder);
        }));
      }
    }
  }
}
