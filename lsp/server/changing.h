// Changes by instruction, as an editor has them: a command brings the instruction, or is one to
// document the code, and what a model has made of it is offered, with what was seen of it, until
// the text changes. Clients that show changes get it as a notification, all others as a code action
// where it is. One is made at a time; in folders that its user does not trust nothing is run for
// it. Belongs to the loop's thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lsp/server/changer.h"
#include "lsp/server/feature.h"

namespace lsp::server {

class Changing : public Feature {
 public:
  // `changer` may be null: `why_not` then says what is missing.
  Changing(std::shared_ptr<Changer> changer, std::string why_not, Host host)
      : changer_(std::move(changer)), why_not_(std::move(why_not)), host_(std::move(host)) {}

  std::vector<std::string> commands() const override;
  // The second argument of lemma.change is the instruction, a span what is selected; without
  // one it is the whole document.
  base::Status execute(const wire::ExecuteCommandParams& params, const std::string& uri) override;
  void changed(const std::string& uri) override;
  void cancel(const std::string& token) override;
  void stop() override { work_.reset(); }
  std::vector<wire::CodeAction> actions(const wire::SpanParams& params) override;

 private:
  struct Work {
    std::string token;  // of its progress
    Snapshot document;
    StopAtEnd stopped;
  };
  void progressed(const std::string& token, const std::string& how_far);
  void made(const std::string& token, base::Result<Changed> result);
  void offer(const Snapshot& document, Changed change);
  void end_work(const std::string& how);

  std::shared_ptr<Changer> changer_;
  std::string why_not_;
  Host host_;
  std::unique_ptr<Work> work_;
  std::map<std::string, Changed> offered_;  // by uri, until the text changes
  int64_t works_ = 0;
};

}  // namespace lsp::server
