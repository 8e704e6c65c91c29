// Tests for functions that have examples, as an editor has them: a code action starts writing them,
// and what comes of it is an edit that makes a new file, which the client is asked to apply. One
// function at a time, in folders that the user trusts. Belongs to the loop's thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lsp/server/feature.h"
#include "lsp/server/tester.h"

namespace lsp::server {

class Testing : public Feature {
 public:
  // `tester` may be null: then nothing is offered.
  Testing(std::shared_ptr<Tester> tester, Host host)
      : tester_(std::move(tester)), host_(std::move(host)) {}

  std::vector<std::string> commands() const override;
  // About the function at the span of the command, else the document's only one.
  base::Status execute(const wire::ExecuteCommandParams& params, const std::string& uri) override;
  void changed(const std::string& uri) override;
  void cancel(const std::string& token) override;
  void stop() override { work_.reset(); }
  std::vector<wire::CodeAction> actions(const wire::SpanParams& params) override;

 private:
  struct Work {
    std::string token;  // of its progress
    Snapshot document;
    Testable function;
    StopAtEnd stopped;
  };
  // Those of the document that touch the span, or all of them.
  std::vector<Testable> functions(const Snapshot& document, const std::optional<wire::Span>& span);
  void end_work(const std::string& how);
  void written(const std::string& token, base::Result<NewTests> result);

  std::shared_ptr<Tester> tester_;
  Host host_;
  std::unique_ptr<Work> work_;
  std::map<std::string, std::vector<Testable>> known_;  // by uri, until the text changes
  int64_t works_ = 0;
};

}  // namespace lsp::server
