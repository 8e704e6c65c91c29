// Which files the user's own rules keep out: .gitignore, .git/info/exclude and the rules of git's
// configuration, as libgit2 reads them, and .lemmaignore, which has the same form and counts in any
// folder, in a repository or not. Git itself is never run.
//
// Thread safety: all calls may come from any thread; they take turns.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "engine/base/result.h"

struct git_repository;

namespace lsp::context {

namespace base = engine::base;

class IgnoreRules {
 public:
  IgnoreRules();
  ~IgnoreRules();
  IgnoreRules(const IgnoreRules&) = delete;
  IgnoreRules& operator=(const IgnoreRules&) = delete;

  // Whether a .lemmaignore above it, or the rules of the repository around it, ignore this absolute
  // path, which ends with a slash where it is a folder's. Of a path that leads over symbolic links
  // neither the links nor what they lead to may be ignored. True where there is a repository whose
  // rules cannot be read.
  bool ignored(std::string_view path);

 private:
  struct Close {
    void operator()(git_repository* repository) const;
  };
  using Repository = std::unique_ptr<git_repository, Close>;
  // Null where there is none; an error where there is one that cannot be opened.
  base::Result<git_repository*> repository_around(std::string folder);

  // The rules of one .lemmaignore, as a repository without a history that has no others.
  struct Rules {
    int64_t stamp = 0;  // of the file
    Repository repository;
  };
  bool ignored_by_lemmaignore(const std::string& folder, const std::string& file);
  bool ignored_by_git(std::filesystem::path folder, const std::string& file);

  std::mutex mutex_;
  std::map<std::string, Repository> repositories_;  // by the folder that they are of
  std::map<std::string, Rules> rules_;              // by the folder of a .lemmaignore
};

}  // namespace lsp::context
