// Our queries (grammars/queries), each compiled at its first use and shared from then on, and
// running them. Internal to this folder.
//
// Thread safety: compiled queries are immutable; everything here may run in parallel.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "lsp/syntax/handles.h"
#include "lsp/syntax/language.h"
#include "lsp/text/document.h"

namespace lsp::syntax {

// What a capture of our queries means; named as in grammars/queries/README.md.
enum class Capture {
  function,
  method,
  type,
  module,
  variable,
  field,
  section,
  closure,
  name,
  import,
  scope,
  outer,
  comment,
  string,
  code,
  statement,
  block,
  callee,
};

struct Captured {
  Capture capture;
  TSNode node;
};

class Query {
 public:
  // An error names the language, the offset in the query, and what is wrong there.
  static engine::base::Result<Query> compile(const TSLanguage* language, std::string_view source,
                                             std::string_view name);

  using Found = std::function<void(std::span<const Captured>)>;

  // Calls `found` for the captures of each match that touches `range` and begins at most
  // `max_depth` levels below `root`, in the order of the text. Ends after a tenth of a second of
  // processor time, whatever is left: nobody waits that long for a keystroke.
  void run(TSNode root, text::Range range, std::string_view text, const Found& found,
           uint32_t max_depth = UINT32_MAX) const;

 private:
  // `(#eq? @capture "text")`
  struct Equals {
    uint32_t capture;
    std::string text;
  };

  engine::base::Status read_captures(std::string_view name);
  engine::base::Status read_predicates(std::string_view name);
  bool holds(const TSQueryMatch& match, std::string_view text) const;

  QueryHandle query_;
  std::vector<Capture> captures_;                // by capture index
  std::vector<std::vector<Equals>> predicates_;  // by pattern index
};

enum class QueryKind { symbols, imports, locals, cursor };

const TSLanguage* parser_of(Language language);
const Query& query_of(Language language, QueryKind kind);

inline text::Range range_of(TSNode node) {
  return {ts_node_start_byte(node), ts_node_end_byte(node)};
}

inline std::string_view slice(std::string_view text, text::Range range) {
  return text.substr(range.begin, range.end - range.begin);
}

}  // namespace lsp::syntax
