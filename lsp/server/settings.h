// What can be set, from which source, and what is wrong with what was set.
//
// Where programs and models lie is up to the user's own file ($XDG_CONFIG_HOME/lemma/config.toml)
// and the command line. An editor's settings cannot set it: the server cannot tell the user's from
// those that came with a repository.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "lsp/wire/setting.h"

namespace lsp::server {

namespace base = engine::base;

struct Settings {
  struct {
    bool enabled = true;
    bool multiline = true;
    bool next_edits = true;            // whether a change is proposed for other places
    bool comments = false;             // whether there are suggestions inside comments
    int tokens = 64;                   // the most that one completion may have
    std::vector<std::string> exclude;  // language identifiers that get none
  } completion;
  std::string log_level = "info";
  // Of the machine alone:
  std::string log_file;            // empty: standard error
  bool run_in_background = false;  // the tests of what is suggested, in trusted folders
  bool run_on_save = false;        // the tests of what is saved, in trusted folders
  std::string python;              // runs Python; empty: VIRTUAL_ENV, .venv, then the system's
  std::string model;               // empty: the one that comes with the program
  std::string memory;              // empty: the one beside the model
  std::string adapter;             // a LoRA adapter for the model; empty: none
  std::string chat_model;          // to be spoken to; empty: the one of `remote`, if any
  std::string backend = "cpu";     // "cuda", "auto", "reference"; "none": the memory alone
  std::string kv_cache = "f16";    // or "fp8": latents on a GPU
  int threads = 0;                 // 0: the physical cores
  struct {
    std::string url;  // of an OpenAI-compatible API; empty: nobody is contacted
    std::string model;
    std::string token_env;  // names the variable with the token
    std::string token_file;
    std::string fim;                   // a prompt with {prefix} and {suffix}
    std::string ability = "instruct";  // or "reason": what its model can do
    int thinking_tokens = 8192;        // the most that one attempt at a problem may think
    bool completes = false;            // keystrokes too, while it answers
  } remote;
  struct {
    int disk_mb = 512;  // what was read once is kept for a restart; 0: is not
  } prefixes;
  struct {
    int free_model_after_s = 3600;  // without a request
    int leave_after_s = 600;        // without an editor
  } daemon;
  struct {
    int concurrent = 32;             // requests of one token that run or wait
    int per_minute = 1'200;          // requests of one token
    int queue = 64;                  // requests of all tokens that wait
    std::vector<std::string> hosts;  // names of this machine that a client may call it by
  } http;
};

// Whether nothing is completed in that language.
bool leaves_out(const Settings& settings, const std::string& language_id);

enum class Origin { machine, editor };

struct Problem {
  enum class Kind { error, warning };
  Kind kind;
  std::string message;
};

// Sets what it can and returns what was wrong with the rest.
std::vector<Problem> apply(const std::vector<wire::Setting>& values, Origin origin,
                           Settings& settings);

// $XDG_CONFIG_HOME/lemma/config.toml, or ~/.config/lemma/config.toml; empty without a home.
std::string config_path();
// No file means no settings.
base::Result<std::vector<wire::Setting>> read_config(const std::string& path);

}  // namespace lsp::server
