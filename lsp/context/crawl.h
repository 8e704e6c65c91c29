// Bringing an index up to date with the files of its workspace.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "lsp/context/ignored.h"
#include "lsp/context/index.h"

namespace lsp::context {

// A file that may be read into an index and a prompt: a source file in a language lemma knows, of
// bearable size, in UTF-8, and with lines as people write them.
struct SourceText {
  std::string text;
  int64_t stamp;
};
std::optional<SourceText> read_source(const std::string& path);

// Another whenever the file is; nothing where there is none of bearable size.
std::optional<int64_t> stamp_of(const std::string& path);

// The files that may be read by such rules, absolute, in no order: ignored files, secrets, hidden
// folders and those of installed packages stay out; symbolic links are not followed. `goes_on` is
// asked before whatever else lies there, too. Ends where it or `visit` returns false; false where
// the folder was not seen to its end.
bool for_each_source(
    const std::string& root, IgnoreRules& rules,
    const std::function<bool(const std::string& path)>& visit,
    const std::function<bool()>& goes_on = [] { return true; });

struct Crawled {
  size_t files = 0;  // all that are in the index now
  size_t read = 0;   // new and changed ones
  size_t gone = 0;
  bool whole = true;  // false: stopped before the end
};

// Of the files above. `between` is called before whatever lies in the folder, and may do other work
// on the index.
Crawled crawl(const std::string& root, Index& index, IgnoreRules& rules, std::stop_token stop,
              const std::function<void()>& between);

}  // namespace lsp::context
