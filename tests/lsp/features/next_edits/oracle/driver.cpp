// For oracle.py: renames a name at one place of a file, and prints where it would be renamed next.
// Reads lines `PATH BEGIN END NEW`, offsets in bytes; answers each with a line of beginnings.
#include <iostream>
#include <sstream>

#include "engine/base/read_file.h"
#include "lsp/features/next_edits/next_edits.h"

int main() {
  namespace text = lsp::text;
  std::string line;
  while (std::getline(std::cin, line)) {
    std::istringstream words(line);
    std::string path, name;
    text::Range range{};
    words >> path >> range.begin >> range.end >> name;
    const auto content = engine::base::read_file(path);
    if (!content || range.end > content->size() || range.end < range.begin) return 1;
    text::History history;
    history.change(*content, range, name);
    const text::Document document("file://" + path, "", 1, *content);
    const auto edited = document.edit(range, name, 2);
    const auto found = lsp::features::next_edits::next_edits(edited, history);
    // As offsets of the file that was read.
    for (const auto& edit : found.edits) {
      const size_t at = edit.range.begin;
      std::cout << (at < range.begin ? at : at - name.size() + (range.end - range.begin)) << ' ';
    }
    std::cout << std::endl;
  }
}
