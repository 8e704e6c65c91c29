#include "lsp/editor_change.h"

#include <algorithm>
#include <filesystem>

#include "engine/base/format.h"
#include "lsp/elsewhere.h"
#include "lsp/features/change/change.h"
#include "lsp/features/debug/diff.h"
#include "lsp/questions.h"
#include "lsp/text/uri.h"

namespace lsp {
namespace {

namespace base = engine::base;
namespace change = features::change;
namespace debug = features::debug;
using text::said;
using text::Sentence;

constexpr Sentence stays_here = {
    "{file} is not shown to a model: it is ignored, or holds secrets by its name",
    "{file} 不会给模型看：它被忽略，或按名称含有机密",
    "{file} n'est pas montré à un modèle : il est ignoré, ou contient des secrets d'après son nom",
    "{file} wird keinem Modell gezeigt: Es wird ignoriert oder enthält dem Namen nach Geheimnisse"};
constexpr Sentence not_trusted = {"its folder is not trusted", "它所在的文件夹不受信任",
                                  "son dossier n'a pas votre confiance",
                                  "seinem Ordner wird nicht vertraut"};
constexpr Sentence no_language = {
    "tests are run of Python, JavaScript, TypeScript, C and C++",
    "只运行 Python、JavaScript、TypeScript、C 和 C++ 的测试",
    "des tests sont exécutés en Python, JavaScript, TypeScript, C et C++",
    "Tests laufen in Python, JavaScript, TypeScript, C und C++"};

server::Changed::Seen seen_of(change::Seen seen) {
  using Seen = server::Changed::Seen;
  return seen == change::Seen::passes   ? Seen::passes
         : seen == change::Seen::breaks ? Seen::breaks
                                        : Seen::nothing;
}

// As whole lines of the text before.
server::Changed changed_from(std::string_view before, const text::Range& part,
                             change::Change&& made) {
  const std::string_view after = made.text;
  auto [begin, before_end, after_end] = debug::differing(before, after);
  begin = begin == 0 ? 0 : before.rfind('\n', begin - 1) + 1;  // npos + 1 is 0
  size_t more = std::min(before.find('\n', before_end), before.size()) - before_end;
  if (more > 0 && before[before_end + more - 1] == '\r') --more;
  return {part,
          {begin, before_end + more},
          std::string(after.substr(begin, after_end + more - begin)),
          seen_of(made.seen),
          std::move(made.evidence),
          std::move(made.author)};
}

class EditorChanger : public server::Changer {
 public:
  explicit EditorChanger(std::shared_ptr<SharedEngine> engine) : engine_(std::move(engine)) {}

  base::Result<server::Changed> change(const server::ChangeQuestion& question,
                                       const std::function<void(const std::string&)>& how_far,
                                       std::stop_token stop) override {
    const server::Snapshot& document = question.document;
    const text::Tongue tongue = text::tongue_of_locale(question.locale);
    const std::string path = text::path_of(document->uri());
    const std::string name = std::filesystem::path(path).filename();
    const bool is_file = document->uri().starts_with("file:");
    if (is_file && !may_be_shown(path)) {
      return base::fail(said(stays_here, tongue, {{"file", name}}));
    }
    const std::string text(document->text());
    const auto tree = syntax::Tree::parse(document, nullptr);
    change::Request request{
        .name = name,
        .text = text,
        .language = syntax::language_of(document->language_id(), document->uri(), text),
        .part = change::part_at(*document, tree.get(), question.selection),
        .instruction = question.instruction,
        .only_comments = question.only_comments};
    request.elsewhere =
        declared_elsewhere(engine_->workspaces, document, tree, request, question.folders);
    change::Options options{.tongue = tongue, .on_progress = how_far, .stop = std::move(stop)};
    options.tells_messages = !engine_->settings().chat_model.empty();
    base::Result<debug::Subject> subject = base::Error{""};
    if (!is_file || !question.may_run) {
      options.not_run = said(not_trusted, tongue);
    } else {
      // By its name, as a run takes it.
      const auto language = syntax::language_of("", document->uri(), text);
      subject = debug::find_subject(question_of(path, text, engine_->settings().python));
      if (!subject) {
        const bool known = language && debug::can_debug(*language);
        options.not_run = known ? subject.message() : said(no_language, tongue);
      }
    }
    sandbox::runner::Runner sandbox({.ready = 0});
    if (subject) {
      options.subject = &*subject;
      options.sandbox = &sandbox;
      options.shows_tests = may_be_shown(*subject);
    }
    auto made = change::change(request, *engine_->chat_model, options);
    if (!made) return made.error();
    return changed_from(text, request.part.lines, std::move(*made));
  }

 private:
  const std::shared_ptr<SharedEngine> engine_;
};

}  // namespace

std::shared_ptr<server::Changer> make_changer(std::shared_ptr<SharedEngine> engine) {
  if (engine->chat_model == nullptr) return nullptr;
  return std::make_shared<EditorChanger>(std::move(engine));
}

}  // namespace lsp
