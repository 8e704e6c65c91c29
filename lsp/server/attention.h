// What the user has to do with besides the cursor: lines edited lately, lines that can be seen, and
// what other tools report of the documents. Belongs to the loop's thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lsp/server/model.h"
#include "lsp/wire/view.h"

namespace lsp::server {

class Attention {
 public:
  // The document is about to be changed so.
  void change(const wire::DidChangeParams& params);
  void close(const std::string& uri) { by_uri_.erase(uri); }
  // What the client shows now, in all documents.
  void view(const wire::ViewParams& params);

  // By document; the latest edits first.
  std::map<std::string, std::vector<Attended>> attended() const;
  std::vector<Reported> reported(const std::string& uri) const;

 private:
  struct Entry {
    std::vector<Attended> edited;
    std::vector<Attended> visible;
    std::vector<Reported> reported;
  };
  std::map<std::string, Entry> by_uri_;
};

}  // namespace lsp::server
