#include "lsp/editor_fill.h"

#include <algorithm>

#include "engine/base/format.h"
#include "lsp/features/fill/fill.h"
#include "lsp/questions.h"
#include "lsp/text/uri.h"

namespace lsp {
namespace {

namespace base = engine::base;
namespace debug = features::debug;
namespace fill = features::fill;

class EditorFiller : public server::Filler {
 public:
  explicit EditorFiller(std::string python) : python_(std::move(python)) {}

  std::vector<server::Gap> gaps(const server::Snapshot& document) const override {
    std::vector<server::Gap> gaps;
    for (const fill::Hole& hole : holes(document)) {
      gaps.push_back({hole.function, hole.definition, hole.body});
    }
    if (gaps.empty()) return gaps;
    // Those without examples of their own, where no test speaks of them.
    const auto subject = subject_of(document);
    const bool tested = subject && subject->proof == debug::Proof::tests;
    std::erase_if(gaps, [&](const server::Gap& gap) {
      const auto [begin, end] = gap.definition;
      const bool own = document->text().substr(begin, end - begin).find(">>>") != std::string::npos;
      return !own && !(tested && !subject->own_tests() &&
                       subject->tests_text.find(gap.function + "(") != std::string::npos);
    });
    return gaps;
  }

  base::Result<server::Fillings> fill(const server::Snapshot& document, const server::Gap& gap,
                                      std::stop_token stop) override {
    const std::vector<fill::Hole> all = holes(document);
    const auto hole = std::find_if(all.begin(), all.end(), [&](const fill::Hole& each) {
      return each.body.begin == gap.body.begin;
    });
    if (hole == all.end()) return base::fail(gap.function, "() is gone");
    const auto subject = subject_of(document);
    if (!subject) return subject.error();
    sandbox::runner::Runner sandbox({.ready = 0});
    const auto report = fill::fill(*subject, *hole, sandbox, {.stop = std::move(stop)});
    if (!report) return report.error();
    server::Fillings fillings{{}, report->note};
    for (const fill::Body& body : report->bodies) {
      fillings.bodies.push_back(
          {body.lines.back(), fill::body_text(*hole, body.lines), body.verified, body.evidence});
    }
    return fillings;
  }

 private:
  static std::vector<fill::Hole> holes(const server::Snapshot& document) {
    const auto tree = python_tree(document);
    return tree ? fill::holes_in(*tree) : std::vector<fill::Hole>();
  }

  base::Result<debug::Subject> subject_of(const server::Snapshot& document) const {
    return debug::find_subject(
        question_of(text::path_of(document->uri()), std::string(document->text()), python_));
  }

  const std::string python_;
};

}  // namespace

std::shared_ptr<server::Filler> make_filler(std::string python) {
  return std::make_shared<EditorFiller>(std::move(python));
}

}  // namespace lsp
