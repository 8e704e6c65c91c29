#include "lsp/server/testing.h"

#include <filesystem>

#include "engine/base/format.h"
#include "lsp/text/uri.h"

namespace lsp::server {
namespace {

using base::concat;
using base::fail;
using wire::MessageType;

constexpr const char* tests_command = "lemma.tests";

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
    return fail("this editor makes no files for a server: lemma tests FILE:LINE prints the tests");
  }
  const Snapshot document = host_.documents.snapshot(uri);
  const auto all = document ? functions(document, params.span) : std::vector<Testable>();
  if (all.size() != 1) {
    return fail(all.empty() ? "there is no function here that tests could be written for: one of "
                              "Python or JavaScript, at the top of a file, with examples"
                            : "several functions are here: put the cursor into one");
  }
  if (work_) end_work("tests for another function were asked for");
  const std::string token = concat("lemma/tests/", ++works_);
  work_ = std::unique_ptr<Work>(new Work{token, document, all.front(), {}});
  begin_progress(host_, token, concat("lemma: writing tests for ", all.front().function, "()"));
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
  const std::string how = result ? concat(std::filesystem::path(result->path).filename().string(),
                                          ": ", result->evidence)
                                 : result.message();
  if (result) {
    host_.ask([&](int64_t id) {
      return wire::make_file(id, "lemma: tests", text::uri_of(result->path), result->text);
    });
  }
  host_.show(result ? MessageType::info : MessageType::warning, how);
  end_work(how);
}

void Testing::changed(const std::string& uri) {
  if (work_ && work_->document->uri() == uri) end_work("the text has changed");
  known_.erase(uri);
}

void Testing::cancel(const std::string& token) {
  if (work_ && work_->token == token) end_work("cancelled");
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
  actions.push_back(command_action(concat("lemma: write tests for ", all.front().function, "()"),
                                   "refactor", uri, tests_command, params.span));
  return actions;
}

}  // namespace lsp::server
