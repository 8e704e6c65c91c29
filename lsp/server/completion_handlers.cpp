// Answers to requests for completions: what is asked of the model, and what of its answers reaches
// the client.
#include <algorithm>

#include "engine/base/format.h"
#include "lsp/server/server.h"
#include "lsp/text/uri.h"
#include "lsp/text/utf8.h"

namespace lsp::server {
namespace {

using base::concat;
using wire::ErrorCode;

// By who asks with a key: more are hardly looked through.
constexpr size_t most_offered = 4;

// Inserting text that stands in for bytes we cannot represent would damage the user's file.
bool may_be_inserted(const std::string& text) {
  return text::is_valid_utf8(text) && text.find(wire::substitute) == std::string::npos;
}

// Menus compare an item with the word left of the cursor, not with its line.
void begin_at_word(std::string_view text, size_t cursor, Answer& answer) {
  const auto is_word = [](char byte) {
    const auto value = static_cast<unsigned char>(byte);
    return std::isalnum(value) != 0 || byte == '_' || value >= 0x80;
  };
  size_t begin = cursor;
  while (begin > answer.range.begin && is_word(text[begin - 1])) --begin;
  const size_t left = begin - answer.range.begin;
  if (left > answer.text.size()) return;
  answer.text.erase(0, left);
  answer.range.begin = begin;
}

std::vector<Answer*> all_of(Answer& found) {
  std::vector<Answer*> all{&found};
  for (Answer& other : found.others) all.push_back(&other);
  return all;
}

// Whether accepting either gives the same document.
bool are_same(const Answer& one, const Answer& other, size_t cursor) {
  const auto missing = [cursor](const Answer& answer) {
    const size_t there = std::min(cursor - answer.range.begin, answer.text.size());
    return std::string_view(answer.text).substr(there);
  };
  return one.range.end == other.range.end && missing(one) == missing(other);
}

// What is shown already stays the first where the model still says so. Else it comes last: another
// adapter has been taken up since, or an endpoint is back, and what that says is waited for.
void add_shown(const Ask& ask, std::vector<Answer>& all) {
  Answer shown = *ask.first;
  shown.range.begin += ask.begin;
  shown.range.end += ask.begin;
  const auto same = std::find_if(all.begin(), all.end(), [&](const Answer& each) {
    return are_same(each, shown, ask.question.cursor);
  });
  if (same != all.end()) {
    std::rotate(all.begin(), same, same + 1);
    return;
  }
  if (all.size() > 1 && all.size() >= ask.question.most) all.pop_back();
  all.push_back(std::move(shown));
}

// What may be shown of what was found, none twice.
Answer choose(const Ask& ask, Answer found) {
  std::vector<Answer> others = std::exchange(found.others, {}), all;
  others.insert(others.begin(), std::move(found));
  for (Answer& each : others) {
    if (!may_be_inserted(each.text)) {
      each.text.clear();
      each.provenance.silence = "the text holds bytes that are no characters";
    }
    const bool is_there = std::any_of(all.begin(), all.end(), [&](const Answer& one) {
      return are_same(one, each, ask.question.cursor);
    });
    if (is_there || (each.text.empty() && !all.empty())) continue;
    // Silence gives way to whatever there is.
    if (!all.empty() && all.front().text.empty()) all.clear();
    if (all.size() < std::max<size_t>(ask.question.most, 1)) all.push_back(std::move(each));
  }
  if (ask.first && all.front().text.empty()) all.clear();
  if (ask.first) add_shown(ask, all);
  Answer first = std::move(all.front());
  first.others.assign(std::make_move_iterator(all.begin() + 1), std::make_move_iterator(all.end()));
  return first;
}

}  // namespace

void Server::inline_completion(const wire::Id& id, wire::CompletionParams params) {
  ask(id, Style::inline_item, std::move(params));
}

void Server::completion(const wire::Id& id, wire::CompletionParams params) {
  ask(id, Style::classic_list, std::move(params));
}

void Server::ask(const wire::Id& id, Style style, wire::CompletionParams params) {
  if (!documents_.contains(params.uri)) {
    return respond_error(id, ErrorCode::invalid_params,
                         concat("the document is not open: ", params.uri));
  }
  const Snapshot document = documents_.snapshot(params.uri);
  const std::string silence =
      !settings_.completion.enabled ? "completions are switched off"
      : !model_                     ? "the model is not loaded"
      : !document ? concat("this document is offered nothing: it ", documents_.withheld(params.uri))
      : leaves_out(settings_, document->language_id())
          ? "completions are switched off for this language"
          : "";
  if (!silence.empty()) return remain_silent(id, params, silence);
  // Lists of completions are asked for as if by a key whenever something is typed.
  const bool wants_several = params.invoked && style == Style::inline_item;
  const Placed placed = notebooks_.place(document, documents_);
  const size_t cursor = document->offset_of(params.position, encoding_);
  const std::vector<std::string> cells = notebooks_.cells_around(params.uri);
  const auto is_another_text = [&](const std::string& other) {
    const bool is_in_text = std::find(cells.begin(), cells.end(), other) != cells.end();
    return !is_in_text && text::share_folder(params.uri, other, folders_);
  };
  Question question{
      .document = placed.document,
      .cursor = placed.begin + cursor,
      .others = documents_.others(params.uri, is_another_text),
      .folders = folders_,
      .selected = std::nullopt,
      .trigger = params.invoked ? Trigger::invoked : Trigger::automatic,
      .extent = settings_.completion.multiline ? Extent::block : Extent::line,
      .comments = settings_.completion.comments ? Comments::complete : Comments::leave,
      .max_tokens = settings_.completion.tokens,
      .most = wants_several ? most_offered : 1};
  if (params.selected) {
    const auto& [span, text] = *params.selected;
    const text::Range range = range_of(*document, span, encoding_);
    if (cursor < range.begin || range.end < cursor) {
      return remain_silent(id, params, "the selected item of the menu does not end at the cursor");
    }
    question.selected = Selected{text, {placed.begin + range.begin, placed.begin + range.end}};
  }
  Ask asked{id, style, std::move(question), document, placed.begin};
  if (!params.selected && wants_several) asked.first = shown_suggestions_.still(*document, cursor);
  if (!params.selected && !wants_several) {
    if (auto shown = shown_suggestions_.goes_on(*document, cursor)) {
      if (shown->is_better) debugging_.took_alternative(params.uri);
      return present(asked, std::move(shown->answer), 0);
    }
  }
  asked.question.attended = attention_.attended();
  if (placed.document == document) {  // else its lines are others in the longer text
    asked.question.reported = attention_.reported(params.uri);
  } else {
    asked.question.attended.erase(params.uri);
  }
  asked.question.usage = options_.usage;
  completions_.ask(std::move(asked));
  announce_status();
}

void Server::remain_silent(const wire::Id& id, const wire::CompletionParams& params,
                           std::string why) {
  explain({{.uri = params.uri,
            .position = params.position,
            .span = std::nullopt,
            .text = "",
            .provenance = {.silence = std::move(why)}}});
  respond(id, {});
}

void Server::explain(std::vector<wire::Explanation> offered) {
  if (!offered.front().text.empty()) debugging_.shown_beside();
  explained_.add(std::move(offered));
}

void Server::answer(const Ask& ask, base::Result<std::optional<Answer>> result) {
  const text::Document& document = *ask.document;
  if (!result) {
    options_.log->error("completion failed: {}", result.message());
    return respond_error(ask.id, ErrorCode::internal_error, result.message());
  }
  // Invariant: a result computed for an older version never reaches the editor.
  const bool current = documents_.version(document.uri()) == document.version();
  if (!*result || !current) return respond(ask.id, {});
  Answer found = choose(ask, std::move(**result));
  Question next = ask.question;
  next.urgency = Urgency::ahead;
  next.selected.reset();
  next.trigger = Trigger::automatic;
  next.most = 1;
  const text::Range there{found.range.begin, found.range.begin + found.text.size()};
  next.cursor = there.end;
  next.document = next.document->edit(found.range, found.text, document.version());
  const bool shows = !found.text.empty();
  const bool shows_several = !found.others.empty();
  for (Answer* each : all_of(found)) {
    each->range.begin -= ask.begin;
    each->range.end -= ask.begin;
  }
  const double ms = completions_.last_ms().value_or(0);
  if (shows) shown_suggestions_.show(ask.document, ask.question.cursor - ask.begin, found, ms);
  present(ask, std::move(found), ms);
  if (!shows) return;
  if (shows_several) {
    // Nobody tells which of them is looked at, so that no verdict is on what is.
    debugging_.suggestion_is(Debugging::Suggestion::gone, document.uri());
  } else {
    debugging_.suggested(next.document, there, [this, uri = document.uri()](std::string better) {
      shown_suggestions_.better(uri, std::move(better));
    });
  }
  completions_.ahead(std::move(next));
}

// Ranges are of the document that the client has.
void Server::present(const Ask& ask, Answer found, double ms) {
  const text::Document& document = *ask.document;
  std::vector<wire::Explanation> offered;
  std::vector<wire::CompletionItem> items;
  for (Answer* each : all_of(found)) {
    wire::Explanation& explanation = offered.emplace_back(wire::Explanation{
        .uri = document.uri(),
        .position = document.position_of(ask.question.cursor - ask.begin, encoding_),
        .span = std::nullopt,
        .text = each->text,
        .ms = ms,
        .provenance = std::move(each->provenance)});
    if (each->text.empty()) break;  // there are no others then
    if (ask.style == Style::classic_list) {
      begin_at_word(document.text(), ask.question.cursor - ask.begin, *each);
    }
    explanation.span = {document.position_of(each->range.begin, encoding_),
                        document.position_of(each->range.end, encoding_)};
    items.push_back({std::move(each->text), *explanation.span});
  }
  explain(std::move(offered));
  if (items.empty()) return respond(ask.id, {});
  respond(ask.id, ask.style == Style::inline_item ? wire::encode_inline(items)
                                                  : wire::encode_classic(items));
}

}  // namespace lsp::server
