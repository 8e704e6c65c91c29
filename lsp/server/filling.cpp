#include "lsp/server/filling.h"

#include "engine/base/format.h"
#include "lsp/server/seen.h"
#include "lsp/text/utf8.h"

namespace lsp::server {
namespace {

using base::concat;
using base::fail;
using text::Sentence;
using wire::MessageType;

constexpr const char* fill_command = "lemma.fill";
constexpr size_t most_title_bytes = 80;

constexpr Sentence nothing_to_fill = {
    "there is no function to be filled in here: one at the top of a file, with examples, whose "
    "body in Python is pass, ... or raise NotImplementedError, and in JavaScript empty",
    "这里没有要补全的函数：它须在文件顶层并带有示例，函数体在 Python 中为 pass、... 或 "
    "raise NotImplementedError，在 JavaScript 中为空",
    "il n'y a pas ici de fonction à compléter : une fonction au premier niveau d'un fichier, avec "
    "des exemples, dont le corps en Python est pass, ... ou raise NotImplementedError, et vide en "
    "JavaScript",
    "hier ist keine Funktion auszufüllen: eine auf der obersten Ebene einer Datei, mit Beispielen, "
    "deren Rumpf in Python pass, ... oder raise NotImplementedError ist, in JavaScript leer"};
constexpr Sentence another_function = {"another function was asked for", "请求了另一个函数",
                                       "une autre fonction a été demandée",
                                       "eine andere Funktion wurde verlangt"};
constexpr Sentence filling_in = {"lemma: filling in {function}()", "lemma：正在补全 {function}()",
                                 "lemma : écriture de {function}()",
                                 "lemma: füllt {function}() aus"};
constexpr Sentence fill_given_up = {
    "{function}() was not filled in: {why}", "没有补全 {function}()：{why}",
    "{function}() n'est pas écrite : {why}", "{function}() wurde nicht ausgefüllt: {why}"};
constexpr Sentence make_it_pass = {"lemma: make {function}() pass its examples",
                                   "lemma：让 {function}() 通过其示例",
                                   "lemma : faire passer les exemples de {function}()",
                                   "lemma: {function}() nach den Beispielen ausfüllen"};
constexpr Sentence make_it_pass_here = {"Make it pass with lemma", "用 lemma 使其通过",
                                        "La compléter avec lemma", "Mit lemma ausfüllen"};

}  // namespace

std::vector<std::string> Filling::commands() const {
  if (!filler_) return {};
  return {fill_command};
}

Filling::Known* Filling::known(const std::string& uri) {
  if (!filler_ || !host_.documents.contains(uri) || !host_.trusts(uri)) return nullptr;
  const auto found = known_.find(uri);
  if (found != known_.end()) return &found->second;
  const Snapshot document = host_.documents.snapshot(uri);
  if (!document) return nullptr;
  return &known_.emplace(uri, Known{filler_->gaps(document), {}}).first->second;
}

const Gap* Filling::gap_at(const Known& known, const text::Document& document,
                           const wire::Span& span) const {
  const auto [begin, end] = range_of(document, span, host_.encoding);
  for (const Gap& gap : known.gaps) {
    if (begin <= gap.definition.end && gap.definition.begin <= end) return &gap;
  }
  return nullptr;
}

base::Status Filling::execute(const wire::ExecuteCommandParams& params, const std::string& uri) {
  if (auto refused = refusal(host_, uri)) return *refused;
  Known* here = known(uri);
  const Snapshot document = host_.documents.snapshot(uri);
  if (here != nullptr) here->gaps = filler_->gaps(document);  // tests may have come since
  const Gap* gap = nullptr;
  if (here != nullptr && params.span) {
    gap = gap_at(*here, *document, *params.span);
  } else if (here != nullptr && here->gaps.size() == 1) {
    gap = &here->gaps.front();
  }
  if (gap == nullptr) {
    return fail(say(host_, nothing_to_fill));
  }
  if (search_) end_search(say(host_, another_function));
  const std::string token = concat("lemma/fill/", ++searches_);
  search_ = std::unique_ptr<Search>(new Search{token, document, *gap, {}});
  begin_progress(host_, token, say(host_, filling_in, {{"function", gap->function}}));
  run_job<Fillings>(
      host_,
      [filler = filler_, document, its = *gap, stop = search_->stopped.token()] {
        return filler->fill(document, its, stop);
      },
      [this, token](base::Result<Fillings> result) { found(token, std::move(result)); });
  return base::Done{};
}

void Filling::end_search(const std::string& how) {
  end_progress(host_, search_->token, how);
  search_.reset();
}

void Filling::found(const std::string& token, base::Result<Fillings> result) {
  if (!search_ || search_->token != token) return;
  const std::string function = search_->gap.function + "()";
  const text::Tongue tongue = tongue_of(host_);
  std::string how;
  if (!result) {
    how = seen_in(tongue, result.message());
    host_.show(MessageType::warning, how);
  } else if (result->bodies.empty()) {
    how = concat(function, ": ", seen_in(tongue, result->note));
    host_.show(MessageType::info, how);
  } else {
    const Filled& first = result->bodies.front();
    how = concat(function, ": ", first.shown, " ", seen_in(tongue, first.evidence),
                 said(text::then, tongue), said(offered_there, tongue));
    // A change of the text has ended the search, so this is still the current version.
    if (Known* here = known(search_->document->uri())) {
      here->found[search_->gap.function] = std::move(result->bodies);
    }
    host_.show(MessageType::info, how);
  }
  end_search(how);
}

void Filling::changed(const std::string& uri) {
  if (search_ && search_->document->uri() == uri) {
    const std::string why = say(host_, has_changed);
    host_.show(MessageType::info,
               say(host_, fill_given_up, {{"function", search_->gap.function}, {"why", why}}));
    end_search(why);
  }
  known_.erase(uri);
}

void Filling::saved() {
  std::erase_if(known_, [](const auto& each) { return each.second.found.empty(); });
}

void Filling::cancel(const std::string& token) {
  if (search_ && search_->token == token) end_search(say(host_, cancelled));
}

wire::CodeAction Filling::edit_of(const text::Document& document, const Gap& gap,
                                  const Filled& body, size_t index) const {
  const text::Tongue tongue = tongue_of(host_);
  const std::string seen = seen_in(tongue, body.evidence.substr(0, body.evidence.find(';')));
  wire::CodeAction action;
  action.title =
      title_of_change(tongue, text::shortened(body.shown, most_title_bytes), seen, body.verified);
  action.kind = "quickfix";
  action.id = concat(document.uri(), "#", gap.function, "#", index);
  action.uri = document.uri();
  action.version = document.version();
  action.edits = {{span_of(document, gap.body, host_.encoding), body.text}};
  return action;
}

std::vector<wire::CodeAction> Filling::actions(const wire::SpanParams& params) {
  std::vector<wire::CodeAction> actions;
  const Known* here = known(params.uri);
  if (here == nullptr || here->gaps.empty()) return actions;
  const text::Document& document = *host_.documents.find(params.uri);
  const Gap* gap = gap_at(*here, document, params.span);
  if (gap == nullptr) return actions;
  const auto found = here->found.find(gap->function);
  if (found != here->found.end()) {
    if (!wanted(params, "quickfix")) return actions;
    for (size_t i = 0; i < found->second.size(); ++i) {
      actions.push_back(edit_of(document, *gap, found->second[i], i));
    }
  } else if (wanted(params, "refactor")) {
    actions.push_back(command_action(say(host_, make_it_pass, {{"function", gap->function}}),
                                     "refactor", params.uri, fill_command,
                                     span_of(document, gap->definition, host_.encoding)));
  }
  return actions;
}

std::vector<wire::CodeLens> Filling::lenses(const std::string& uri) {
  std::vector<wire::CodeLens> lenses;
  const Known* here = known(uri);
  if (here == nullptr) return lenses;
  const text::Document& document = *host_.documents.find(uri);
  for (const Gap& gap : here->gaps) {
    const wire::Span span = span_of(document, gap.definition, host_.encoding);
    lenses.push_back(
        {{span.start, span.start}, say(host_, make_it_pass_here), fill_command, uri, span});
  }
  return lenses;
}

}  // namespace lsp::server
