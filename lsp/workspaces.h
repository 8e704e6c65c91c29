// The workspaces of the process: one for each folder, whoever of its editors works there.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "lsp/context/workspace.h"

namespace lsp {

// Thread-safe.
class Workspaces {
 public:
  // The indices lie in this folder; empty: nothing is indexed.
  explicit Workspaces(std::string index_folder) : index_folder_(std::move(index_folder)) {}

  // The one of the innermost of the `folders` (URIs) that holds the document. Null where there is
  // none, and for folders that are no project: the root, a home, the one for temporary files.
  std::shared_ptr<context::Workspace> around(const std::string& uri,
                                             const std::vector<std::string>& folders);

 private:
  const std::string index_folder_;
  std::mutex mutex_;  // guards what follows
  bool is_cleaned_up_ = false;
  std::map<std::string, std::weak_ptr<context::Workspace>> by_root_;
};

}  // namespace lsp
