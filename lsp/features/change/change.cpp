#include "lsp/features/change/change.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "engine/base/format.h"
#include "lsp/features/change/asking.h"
#include "lsp/features/change/comment_alone.h"
#include "lsp/features/change/same_code.h"
#include "lsp/features/change/written.h"
#include "lsp/features/debug/diff.h"
#include "lsp/features/debug/grammar.h"
#include "lsp/text/utf8.h"

namespace lsp::features::change {
namespace {

using engine::base::concat;
using engine::base::fail;
using engine::base::Result;
using text::Counted;
using text::said;
using text::Sentence;
using Role = chat::Message::Role;

constexpr int most_attempts = 3;
constexpr int max_tokens = 16'384;  // of thinking and answer
constexpr size_t most_named = 3;    // tests
constexpr size_t most_said_bytes = 200;

constexpr Sentence no_code = {"the model wrote no code, but: {said}",
                              "模型没有写代码，而是：{said}",
                              "le modèle n'a pas écrit de code, mais : {said}",
                              "das Modell hat keinen Code geschrieben, sondern: {said}"};
constexpr Sentence empty_answer = {"the model's answer is empty", "模型的回答是空的",
                                   "la réponse du modèle est vide",
                                   "die Antwort des Modells ist leer"};
constexpr Sentence cut_off = {"the model's answer was cut off before its end",
                              "模型的回答在结束前被截断",
                              "la réponse du modèle a été coupée avant sa fin",
                              "die Antwort des Modells wurde vor ihrem Ende abgeschnitten"};
constexpr Sentence nothing_changed = {"the model left everything as it is", "模型没有作任何修改",
                                      "le modèle a tout laissé en l'état",
                                      "das Modell hat alles gelassen, wie es ist"};
constexpr Sentence no_text = {
    "it is no text in UTF-8 whose lines end in line feeds", "它不是以换行符结尾的 UTF-8 文本",
    "ce n'est pas un texte en UTF-8 dont les lignes finissent par un saut",
    "es ist kein Text in UTF-8, dessen Zeilen mit Zeilenvorschub enden"};
constexpr Sentence asking = {"{model} is asked", "正在询问 {model}", "{model} est interrogé",
                             "{model} wird gefragt"};
constexpr Sentence thinking = {"{model} thinks", "{model} 正在思考", "{model} réfléchit",
                               "{model} denkt nach"};
constexpr Counted writing = {
    {"1 line written", "已写 1 行", "1 ligne écrite", "1 Zeile geschrieben"},
    {"{count} lines written", "已写 {count} 行", "{count} lignes écrites",
     "{count} Zeilen geschrieben"}};
constexpr Sentence running = {"its tests are run", "正在运行它的测试", "ses tests sont exécutés",
                              "seine Tests laufen"};
constexpr Sentence once_more = {"the model is told what is wrong", "正在告诉模型哪里有问题",
                                "le modèle apprend ce qui ne va pas",
                                "das Modell erfährt, was nicht stimmt"};

constexpr Sentence unparsable = {"the file does not parse with it, first in line {line}",
                                 "修改后文件无法解析，首先在第 {line} 行",
                                 "le fichier ne s'analyse pas avec lui, d'abord ligne {line}",
                                 "damit lässt sich die Datei nicht lesen, zuerst in Zeile {line}"};
constexpr Sentence same_code = {
    "only comments and blanks are changed: the code is the same", "只修改了注释和空白：代码相同",
    "seuls des commentaires et des blancs changent : le code est le même",
    "nur Kommentare und Leerraum ändern sich: der Code ist derselbe"};
constexpr Sentence code_too = {"it changes the code itself, first in line {line}",
                               "它修改了代码本身，首先在第 {line} 行",
                               "il change le code lui-même, d'abord ligne {line}",
                               "es ändert den Code selbst, zuerst in Zeile {line}"};
constexpr Counted breaking = {
    {"a test that passed does not any more: {names}", "一个原来通过的测试不再通过：{names}",
     "un test qui réussissait ne réussit plus : {names}",
     "ein Test, der bestand, besteht nicht mehr: {names}"},
    {"{count} tests that passed do not any more: {names}",
     "{count} 个原来通过的测试不再通过：{names}",
     "{count} tests qui réussissaient ne réussissent plus : {names}",
     "{count} Tests, die bestanden, bestehen nicht mehr: {names}"}};
constexpr Sentence endless = {
    "its tests do not end with it within {seconds} s, as they did before",
    "修改后它的测试在 {seconds} 秒内没有结束，之前能结束",
    "avec lui ses tests ne finissent pas en {seconds} s, ce qu'ils faisaient",
    "damit enden seine Tests nicht in {seconds} s, vorher taten sie es"};
constexpr Sentence never_ended = {
    "its tests do not end within {seconds} s", "它的测试在 {seconds} 秒内没有结束",
    "ses tests ne finissent pas en {seconds} s", "seine Tests enden nicht in {seconds} s"};
constexpr Sentence by_chance = {"some tests pass or fail by chance", "有些测试的通过与否是偶然的",
                                "des tests réussissent ou échouent par hasard",
                                "manche Tests bestehen oder scheitern zufällig"};
constexpr Counted taken_away = {
    {"a test is no longer there: {names}", "一个测试不见了：{names}",
     "un test n'est plus là : {names}", "ein Test ist nicht mehr da: {names}"},
    {"{count} tests are no longer there: {names}", "{count} 个测试不见了：{names}",
     "{count} tests ne sont plus là : {names}", "{count} Tests sind nicht mehr da: {names}"}};
constexpr Sentence left_out = {"it leaves code out: {line}", "它省略了代码：{line}",
                               "il omet du code : {line}", "Code ist darin ausgelassen: {line}"};
constexpr Sentence only_taken = {"the lines are taken away, and nothing stands in their place",
                                 "这些行被删除，没有内容代替它们",
                                 "les lignes sont ôtées, et rien ne les remplace",
                                 "die Zeilen sind weg, und nichts steht an ihrer Stelle"};
constexpr Sentence one_of_blocks = {"of {count} blocks of code in the answer one was taken",
                                    "回答中有 {count} 段代码，采用了其中一段",
                                    "des {count} blocs de code de la réponse, un a été pris",
                                    "von {count} Blöcken Code in der Antwort wurde einer genommen"};
constexpr Sentence program_fails = {"the program fails, as it did not before",
                                    "程序失败，之前并不失败",
                                    "le programme échoue, ce qu'il ne faisait pas",
                                    "das Programm scheitert, was es vorher nicht tat"};
constexpr Counted mending = {
    {"1 of them failed before", "其中 1 个之前失败", "dont 1 échouait avant",
     "1 davon fiel vorher durch"},
    {"{count} of them failed before", "其中 {count} 个之前失败", "dont {count} échouaient avant",
     "{count} davon fielen vorher durch"}};
constexpr Sentence red_as_before = {"what fails failed before", "失败的之前也失败",
                                    "ce qui échoue échouait déjà",
                                    "was durchfällt, fiel schon vorher durch"};
constexpr Counted same_as_before = {
    {"what its tests look at is as before on 1 other input",
     "测试所检查的在另外 1 个输入上与之前相同",
     "ce que regardent ses tests est comme avant sur 1 autre entrée",
     "was seine Tests ansehen, ist bei 1 anderen Eingabe wie vorher"},
    {"what its tests look at is as before on {count} other inputs",
     "测试所检查的在另外 {count} 个输入上与之前相同",
     "ce que regardent ses tests est comme avant sur {count} autres entrées",
     "was seine Tests ansehen, ist bei {count} anderen Eingaben wie vorher"}};
constexpr Sentence slower = {
    "on some other inputs it does not end in time, as it did before",
    "在另一些输入上它没有及时结束，之前能结束",
    "sur d'autres entrées il ne finit pas à temps, ce qu'il faisait",
    "bei manchen anderen Eingaben endet es nicht in der Zeit, vorher schon"};
constexpr Sentence faster = {"on some other inputs it ends in time, as it did not before",
                             "在另一些输入上它及时结束，之前不能",
                             "sur d'autres entrées il finit à temps, ce qu'il ne faisait pas",
                             "bei manchen anderen Eingaben endet es in der Zeit, vorher nicht"};
constexpr Sentence not_reached = {"its tests run none of the lines that were written",
                                  "它的测试没有运行任何新写的行",
                                  "ses tests n'exécutent aucune des lignes écrites",
                                  "seine Tests führen keine der geschriebenen Zeilen aus"};
constexpr Sentence no_tests = {"no tests of it were found", "没有找到它的测试",
                               "aucun test n'en a été trouvé", "dazu wurden keine Tests gefunden"};
constexpr Sentence nothing_known = {"nothing is known of it: {why}", "对此一无所知：{why}",
                                    "on n'en sait rien : {why}",
                                    "nichts ist darüber bekannt: {why}"};
constexpr Sentence not_run = {"nothing was run: {why}", "没有运行任何东西：{why}",
                              "rien n'a été exécuté : {why}", "nichts wurde ausgeführt: {why}"};
constexpr Sentence at_attempt = {"the model's attempt {attempt}", "模型的第 {attempt} 次尝试",
                                 "l'essai {attempt} du modèle", "Versuch {attempt} des Modells"};

// Whether its lines are what models and parsers take for lines.
bool is_plain_text(const std::string& text) {
  if (!text::is_valid_utf8(text) || text.find('\0') != std::string::npos) return false;
  for (size_t at = text.find('\r'); at != std::string::npos; at = text.find('\r', at + 1)) {
    if (text.compare(at + 1, 1, "\n") != 0) return false;
  }
  return true;
}

std::shared_ptr<const syntax::Tree> tree_of(const Request& request, const std::string& text) {
  return request.language ? debug::parse(text, *request.language) : nullptr;
}

// The first line, from 0, that does not parse; nothing where all does.
std::optional<size_t> first_error(const syntax::Tree& tree) {
  const text::Document& document = tree.document();
  if (!tree.has_error({0, document.text().size()})) return std::nullopt;
  for (size_t line = 0; line < document.line_count(); ++line) {
    if (tree.has_error({0, document.line_range(line).end})) return line;
  }
  return document.line_count() - 1;
}

std::string first_names(const std::vector<std::string>& tests) {
  std::string names;
  for (size_t i = 0; i < std::min(tests.size(), most_named); ++i) {
    names += (i > 0 ? ", " : "") + tests[i];
  }
  return tests.size() > most_named ? names + ", …" : names;
}

class Changing {
 public:
  Changing(const Request& request, chat::Model& model, const Options& options)
      : request_(request),
        model_(model),
        options_(options),
        messages_(messages_for(request, options.shows_tests ? options.subject : nullptr)) {
    const bool proves = options.subject != nullptr && options.subject->proof != debug::Proof::none;
    if (proves) trying_.emplace(*options.subject, *options.sandbox, options.stop);
    before_ = tree_of(request, request.text);
    if (before_ && before_->has_error({0, request.text.size()})) before_ = nullptr;
  }

  Result<Change> run() {
    for (int attempt = 1; attempt <= most_attempts; ++attempt) {
      const auto reply = ask();
      // What was written before is something still.
      if (!reply && best_) break;
      if (!reply) return reply.error();
      const auto written = written_by(reply->text);
      if (written && best_ && written->text == last_) break;  // that is how it is meant
      std::string wrong;
      if (!written) {
        if (attempt == most_attempts && !best_) return fail(said_instead(*reply));
        wrong = wrote_no_code;
      } else {
        last_ = written->text;
        wrong = judge(*written, attempt);
      }
      if (wrong.empty() || options_.stop.stop_requested()) break;
      if (attempt < most_attempts) tell(said(once_more, options_.tongue));
      messages_.push_back({Role::assistant, reply->text});
      messages_.push_back({Role::user, std::move(wrong)});
    }
    if (!best_) return fail(said(nothing_changed, options_.tongue));
    if (best_->change.text == request_.text) return fail(said(nothing_changed, options_.tongue));
    finish(*best_);
    return std::move(best_->change);
  }

 private:
  struct Judged {
    Change change;
    size_t faults;      // fewer are better
    size_t blocks = 1;  // of code in the answer
    bool same_code = false;
  };

  void tell(const std::string& how_far) const {
    if (options_.on_progress) options_.on_progress(how_far);
  }

  Result<chat::Reply> ask() {
    const text::Tongue tongue = options_.tongue;
    const auto with_model = [&](const Sentence& sentence) {
      return said(sentence, tongue, {{"model", model_.name()}});
    };
    tell(with_model(asking));
    size_t lines = 0;
    bool thinks = false;
    auto reply = model_.chat(
        messages_, {.max_tokens = max_tokens},
        [&](const chat::Piece& piece) {
          if (piece.kind != chat::PieceKind::text) {
            if (!std::exchange(thinks, true)) tell(with_model(thinking));
            return true;
          }
          const auto more = std::count(piece.text.begin(), piece.text.end(), '\n');
          lines += static_cast<size_t>(more);
          if (more > 0) tell(said(writing, lines, tongue));
          return true;
        },
        options_.stop);
    if (reply && reply->reason == chat::Reply::Reason::limit) return fail(said(cut_off, tongue));
    return reply;
  }

  std::optional<Written> written_by(const std::string& reply) const {
    const auto& [text, part, language] = std::tie(request_.text, request_.part, request_.language);
    if (request_.only_comments) {
      if (auto whole = with_comment(reply, text, part, language)) return Written{std::move(*whole)};
    }
    return written_in(reply, text, part, language);
  }

  std::string said_instead(const chat::Reply& reply) const {
    if (is_blank(reply.text)) return said(empty_answer, options_.tongue);
    std::string words = text::shortened(reply.text, most_said_bytes);
    std::replace(words.begin(), words.end(), '\n', ' ');
    return said(no_code, options_.tongue, {{"said", words}});
  }

  // Keeps the text where it is the best one so far; what is wrong with it, for the model, or
  // nothing.
  std::string judge(const Written& written, int attempt) {
    const std::string& text = written.text;
    if (best_ && text == request_.text) return "";  // taken back: what was asked for is the other
    const text::Tongue tongue = options_.tongue;
    Judged judged{{.text = text, .author = model_.name(), .attempts = attempt}, 0};
    std::string wrong;
    const auto tree = before_ ? tree_of(request_, text) : nullptr;
    const auto error = tree ? first_error(*tree) : std::nullopt;
    const auto other = tree && !error ? other_code(*before_, *tree) : std::nullopt;
    judged.same_code = tree && !error && !other;
    if (error || !written.left_out.empty()) {
      judged.faults = SIZE_MAX;
      judged.change.seen = Seen::breaks;
      judged.change.evidence.push_back(
          error ? said(unparsable, tongue, {{"line", std::to_string(*error + 1)}})
                : said(left_out, tongue, {{"line", written.left_out}}));
      wrong = error ? does_not_parse(text, *error) : leaves_out(written.left_out);
    } else if (other && request_.only_comments) {
      const size_t line = tree->document().line_at(*other);
      judged.faults = SIZE_MAX - 1;
      judged.change.seen = Seen::breaks;
      judged.change.evidence.push_back(
          said(code_too, tongue, {{"line", std::to_string(line + 1)}}));
      wrong = changes_code(text, line);
    } else if (text != request_.text) {
      if (judged.same_code) {
        judged.change.seen = Seen::passes;
        judged.change.evidence.push_back(said(same_code, tongue));
      }
      // Python's docstrings are values, and hold examples.
      const bool runs = !judged.same_code || request_.language == syntax::Language::python;
      if (trying_ && runs) wrong = try_out(judged);
    }
    if (written.nothing) judged.change.evidence.push_back(said(only_taken, tongue));
    judged.blocks = written.blocks;
    if (!best_ || judged.faults < best_->faults) best_ = std::move(judged);
    return wrong;
  }

  std::string try_out(Judged& judged) {
    tell(said(running, options_.tongue));
    Change& change = judged.change;
    const auto tried = trying_->with(change.text);
    if (!tried) {
      change.evidence.push_back(said(not_run, options_.tongue, {{"why", tried.message()}}));
      return "";
    }
    add_evidence(*tried, change);
    if (!tried->breaks) return "";
    judged.faults = std::max<size_t>(tried->broken.size(), 1);
    return breaks_tests(*tried, options_.tells_messages);
  }

  std::string with_names(const Counted& counted, const std::vector<std::string>& tests) const {
    const size_t count = tests.size();
    return said(count == 1 ? counted.one : counted.many, options_.tongue,
                {{"count", std::to_string(count)}, {"names", first_names(tests)}});
  }

  std::string breach_of(const Tried& tried) const {
    const text::Tongue tongue = options_.tongue;
    if (!tried.ended) return said(endless, tongue, {{"seconds", std::to_string(run_ms / 1000)}});
    const std::string what =
        tried.broken.empty() ? said(program_fails, tongue) : with_names(breaking, tried.broken);
    return tried.why.empty() ? what : concat(what, " (", tried.why, ")");
  }

  void add_evidence(const Tried& tried, Change& change) const {
    const text::Tongue tongue = options_.tongue;
    std::vector<std::string>& evidence = change.evidence;
    if (!tried.ended_before) {
      const std::string why =
          said(never_ended, tongue, {{"seconds", std::to_string(run_ms / 1000)}});
      return evidence.push_back(said(nothing_known, tongue, {{"why", why}}));
    }
    change.seen = tried.breaks ? Seen::breaks : tried.green ? Seen::passes : Seen::nothing;
    if (tried.breaks) evidence.push_back(breach_of(tried));
    if (!tried.gone.empty()) {
      change.seen = tried.breaks ? Seen::breaks : Seen::nothing;
      evidence.push_back(with_names(taken_away, tried.gone));
    }
    const bool counted = tried.passing.proof == debug::Proof::tests && tried.passing.tests > 0;
    if (tried.green || counted) evidence.push_back(debug::said(tried.passing, tongue));
    if (!tried.mended.empty() && counted) {
      evidence.back() += said(text::then, tongue) + said(mending, tried.mended.size(), tongue);
    }
    if (tried.by_chance) {
      evidence.push_back(said(by_chance, tongue));
    } else if (!tried.green && !tried.breaks && tried.gone.empty()) {
      evidence.push_back(said(red_as_before, tongue));
      if (!counted && !tried.why.empty()) evidence.back() += concat(" (", tried.why, ")");
    }
  }

  void add_comparison(const debug::Comparison& compared, Change& change) const {
    const text::Tongue tongue = options_.tongue;
    if (compared.difference) {
      change.evidence.push_back(debug::said(*compared.difference, debug::Versus::before, tongue));
    } else if (compared.new_inputs > 0) {
      change.evidence.push_back(said(same_as_before, compared.new_inputs, tongue));
    }
    // One run may be late by itself.
    const size_t now = compared.first_cut_off, before = compared.other_cut_off;
    if (now > 1 && before == 0) change.evidence.push_back(said(slower, tongue));
    if (before > 1 && now == 0) change.evidence.push_back(said(faster, tongue));
  }

  // What is asked of the best one alone.
  void finish(Judged& judged) {
    Change& change = judged.change;
    const size_t blocks = judged.blocks;
    const text::Tongue tongue = options_.tongue;
    change.diff = debug::unified_diff(request_.text, change.text, request_.name);
    if (change.seen == Seen::passes && !judged.same_code && !options_.stop.stop_requested()) {
      if (!trying_->runs_changed_lines(change.text)) {
        change.evidence.push_back(said(not_reached, tongue));
      } else if (const auto compared = trying_->compared(change.text)) {
        add_comparison(*compared, change);
      }
    }
    if (!trying_ && !judged.same_code) {
      change.evidence.push_back(options_.not_run.empty()
                                    ? said(no_tests, tongue)
                                    : said(not_run, tongue, {{"why", options_.not_run}}));
    }
    if (blocks > 1) {
      change.evidence.push_back(said(one_of_blocks, tongue, {{"count", std::to_string(blocks)}}));
    }
    if (change.attempts > 1) {
      change.evidence.push_back(
          said(at_attempt, tongue, {{"attempt", std::to_string(change.attempts)}}));
    }
  }

  const Request& request_;
  chat::Model& model_;
  const Options& options_;
  std::vector<chat::Message> messages_;
  std::optional<Trying> trying_;
  std::shared_ptr<const syntax::Tree> before_;  // where that parses
  std::optional<Judged> best_;
  std::string last_;
};

}  // namespace

Result<Change> change(const Request& request, chat::Model& model, const Options& options) {
  if (!is_plain_text(request.text)) return fail(request.name, ": ", said(no_text, options.tongue));
  return Changing(request, model, options).run();
}

}  // namespace lsp::features::change
