#include "lsp/server/debugging.h"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "engine/base/format.h"
#include "engine/base/pause.h"
#include "lsp/text/uri.h"

namespace lsp::server {
namespace {

using base::concat;
using base::fail;
using wire::MessageType;

constexpr const char* debug_command = "lemma.debug";
constexpr const char* hint_command = "lemma.debugHint";
constexpr const char* stop_command = "lemma.stopDebugging";
constexpr const char* trust_command = "lemma.trust";
constexpr const char* distrust_command = "lemma.distrust";

std::string name_of(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

// So long a suggestion must stand there to be worth a run.
constexpr std::chrono::milliseconds looked_at{600};

using text::said;
using text::Sentence;

constexpr Sentence with_place = {"{type} in {file}, line {line}", "{file} 第 {line} 行：{type}",
                                 "{type} dans {file}, ligne {line}",
                                 "{type} in {file}, Zeile {line}"};
constexpr Sentence no_failure = {"no failure: {note}", "没有失败：{note}", "aucun échec : {note}",
                                 "kein Scheitern: {note}"};
constexpr Sentence no_fix_found = {"no fix found: {note}", "没有找到修正：{note}",
                                   "aucune correction trouvée : {note}",
                                   "keine Korrektur gefunden: {note}"};
constexpr text::Counted offered = {
    {"1 change offered there as a code action: ", "那里有 1 个修改作为代码操作：",
     "1 changement proposé à cet endroit comme action de code : ",
     "1 Änderung steht dort als Code-Aktion bereit: "},
    {"{count} changes offered there as a code action: ", "那里有 {count} 个修改作为代码操作：",
     "{count} changements proposés à cet endroit comme actions de code : ",
     "{count} Änderungen stehen dort als Code-Aktionen bereit: "}};
// Where the failure is shown in another file than the program's, as that of a test is.
constexpr text::Counted offered_elsewhere = {
    {"1 change offered as a code action in {file}, line {line}: ",
     "{file} 第 {line} 行有 1 个修改作为代码操作：",
     "1 changement proposé comme action de code dans {file}, ligne {line} : ",
     "1 Änderung steht als Code-Aktion in {file}, Zeile {line} bereit: "},
    {"{count} changes offered as code actions in {file}, the first in line {line}: ",
     "{file} 中有 {count} 个修改作为代码操作，第一个在第 {line} 行：",
     "{count} changements proposés comme actions de code dans {file}, le premier ligne {line} : ",
     "{count} Änderungen stehen als Code-Aktionen in {file} bereit, die erste in Zeile {line}: "}};
constexpr Sentence debugging_it = {"lemma: debugging {file}", "lemma：正在调试 {file}",
                                   "lemma : débogage de {file}", "lemma: untersucht {file}"};
constexpr Sentence searching = {"searching for a fix", "正在寻找修正", "recherche d'une correction",
                                "sucht eine Korrektur"};
// Somebody waits for it, and not all clients show how progress ends.
constexpr Sentence search_given_up = {"the search in {file} was given up: {why}",
                                      "已放弃在 {file} 中的搜索：{why}",
                                      "la recherche dans {file} est abandonnée : {why}",
                                      "die Suche in {file} wurde aufgegeben: {why}"};
constexpr Sentence search_stopped = {"the search in {file} was stopped", "已停止在 {file} 中的搜索",
                                     "la recherche dans {file} est arrêtée",
                                     "die Suche in {file} wurde angehalten"};
constexpr Sentence nothing_runs = {"nothing is being debugged", "没有正在进行的调试",
                                   "aucun débogage n'est en cours", "es wird nichts untersucht"};
constexpr text::Counted red_tests = {
    {"1 of {tests} tests fails: {name}", "{tests} 个测试中有 1 个失败：{name}",
     "1 test sur {tests} échoue : {name}", "1 von {tests} Tests schlägt fehl: {name}"},
    {"{count} of {tests} tests fail: {name}, …", "{tests} 个测试中有 {count} 个失败：{name}、…",
     "{count} tests sur {tests} échouent : {name}, …",
     "{count} von {tests} Tests schlagen fehl: {name}, …"}};
constexpr Sentence pass_again = {"the tests pass again", "测试又通过了",
                                 "les tests passent de nouveau", "die Tests laufen wieder durch"};
constexpr Sentence another_search = {"another search was started", "开始了另一次搜索",
                                     "une autre recherche a commencé",
                                     "eine andere Suche hat begonnen"};
constexpr Sentence is_trusted = {
    "{folder} is trusted: programs in it may be run, in the sandbox, when you ask for it",
    "已信任 {folder}：当您要求时，其中的程序可以在沙箱中运行",
    "{folder} a votre confiance : ses programmes peuvent être exécutés, dans le bac à sable, quand "
    "vous le demandez",
    "{folder} wird vertraut: Programme darin dürfen in der Sandbox ausgeführt werden, wenn Sie es "
    "verlangen"};
constexpr Sentence is_distrusted = {"{folder} is not trusted any more", "不再信任 {folder}",
                                    "{folder} n'a plus votre confiance",
                                    "{folder} wird nicht mehr vertraut"};
constexpr Sentence is_in_trusted = {
    "{folder} is still trusted, since it lies in {above}, which is: take that one's trust back",
    "{folder} 仍受信任，因为它位于受信任的 {above} 中：请撤销对后者的信任",
    "{folder} garde votre confiance, car il se trouve dans {above}, qui l'a : retirez-la à ce "
    "dernier",
    "{folder} wird weiter vertraut, denn der Ordner liegt in {above}, dem vertraut wird: nehmen "
    "Sie dessen Vertrauen zurück"};
constexpr Sentence other_language = {
    "lemma debugs files in Python, JavaScript, TypeScript, C and C++",
    "lemma 调试 Python、JavaScript、TypeScript、C 和 C++ 文件",
    "lemma débogue des fichiers en Python, JavaScript, TypeScript, C et C++",
    "lemma untersucht Dateien in Python, JavaScript, TypeScript, C und C++"};
constexpr Sentence debug_test = {"lemma: debug this test", "lemma：调试此测试",
                                 "lemma : déboguer ce test", "lemma: diesen Test untersuchen"};
constexpr Sentence debug_example = {"lemma: debug this example", "lemma：调试此示例",
                                    "lemma : déboguer cet exemple",
                                    "lemma: dieses Beispiel untersuchen"};
constexpr Sentence debug_program = {"lemma: debug this program", "lemma：调试此程序",
                                    "lemma : déboguer ce programme",
                                    "lemma: dieses Programm untersuchen"};
constexpr Sentence debug_file = {"lemma: debug this file", "lemma：调试此文件",
                                 "lemma : déboguer ce fichier", "lemma: diese Datei untersuchen"};

// "IndexError in a.py, line 3".
std::string summary_of(const Finding& finding) {
  if (finding.frames.empty()) return finding.type;
  const Finding::Frame& frame = finding.frames.back();
  return said(with_place, finding.tongue,
              {{"type", finding.type},
               {"file", name_of(frame.path)},
               {"line", std::to_string(frame.line)}});
}

// The first line, from 1, that the change makes another.
size_t line_of(const Finding::Fix& fix, std::string_view program) {
  const auto end = std::mismatch(program.begin(), program.end(), fix.text.begin(), fix.text.end());
  return 1 + static_cast<size_t>(std::count(program.begin(), end.first, '\n'));
}

std::string offer_of(const Finding& finding) {
  const size_t count = finding.fixes.size();
  const bool is_there =
      std::any_of(finding.frames.begin(), finding.frames.end(),
                  [&](const Finding::Frame& frame) { return frame.path == finding.program; });
  if (is_there) return said(offered, count, finding.tongue);
  const Sentence& form = count == 1 ? offered_elsewhere.one : offered_elsewhere.many;
  return said(form, finding.tongue,
              {{"count", std::to_string(count)},
               {"file", name_of(finding.program)},
               {"line", std::to_string(line_of(finding.fixes.front(), finding.program_text))}});
}

// What a search came to, as its user is told.
std::string outcome_of(const Finding& finding) {
  const text::Tongue tongue = finding.tongue;
  if (!finding.failed) return said(no_failure, tongue, {{"note", finding.note}});
  const std::string summary = summary_of(finding) + said(text::then, tongue);
  if (finding.fixes.empty()) return summary + said(no_fix_found, tongue, {{"note", finding.note}});
  return concat(summary, offer_of(finding), finding.fixes.front().evidence);
}

const Sentence& title_of(StartingPlace::What what) {
  switch (what) {
    case StartingPlace::What::test:
      return debug_test;
    case StartingPlace::What::example:
      return debug_example;
    case StartingPlace::What::program:
      break;
  }
  return debug_program;
}

}  // namespace

Debugging::Debugging(DebugOptions options, Host host)
    : options_(std::move(options)),
      host_(std::move(host)),
      findings_(host_.documents, host_.encoding) {}

std::string Debugging::say(const Sentence& sentence, text::Values values) const {
  return server::say(host_, sentence, values);
}

std::vector<std::string> Debugging::commands() const {
  if (!options_.debugger) return {};
  return {debug_command, hint_command, stop_command, trust_command, distrust_command};
}

base::Status Debugging::execute(const wire::ExecuteCommandParams& params, const std::string& uri) {
  if (params.command == debug_command) {
    const auto line = params.span ? std::optional<size_t>(params.span->start.line) : std::nullopt;
    return debug(uri, line, Told::everything);
  }
  if (params.command == hint_command) return hint(uri);
  if (params.command == stop_command) {
    if (!search_) {
      host_.show(MessageType::info, say(nothing_runs));
      return base::Done{};
    }
    host_.show(MessageType::info,
               say(search_stopped, {{"file", name_of(text::path_of(search_->document->uri()))}}));
    end_search(say(cancelled));
    return base::Done{};
  }
  return trust(uri, params.command == trust_command);
}

base::Status Debugging::trust(const std::string& uri, bool trusted) {
  if (!uri.starts_with("file:")) return fail("'", uri, "' is no file");
  const std::string folder = project_folder(host_, uri);
  if (trusted && Trust::is_wide(folder)) return fail(say(wide_folder, {{"folder", folder}}));
  const std::string above = trusted ? "" : options_.trust.above(folder);
  if (!above.empty()) {
    return fail(say(is_in_trusted, {{"folder", folder}, {"above", above}}));
  }
  const auto status = trusted ? options_.trust.add(folder) : options_.trust.remove(folder);
  if (!status) return status;
  host_.show(MessageType::info, say(trusted ? is_trusted : is_distrusted, {{"folder", folder}}));
  return base::Done{};
}

// The next step of what is known; where nothing is, the failure is looked for first.
base::Status Debugging::hint(const std::string& uri) {
  if (const auto step = findings_.next_hint(uri)) {
    host_.show(MessageType::info, *step);
    return base::Done{};
  }
  if (search_ && search_->told == Told::steps && search_->document->uri() == uri) {
    return base::Done{};  // its first step comes
  }
  return debug(uri, std::nullopt, Told::steps);
}

base::Status Debugging::debug(const std::string& uri, std::optional<size_t> line, Told told) {
  if (auto refused = refusal(host_, uri)) return *refused;
  const Snapshot document = host_.documents.snapshot(uri);
  if (!document || !options_.debugger->knows(*document)) {
    return fail(say(other_language));
  }
  begin_search(document, line, DebugQuestion::Until::fixes, told);
  return base::Done{};
}

void Debugging::begin_search(const Snapshot& document, std::optional<size_t> line,
                             DebugQuestion::Until until, Told told) {
  if (search_) end_search(say(another_search));
  const std::string& uri = document->uri();
  search_ = std::make_unique<Search>(concat("lemma/debug/", ++searches_), document, until, told);
  const std::string token = search_->progress;
  if (search_->asked()) {
    begin_progress(host_, token, say(debugging_it, {{"file", name_of(text::path_of(uri))}}));
  }
  DebugQuestion question{document, host_.documents.others(uri), host_.client.locale, line, until};
  const Debugger::Told says{
      [this, post = host_.post, token](Finding finding) {
        post([this, token, finding = std::move(finding)] { failed(token, finding); });
      },
      [this, post = host_.post, token](const std::string& how_far) {
        post([this, token, how_far] { progressed(token, how_far); });
      }};
  run_job<Finding>(
      host_,
      [debugger = options_.debugger, says, question = std::move(question),
       stop = search_->stopped.get_token()] { return debugger->debug(question, says, stop); },
      [this, token](base::Result<Finding> result) { found(token, std::move(result)); });
}

void Debugging::end_search(const std::string& how) {
  if (search_->asked()) end_progress(host_, search_->progress, how);
  search_.reset();
}

void Debugging::give_up() {
  const std::string why = say(has_changed);
  if (search_->asked()) {
    const std::string file = name_of(text::path_of(search_->document->uri()));
    host_.show(MessageType::info, say(search_given_up, {{"file", file}, {"why", why}}));
  }
  end_search(why);
}

void Debugging::failed(const std::string& token, Finding finding) {
  if (!search_ || search_->progress != token) return;
  if (findings_.is_outdated(finding)) return give_up();
  search_->program = finding.program;
  if (search_->asked()) {
    search_->summary = summary_of(finding) + say(text::then);
    report_progress(host_, token, search_->summary + say(searching));
  }
  keep(std::move(finding));
  if (search_->told != Told::steps) return;
  if (const auto step = findings_.next_hint(search_->document->uri())) {
    host_.show(MessageType::info, *step);
  }
}

// A search for the failure alone brings no fixes, and takes none away that hold still.
void Debugging::keep(Finding finding) {
  if (!search_->asked() && findings_.knows_more(finding)) return;
  publish(findings_.put(std::move(finding)));
}

void Debugging::progressed(const std::string& token, const std::string& how_far) {
  if (!search_ || search_->progress != token || !search_->asked()) return;
  report_progress(host_, token, search_->summary + how_far);
}

void Debugging::found(const std::string& token, base::Result<Finding> result) {
  if (!search_ || search_->progress != token) return;
  if (result && result->failed && findings_.is_outdated(*result)) return give_up();
  if (result && !search_->asked()) tell_saved(*result);
  std::string how = result ? outcome_of(*result) : result.message();
  if (result && !result->model_note.empty()) how += say(text::then) + result->model_note;
  const MessageType kind = result ? MessageType::info : MessageType::error;
  const bool tells = search_->told == Told::everything || !result || !result->failed;
  if (result) keep(std::move(result).value());
  if (search_->asked() && tells) host_.show(kind, how);
  end_search(how);
}

// What is shown in an open document needs no words.
void Debugging::tell_saved(const Finding& finding) {
  const std::string& uri = search_->document->uri();
  if (!finding.failed) {
    if (red_on_save_.erase(uri) > 0) host_.show(MessageType::info, say(pass_again));
    return;
  }
  const bool is_seen = std::any_of(
      finding.frames.begin(), finding.frames.end(), [this](const Finding::Frame& frame) {
        return frame.line > 0 && host_.documents.contains(text::uri_of(frame.path));
      });
  if (is_seen) return;
  red_on_save_.insert(uri);
  const size_t count = finding.red.size();
  if (count == 0) return host_.show(MessageType::warning, summary_of(finding));
  host_.show(MessageType::warning, said(count == 1 ? red_tests.one : red_tests.many, finding.tongue,
                                        {{"count", std::to_string(count)},
                                         {"tests", std::to_string(finding.tests)},
                                         {"name", finding.red.front()}}));
}

void Debugging::publish(const std::set<std::string>& uris) {
  for (const std::string& uri : uris) {
    const text::Document* document = host_.documents.find(uri);
    const auto version = document == nullptr ? std::nullopt : std::optional(document->version());
    host_.notify(wire::publish_diagnostics(uri, version, findings_.diagnostics(uri)));
  }
  if (uris.empty() || !host_.client.inlay_refresh) return;
  host_.ask([](int64_t id) { return wire::refresh(id, "workspace/inlayHint/refresh"); });
}

bool Debugging::can_debug(const text::Document& document) const {
  return options_.debugger && host_.trusts(document.uri()) && options_.debugger->knows(document);
}

void Debugging::suggested(const Snapshot& accepted, const text::Range& range, OnAlternative found) {
  if (options_.background == DebugOptions::Background::off) return;
  const std::string& uri = accepted->uri();
  if (!can_debug(*accepted)) return;
  tried_.stopped.request_stop();
  tried_ = {uri, std::stop_source(), std::nullopt, std::nullopt};
  DebugQuestion question{accepted, host_.documents.others(uri), host_.client.locale};
  const auto stop = tried_.stopped.get_token();
  run_job<Verdict>(
      host_,
      [debugger = options_.debugger, question, stop]() -> base::Result<Verdict> {
        if (!base::pause(stop, looked_at)) return base::fail("it is gone");
        return debugger->check(question, stop);
      },
      [this, question, stop, range, found = std::move(found)](base::Result<Verdict> verdict) {
        if (stop.stop_requested() || !verdict || verdict->tests == 0) return;
        tried_.verdict = *verdict;
        tell_verdict();
        if (verdict->passed < verdict->tests) seek_alternative(question, range, found);
      });
}

void Debugging::seek_alternative(DebugQuestion question, const text::Range& range,
                                 OnAlternative found) {
  using Sought = std::optional<Alternative>;
  const auto stop = tried_.stopped.get_token();
  run_job<Sought>(
      host_,
      [debugger = options_.debugger, question = std::move(question), range, stop] {
        return debugger->mend(question, range, stop);
      },
      [this, stop, found = std::move(found)](base::Result<Sought> sought) {
        if (stop.stop_requested() || !sought || !*sought) return;
        tried_.of_alternative = (*sought)->verdict;
        found(std::move((*sought)->text));
        tell_verdict();
      });
}

void Debugging::took_alternative(const std::string& uri) {
  if (uri != tried_.uri || !tried_.of_alternative) return;
  tried_.verdict = std::exchange(tried_.of_alternative, std::nullopt);
  tell_verdict();
}

// It is of the text as it is now: the more of a suggestion is typed, the newer.
void Debugging::tell_verdict() {
  if (!tried_.verdict) return;
  const text::Document* document = host_.documents.find(tried_.uri);
  if (document == nullptr) return;
  host_.notify(wire::verdict(tried_.uri, document->version(), tried_.verdict->passed,
                             tried_.verdict->tests, tried_.of_alternative.has_value()));
}

void Debugging::suggestion_is(Suggestion now, const std::string& uri) {
  if (uri != tried_.uri) return;
  if (now == Suggestion::shown) return tell_verdict();
  tried_.stopped.request_stop();
  tried_.verdict.reset();
  tried_.of_alternative.reset();
}

void Debugging::changed(const std::string& uri) {
  const bool is_searched =
      search_ && (search_->document->uri() == uri || text::is_of_file(uri, search_->program));
  if (is_searched) give_up();
  publish(findings_.forget(uri));
}

void Debugging::opened(const std::string& uri) { publish(findings_.opened(uri)); }

void Debugging::saved(const std::string& uri) {
  if (options_.on_save == DebugOptions::OnSave::nothing || !host_.documents.contains(uri)) return;
  const Snapshot document = host_.documents.snapshot(uri);
  if (!document || !can_debug(*document)) return;
  if (search_ && search_->asked()) return;  // what was asked for goes first
  begin_search(document, std::nullopt, DebugQuestion::Until::failure, Told::everything);
}

void Debugging::cancel(const std::string& token) {
  if (search_ && search_->progress == token) end_search(say(cancelled));
}

std::vector<wire::CodeAction> Debugging::actions(const wire::SpanParams& params) {
  std::vector<wire::CodeAction> actions;
  if (wanted(params, "quickfix")) actions = findings_.actions(params.uri, params.span);
  const Snapshot document =
      host_.documents.contains(params.uri) ? host_.documents.snapshot(params.uri) : nullptr;
  if (wanted(params, "source") && document && can_debug(*document)) {
    actions.push_back(command_action(say(debug_file), "source", params.uri, debug_command));
  }
  return actions;
}

std::vector<wire::CodeLens> Debugging::lenses(const std::string& uri) {
  std::vector<wire::CodeLens> lenses;
  const Snapshot document = host_.documents.contains(uri) ? host_.documents.snapshot(uri) : nullptr;
  if (!document || !can_debug(*document)) return lenses;
  for (const StartingPlace& place : options_.debugger->places(*document)) {
    const auto line = static_cast<uint32_t>(place.line);
    const wire::Span span{{line, 0}, {line, 0}};
    lenses.push_back({span, say(title_of(place.what)), debug_command, uri, span});
  }
  return lenses;
}

}  // namespace lsp::server
