#include "lsp/server/reasons.h"

#include <array>

namespace lsp::server {

namespace {

using text::Sentence;
using text::Tongue;

// Of two forms that fit a text the first counts.
constexpr std::array reasons = {
    // What was read.
    Sentence{"this file", "本文件", "ce fichier", "diese Datei"},
    Sentence{"this file, lines {first} to {last}", "本文件，第 {first} 至 {last} 行",
             "ce fichier, lignes {first} à {last}", "diese Datei, Zeilen {first} bis {last}"},
    Sentence{"{path}, lines {first} to {last}", "{path}，第 {first} 至 {last} 行",
             "{path}, lignes {first} à {last}", "{path}, Zeilen {first} bis {last}"},
    Sentence{"{path}, signatures of {names}", "{path}，{names} 的签名",
             "{path}, signatures de {names}", "{path}, Signaturen von {names}"},
    Sentence{"diagnostic, line {line}", "诊断，第 {line} 行", "diagnostic, ligne {line}",
             "Diagnose, Zeile {line}"},
    Sentence{"path and language", "路径和语言", "chemin et langage", "Pfad und Sprache"},
    Sentence{"what is imported here", "此处导入的内容", "ce qui est importé ici",
             "was hier importiert wird"},
    Sentence{"what {name} has written", "{name} 所写的内容", "ce que {name} a écrit",
             "was {name} geschrieben hat"},
    // Why it was read.
    Sentence{"typed since the anchor", "锚点之后输入的内容", "tapé depuis l'ancre",
             "seit dem Anker getippt"},
    Sentence{"before the anchor", "锚点之前", "avant l'ancre", "vor dem Anker"},
    Sentence{"after the cursor", "光标之后", "après le curseur", "hinter dem Cursor"},
    Sentence{"names this file", "说明这是哪个文件", "nomme ce fichier", "nennt diese Datei"},
    Sentence{"holds the cursor", "光标所在的定义", "contient le curseur", "enthält den Cursor"},
    Sentence{"imports", "导入语句", "importations", "Importe"},
    Sentence{"shares {count} names with the text around the cursor",
             "与光标附近的文本有 {count} 个相同的名称",
             "partage {count} noms avec le texte autour du curseur",
             "hat {count} Namen mit dem Text um den Cursor gemeinsam"},
    Sentence{"edited lately", "最近编辑过", "modifié récemment", "kürzlich bearbeitet"},
    Sentence{"visible", "正在显示", "visible", "sichtbar"},
    Sentence{"open in the editor", "在编辑器中打开", "ouvert dans l'éditeur", "im Editor geöffnet"},
    Sentence{"uses the same names", "使用相同的名称", "utilise les mêmes noms",
             "verwendet dieselben Namen"},
    Sentence{"imported here", "在此处导入", "importé ici", "hier importiert"},
    Sentence{"imported here, as its members are called", "在此处导入，按其成员的调用方式",
             "importé ici, tel que ses membres sont appelés",
             "hier importiert, so wie seine Mitglieder heißen"},
    Sentence{"offered by a file imported here", "由此处导入的文件提供",
             "offert par un fichier importé ici", "von einer hier importierten Datei angeboten"},
    Sentence{"declared in a file imported here", "在此处导入的文件中声明",
             "déclaré dans un fichier importé ici", "in einer hier importierten Datei deklariert"},
    Sentence{"declared there and nowhere else", "只在那里声明", "déclaré là et nulle part ailleurs",
             "dort deklariert und sonst nirgends"},
    Sentence{"reported near the cursor", "在光标附近报告", "signalé près du curseur",
             "nahe dem Cursor gemeldet"},
    Sentence{"the memory reads it, not the model", "由记忆读取，而不是模型",
             "la mémoire le lit, pas le modèle", "das Gedächtnis liest es, nicht das Modell"},
    Sentence{"one member alone begins as typed", "只有一个成员以所输入的内容开头",
             "un seul membre commence comme ce qui est tapé",
             "nur ein Mitglied beginnt wie das Getippte"},
    Sentence{"remote.completes is set", "设置了 remote.completes", "remote.completes est activé",
             "remote.completes ist gesetzt"},
    // Why nothing was shown.
    Sentence{"completions are switched off", "补全已关闭", "la complétion est désactivée",
             "Vervollständigungen sind ausgeschaltet"},
    Sentence{"completions are switched off for this language", "此语言的补全已关闭",
             "la complétion est désactivée pour ce langage",
             "Vervollständigungen sind für diese Sprache ausgeschaltet"},
    Sentence{"the model is not loaded", "模型没有加载", "le modèle n'est pas chargé",
             "das Modell ist nicht geladen"},
    Sentence{"this document is offered nothing: it is no file", "此文档得不到建议：它不是文件",
             "rien n'est proposé pour ce document : ce n'est pas un fichier",
             "diesem Dokument wird nichts angeboten: es ist keine Datei"},
    Sentence{"this document is offered nothing: it holds secrets, by its name",
             "此文档得不到建议：从名称看它含有机密",
             "rien n'est proposé pour ce document : d'après son nom, il contient des secrets",
             "diesem Dokument wird nichts angeboten: nach seinem Namen enthält es Geheimnisse"},
    Sentence{"this document is offered nothing: it is too large ({size} bytes; up to {most})",
             "此文档得不到建议：它太大（{size} 字节；最多 {most}）",
             "rien n'est proposé pour ce document : il est trop grand ({size} octets ; {most} au "
             "plus)",
             "diesem Dokument wird nichts angeboten: es ist zu groß ({size} Bytes; höchstens "
             "{most})"},
    Sentence{"this document is offered nothing: it is not known after an edit that was lost; open "
             "it anew",
             "此文档得不到建议：丢失了一次编辑，内容不再可知；请重新打开",
             "rien n'est proposé pour ce document : il n'est plus connu après une modification "
             "perdue ; rouvrez-le",
             "diesem Dokument wird nichts angeboten: nach einer verlorenen Änderung ist es nicht "
             "mehr bekannt; öffnen Sie es neu"},
    Sentence{"the selected item of the menu does not end at the cursor",
             "菜单中选中的项不在光标处结束", "l'élément choisi du menu ne finit pas au curseur",
             "der gewählte Eintrag des Menüs endet nicht am Cursor"},
    Sentence{"the text holds bytes that are no characters", "文本中有不是字符的字节",
             "le texte contient des octets qui ne sont pas des caractères",
             "der Text enthält Bytes, die keine Zeichen sind"},
    Sentence{"this is a file of secrets", "这是存放机密的文件", "c'est un fichier de secrets",
             "das ist eine Datei mit Geheimnissen"},
    Sentence{"the cursor is inside a comment; completion.comments may be switched on",
             "光标在注释中；可以打开 completion.comments",
             "le curseur est dans un commentaire ; completion.comments peut être activé",
             "der Cursor steht in einem Kommentar; completion.comments lässt sich einschalten"},
    Sentence{"the cursor is inside a word", "光标在单词中间", "le curseur est dans un mot",
             "der Cursor steht in einem Wort"},
    Sentence{"the model thinks that nothing is missing here", "模型认为此处不缺什么",
             "le modèle pense qu'il ne manque rien ici",
             "das Modell meint, dass hier nichts fehlt"},
    Sentence{"the model gives its best guess less than {percent}",
             "模型给最佳猜测的概率低于 {percent}",
             "le modèle donne moins de {percent} à sa meilleure idée",
             "das Modell gibt seiner besten Vermutung weniger als {percent}"},
    Sentence{"all that the model would write is there already", "模型要写的内容都已存在",
             "tout ce que le modèle écrirait est déjà là",
             "alles, was das Modell schreiben würde, steht schon da"},
    Sentence{"what the model would define or import is there already",
             "模型要定义或导入的内容已经存在",
             "ce que le modèle définirait ou importerait est déjà là",
             "was das Modell definieren oder importieren würde, ist schon da"},
    Sentence{"a single character is typed faster than read", "单个字符打出来比读起来快",
             "un seul caractère se tape plus vite qu'il ne se lit",
             "ein einzelnes Zeichen ist schneller getippt als gelesen"},
    Sentence{"the model is not sure, and uses a name that is defined nowhere",
             "模型没有把握，并且用了没有定义的名称",
             "le modèle n'est pas sûr, et utilise un nom qui n'est défini nulle part",
             "das Modell ist nicht sicher und verwendet einen Namen, der nirgends definiert ist"},
    Sentence{"the model is not sure how the string goes on that it would begin",
             "模型没有把握它要开始的字符串如何继续",
             "le modèle n'est pas sûr de la suite de la chaîne qu'il commencerait",
             "das Modell ist nicht sicher, wie die Zeichenkette weitergeht, die es begänne"},
    Sentence{"what stands after the cursor does not go with the menu's selected item",
             "光标之后的内容与菜单中选中的项不相配",
             "ce qui suit le curseur ne va pas avec l'élément choisi du menu",
             "was hinter dem Cursor steht, passt nicht zum gewählten Eintrag des Menüs"},
    // Why no question is answered.
    Sentence{
        "questions, changes, explanations, documentation and problems in words take a model that "
        "follows instructions, and the one at hand completes code alone; in {file}, set model "
        "in the section [chat] to a GGUF file or a Hugging Face folder of such a model "
        "({families}), or url and model in [remote] to an endpoint of yours ({servers})",
        "提问、修改、解释、文档和应用题需要遵循指令的模型，而现有模型只补全代码；请在 {file} 中，"
        "把 [chat] 一节的 model 设为这类模型（{families}）的 GGUF 文件或 Hugging Face 文件夹，"
        "或把 [remote] 一节的 url 和 model 设为您自己的端点（{servers}）",
        "les questions, changements, explications, documentations et problèmes en mots demandent "
        "un modèle qui suit des instructions, et celui-ci ne fait que compléter du code ; dans "
        "{file}, réglez model dans la section [chat] sur un fichier GGUF ou un dossier Hugging "
        "Face d'un tel modèle ({families}), ou url et model dans [remote] sur un point d'accès à "
        "vous ({servers})",
        "Fragen, Änderungen, Erklärungen, Dokumentation und Textaufgaben brauchen ein Modell, das "
        "Anweisungen folgt, und das vorhandene vervollständigt nur Code; setzen Sie in {file} "
        "model im Abschnitt [chat] auf eine GGUF-Datei oder einen Ordner von Hugging Face "
        "eines solchen Modells ({families}), oder url und model in [remote] auf einen eigenen "
        "Endpunkt ({servers})"},
    Sentence{
        "no chat model at '{path}': model in the section [chat] of {file} names a GGUF file "
        "or a Hugging Face folder",
        "“{path}”处没有对话模型：{file} 的 [chat] 一节的 model 是 GGUF 文件或 Hugging Face 文件夹",
        "pas de modèle de dialogue à « {path} » : model dans la section [chat] de {file} "
        "nomme un fichier GGUF ou un dossier Hugging Face",
        "kein Modell zum Fragen unter „{path}“: model im Abschnitt [chat] von {file} nennt "
        "eine GGUF-Datei oder einen Ordner von Hugging Face"},
};

}  // namespace

std::string reason_in(Tongue tongue, std::string_view english) {
  return text::clauses_in(tongue, english, reasons);
}

wire::Explanation explained_in(Tongue tongue, wire::Explanation explanation) {
  if (tongue == Tongue::english) return explanation;
  wire::Provenance& from = explanation.provenance;
  from.silence = reason_in(tongue, from.silence);
  for (auto& source : from.sources) {
    source.what = reason_in(tongue, source.what);
    source.why = reason_in(tongue, source.why);
  }
  return explanation;
}

}  // namespace lsp::server
