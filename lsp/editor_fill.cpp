#include "lsp/editor_fill.h"

#include <algorithm>
#include <mutex>

#include "engine/base/format.h"
#include "lsp/authors.h"
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
  EditorFiller(std::string python, std::shared_ptr<SharedEngine> shared)
      : python_(std::move(python)), shared_(std::move(shared)) {}

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
      const bool own = has_examples(document->text(), begin, end);
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
    const auto report =
        fill::fill(*subject, *hole, sandbox,
                   {.instructed = instructed_author(shared_->chat_model, *subject, *hole),
                    .completing = completing_author(*shared_, *subject, *hole),
                    .stop = std::move(stop)});
    if (!report) return report.error();
    server::Fillings fillings{{}, report->note};
    for (const fill::Body& body : report->bodies) {
      // Ours end in the expression; others begin with what tells them apart.
      const bool ours = body.author.empty() || body.lines.size() == 1;
      fillings.bodies.push_back({ours ? body.lines.back() : body.lines.front() + " …",
                                 fill::body_text(*hole, body.lines), body.verified, body.evidence});
    }
    return fillings;
  }

 private:
  // Asked for after each edit, mostly of the document that the last one was in.
  std::vector<fill::Hole> holes(const server::Snapshot& document) const {
    const std::lock_guard lock(mutex_);
    const bool is_last = last_ && last_->document().uri() == document->uri();
    last_ = code_tree(document, is_last ? last_.get() : nullptr);
    return last_ ? fill::holes_in(*last_) : std::vector<fill::Hole>();
  }

  base::Result<debug::Subject> subject_of(const server::Snapshot& document) const {
    return debug::find_subject(
        question_of(text::path_of(document->uri()), std::string(document->text()), python_));
  }

  // Within a docstring, or in the comment before the function.
  static bool has_examples(std::string_view text, size_t begin, size_t end) {
    if (text.substr(begin, end - begin).find(">>>") != text.npos) return true;
    const size_t blank = text.rfind("\n\n", begin);
    const size_t from = blank == text.npos ? 0 : blank;
    return text.substr(from, begin - from).find("// =>") != text.npos;
  }

  const std::string python_;
  const std::shared_ptr<SharedEngine> shared_;
  mutable std::mutex mutex_;  // guards what follows
  mutable std::shared_ptr<const syntax::Tree> last_;
};

}  // namespace

std::shared_ptr<server::Filler> make_filler(std::string python,
                                            std::shared_ptr<SharedEngine> shared) {
  return std::make_shared<EditorFiller>(std::move(python), std::move(shared));
}

}  // namespace lsp
