#include "lsp/syntax/queries.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <mutex>

#include "engine/base/check.h"
#include "grammars/grammars.h"
#include "lsp/syntax/processor_time.h"

namespace lsp::syntax {
namespace {

using engine::base::Done;
using engine::base::Error;
using engine::base::Result;
using engine::base::Status;

constexpr std::array<std::pair<std::string_view, Capture>, 18> capture_names{{
    {"function", Capture::function},
    {"method", Capture::method},
    {"type", Capture::type},
    {"module", Capture::module},
    {"variable", Capture::variable},
    {"field", Capture::field},
    {"section", Capture::section},
    {"closure", Capture::closure},
    {"name", Capture::name},
    {"import", Capture::import},
    {"scope", Capture::scope},
    {"outer", Capture::outer},
    {"comment", Capture::comment},
    {"string", Capture::string},
    {"code", Capture::code},
    {"statement", Capture::statement},
    {"block", Capture::block},
    {"callee", Capture::callee},
}};

const char* describe(TSQueryError error) {
  switch (error) {
    case TSQueryErrorSyntax:
      return "syntax";
    case TSQueryErrorNodeType:
      return "no such node";
    case TSQueryErrorField:
      return "no such field";
    case TSQueryErrorCapture:
      return "no such capture";
    case TSQueryErrorStructure:
      return "can never match";
    case TSQueryErrorLanguage:
      return "the grammar's version does not fit";
    default:
      return "unknown error";
  }
}

// Tree-sitter takes quadratic time where one node has tens of thousands of children, as the error
// around a long unclosed list has.
constexpr std::chrono::milliseconds time_limit{100};

bool is_late(TSQueryCursorState* state) {
  return processor_time() > *static_cast<const std::chrono::nanoseconds*>(state->payload);
}

const grammars::Grammar& grammar_of(Language language) {
  const auto all = grammars::all_grammars();
  const auto grammar = std::find_if(
      all.begin(), all.end(), [&](const auto& row) { return row.id == language_id(language); });
  INVARIANT(grammar != all.end());
  return *grammar;
}

std::string_view source_of(const grammars::Grammar& grammar, QueryKind kind) {
  switch (kind) {
    case QueryKind::symbols:
      return grammar.symbols;
    case QueryKind::imports:
      return grammar.imports;
    case QueryKind::locals:
      return grammar.locals;
    case QueryKind::cursor:
      return grammar.cursor;
  }
  return "";
}

}  // namespace

Result<Query> Query::compile(const TSLanguage* language, std::string_view source,
                             std::string_view name) {
  uint32_t offset = 0;
  TSQueryError error = TSQueryErrorNone;
  Query query;
  query.query_.reset(
      ts_query_new(language, source.data(), static_cast<uint32_t>(source.size()), &offset, &error));
  if (!query.query_) {
    return Error{std::string(name) + ": " + describe(error) + " at '" +
                 std::string(source.substr(offset, 40)) + "'"};
  }
  if (auto status = query.read_captures(name); !status) return status.error();
  if (auto status = query.read_predicates(name); !status) return status.error();
  return query;
}

Status Query::read_captures(std::string_view name) {
  for (uint32_t i = 0; i < ts_query_capture_count(query_.get()); ++i) {
    uint32_t length = 0;
    const char* text = ts_query_capture_name_for_id(query_.get(), i, &length);
    const std::string_view capture(text, length);
    const auto* found = std::find_if(capture_names.begin(), capture_names.end(),
                                     [&](const auto& row) { return row.first == capture; });
    if (found == capture_names.end()) {
      return Error{std::string(name) + ": unknown capture @" + std::string(capture)};
    }
    captures_.push_back(found->second);
  }
  return Done{};
}

Status Query::read_predicates(std::string_view name) {
  predicates_.resize(ts_query_pattern_count(query_.get()));
  for (uint32_t pattern = 0; pattern < predicates_.size(); ++pattern) {
    uint32_t count = 0;
    const auto* steps = ts_query_predicates_for_pattern(query_.get(), pattern, &count);
    const auto text_of = [&](const TSQueryPredicateStep& step) {
      uint32_t length = 0;
      const char* text = ts_query_string_value_for_id(query_.get(), step.value_id, &length);
      return std::string(text, length);
    };
    for (uint32_t i = 0; i < count; i += 4) {
      const bool is_equals = i + 3 < count && steps[i].type == TSQueryPredicateStepTypeString &&
                             text_of(steps[i]) == "eq?" &&
                             steps[i + 1].type == TSQueryPredicateStepTypeCapture &&
                             steps[i + 2].type == TSQueryPredicateStepTypeString &&
                             steps[i + 3].type == TSQueryPredicateStepTypeDone;
      if (!is_equals) {
        return Error{std::string(name) + ": only `#eq? @capture \"text\"` is understood"};
      }
      predicates_[pattern].push_back({steps[i + 1].value_id, text_of(steps[i + 2])});
    }
  }
  return Done{};
}

bool Query::holds(const TSQueryMatch& match, std::string_view text) const {
  const std::span captures(match.captures, match.capture_count);
  return std::all_of(predicates_[match.pattern_index].begin(),
                     predicates_[match.pattern_index].end(), [&](const Equals& equals) {
                       return std::all_of(captures.begin(), captures.end(), [&](const auto& each) {
                         return each.index != equals.capture ||
                                slice(text, range_of(each.node)) == equals.text;
                       });
                     });
}

void Query::run(TSNode root, text::Range range, std::string_view text, const Found& found,
                uint32_t max_depth) const {
  const QueryCursorHandle cursor(ts_query_cursor_new());
  // Tree-sitter takes an end of 0 for "no end".
  ts_query_cursor_set_byte_range(cursor.get(), static_cast<uint32_t>(range.begin),
                                 static_cast<uint32_t>(std::max<size_t>(range.end, 1)));
  ts_query_cursor_set_max_start_depth(cursor.get(), max_depth);
  std::chrono::nanoseconds deadline = processor_time() + time_limit;
  const TSQueryCursorOptions options{&deadline, is_late};
  ts_query_cursor_exec_with_options(cursor.get(), query_.get(), root, &options);
  TSQueryMatch match;
  std::vector<Captured> captured;
  while (ts_query_cursor_next_match(cursor.get(), &match)) {
    if (!holds(match, text)) continue;
    captured.clear();
    for (const TSQueryCapture& each : std::span(match.captures, match.capture_count)) {
      captured.push_back({captures_[each.index], each.node});
    }
    found(captured);
  }
}

const TSLanguage* parser_of(Language language) { return grammar_of(language).language(); }

const Query& query_of(Language language, QueryKind kind) {
  struct Slot {
    std::once_flag once;
    std::unique_ptr<const Query> query;
  };
  // Compiling C++ symbols takes a third of a second; nobody pays for what is not asked for.
  static std::array<std::array<Slot, 4>, 13> slots;
  Slot& slot = slots[static_cast<size_t>(language)][static_cast<size_t>(kind)];
  std::call_once(slot.once, [&] {
    const grammars::Grammar& grammar = grammar_of(language);
    auto query = Query::compile(grammar.language(), source_of(grammar, kind), grammar.id);
    INVARIANT(query.ok());
    slot.query = std::make_unique<const Query>(std::move(*query));
  });
  return *slot.query;
}

}  // namespace lsp::syntax
