// Rules say what went wrong, and how to think about it: the first whose words are in the failure's
// type or message. A rule knows no more than the run has said; of the program itself only a default
// that all calls share is looked for, since no message names it.
#include "lsp/features/debug/hints.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <sstream>

#include "engine/base/format.h"
#include "lsp/features/debug/debug.h"
#include "lsp/features/debug/diff.h"
#include "lsp/features/debug/grammar.h"
#include "lsp/features/debug/subject.h"

namespace lsp::features::debug {
namespace {

using engine::base::concat;
using text::Sentence;

// In each sentence {file}, {line}, {function}, {source}, {values} and {message} stand for what the
// run showed.
struct Rule {
  std::vector<std::string_view> types;  // of the failure, or parts of its message
  Sentence what;
  Sentence how;
};

constexpr Sentence where_it_fails = {
    "It fails in {function}, line {line} of {file}: `{source}`.",
    "程序在 {file} 第 {line} 行（{function}）出错：`{source}`。",
    "L'erreur se produit dans {function}, ligne {line} de {file} : `{source}`.",
    "Es scheitert in {function}, Zeile {line} von {file}: `{source}`."};
constexpr Sentence where_compiled = {
    "It does not compile: {file}, line {line}: `{source}`.",
    "无法编译：{file} 第 {line} 行：`{source}`。",
    "La compilation échoue : {file}, ligne {line} : `{source}`.",
    "Es lässt sich nicht übersetzen: {file}, Zeile {line}: `{source}`."};
constexpr Sentence with_values = {" There {values}.", " 此时 {values}。",
                                  " À cet endroit, {values}.", " Dort ist {values}."};

const std::vector<Rule> rules = {
    {{"EOF when reading a line", "reading from stdin while output is captured"},
     {"It reads input, and a run has none ({message}).",
      "程序要读取输入，而运行时没有输入（{message}）。",
      "Le programme lit une entrée, et il n'y en a pas ({message}).",
      "Es liest eine Eingabe, und ein Lauf hat keine ({message})."},
     {"Put what is computed into a function that takes the input as a parameter, and test that; "
      "`lemma run FILE --stdin INPUT` runs it with what a file holds.",
      "把计算部分写成一个以输入为参数的函数，然后测试这个函数；`lemma run FILE --stdin INPUT` "
      "以文件内容作为输入运行它。",
      "Mettez le calcul dans une fonction qui reçoit l'entrée en paramètre, et testez-la ; `lemma "
      "run FILE --stdin INPUT` l'exécute avec ce que contient un fichier.",
      "Setzen Sie, was gerechnet wird, in eine Funktion, der die Eingabe übergeben wird, und "
      "testen Sie diese; `lemma run FILE --stdin INPUT` führt es mit dem aus, was eine Datei "
      "enthält."}},
    {{"Name or service not known", "Temporary failure in name resolution", "Network is unreachable",
      "getaddrinfo EAI_AGAIN", "getaddrinfo ENOTFOUND", "connect ENETUNREACH"},
     {"It uses the network, and a run has none ({message}).",
      "程序要使用网络，而运行时没有网络（{message}）。",
      "Le programme utilise le réseau, et il n'y en a pas ({message}).",
      "Es benutzt das Netz, und ein Lauf hat keines ({message})."},
     {"Put what is computed into a function that takes what was fetched as a parameter, and test "
      "that.",
      "把计算部分写成一个以取得的数据为参数的函数，然后测试这个函数。",
      "Mettez le calcul dans une fonction qui reçoit en paramètre ce qui a été téléchargé, et "
      "testez-la.",
      "Setzen Sie, was gerechnet wird, in eine Funktion, der das Geholte übergeben wird, und "
      "testen Sie diese."}},
    {{"relative import with no known parent package"},
     {"It is a module of a package, and was run by itself ({message}).",
      "它是包中的模块，却被单独运行（{message}）。",
      "C'est un module d'un paquet, exécuté seul ({message}).",
      "Es ist ein Modul eines Pakets und wurde für sich ausgeführt ({message})."},
     {"Where are its tests, or which module of the package starts it?",
      "它的测试在哪里？包中的哪个模块会启动它？",
      "Où sont ses tests, ou quel module du paquet le démarre ?",
      "Wo sind seine Tests, oder welches Modul des Pakets startet es?"}},
    {{"ModuleNotFoundError", "Cannot find module", "Cannot find package",
      "No such file or directory", "file not found"},
     {"Something that it needs is not there ({message}).", "缺少程序所需的东西（{message}）。",
      "Il manque quelque chose dont le programme a besoin ({message}).",
      "Etwas, das es braucht, ist nicht da ({message})."},
     {"Is the name right, and is it installed for the interpreter or compiler that runs this?",
      "名称写对了吗？运行它的解释器或编译器里安装了吗？",
      "Le nom est-il exact, et est-ce installé pour l'interpréteur ou le compilateur utilisé ?",
      "Stimmt der Name, und ist es für den Interpreter oder Compiler installiert, der dies "
      "ausführt?"}},
    {{"$DISPLAY", "cannot open display", "could not connect to display", "display name"},
     {"It opens a window, and where it is run there is no screen ({message}).",
      "程序要打开窗口，而运行环境没有屏幕（{message}）。",
      "Le programme ouvre une fenêtre, et il n'y a pas d'écran là où il s'exécute ({message}).",
      "Es öffnet ein Fenster, und wo es läuft, gibt es keinen Bildschirm ({message})."},
     {"Test what computes apart from what draws.", "把计算部分与界面部分分开测试。",
      "Testez le calcul à part de l'affichage.",
      "Testen Sie, was rechnet, getrennt von dem, was zeichnet."}},
    {{"it wrote more than"},
     {"It writes more than is kept ({message}).", "输出超出了上限（{message}）。",
      "Le programme écrit plus que la limite ({message}).",
      "Es schreibt mehr, als behalten wird ({message})."},
     {"Which loop writes, and when should it end?", "哪个循环在输出？它应该何时结束？",
      "Quelle boucle écrit, et quand doit-elle s'arrêter ?",
      "Welche Schleife schreibt, und wann soll sie enden?"}},
    {{"still running after"},
     {"It had not ended when time was up ({message}).", "时间到时程序还没有结束（{message}）。",
      "Le programme n'était pas terminé à la fin du temps imparti ({message}).",
      "Es war nicht fertig, als die Zeit um war ({message})."},
     {"Are there more tests than fit into that time, or does one of them wait or never end?",
      "是测试太多、时间不够，还是其中一个在等待或永不结束？",
      "Y a-t-il trop de tests pour ce temps, ou l'un d'eux attend-il ou ne finit-il jamais ?",
      "Sind es mehr Tests, als in diese Zeit passen, oder wartet einer, oder endet nie?"}},
    {{"Promise {", "object Promise", "coroutine"},
     {"A promise or a coroutine stands where its value is expected ({message}).",
      "本该是值的地方是一个 promise 或协程（{message}）。",
      "Une promesse ou une coroutine se trouve à la place de sa valeur ({message}).",
      "Ein Promise oder eine Coroutine steht da, wo ihr Wert erwartet wird ({message})."},
     {"Which call has to be awaited before its value is used?",
      "在使用值之前，哪个调用需要 await？",
      "Quel appel faut-il attendre (await) avant d'utiliser sa valeur ?",
      "Auf welchen Aufruf muss gewartet werden (await), bevor sein Wert benutzt wird?"}},
    {{"uninitialized", "is not a valid value for type", "before initialization"},
     {"A variable is read before it has a value ({message}).",
      "变量在赋值之前被读取（{message}）。",
      "Une variable est lue avant d'avoir une valeur ({message}).",
      "Eine Variable wird gelesen, bevor sie einen Wert hat ({message})."},
     {"On which path is it read first, and what should it hold at the beginning?",
      "在哪条路径上它先被读取？它一开始应该是什么值？",
      "Sur quel chemin est-elle lue d'abord, et que doit-elle contenir au début ?",
      "Auf welchem Weg wird sie zuerst gelesen, und was soll sie am Anfang enthalten?"}},
    {{"UnboundLocalError", "object is not callable"},
     {"A variable may have taken a name that something else had ({message}).",
      "某个变量可能占用了别处已有的名字（{message}）。",
      "Une variable a peut-être pris un nom déjà utilisé ({message}).",
      "Eine Variable hat vielleicht einen Namen, den schon etwas anderes hatte ({message})."},
     {"What is assigned to this name in the function, and which of the two was meant?",
      "函数中给这个名字赋了什么值？指的是两者中的哪一个？",
      "Qu'affecte-t-on à ce nom dans la fonction, et lequel des deux est voulu ?",
      "Was wird diesem Namen in der Funktion zugewiesen, und welches von beiden ist gemeint?"}},
    {{"IndexError", "out of range", "heap-buffer-overflow", "stack-buffer-overflow",
      "out of bounds", "container-overflow"},
     {"An index lies outside of what it indexes ({message}).", "下标超出了范围（{message}）。",
      "Un indice sort de la séquence ({message}).",
      "Ein Index liegt außerhalb dessen, was er indiziert ({message})."},
     {"Compare the index with the length at the moment of the failure: is the last step of the "
      "loop one too many, or is the sequence empty?",
      "比较出错时的下标和长度：循环是否多走了一步，或者序列是空的？",
      "Comparez l'indice et la longueur à cet instant : la boucle va-t-elle un pas trop loin, ou "
      "la séquence est-elle vide ?",
      "Vergleichen Sie den Index mit der Länge in diesem Augenblick: Geht die Schleife einen "
      "Schritt zu weit, oder ist die Folge leer?"}},
    {{"KeyError"},
     {"A key is not in the dictionary ({message}).", "字典中没有这个键（{message}）。",
      "Une clé manque dans le dictionnaire ({message}).",
      "Ein Schlüssel fehlt im Wörterbuch ({message})."},
     {"Which keys are there at this moment, and who should have put this one in before it is "
      "read?",
      "此时有哪些键？在读取之前，应该由谁放入这个键？",
      "Quelles clés existent à cet instant, et qui aurait dû ajouter celle-ci avant la lecture ?",
      "Welche Schlüssel gibt es in diesem Augenblick, und wer hätte diesen vorher eintragen "
      "sollen?"}},
    {{"NoneType", "undefined (reading", "null (reading", "of undefined", "of null", "null pointer",
      "SEGV", "SIGSEGV"},
     {"A value that is missing (None, undefined, null) is used as if it were there ({message}).",
      "把缺失的值（None、undefined、null）当作存在的值使用（{message}）。",
      "Une valeur absente (None, undefined, null) est utilisée comme si elle existait "
      "({message}).",
      "Ein fehlender Wert (None, undefined, null) wird benutzt, als wäre er da ({message})."},
     {"Follow the value back to where it was made: which path leaves it without a value, or "
      "which function forgets to return one?",
      "向前追溯这个值的来源：哪条路径没有给它赋值，或者哪个函数忘了返回值？",
      "Remontez à l'origine de la valeur : quel chemin la laisse vide, ou quelle fonction oublie "
      "de renvoyer un résultat ?",
      "Verfolgen Sie den Wert zurück: Auf welchem Weg bleibt er leer, oder welche Funktion gibt "
      "nichts zurück?"}},
    {{"NameError", "UnboundLocalError", "ReferenceError", "not declared", "is not a member of",
      "was not declared"},
     {"A name is not known at this place ({message}).", "这里不认识这个名字（{message}）。",
      "Un nom est inconnu à cet endroit ({message}).",
      "Ein Name ist an dieser Stelle unbekannt ({message})."},
     {"Is it misspelt, not imported or included, or defined in another scope or only later?",
      "是拼写错误、没有导入，还是定义在别的作用域或更后面？",
      "Est-il mal orthographié, non importé, ou défini ailleurs ou plus tard ?",
      "Ist er falsch geschrieben, nicht eingebunden, anderswo oder erst später definiert?"}},
    {{"AttributeError", "is not a function", "has no member"},
     {"The value has no such member ({message}).", "这个值没有这样的成员（{message}）。",
      "La valeur n'a pas ce membre ({message}).",
      "Der Wert hat kein solches Mitglied ({message})."},
     {"What type does the value have at this moment, and is the member's name right?",
      "此时这个值是什么类型？成员的名字写对了吗？",
      "Quel est le type de la valeur à cet instant, et le nom du membre est-il exact ?",
      "Welchen Typ hat der Wert in diesem Augenblick, und stimmt der Name des Mitglieds?"}},
    {{"ZeroDivisionError", "division by zero", "SIGFPE", "divided by zero"},
     {"It divides by zero ({message}).", "除以了零（{message}）。",
      "Il y a une division par zéro ({message}).", "Es wird durch null geteilt ({message})."},
     {"When is the divisor 0, and what should the answer be then?",
      "除数何时为 0？那时结果应该是什么？",
      "Quand le diviseur vaut-il 0, et que doit être le résultat alors ?",
      "Wann ist der Teiler 0, und was soll dann herauskommen?"}},
    {{"RecursionError", "Maximum call stack", "stack-overflow"},
     {"The function calls itself without end ({message}).", "函数无止境地调用自身（{message}）。",
      "La fonction s'appelle sans fin ({message}).",
      "Die Funktion ruft sich endlos selbst auf ({message})."},
     {"Which input should end the recursion, and does each call come closer to it?",
      "哪种输入应当结束递归？每次调用是否都更接近它？",
      "Quelle entrée doit arrêter la récursion, et chaque appel s'en approche-t-il ?",
      "Welche Eingabe soll die Rekursion beenden, und kommt jeder Aufruf ihr näher?"}},
    {{"Timeout"},
     {"It was still running here when time was up.", "时间到时程序仍在此处运行。",
      "Le programme tournait encore ici à la fin du temps imparti.",
      "Das Programm lief hier noch, als die Zeit um war."},
     {"Which value must change for the loop to end, and does each round change it?",
      "哪个值必须改变循环才会结束？每一轮都改变它了吗？",
      "Quelle valeur doit changer pour que la boucle s'arrête, et change-t-elle à chaque tour ?",
      "Welcher Wert muss sich ändern, damit die Schleife endet, und ändert ihn jede Runde?"}},
    {{"use-after-free", "use-after-scope", "double-free"},
     {"Memory is used after it was given back ({message}).", "使用了已经释放的内存（{message}）。",
      "De la mémoire est utilisée après sa libération ({message}).",
      "Speicher wird benutzt, nachdem er freigegeben wurde ({message})."},
     {"Who owns the memory, and which reference outlives it?",
      "谁拥有这块内存？哪个引用比它活得更久？",
      "À qui appartient la mémoire, et quelle référence lui survit ?",
      "Wem gehört der Speicher, und welcher Verweis überlebt ihn?"}},
    {{"overflow", "cannot be represented"},
     {"A number does not fit its type ({message}).", "数值超出了类型的范围（{message}）。",
      "Un nombre dépasse son type ({message}).", "Eine Zahl passt nicht in ihren Typ ({message})."},
     {"How large can the value become, and which type holds that?",
      "这个值最大是多少？什么类型容得下？",
      "Quelle valeur maximale est possible, et quel type la contient ?",
      "Wie groß kann der Wert werden, und welcher Typ fasst ihn?"}},
    {{"TypeError"},
     {"The operation does not go with the type of its values ({message}).",
      "运算与值的类型不符（{message}）。",
      "L'opération ne convient pas au type des valeurs ({message}).",
      "Die Operation passt nicht zum Typ ihrer Werte ({message})."},
     {"Which type does each value have at this moment, and which did you expect?",
      "此时每个值是什么类型？你期望的是什么类型？",
      "Quel est le type de chaque valeur à cet instant, et lequel attendiez-vous ?",
      "Welchen Typ hat jeder Wert in diesem Augenblick, und welchen erwarten Sie?"}},
    {{"SyntaxError", "IndentationError", "compile error"},
     {"The text is not what the language's grammar or types allow ({message}).",
      "代码不符合语言的语法或类型规则（{message}）。",
      "Le texte n'est pas conforme au langage ({message}).",
      "Der Text entspricht nicht der Sprache ({message})."},
     {"Look at the place named, and at what comes just before it.",
      "看看所指的位置，以及它的前面。", "Regardez l'endroit indiqué, et ce qui le précède.",
      "Sehen Sie sich die genannte Stelle an, und was davor steht."}},
    {{"Assertion", "assertion", "doctest"},
     {"It gives another result than the test expects ({message}).",
      "结果与测试的期望不同（{message}）。",
      "Le résultat n'est pas celui que le test attend ({message}).",
      "Das Ergebnis ist ein anderes, als der Test erwartet ({message})."},
     {"Follow the test's input by hand: after which line does a value differ from what you "
      "expect?",
      "手工推演测试的输入：在哪一行之后，某个值与预期不同？",
      "Suivez à la main l'entrée du test : après quelle ligne une valeur diffère-t-elle de ce "
      "que vous attendez ?",
      "Verfolgen Sie die Eingabe des Tests von Hand: Nach welcher Zeile weicht ein Wert von dem "
      "ab, was Sie erwarten?"}},
    {{""},
     {"It ends with {message}.", "程序以 {message} 结束。", "Il se termine par {message}.",
      "Es endet mit {message}."},
     {"Look at the values at this place, and at what should have been there.",
      "看看此处的值，以及本来应该是什么。",
      "Regardez les valeurs à cet endroit, et celles qui auraient dû s'y trouver.",
      "Sehen Sie sich die Werte an dieser Stelle an, und welche dort stehen sollten."}}};

constexpr Sentence shared_default = {
    "The default `{source}` in line {line} is made once and shared by all calls: does the result "
    "depend on earlier ones?",
    "第 {line} 行的默认值 `{source}` 只创建一次，由所有调用共享：结果是否取决于之前的调用？",
    "La valeur par défaut `{source}`, ligne {line}, est créée une seule fois pour tous les "
    "appels : le résultat dépend-il des appels précédents ?",
    "Der Vorgabewert `{source}` in Zeile {line} entsteht einmal für alle Aufrufe: Hängt das "
    "Ergebnis von früheren ab?"};

// Of Python: the first default that calls can change.
std::optional<text::Range> mutable_default(const Subject& subject) {
  if (subject.language != syntax::Language::python) return std::nullopt;
  const auto tree = parse(subject.question.text, subject.language);
  if (!tree) return std::nullopt;
  const syntax::Nodes nodes(*tree);
  for (size_t node = 1; node < nodes.size(); ++node) {
    if (nodes[node].kind.find("default_parameter") == std::string_view::npos) continue;
    const size_t value = nodes.child(node, "value");
    if (value == syntax::no_node) continue;
    if (role_of(nodes[value].kind) == Role::collection) return nodes[node].range;
  }
  return std::nullopt;
}

std::string without_indentation(std::string_view line) {
  const size_t begin = line.find_first_not_of(" \t");
  return begin == line.npos ? "" : std::string(line.substr(begin));
}

std::string first_line(const std::string& text) {
  std::string line = text.substr(0, text.find('\n'));
  if (line.starts_with("File \"")) {  // Python's, with the place first and what is wrong last
    const size_t last = text.rfind('\n', text.find_last_not_of(" \n"));
    if (last != text.npos) line = text.substr(last + 1, text.find_last_not_of(" \n") - last);
  }
  // Node's assertions say below what they compared.
  std::istringstream rest(line.ends_with(':') ? text.substr(line.size()) : "");
  for (std::string more; std::getline(rest, more);) {
    if (!more.empty() && more != "+ actual - expected") line += " " + more;
  }
  if (line.size() > 200) line.replace(200, line.npos, "…");
  return line;
}

const Rule& rule_of(const Found& found) {
  const auto is_in = [](const std::string& text) {
    return [&](std::string_view part) { return text.find(part) != std::string::npos; };
  };
  const auto of_type = is_in(found.type);
  // A compiler's first error alone: others follow from it.
  const bool compiled = found.type == "compile error";
  const std::string told = compiled ? first_line(found.message) : found.message;
  const auto of_message = is_in(told);
  return *std::find_if(rules.begin(), rules.end(), [&](const Rule& rule) {
    return std::any_of(rule.types.begin(), rule.types.end(),
                       [&](std::string_view part) { return of_type(part) || of_message(part); });
  });
}

// The function of a frame; of one without a name the test that it is, else the file.
std::string name_of_place(const languages::Frame& frame, const Subject& subject) {
  if (!frame.function.empty() && frame.function != "<anonymous>") return frame.function;
  if (frame.file == subject.tests && frame.line > 0) {
    const auto starts = starts_of(subject.tests_text, subject.language,
                                  std::filesystem::path(subject.tests).stem());
    const auto start = start_at(starts, static_cast<size_t>(frame.line) - 1);
    if (start && start->kind == Start::Kind::test) return concat("\"", start->test, "\"");
  }
  return std::filesystem::path(frame.file).filename();
}

// How to think about it. Where a value is another than expected, what the program shares may be
// why.
std::string how_of(const Rule& rule, const Subject& subject, Tongue tongue) {
  const bool other_value = rule.types.front() == "Assertion";
  const auto shared = other_value ? mutable_default(subject) : std::nullopt;
  if (!shared) return std::string(rule.how[static_cast<size_t>(tongue)]);
  const std::string& text = subject.question.text;
  const auto begin = text.begin() + static_cast<std::ptrdiff_t>(shared->begin);
  return text::said(shared_default, tongue,
                    {{"source", text.substr(shared->begin, shared->end - shared->begin)},
                     {"line", std::to_string(1 + std::count(text.begin(), begin, '\n'))}});
}

}  // namespace

std::string said_by_model(const std::string& text, Tongue tongue) {
  static constexpr Sentence sentence = {"The model says: ", "模型认为：",
                                        "Le modèle dit : ", "Das Modell meint: "};
  return std::string(sentence[static_cast<size_t>(tongue)]) + text;
}

const char* name_of(Tongue tongue) {
  return std::array{"English", "Chinese", "French", "German"}[static_cast<size_t>(tongue)];
}

std::vector<Hint> hints_of(const Found& found, const Subject& subject, Tongue tongue) {
  const auto innermost_in = [&](const std::string& file) {
    return std::find_if(found.frames.rbegin(), found.frames.rend(),
                        [&](const auto& frame) { return frame.file == file; });
  };
  const std::string& program = subject.question.file;
  // In the program itself; else, as where an assertion fails, in its tests.
  auto at = innermost_in(program);
  const bool in_program = at != found.frames.rend();
  if (!in_program) at = innermost_in(subject.tests);
  std::vector<Hint> hints;
  const int line = in_program ? at->line : 0;
  if (at != found.frames.rend()) {
    const std::string& text = in_program ? subject.question.text : subject.tests_text;
    const bool compiled = found.type == "compile error";
    std::string values;
    for (const auto& [name, value] : at->locals) {
      if (value.size() > 80 || values.size() > 300) continue;
      values += (values.empty() ? "" : ", ") + name + " = " + value;
    }
    const std::string name = std::filesystem::path(at->file).filename();
    std::string place = text::said(compiled ? where_compiled : where_it_fails, tongue,
                                   {{"file", name},
                                    {"line", std::to_string(at->line)},
                                    {"function", name_of_place(*at, subject)},
                                    {"source", without_indentation(line_of(text, at->line))}});
    if (!values.empty()) place += text::said(with_values, tongue, {{"values", values}});
    hints.push_back({"where", place, line, false});
  }
  const Rule& rule = rule_of(found);
  const std::string message = first_line(found.message.empty() ? found.verdict : found.message);
  std::string what = text::said(rule.what, tongue, {{"message", message}});
  std::string how = how_of(rule, subject, tongue);
  if (found.missing) {
    what = what_is_missing(*found.missing, subject, tongue);
    how = how_to_get(*found.missing, subject, tongue);
  }
  hints.push_back({"what", what, line, false});
  hints.push_back({"how", how, line, false});
  return hints;
}

}  // namespace lsp::features::debug
