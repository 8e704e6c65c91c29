#include "lsp/server/seen.h"

#include <array>

namespace lsp::server {

namespace {

using text::Sentence;

// Of two forms that fit a clause the first counts.
constexpr std::array clauses = {
    // Of bodies.
    Sentence{"passes {passed} of {all} example", "{passed}/{all} 个示例通过",
             "réussit {passed} exemple sur {all}", "besteht {passed} von {all} Beispiel"},
    Sentence{"passes {passed} of {all} example, by a model",
             "{passed}/{all} 个示例通过，由模型编写",
             "réussit {passed} exemple sur {all}, par un modèle",
             "besteht {passed} von {all} Beispiel, von einem Modell"},
    Sentence{"passes {passed} of {all} examples, by a model",
             "{passed}/{all} 个示例通过，由模型编写",
             "réussit {passed} exemples sur {all}, par un modèle",
             "besteht {passed} von {all} Beispielen, von einem Modell"},
    Sentence{"passes {passed} of {all} examples", "{passed}/{all} 个示例通过",
             "réussit {passed} exemples sur {all}", "besteht {passed} von {all} Beispielen"},
    Sentence{"but another body passes as well, and they differ",
             "但另一个函数体也通过，而且两者不同",
             "mais un autre corps réussit aussi, et ils diffèrent",
             "aber ein anderer Rumpf besteht sie auch, und sie unterscheiden sich"},
    Sentence{"but another body passes as well, and they differ: {call} gives {one}, with the other "
             "one raises {error}",
             "但另一个函数体也通过，而且两者不同：{call} 得到 {one}，用另一个则抛出 {error}",
             "mais un autre corps réussit aussi, et ils diffèrent : {call} donne {one}, avec "
             "l'autre il lève {error}",
             "aber ein anderer Rumpf besteht sie auch, und sie unterscheiden sich: {call} ergibt "
             "{one}, mit dem anderen wirft es {error}"},
    Sentence{"but another body passes as well, and they differ: {call} gives {one}, with the other "
             "one throws {error}",
             "但另一个函数体也通过，而且两者不同：{call} 得到 {one}，用另一个则抛出 {error}",
             "mais un autre corps réussit aussi, et ils diffèrent : {call} donne {one}, avec "
             "l'autre il lève {error}",
             "aber ein anderer Rumpf besteht sie auch, und sie unterscheiden sich: {call} ergibt "
             "{one}, mit dem anderen wirft es {error}"},
    Sentence{"but another body passes as well, and they differ: {call} gives {one}, with the other "
             "one {other}",
             "但另一个函数体也通过，而且两者不同：{call} 得到 {one}，用另一个则得到 {other}",
             "mais un autre corps réussit aussi, et ils diffèrent : {call} donne {one}, avec "
             "l'autre {other}",
             "aber ein anderer Rumpf besteht sie auch, und sie unterscheiden sich: {call} ergibt "
             "{one}, mit dem anderen {other}"},
    Sentence{"but another body passes as well, and they differ: {call} raises {error}, with the "
             "other one {other}",
             "但另一个函数体也通过，而且两者不同：{call} 抛出 {error}，用另一个则得到 {other}",
             "mais un autre corps réussit aussi, et ils diffèrent : {call} lève {error}, avec "
             "l'autre {other}",
             "aber ein anderer Rumpf besteht sie auch, und sie unterscheiden sich: {call} wirft "
             "{error}, mit dem anderen {other}"},
    Sentence{"but another body passes as well, and they differ: {call} throws {error}, with the "
             "other one {other}",
             "但另一个函数体也通过，而且两者不同：{call} 抛出 {error}，用另一个则得到 {other}",
             "mais un autre corps réussit aussi, et ils diffèrent : {call} lève {error}, avec "
             "l'autre {other}",
             "aber ein anderer Rumpf besteht sie auch, und sie unterscheiden sich: {call} wirft "
             "{error}, mit dem anderen {other}"},
    Sentence{"{count} others pass in all", "总共另有 {count} 个通过",
             "{count} autres réussissent en tout", "insgesamt bestehen {count} andere"},
    Sentence{"nothing about as simple passes and differs on {count} other inputs",
             "同样简单而又通过的，没有一个在另外 {count} 个输入上有不同",
             "rien d'aussi simple ne réussit en différant sur {count} autres entrées",
             "nichts etwa so Einfaches besteht sie und gibt auf {count} anderen Eingaben anderes"},
    Sentence{"one by {author} does the same on {count} other inputs",
             "{author} 写的一个在另外 {count} 个输入上结果相同",
             "un corps de {author} fait de même sur {count} autres entrées",
             "einer von {author} tut auf {count} anderen Eingaben dasselbe"},
    Sentence{"written by {author}, of {count} tried", "由 {author} 编写，共试过 {count} 个",
             "écrit par {author}, sur {count} essayé",
             "geschrieben von {author}, {count} probiert"},
    Sentence{"written by {author}, of {count} that were tried",
             "由 {author} 编写，共试过 {count} 个", "écrit par {author}, sur {count} essayés",
             "geschrieben von {author}, einer von {count} probierten"},
    Sentence{"written by {author}, with a small change, of {count} tried",
             "由 {author} 编写，略有改动，共试过 {count} 个",
             "écrit par {author}, avec un petit changement, sur {count} essayé",
             "geschrieben von {author}, mit einer kleinen Änderung, {count} probiert"},
    Sentence{"written by {author}, with a small change, of {count} that were tried",
             "由 {author} 编写，略有改动，共试过 {count} 个",
             "écrit par {author}, avec un petit changement, sur {count} essayés",
             "geschrieben von {author}, mit einer kleinen Änderung, einer von {count} probierten"},
    Sentence{"of {count} bodies by {author} and changes of them none passes",
             "{author} 写的函数体及其改动共 {count} 个，都不通过",
             "des {count} corps de {author} et de leurs changements aucun ne réussit",
             "von {count} Rümpfen von {author} und Änderungen an ihnen besteht keiner"},
    Sentence{"{count} test is red still", "仍有 {count} 个测试失败", "{count} test échoue encore",
             "{count} Test ist noch rot"},
    Sentence{"{count} tests are red still", "仍有 {count} 个测试失败",
             "{count} tests échouent encore", "{count} Tests sind noch rot"},
    Sentence{"{count} example says little", "{count} 个示例说明不了多少", "{count} exemple dit peu",
             "{count} Beispiel sagt wenig"},
    Sentence{"{count} examples say little", "{count} 个示例说明不了多少",
             "{count} exemples disent peu", "{count} Beispiele sagen wenig"},
    Sentence{"{count} such examples say little: of what is as simple, much passes by chance",
             "{count} 个这样的示例说明不了多少：同样简单的，有许多碰巧通过",
             "{count} exemples de ce genre disent peu : de ce qui est aussi simple, beaucoup "
             "réussit par hasard",
             "{count} solche Beispiele sagen wenig: von dem, was so einfach ist, besteht vieles "
             "zufällig"},
    Sentence{"nothing but {call} speaks for it over something simpler",
             "只有 {call} 说明它优于更简单的",
             "rien que {call} ne parle pour lui plutôt que pour plus simple",
             "nur {call} spricht für ihn und gegen etwas Einfacheres"},
    Sentence{"the time was too short to try all that is as simple", "时间太短，没有试完同样简单的",
             "le temps a manqué pour essayer tout ce qui est aussi simple",
             "die Zeit war zu kurz, um alles so Einfache zu probieren"},
    Sentence{"{call} raises {error}", "{call} 抛出 {error}", "{call} lève {error}",
             "{call} wirft {error}"},
    Sentence{"{call} throws {error}", "{call} 抛出 {error}", "{call} lève {error}",
             "{call} wirft {error}"},
    Sentence{"no small expression passes the {count} example",
             "没有小的表达式通过这 {count} 个示例",
             "aucune petite expression ne réussit l'exemple ({count})",
             "kein kleiner Ausdruck besteht das Beispiel ({count})"},
    Sentence{"no small expression passes the {count} examples",
             "没有小的表达式通过这 {count} 个示例",
             "aucune petite expression ne réussit les {count} exemples",
             "kein kleiner Ausdruck besteht die {count} Beispiele"},
    Sentence{"what passes the examples fails the program's tests", "通过示例的不能通过程序的测试",
             "ce qui réussit les exemples échoue aux tests du programme",
             "was die Beispiele besteht, fällt in den Tests des Programms durch"},
    // Of tests.
    Sentence{"{passed} test passes", "{passed} 个测试通过", "{passed} test réussit",
             "{passed} Test besteht"},
    Sentence{"{passed} tests pass", "{passed} 个测试通过", "{passed} tests réussissent",
             "{passed} Tests bestehen"},
    Sentence{"{some} of {all} small changes of {function} make one fail",
             "对 {function} 的 {all} 处小改动中有 {some} 处使某个测试失败",
             "{some} des {all} petits changements de {function} en font échouer un",
             "{some} von {all} kleinen Änderungen an {function} lassen einen durchfallen"},
    Sentence{"{some} of them by {author}", "其中 {some} 个由 {author} 编写",
             "dont {some} par {author}", "{some} davon von {author}"},
    Sentence{"left out: {line} does not pass by itself", "未采用：{line} 单独运行不通过",
             "laissé de côté : {line} ne réussit pas seul",
             "weggelassen: {line} besteht nicht für sich allein"},
    Sentence{"left out: {line} fails with no small change of the function",
             "未采用：对函数的小改动都不能使 {line} 失败",
             "laissé de côté : {line} n'échoue avec aucun petit changement de la fonction",
             "weggelassen: {line} fällt bei keiner kleinen Änderung der Funktion durch"},
    Sentence{"left out: {what}: it does not say what exactly is expected",
             "未采用：{what}：没有说明究竟期望什么",
             "laissé de côté : {what} : il ne dit pas ce qui est attendu exactement",
             "weggelassen: {what}: es sagt nicht, was genau erwartet wird"},
    Sentence{"left out: {what}: what it gives cannot be written down",
             "未采用：{what}：它的结果无法写下来",
             "laissé de côté : {what} : ce qu'il donne ne peut pas s'écrire",
             "weggelassen: {what}: was es ergibt, lässt sich nicht hinschreiben"},
    Sentence{"left out: line {line}: it gives {given} where {expected} is expected, so that "
             "something is to be mended first",
             "未采用：第 {line} 行：期望 {expected}，却得到 {given}，须先修好",
             "laissé de côté : ligne {line} : elle donne {given} où {expected} est attendu, il y a "
             "donc d'abord quelque chose à corriger",
             "weggelassen: Zeile {line}: sie ergibt {given}, wo {expected} erwartet wird; da ist "
             "zuerst etwas zu verbessern"},
    Sentence{"left out: line {line}: it raises {given} where {expected} is expected, so that "
             "something is to be mended first",
             "未采用：第 {line} 行：期望 {expected}，却抛出 {given}，须先修好",
             "laissé de côté : ligne {line} : elle lève {given} où {expected} est attendu, il y a "
             "donc d'abord quelque chose à corriger",
             "weggelassen: Zeile {line}: sie wirft {given}, wo {expected} erwartet wird; da ist "
             "zuerst etwas zu verbessern"},
    Sentence{"left out: {what}: the code gives {given} where {expected} is expected, so that "
             "something is to be mended first",
             "未采用：{what}：期望 {expected}，代码却得到 {given}，须先修好",
             "laissé de côté : {what} : le code donne {given} où {expected} est attendu, il y a "
             "donc d'abord quelque chose à corriger",
             "weggelassen: {what}: der Code ergibt {given}, wo {expected} erwartet wird; da ist "
             "zuerst etwas zu verbessern"},
    Sentence{"left out: {what}: the code throws {given} where {expected} is expected, so that "
             "something is to be mended first",
             "未采用：{what}：期望 {expected}，代码却抛出 {given}，须先修好",
             "laissé de côté : {what} : le code lève {given} où {expected} est attendu, il y a "
             "donc d'abord quelque chose à corriger",
             "weggelassen: {what}: der Code wirft {given}, wo {expected} erwartet wird; da ist "
             "zuerst etwas zu verbessern"},
    Sentence{"left out: {what}: the code gives {given}, the model expected {expected}",
             "未采用：{what}：代码得到 {given}，模型期望 {expected}",
             "laissé de côté : {what} : le code donne {given}, le modèle attendait {expected}",
             "weggelassen: {what}: der Code ergibt {given}, das Modell erwartete {expected}"},
    Sentence{"left out: {what}: the code raises {given}, the model expected {expected}",
             "未采用：{what}：代码抛出 {given}，模型期望 {expected}",
             "laissé de côté : {what} : le code lève {given}, le modèle attendait {expected}",
             "weggelassen: {what}: der Code wirft {given}, das Modell erwartete {expected}"},
    Sentence{"left out: {what}: the code throws {given}, the model expected {expected}",
             "未采用：{what}：代码抛出 {given}，模型期望 {expected}",
             "laissé de côté : {what} : le code lève {given}, le modèle attendait {expected}",
             "weggelassen: {what}: der Code wirft {given}, das Modell erwartete {expected}"},
    Sentence{"no test says anything: of {count} small changes of {function} none makes one fail",
             "没有测试说明什么：对 {function} 的 {count} 处小改动都不能使测试失败",
             "aucun test ne dit rien : des {count} petits changements de {function} aucun n'en "
             "fait échouer un",
             "kein Test sagt etwas: von {count} kleinen Änderungen an {function} lässt keine einen "
             "durchfallen"},
    Sentence{"no test that was written passes: {reason}", "写出的测试都不通过：{reason}",
             "aucun test écrit ne réussit : {reason}", "kein geschriebener Test besteht: {reason}"},
};

}  // namespace

std::string seen_in(text::Tongue tongue, std::string_view english) {
  return text::clauses_in(tongue, english, clauses);
}

}  // namespace lsp::server
