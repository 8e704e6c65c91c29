#include "lsp/features/debug/evidence.h"

#include <algorithm>
#include <iterator>

namespace lsp::features::debug {
namespace {

using text::Counted;
using text::said;
using text::Sentence;

constexpr Counted passes = {
    {"passes {passed} of 1 test", "通过 1 个测试中的 {passed} 个", "réussit {passed} test sur 1",
     "besteht {passed} von 1 Test"},
    {"passes {passed} of {count} tests", "通过 {count} 个测试中的 {passed} 个",
     "réussit {passed} des {count} tests", "besteht {passed} von {count} Tests"}};
constexpr Sentence among = {", '{test}' among them", "，其中包括“{test}”", ", dont « {test} »",
                            ", darunter „{test}“"};
constexpr Sentence holds = {"runs to its end, and its own assertions hold",
                            "能运行到结束，自带的断言都成立",
                            "va jusqu'à la fin, et ses propres assertions sont vraies",
                            "läuft bis zum Ende, und seine eigenen Zusicherungen gelten"};
constexpr Sentence ends = {"the command ends with 0", "命令以 0 结束",
                           "la commande se termine par 0", "der Befehl endet mit 0"};
constexpr Sentence runs = {
    "runs to its end without an error; no test or assertion says more",
    "能运行到结束而不出错；没有测试或断言说明更多",
    "va jusqu'à la fin sans erreur ; aucun test ni aucune assertion n'en dit plus",
    "läuft ohne Fehler bis zum Ende; kein Test und keine Zusicherung sagt mehr"};

constexpr Sentence another_passes = {
    "but another change passes as well, and they differ: ", "但另一个修改也能通过，而两者不同：",
    "mais un autre changement réussit aussi, et ils diffèrent : ",
    "aber eine andere Änderung besteht auch, und die beiden sind verschieden: "};
constexpr Sentence above_passes = {
    "but so does the change above, and they differ: ", "但上面的修改也能通过，而两者不同：",
    "mais le changement ci-dessus aussi, et ils diffèrent : ",
    "aber die Änderung darüber auch, und die beiden sind verschieden: "};
constexpr Sentence gives_other = {"{call} gives {one}, with the other change {other}",
                                  "{call} 得到 {one}，用另一个修改则得到 {other}",
                                  "{call} donne {one}, avec l'autre changement {other}",
                                  "{call} ergibt {one}, mit der anderen Änderung {other}"};
constexpr Sentence lines_differ = {"'{one}' and '{other}'", "“{one}”和“{other}”",
                                   "« {one} » et « {other} »", "„{one}“ und „{other}“"};
constexpr Sentence gave_before = {
    "{call} gives {one}, before {other}", "{call} 得到 {one}，之前得到 {other}",
    "{call} donne {one}, avant {other}", "{call} ergibt {one}, vorher {other}"};
constexpr Sentence a_test_decides = {"; a test of that call tells which is right",
                                     "；为这个调用写一个测试就能知道哪个正确",
                                     " ; un test de cet appel dit lequel est le bon",
                                     "; ein Test dieses Aufrufs sagt, welche richtig ist"};
constexpr Sentence with_values = {"{call} where {values}", "{call}（{values}）",
                                  "{call} où {values}", "{call} mit {values}"};
constexpr Sentence nothing_more = {"nothing more", "没有更多输出", "rien de plus", "nichts mehr"};
constexpr Sentence exception = {"an exception", "异常", "une exception", "eine Ausnahme"};
constexpr Sentence good_end = {"ends without an error", "正常结束", "se termine sans erreur",
                               "endet ohne Fehler"};
constexpr Sentence bad_end = {"ends with an error", "出错结束", "se termine par une erreur",
                              "endet mit einem Fehler"};

// "Near" are those that were tried for this one alone.
constexpr Sentence none_passes = {
    "of {others} other changes and {near} near to this one none passes",
    "另外 {others} 个修改和与它相近的 {near} 个修改都不能通过",
    "sur {others} autres changements et {near} proches de celui-ci, aucun ne réussit",
    "von {others} anderen Änderungen und {near} ihr nahen besteht keine"};
constexpr Sentence rivals_agree = {
    "{rivals} of {others} other changes and {near} near to this one pass, and do the same on "
    "{inputs} other inputs",
    "另外 {others} 个修改和与它相近的 {near} 个修改中有 {rivals} 个通过，并且在另外 {inputs} "
    "个输入上结果相同",
    "{rivals} des {others} autres changements et des {near} proches de celui-ci réussissent, et "
    "font de même sur {inputs} autres entrées",
    "{rivals} von {others} anderen Änderungen und {near} ihr nahen bestehen und tun bei {inputs} "
    "anderen Eingaben dasselbe"};

// By Doubt, from the second.
constexpr Sentence doubts[] = {
    {"only {tried} of {candidates} changes were tried in the time: another may pass as well",
     "在限定时间内只试了 {candidates} 个修改中的 {tried} 个：也许另一个也能通过",
     "seuls {tried} changements sur {candidates} ont été essayés à temps : un autre peut réussir "
     "aussi",
     "nur {tried} von {candidates} Änderungen wurden in der Zeit versucht: Eine andere besteht "
     "vielleicht auch"},
    {"more than {rivals} other changes pass as well", "另有 {rivals} 个以上的修改也能通过",
     "plus de {rivals} autres changements réussissent aussi",
     "mehr als {rivals} andere Änderungen bestehen auch"},
    {"other changes pass as well, and there was no time to tell all of them apart",
     "其他修改也能通过，而没有时间把它们全部区分开",
     "d'autres changements réussissent aussi, et le temps a manqué pour tous les distinguer",
     "andere Änderungen bestehen auch, und die Zeit reichte nicht, sie alle zu unterscheiden"},
    {"other changes pass as well, and nothing tells them apart",
     "其他修改也能通过，而没有什么能区分它们",
     "d'autres changements réussissent aussi, et rien ne les distingue",
     "andere Änderungen bestehen auch, und nichts unterscheidet sie"},
    {"what is near to it was not tried", "没有试过与它相近的修改",
     "ce qui en est proche n'a pas été essayé", "was ihr nahe liegt, wurde nicht versucht"},
    {"whether the changed line ran is not known", "不知道修改过的行是否运行过",
     "on ne sait pas si la ligne changée s'est exécutée",
     "ob die geänderte Zeile lief, ist nicht bekannt"},
    {"it writes a number down, and what it changes is {value} with every input: a test that wants "
     "another number tells whether that is right",
     "它写下了一个数，而它改变的结果对每个输入都是 {value}：一个期望另一个数的测试才能判断是否正确",
     "il écrit un nombre, et ce qu'il change vaut {value} pour chaque entrée : un test qui attend "
     "un autre nombre dit si c'est juste",
     "sie schreibt eine Zahl hin, und was sie ändert, ist bei jeder Eingabe {value}: Ein Test, der "
     "eine andere Zahl verlangt, sagt, ob das stimmt"},
    {"a change of '{file}', which the failing tests run too, passes as well",
     "失败的测试也运行“{file}”，而它的一个修改也能通过",
     "un changement de « {file} », que les tests en échec exécutent aussi, réussit également",
     "eine Änderung von „{file}“, das die gescheiterten Tests auch ausführen, besteht ebenfalls"}};

// Each kind of change.
constexpr Sentence kinds[] = {
    {"another change", "另一个修改", "un autre changement", "eine andere Änderung"},
    {"changed while iterated", "遍历时被修改", "modifié pendant le parcours",
     "beim Durchlaufen geändert"},
    {"condition", "条件", "condition", "Bedingung"},
    {"constant", "常数", "constante", "Konstante"},
    {"copy", "拷贝", "copie", "Kopie"},
    {"counting down", "向下计数", "décompte", "Herunterzählen"},
    {"early return", "提前返回", "retour prématuré", "verfrühte Rückkehr"},
    {"grouping", "括号分组", "groupement", "Klammerung"},
    {"index", "下标", "indice", "Index"},
    {"indentation", "缩进", "indentation", "Einrückung"},
    {"initial value", "初始值", "valeur initiale", "Anfangswert"},
    {"late binding", "过晚的绑定", "liaison tardive", "späte Bindung"},
    {"missing argument", "缺少参数", "argument manquant", "fehlendes Argument"},
    {"missing await", "缺少 await", "await manquant", "fehlendes await"},
    {"missing base case", "缺少基本情形", "cas de base manquant", "fehlender Grundfall"},
    {"missing break", "缺少 break", "break manquant", "fehlendes break"},
    {"missing call", "缺少调用", "appel manquant", "fehlender Aufruf"},
    {"missing condition", "缺少条件", "condition manquante", "fehlende Bedingung"},
    {"missing continue", "缺少 continue", "continue manquant", "fehlendes continue"},
    {"missing else", "缺少 else", "else manquant", "fehlendes else"},
    {"missing import", "缺少导入", "import manquant", "fehlender Import"},
    {"missing return", "缺少 return", "return manquant", "fehlendes return"},
    {"missing self", "缺少 self", "self manquant", "fehlendes self"},
    {"missing token", "缺少符号", "signe manquant", "fehlendes Zeichen"},
    {"missing update", "缺少更新", "mise à jour manquante", "fehlende Fortschreibung"},
    {"missing value", "缺少值", "valeur manquante", "fehlender Wert"},
    {"missing virtual", "缺少 virtual", "virtual manquant", "fehlendes virtual"},
    {"mutable default", "可变的默认值", "valeur par défaut modifiable",
     "veränderlicher Vorgabewert"},
    {"negation", "否定", "négation", "Verneinung"},
    {"negative rest", "负余数", "reste négatif", "negativer Rest"},
    {"off by one", "差一错误", "décalage d'un", "um eins daneben"},
    {"operation", "运算", "opération", "Rechenart"},
    {"operator", "运算符", "opérateur", "Operator"},
    {"order of elements", "元素顺序", "ordre des éléments", "Reihenfolge der Elemente"},
    {"order of statements", "语句顺序", "ordre des instructions", "Reihenfolge der Anweisungen"},
    {"rewritten function", "重写的函数", "fonction réécrite", "neu geschriebene Funktion"},
    {"rewritten line", "重写的行", "ligne réécrite", "neu geschriebene Zeile"},
    {"rounding", "舍入", "arrondi", "Rundung"},
    {"shared value", "共享的值", "valeur partagée", "geteilter Wert"},
    {"spelling", "拼写", "orthographe", "Schreibweise"},
    {"stale reference", "失效的引用", "référence périmée", "ungültige Referenz"},
    {"superfluous statement", "多余的语句", "instruction superflue", "überzählige Anweisung"},
    {"superfluous argument", "多余的参数", "argument superflu", "überzähliges Argument"},
    {"superfluous call", "多余的调用", "appel superflu", "überzähliger Aufruf"},
    {superfluous_token, "多余的符号", "signe superflu", "überzähliges Zeichen"},
    {"swapped arguments", "参数颠倒", "arguments inversés", "vertauschte Argumente"},
    {"swapped operands", "操作数颠倒", "opérandes inversés", "vertauschte Operanden"},
    {"unsigned difference", "无符号差", "différence non signée", "Differenz ohne Vorzeichen"},
    {"use after free", "释放后使用", "usage après libération", "Benutzung nach Freigabe"},
    {"wrong call", "错误的调用", "mauvais appel", "falscher Aufruf"},
    {"wrong jump", "错误的跳转", "mauvais saut", "falscher Sprung"},
    {"wrong key", "错误的键", "mauvaise clé", "falscher Schlüssel"},
    {"wrong name", "错误的名字", "mauvais nom", "falscher Name"},
    {"wrong type", "错误的类型", "mauvais type", "falscher Typ"},
    {"wrong variable", "错误的变量", "mauvaise variable", "falsche Variable"}};

// A value that a call gave, or a line that was written. What stands for an exception is ours.
std::string value_said(const std::optional<std::string>& value, Tongue tongue) {
  if (!value) return said(nothing_more, tongue);
  for (const Sentence& sentence : {exception, good_end, bad_end}) {
    const std::string_view known = sentence[0];
    const std::string_view rest =
        std::string_view(*value).substr(std::min(known.size(), value->size()));
    if (!value->starts_with(known) || (!rest.empty() && !rest.starts_with(": "))) continue;
    return said(sentence, tongue) + std::string(rest);
  }
  return *value;
}

}  // namespace

std::string said(const Passing& passing, Tongue tongue) {
  switch (passing.proof) {
    case Proof::assertions:
      return said(holds, tongue);
    case Proof::command:
      return said(ends, tongue);
    case Proof::none:
      return said(runs, tongue);
    case Proof::tests:
      break;
  }
  std::string text =
      said(passing.tests == 1 ? passes.one : passes.many, tongue,
           {{"passed", std::to_string(passing.passed)}, {"count", std::to_string(passing.tests)}});
  if (!passing.test.empty()) text += said(among, tongue, {{"test", passing.test}});
  return text;
}

std::string said(const Difference& difference, Versus versus, Tongue tongue) {
  const std::string one = value_said(difference.one, tongue);
  const std::string other = value_said(difference.other, tongue);
  if (difference.call.empty()) return said(lines_differ, tongue, {{"one", one}, {"other", other}});
  std::string call = difference.call;
  if (!difference.values.empty()) {
    call = said(with_values, tongue, {{"call", call}, {"values", difference.values}});
  }
  return said(versus == Versus::before ? gave_before : gives_other, tongue,
              {{"call", call}, {"one", one}, {"other", other}});
}

std::string said(const Judgement& judgement, Tongue tongue) {
  if (judgement.difference) {
    const bool decidable = !judgement.difference->call.empty() && !judgement.is_the_other;
    return said(judgement.is_the_other ? above_passes : another_passes, tongue) +
           said(*judgement.difference, Versus::another_change, tongue) +
           (decidable ? said(a_test_decides, tongue) : "");
  }
  const text::Values values = {{"tried", std::to_string(judgement.tried)},
                               {"candidates", std::to_string(judgement.candidates)},
                               {"rivals", std::to_string(judgement.rivals)},
                               {"inputs", std::to_string(judgement.inputs)},
                               {"others", std::to_string(std::max<size_t>(judgement.tried, 1) - 1)},
                               {"near", std::to_string(judgement.near)},
                               {"file", judgement.file},
                               {"value", judgement.value}};
  if (judgement.doubt != Doubt::nothing) {
    return said(doubts[static_cast<size_t>(judgement.doubt) - 1], tongue, values);
  }
  return said(judgement.rivals == 0 ? none_passes : rivals_agree, tongue, values);
}

std::string name_of_kind(std::string_view what, Tongue tongue) {
  const auto* kind = std::find_if(std::begin(kinds), std::end(kinds),
                                  [&](const Sentence& each) { return each[0] == what; });
  return kind == std::end(kinds) ? std::string(what) : said(*kind, tongue);
}

}  // namespace lsp::features::debug
