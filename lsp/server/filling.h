// Functions that are yet to be written, as an editor has them: a lens and a code action start the
// search for a body, and what it found is offered there as an edit, with what was seen of it, until
// the text changes. One function is searched for at a time, in folders that the user trusts.
// Belongs to the loop's thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lsp/server/feature.h"
#include "lsp/server/filler.h"

namespace lsp::server {

class Filling : public Feature {
 public:
  // `filler` may be null: then nothing is offered.
  Filling(std::shared_ptr<Filler> filler, Host host)
      : filler_(std::move(filler)), host_(std::move(host)) {}

  std::vector<std::string> commands() const override;
  // About the function at the span of the command, else the document's only one.
  base::Status execute(const wire::ExecuteCommandParams& params, const std::string& uri) override;
  void changed(const std::string& uri) override;
  // Some document was saved: it may hold tests of functions that had none.
  void saved();
  void cancel(const std::string& token) override;
  void stop() override { search_.reset(); }
  std::vector<wire::CodeAction> actions(const wire::SpanParams& params) override;
  std::vector<wire::CodeLens> lenses(const std::string& uri) override;

 private:
  struct Search {
    std::string token;  // of its progress
    Snapshot document;
    Gap gap;
    StopAtEnd stopped;
  };
  // Of one version of a document.
  struct Known {
    std::vector<Gap> gaps;
    std::map<std::string, std::vector<Filled>> found;  // by function
  };
  // Null for what is not open, cannot be run, or is no text of interest.
  Known* known(const std::string& uri);
  const Gap* gap_at(const Known& known, const text::Document& document,
                    const wire::Span& span) const;
  void end_search(const std::string& how);
  void found(const std::string& token, base::Result<Fillings> result);
  wire::CodeAction edit_of(const text::Document& document, const Gap& gap, const Filled& body,
                           size_t index) const;

  std::shared_ptr<Filler> filler_;
  Host host_;
  std::unique_ptr<Search> search_;
  std::map<std::string, Known> known_;  // by uri, until the text changes or files do
  int64_t searches_ = 0;
};

}  // namespace lsp::server
