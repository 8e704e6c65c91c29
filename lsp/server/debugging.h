// Debugging as an editor has it: a command starts the search, diagnostics say what was found, and
// code actions, lenses, hovers and inlay hints are answered from that alone. Only one search runs
// at a time; nothing runs in a folder that the user does not trust, and nothing unasked but the
// tests of suggestions and of what is saved, where the user's own settings say so. Belongs to the
// loop's thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "lsp/server/debugger.h"
#include "lsp/server/feature.h"
#include "lsp/server/findings.h"
#include "lsp/server/trust.h"

namespace lsp::server {

struct DebugOptions {
  std::shared_ptr<Debugger> debugger;  // null: nothing can be debugged
  enum class Background { off, on };   // whether suggestions are tried unasked
  Background background = Background::off;
  enum class OnSave { nothing, tests };  // what is run when a document is saved
  OnSave on_save = OnSave::nothing;
  Trust trust;
};

class Debugging : public Feature {
 public:
  Debugging(DebugOptions options, Host host);

  std::vector<std::string> commands() const override;
  base::Status execute(const wire::ExecuteCommandParams& params, const std::string& uri) override;
  // A suggestion is shown: `accepted` is the document with it, at `range`. Where it is agreed that
  // things are run in the background, its tests are run, unless another comes or it is gone before
  // that; and where they fail, something is sought that could stand in its place.
  using OnAlternative = std::function<void(std::string text)>;
  void suggested(const Snapshot& accepted, const text::Range& range, OnAlternative found);
  // What was found for the document is what is suggested now.
  void took_alternative(const std::string& uri);
  // Whether what was suggested is shown still, its beginning typed: its verdict holds then.
  enum class Suggestion { gone, shown };
  void suggestion_is(Suggestion now, const std::string& uri);
  void changed(const std::string& uri) override;
  void opened(const std::string& uri);
  // Where that is agreed its tests are run, and their failure is shown; no fix is searched for.
  void saved(const std::string& uri);
  void cancel(const std::string& token) override;
  void stop() override {
    search_.reset();
    tried_.stopped.request_stop();
  }

  std::vector<wire::CodeAction> actions(const wire::SpanParams& params) override;
  std::vector<wire::CodeLens> lenses(const std::string& uri) override;
  std::vector<wire::InlayHint> inlays(const wire::SpanParams& params) override {
    return findings_.inlays(params.uri, params.span);
  }
  const Findings& findings() const { return findings_; }
  // A completion is shown: what was seen of a fix is not the latest any more.
  void shown_beside() { findings_.shown_beside(); }

 private:
  // Whether all that is found is told, or one step of its hints.
  enum class Told { everything, steps };
  struct Search {
    Search(std::string token, Snapshot its, DebugQuestion::Until end, Told its_told)
        : progress(std::move(token)), document(std::move(its)), until(end), told(its_told) {}
    ~Search() { stopped.request_stop(); }
    // Until the failure alone: nobody has asked, so nothing is told but what is wrong.
    bool asked() const { return until == DebugQuestion::Until::fixes; }
    std::string progress;
    Snapshot document;
    DebugQuestion::Until until;
    Told told;
    std::stop_source stopped;
    std::string summary = {};  // of the failure, once it is known, before how far the search is
    std::string program = {};  // that fails, by then: `document` may be its tests
  };
  // The tests of a suggestion.
  struct Tried {
    std::string uri;
    std::stop_source stopped;
    std::optional<Verdict> verdict;
    std::optional<Verdict> of_alternative;
  };
  bool can_debug(const text::Document& document) const;
  void tell_verdict();
  void seek_alternative(DebugQuestion question, const text::Range& range, OnAlternative found);
  base::Status debug(const std::string& uri, std::optional<size_t> line, Told told);
  base::Status hint(const std::string& uri);
  void begin_search(const Snapshot& document, std::optional<size_t> line,
                    DebugQuestion::Until until, Told told);
  base::Status trust(const std::string& uri, bool trusted);
  void end_search(const std::string& how);
  // In the client's language.
  std::string say(const text::Sentence& sentence, text::Values values = {}) const;
  void give_up();  // since the text has changed
  void failed(const std::string& token, Finding finding);
  void keep(Finding finding);
  void progressed(const std::string& token, const std::string& how_far);
  void found(const std::string& token, base::Result<Finding> result);
  void tell_saved(const Finding& finding);
  void publish(const std::set<std::string>& uris);

  DebugOptions options_;
  Host host_;
  Findings findings_;
  std::unique_ptr<Search> search_;
  std::set<std::string> red_on_save_;  // documents, as was told
  Tried tried_;
  int64_t searches_ = 0;
};

}  // namespace lsp::server
