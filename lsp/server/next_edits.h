// Next edits: once the text has been at rest, clients that show them are told where else the last
// change should be made; the others have a code action that makes it everywhere. Belongs to the
// loop's thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lsp/server/edit_finder.h"
#include "lsp/server/feature.h"
#include "lsp/server/settings.h"
#include "lsp/wire/next_edits.h"

namespace lsp::server {

class NextEdits : public Feature {
 public:
  // `finder` may be null: then there are none.
  NextEdits(std::shared_ptr<EditFinder> finder, const Settings& settings, Host host)
      : finder_(std::move(finder)), settings_(settings), host_(std::move(host)) {}

  // The document is about to be changed so.
  void change(const wire::DidChangeParams& params);
  // What was changed until now is to have no more consequences.
  void forget(const std::string& uri);

  std::vector<std::string> commands() const override { return {}; }
  base::Status execute(const wire::ExecuteCommandParams&, const std::string&) override;
  void changed(const std::string& uri) override;
  void stop() override { search_.reset(); }
  std::vector<wire::CodeAction> actions(const wire::SpanParams& params) override;

 private:
  struct Found {
    int64_t version;
    std::string title;
    std::vector<wire::NextEdit> edits;
  };
  struct Search {
    Snapshot document;
    StopAtEnd stopped;
  };
  bool is_on(const text::Document& document) const;
  void found(const Snapshot& document, const FoundEdits& edits);
  void tell(const std::string& uri, const Found& found);

  std::shared_ptr<EditFinder> finder_;
  const Settings& settings_;  // what is in force
  Host host_;
  std::map<std::string, text::History> histories_;  // by uri
  std::map<std::string, Found> found_;              // by uri; what clients were told last
  std::unique_ptr<Search> search_;
};

}  // namespace lsp::server
