// What the files of a workspace that are not open have to say about a place in one that is: those
// it imports, those that use the same rare names, and how what is used there is declared.
//
// A workspace's index is made and kept up to date by a thread of its own, of the lowest priority.
// Questions are answered from what that thread has found, so that no keystroke waits for a disk.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "lsp/context/crawl.h"
#include "lsp/context/prompt.h"

namespace lsp::context {

struct Related {
  std::vector<OpenText> files;  // the most useful first; without trees
  std::vector<Signature> signatures;
  std::vector<OpenText> members;  // of each imported file, its calls; see members.h
};

// The open documents, then those of the workspace that are not open, without the document itself.
std::vector<OpenText> with_related(std::span<const OpenText> open, const Related& related,
                                   const text::Document& here);

// The same for the memory, which also reads how the members of imported files are called.
std::vector<OpenText> with_members(std::vector<OpenText> others, const Related& related);

// A file that was read for it, as it was then.
struct SeenFile {
  std::string path;  // absolute
  int64_t stamp;
  bool is_imported;
  std::optional<int64_t> open_version;  // where it is open
};

struct LookedUp {
  Related related;
  std::vector<SeenFile> seen;
  bool knows_all_imports;  // those of other projects are not known either
};

class Workspace {
 public:
  // `root` is a folder's absolute path, `index_file` lies outside of it. Begins at once.
  Workspace(std::string root, const std::string& index_file);
  ~Workspace();

  const std::string& root() const { return root_; }
  // What was found for the last place in this document that was asked about, which may be nothing
  // yet. Where the cursor has gone elsewhere, other files are imported or what was read is another
  // by now, it is looked for anew; `found` is called once it is there, on the workspace's thread.
  // Members of imported files that are `open` are those of the texts there.
  using Found = std::function<void(const Related&)>;
  std::shared_ptr<const Related> related(const OpenText& here, size_t cursor, Found found,
                                         std::span<const OpenText> open = {});
  // The same for who may wait, and about the names in `also` before those around the place: nothing
  // where it is not found within `patience`. What is kept for the document stays.
  std::shared_ptr<const Related> related_within(const OpenText& here, size_t cursor,
                                                std::vector<std::string> also,
                                                std::chrono::milliseconds patience);
  void forget(const std::string& uri);

  // Waits until the whole folder has been looked at once, for as long as `patience`; whether it
  // has. Then `related` waits too, until what it asks for has been found.
  bool wait(std::chrono::milliseconds patience);

 private:
  struct Question {
    OpenText here;
    size_t cursor;
    std::string imports;
    Found found;
    std::vector<OpenText> open;
    bool is_doubt;                       // whether what is known still holds
    bool is_kept = true;                 // for the document, once it is found
    std::vector<std::string> also = {};  // names
  };
  struct Kept {
    size_t line;  // of the cursor
    std::string imports;
    std::shared_ptr<const Related> related;
    std::vector<SeenFile> seen;
    size_t crawls;  // that had changed the index by then
    std::chrono::steady_clock::time_point checked;
  };

  void run(const std::stop_token& stop);
  void crawl_again(const std::stop_token& stop);
  bool is_time_to_crawl();
  void answer_questions();
  LookedUp look_up(const Question& question);
  // Whether it was found for this place, in the index and the open documents as they are.
  bool is_of(const Kept& kept, const OpenText& here, size_t cursor, const std::string& imports,
             std::span<const OpenText> open) const;

  const std::string root_;
  base::Result<Index> index_;  // of the thread alone
  IgnoreRules rules_;          // likewise
  std::mutex mutex_;           // guards what follows
  std::condition_variable_any changed_;
  std::map<std::string, Kept> kept_;  // by URI
  std::map<std::string, Question>
      questions_;       // likewise; those of related_within by keys of theirs
  size_t waiting_ = 0;  // calls of related_within so far
  std::chrono::steady_clock::time_point crawled_;
  size_t crawls_ = 0;          // that changed the index, the first in any case
  bool lacks_import_ = false;  // of a file that the index may not know yet
  bool waits_ = false;
  bool answering_ = false;
  std::jthread thread_;  // last: ends first
};

// The files of the index that an import of `here` means, the surest first.
std::vector<std::string> imported_files(const syntax::Import& import, std::string_view here,
                                        Index& index);

}  // namespace lsp::context
