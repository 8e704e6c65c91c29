#include "lsp/server/testing.h"

#include <filesystem>

#include "engine/base/format.h"
#include "lsp/server/seen.h"
#include "lsp/text/uri.h"

namespace lsp::server {
namespace {

using base::concat;
using base::fail;
using text::Sentence;
using wire::MessageType;

constexpr const char* tests_command = "lemma.tests";

constexpr Sentence makes_no_files = {
    "this editor makes no files for a server: lemma tests FILE:LINE prints the tests",
    "此编辑器不为服务器创建文件：lemma tests FILE:LINE 会打印测试",
    "cet éditeur ne crée pas de fichiers pour un serveur : lemma tests FILE:LINE affiche les tests",
    "dieser Editor legt für einen Server keine Dateien an: lemma tests FILE:LINE gibt die Tests "
    "aus"};
constexpr Sentence nothing_to_test = {
    "there is no function here that tests could be written for: one of Python or JavaScript, at "
    "the top of a file, with examples",
    "这里没有可以编写测试的函数：须是 Python 或 JavaScript 的函数，在文件顶层并带有示例",
    "il n'y a pas ici de fonction pour laquelle écrire des tests : une fonction en Python ou en "
    "JavaScript, au premier niveau d'un fichier, avec des exemples",
    "hier ist keine Funktion, für die Tests zu schreiben wären: eine in Python oder JavaScript, "
    "auf "
    "der obersten Ebene einer Datei, mit Beispielen"};
constexpr Sentence several_functions = {
    "several functions are here: put the cursor into one", "这里有多个函数：请把光标放到其中一个",
    "il y a plusieurs fonctions ici : placez le curseur dans l'une d'elles",
    "hier sind mehrere Funktionen: setzen Sie den Cursor in eine"};
constexpr Sentence other_tests = {"tests for another function were asked for",
                                  "请求了另一个函数的测试",
                                  "les tests d'une autre fonction ont été demandés",
                                  "Tests für eine andere Funktion wurden verlangt"};
constexpr Sentence writing_tests = {
    "lemma: writing tests for {function}()", "lemma：正在为 {function}() 编写测试",
    "lemma : écriture de tests pour {function}()", "lemma: schreibt Tests für {function}()"};
constexpr Sentence write_tests = {
    "lemma: write tests for {function}()", "lemma：为 {function}() 编写测试",
    "lemma : écrire des tests pour {function}()", "lemma: Tests für {function}() schreiben"};
constexpr Sentence tests_given_up = {"the tests for {function}() were given up: {why}",
                                     "已放弃 {function}() 的测试：{why}",
                                     "les tests de {function}() sont abandonnés : {why}",
                                     "die Tests für {function}() wurden aufgegeben: {why}"};
constexpr Sentence tests_title = {"lemma: tests", "lemma：测试", "lemma : tests", "lemma: Tests"};

}  // namespace

std::vector<std::string> Testing::commands() const {
  if (!tester_) return {};
  return {tests_command};
}

std::vector<Testable> Testing::functions(const Snapshot& document,
                                         const std::optional<wire::Span>& span) {
  const std::string& uri = document->uri();
  auto found = known_.find(uri);
  if (found == known_.end()) found = known_.emplace(uri, tester_->functions(document)).first;
  std::vector<Testable> all = found->second;
  if (!span) return all;
  const auto [begin, end] = range_of(*document, *span, host_.encoding);
  std::erase_if(all, [begin = begin, end = end](const Testable& each) {
    return each.definition.end < begin || end < each.definition.begin;
  });
  return all;
}

base::Status Testing::execute(const wire::ExecuteCommandParams& params, const std::string& uri) {
  if (auto refused = refusal(host_, uri)) return *refused;
  if (!host_.client.creates_files) {
    return fail(say(host_, makes_no_files));
  }
  const Snapshot document = host_.documents.snapshot(uri);
  const auto all = document ? functions(document, params.span) : std::vector<Testable>();
  if (all.size() != 1) {
    return fail(say(host_, all.empty() ? nothing_to_test : several_functions));
  }
  if (work_) end_work(say(host_, other_tests));
  const std::string token = concat("lemma/tests/", ++works_);
  work_ = std::unique_ptr<Work>(new Work{token, document, all.front(), {}});
  begin_progress(host_, token, say(host_, writing_tests, {{"function", all.front().function}}));
  run_job<NewTests>(
      host_,
      [tester = tester_, document, function = all.front(), stop = work_->stopped.token()] {
        return tester->write(document, function, stop);
      },
      [this, token](base::Result<NewTests> result) { written(token, std::move(result)); });
  return base::Done{};
}

void Testing::end_work(const std::string& how) {
  end_progress(host_, work_->token, how);
  work_.reset();
}

void Testing::written(const std::string& token, base::Result<NewTests> result) {
  if (!work_ || work_->token != token) return;
  // Editors do not all show a file that they were asked to make.
  const std::string how =
      (result ? std::filesystem::path(result->path).filename().string() + ": " : "") +
      seen_in(tongue_of(host_), result ? result->evidence : result.message());
  if (result) {
    host_.ask([&](int64_t id) {
      return wire::make_file(id, say(host_, tests_title), text::uri_of(result->path), result->text);
    });
  }
  host_.show(result ? MessageType::info : MessageType::warning, how);
  end_work(how);
}

void Testing::changed(const std::string& uri) {
  if (work_ && work_->document->uri() == uri) {
    const std::string why = say(host_, has_changed);
    host_.show(MessageType::info,
               say(host_, tests_given_up, {{"function", work_->function.function}, {"why", why}}));
    end_work(why);
  }
  known_.erase(uri);
}

void Testing::cancel(const std::string& token) {
  if (work_ && work_->token == token) end_work(say(host_, cancelled));
}

std::vector<wire::CodeAction> Testing::actions(const wire::SpanParams& params) {
  const std::string& uri = params.uri;
  const bool offered = tester_ && host_.client.creates_files && wanted(params, "refactor") &&
                       host_.documents.contains(uri) && host_.trusts(uri);
  const Snapshot document = offered ? host_.documents.snapshot(uri) : nullptr;
  std::vector<wire::CodeAction> actions;
  if (!document) return actions;
  const auto all = functions(document, params.span);
  if (all.size() != 1) return actions;
  actions.push_back(command_action(say(host_, write_tests, {{"function", all.front().function}}),
                                   "refactor", uri, tests_command, params.span));
  return actions;
}

}  // namespace lsp::server
