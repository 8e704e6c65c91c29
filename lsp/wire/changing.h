// A change by instruction, as lemma tells clients of it that can show one
// (experimental.lemmaChanges of their capabilities): what was written in place of a part of a
// document, and what was seen of it.
//
//   workspace/executeCommand lemma.change     the document's URI, the instruction, and a range
//   workspace/executeCommand lemma.document   the document's URI and a range: to document the code
//   lemma/changed                             notification: the change
#pragma once

#include <string>
#include <vector>

#include "lsp/wire/protocol.h"

namespace lsp::wire {

struct ChangeReport {
  std::string uri;
  int64_t version;
  Span span;
  std::string text;                   // in its place
  const char* seen;                   // "passes", "breaks" or "nothing"
  std::vector<std::string> evidence;  // sentences
  std::string author;
};

Notification changed(const ChangeReport& report);

}  // namespace lsp::wire
