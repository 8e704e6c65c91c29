#include "lsp/server/evidence.h"

#include <cmath>
#include <filesystem>

#include "engine/base/format.h"

namespace lsp::server {
namespace {

using base::concat;

constexpr size_t most_names = 12;

using text::Counted;
using text::said;
using text::Sentence;
using text::Tongue;

constexpr Counted tests = {{"1 test", "1 个测试", "1 test", "1 Test"},
                           {"{count} tests", "{count} 个测试", "{count} tests", "{count} Tests"}};
constexpr Counted times = {{"once", "1 次", "une fois", "einmal"},
                           {"{count} times", "{count} 次", "{count} fois", "{count}-mal"}};
constexpr Sentence and_more = {" and {more} more", " 等另外 {more} 个", " et {more} autres",
                               " und {more} weitere"};
constexpr Sentence where_run = {"Run in the sandbox: {what}", "在沙箱中运行：{what}",
                                "Exécuté dans le bac à sable : {what}",
                                "Im Sandkasten ausgeführt: {what}"};
constexpr Sentence before = {"Before: failed, {times}", "之前：失败 {times}",
                             "Avant : échec, {times}", "Vorher: gescheitert, {times}"};
constexpr Sentence red = {"red: {tests}", "失败的测试：{tests}", "en échec : {tests}",
                          "rot: {tests}"};
constexpr Sentence after = {"With the change: passed, {times}", "修改之后：通过 {times}",
                            "Avec le changement : réussi, {times}",
                            "Mit der Änderung: bestanden, {times}"};
constexpr Sentence green = {"green now: {tests}", "现在通过：{tests}",
                            "réussis maintenant : {tests}", "jetzt grün: {tests}"};
constexpr Sentence as_before = {"As before: {tests} ({names})", "与之前相同：{tests}（{names}）",
                                "Comme avant : {tests} ({names})", "Wie zuvor: {tests} ({names})"};
constexpr Sentence line_ran = {"The changed line was executed", "修改过的行运行过",
                               "La ligne changée a été exécutée",
                               "Die geänderte Zeile wurde ausgeführt"};
constexpr Sentence written_by = {"Written by {author}", "作者：{author}", "Écrit par {author}",
                                 "Geschrieben von {author}"};
constexpr Sentence the_search = {"The search: {note}", "搜索：{note}", "La recherche : {note}",
                                 "Die Suche: {note}"};
constexpr Sentence took = {"Time: {proved} s until it was proved, {all} s for everything",
                           "用时：{proved} 秒得到证明，总共 {all} 秒",
                           "Temps : {proved} s jusqu'à la preuve, {all} s en tout",
                           "Zeit: {proved} s bis zum Nachweis, {all} s für alles"};

std::string seconds(double ms) { return concat(std::floor(ms / 100) / 10); }

// The names, as far as anybody reads them.
std::string listed(const std::vector<std::string>& names, Tongue tongue) {
  std::string list;
  for (size_t i = 0; i < std::min(names.size(), most_names); ++i) {
    list += concat(i == 0 ? "" : ", ", names[i]);
  }
  if (names.size() > most_names) {
    list += said(and_more, tongue, {{"more", std::to_string(names.size() - most_names)}});
  }
  return list;
}

std::vector<std::string> said_of(const Finding& finding, const Finding::Fix& fix) {
  const Tongue tongue = finding.tongue;
  const auto so_often = [&](int count) { return said(times, static_cast<size_t>(count), tongue); };
  std::string was = said(before, tongue, {{"times", so_often(finding.red_runs)}});
  std::string is = said(after, tongue, {{"times", so_often(fix.green_runs)}});
  if (!fix.mended.empty()) {
    was += said(text::then, tongue) + said(red, tongue, {{"tests", listed(fix.mended, tongue)}});
    is += said(text::then, tongue) +
          said(green, tongue, {{"tests", said(tests, fix.mended.size(), tongue)}});
  }
  std::vector<std::string> lines{said(where_run, tongue, {{"what", finding.run}}), was, is};
  if (!fix.kept.empty()) {
    lines.push_back(said(
        as_before, tongue,
        {{"tests", said(tests, fix.kept.size(), tongue)}, {"names", listed(fix.kept, tongue)}}));
  }
  if (fix.proof == Finding::Proof::verified) lines.push_back(said(line_ran, tongue));
  lines.push_back(verdict_sentence(fix, tongue));
  lines.push_back(said(written_by, tongue, {{"author", fix.author}}));
  if (!finding.note.empty()) lines.push_back(said(the_search, tongue, {{"note", finding.note}}));
  if (!finding.model_note.empty()) lines.push_back(finding.model_note);
  lines.push_back(said(took, tongue, {{"proved", seconds(fix.ms)}, {"all", seconds(finding.ms)}}));
  return lines;
}

}  // namespace

// Messages of some languages begin with their type.
std::string headline(const Finding& finding) {
  if (finding.message.starts_with(finding.type)) return finding.message;
  return finding.message.empty() ? finding.type : concat(finding.type, ": ", finding.message);
}

std::string verdict_on(const Finding::Fix& fix, text::Tongue tongue) {
  static constexpr Sentence marks[] = {// by Proof
                                       {"not verified", "未验证", "non vérifié", "nicht geprüft"},
                                       {"no-crash", "不再崩溃", "sans plantage", "ohne Absturz"},
                                       {"verified", "已验证", "vérifié", "geprüft"}};
  static constexpr Sentence by_a_model = {", written by a model", "，由模型编写",
                                          ", écrit par un modèle",
                                          ", von einem Modell geschrieben"};
  static constexpr Sentence colon = {": ", "：", " : ", ": "};
  return concat(said(marks[static_cast<size_t>(fix.proof)], tongue),
                fix.generated ? said(by_a_model, tongue) : "", said(colon, tongue), fix.evidence);
}

std::string verdict_sentence(const Finding::Fix& fix, text::Tongue tongue) {
  std::string line = verdict_on(fix, tongue);
  if (line[0] >= 'a' && line[0] <= 'z') line[0] = static_cast<char>(line[0] - 'a' + 'A');
  return line;
}

wire::Evidence evidence_of(const Finding& finding) {
  wire::Evidence evidence{.name = std::filesystem::path(finding.program).filename(),
                          .failure = headline(finding),
                          .changes = {}};
  for (const Finding::Fix& fix : finding.fixes) {
    evidence.changes.push_back({fix.what, fix.diff, said_of(finding, fix)});
  }
  return evidence;
}

}  // namespace lsp::server
