// Folders in which the user has agreed that things are run, in a file of the user's own: outside of
// them all, so that no repository can trust itself.
//
// Thread safety: the file is read anew each time; programs of one user may share it.
#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"

namespace lsp::server {

namespace base = engine::base;

class Trust {
 public:
  Trust() = default;  // nothing is trusted, and nothing can be
  explicit Trust(std::string file) : file_(std::move(file)) {}

  // Whether the path lies in a trusted folder, whatever links lead to it.
  bool holds(const std::string& path) const;
  // Whether a folder holds more than a project: the root, the home, the one of temporary files.
  static bool is_wide(const std::string& folder);
  // Absolute paths. The root and the home are refused: they hold what nobody has looked at.
  base::Status add(const std::string& folder) const;
  // Refused where a folder above it is trusted, since that would change nothing.
  base::Status remove(const std::string& folder) const;
  // A trusted folder that this one lies in; empty: there is none.
  std::string above(const std::string& folder) const;

 private:
  std::vector<std::string> folders() const;
  base::Status write(const std::vector<std::string>& folders) const;
  std::string file_;
};

}  // namespace lsp::server
