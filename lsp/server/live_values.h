// Values behind the lines that ask for them ("# =>"), as inlay hints until the text changes. The
// program is run by a command, and where the user has agreed that things are run unasked, whenever
// the text has been at rest; never in a folder that is not trusted. Belongs to the loop's thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lsp/server/debugging.h"
#include "lsp/server/evaluator.h"
#include "lsp/server/feature.h"

namespace lsp::server {

class LiveValues : public Feature {
 public:
  // `evaluator` may be null: then nothing is offered.
  LiveValues(std::shared_ptr<Evaluator> evaluator, DebugOptions::Background background, Host host)
      : evaluator_(std::move(evaluator)), background_(background), host_(std::move(host)) {}

  std::vector<std::string> commands() const override;
  base::Status execute(const wire::ExecuteCommandParams& params, const std::string& uri) override;
  void changed(const std::string& uri) override;
  void cancel(const std::string& token) override;
  void stop() override { run_.reset(); }
  std::vector<wire::CodeLens> lenses(const std::string& uri) override;
  std::vector<wire::InlayHint> inlays(const wire::SpanParams& params) override;

 private:
  enum class Asked { no, yes };
  struct Run {
    std::string token;  // of its progress, where it was asked for
    Snapshot document;
    Asked asked;
    StopAtEnd stopped;
  };
  // The document, where it is open and asks for values that may be computed.
  Snapshot asking(const std::string& uri) const;
  void begin(const Snapshot& document, Asked asked);
  void end_run(const std::string& how);
  void evaluated(const std::string& token, base::Result<Values> result);
  void refresh();

  std::shared_ptr<Evaluator> evaluator_;
  DebugOptions::Background background_;
  Host host_;
  std::unique_ptr<Run> run_;
  std::map<std::string, std::vector<Value>> shown_;  // by uri
  int64_t runs_ = 0;
};

}  // namespace lsp::server
