// Words are replaced, the longest first, and the few places where the order of words differs are
// put into English order. Accents are folded before, since many leave them out. Words such as "de"
// and "von" are replaced only beside a word of mathematics in their language.
#include "lsp/features/solve/languages.h"

#include <algorithm>
#include <cctype>
#include <span>
#include <vector>

#include "engine/base/format.h"

namespace lsp::features::solve {
namespace {

using engine::base::concat;

struct Word {
  std::string_view foreign;  // folded, in small letters
  std::string_view english;
};

constexpr Word german_terms[] = {{"zweite ableitung", "second derivative"},
                                 {"dritte ableitung", "third derivative"},
                                 {"ableitung", "derivative"},
                                 {"leite", "differentiate"},
                                 {"differenziere", "differentiate"},
                                 {"integriere", "integrate"},
                                 {"unbestimmtes integral", "integral"},
                                 {"bestimmtes integral", "integral"},
                                 {"stammfunktion", "antiderivative"},
                                 {"grenzwert", "limit"},
                                 {"limes", "limit"},
                                 {"summe", "sum"},
                                 {"produkt", "product"},
                                 {"lose", "solve"},
                                 {"loese", "solve"},
                                 {"gleichung", ""},
                                 {"gleichungssystem", ""},
                                 {"ungleichung", ""},
                                 {"nullstellen", "zeros"},
                                 {"nullstelle", "zeros"},
                                 {"faktorisiere", "factor"},
                                 {"primfaktorzerlegung", "prime factorization"},
                                 {"primfaktoren", "prime factors"},
                                 {"multipliziere", "expand"},
                                 {"ausmultiplizieren", "expand"},
                                 {"vereinfache", "simplify"},
                                 {"partialbruchzerlegung", "partial fractions"},
                                 {"taylorreihe", "taylor series"},
                                 {"taylorpolynom", "taylor polynomial"},
                                 {"determinante", "determinant"},
                                 {"transponierte", "transpose"},
                                 {"eigenwerte", "eigenvalues"},
                                 {"eigenvektoren", "eigenvectors"},
                                 {"skalarprodukt", "dot product"},
                                 {"kreuzprodukt", "cross product"},
                                 {"ggt", "gcd"},
                                 {"kgv", "lcm"},
                                 {"teiler von", "divisors of"},
                                 {"eine primzahl", "prime"},
                                 {"mittelwert", "mean"},
                                 {"durchschnitt", "mean"},
                                 {"standardabweichung", "standard deviation"},
                                 {"varianz", "variance"},
                                 {"wurzel", "square root"},
                                 {"quadratwurzel", "square root"},
                                 {"berechne", ""},
                                 {"bestimme", ""},
                                 {"finde", ""},
                                 {"was ist", ""},
                                 {"prozent", "percent"},
                                 {"von", "of"},
                                 {"fakultat", "factorial"},
                                 {"stunden", "hours"},
                                 {"minuten", "minutes"},
                                 {"sekunden", "seconds"},
                                 {"meilen", "miles"}};
constexpr Word german_links[] = {{"bis", "to"},
                                 {"fur", "for"},
                                 {"gegen", "->"},
                                 {"und", "and"},
                                 {"mit", "with"},
                                 {"uber", "over"},
                                 {"auf", ""},
                                 {"ab", ""},
                                 {"aus", "of"},
                                 {"der", ""},
                                 {"die", ""},
                                 {"das", ""},
                                 {"des", ""},
                                 {"dem", ""},
                                 {"den", ""},
                                 {"ist", "is"},
                                 {"zwischen", "between"},
                                 {"bei", "at"},
                                 {"an der stelle", "at"},
                                 {"reellen zahlen", "the reals"},
                                 {"mal", "times"},
                                 {"geteilt durch", "divided by"},
                                 {"rest", "remainder"},
                                 {"im intervall", "on"},
                                 {"im punkt", "at"},
                                 {"inverse matrix", "inverse"}};

constexpr Word french_terms[] = {{"derivee seconde", "second derivative"},
                                 {"derivee", "derivative"},
                                 {"deriver", "differentiate"},
                                 {"derive", "differentiate"},
                                 {"integrale", "integral"},
                                 {"integrer", "integrate"},
                                 {"integre", "integrate"},
                                 {"primitive de", "antiderivative of"},
                                 {"limite", "limit"},
                                 {"somme", "sum"},
                                 {"produit", "product"},
                                 {"resoudre", "solve"},
                                 {"resous", "solve"},
                                 {"resolvez", "solve"},
                                 {"equation", ""},
                                 {"systeme", ""},
                                 {"inequation", ""},
                                 {"racines de", "roots of"},
                                 {"factoriser", "factor"},
                                 {"developper", "expand"},
                                 {"developpe", "expand"},
                                 {"simplifier", "simplify"},
                                 {"simplifie", "simplify"},
                                 {"decomposition en facteurs premiers", "prime factorization"},
                                 {"decomposition en elements simples", "partial fractions"},
                                 {"serie de taylor", "taylor series"},
                                 {"transposee", "transpose"},
                                 {"determinant de", "determinant of"},
                                 {"inverse de", "inverse of"},
                                 {"valeurs propres", "eigenvalues"},
                                 {"vecteurs propres", "eigenvectors"},
                                 {"produit scalaire", "dot product"},
                                 {"produit vectoriel", "cross product"},
                                 {"pgcd", "gcd"},
                                 {"ppcm", "lcm"},
                                 {"diviseurs", "divisors"},
                                 {"moyenne", "mean"},
                                 {"mediane", "median"},
                                 {"ecart-type", "standard deviation"},
                                 {"ecart type", "standard deviation"},
                                 {"variance de", "variance of"},
                                 {"racine carree", "square root"},
                                 {"racine cubique", "cube root"},
                                 {"reste de la division de", "remainder of"},
                                 {"calculer", ""},
                                 {"calcule", ""},
                                 {"trouver", ""},
                                 {"quel est", ""},
                                 {"quelle est", ""},
                                 {"pourcent", "percent"},
                                 {"pour cent", "percent"},
                                 {"% de", "% of"},
                                 {"heures", "hours"}};
constexpr Word french_links[] = {
    {"de", "of"},          {"du", "of"},         {"des", "of"},
    {"de la", "of"},       {"de l'", "of "},     {"d'", "of "},
    {"à", "to"},           {"le", ""},           {"la", ""},
    {"les", ""},           {"l'", ""},           {"par rapport à", "wrt"},
    {"pour", "for"},       {"quand", "as"},      {"lorsque", "as"},
    {"tend vers", "->"},   {"entre", "between"}, {"et", "and"},
    {"sur", "over"},       {"dans", "in"},       {"reels", "the reals"},
    {"en", "in"},          {"fois", "times"},    {"divise par", "divided by"},
    {"par", "divided by"}, {"matrice", ""},      {"vers", "->"}};

constexpr Word chinese_terms[] = {{"二阶导数", "second derivative"},
                                  {"导数", "derivative"},
                                  {"求导", "derivative of"},
                                  {"不定积分", "integral"},
                                  {"定积分", "integral"},
                                  {"积分", "integral"},
                                  {"原函数", "antiderivative"},
                                  {"极限", "limit"},
                                  {"求和", "sum of"},
                                  {"总和", "sum"},
                                  {"解方程组", "solve"},
                                  {"解方程", "solve"},
                                  {"解不等式", "solve"},
                                  {"方程组", ""},
                                  {"方程", ""},
                                  {"矩阵", ""},
                                  {"函数", ""},
                                  {"向量", ""},
                                  {"的值", ""},
                                  {"不等式", ""},
                                  {"解", "solve"},
                                  {"质因数分解", "prime factorization of"},
                                  {"因式分解", "factor"},
                                  {"分解因式", "factor"},
                                  {"展开", "expand"},
                                  {"化简", "simplify"},
                                  {"行列式", "determinant"},
                                  {"逆矩阵", "inverse"},
                                  {"转置", "transpose"},
                                  {"特征值", "eigenvalues"},
                                  {"特征向量", "eigenvectors"},
                                  {"最大公约数", "gcd"},
                                  {"最小公倍数", "lcm"},
                                  {"约数", "divisors"},
                                  {"平均数", "mean"},
                                  {"平均值", "mean"},
                                  {"中位数", "median"},
                                  {"众数", "mode"},
                                  {"标准差", "standard deviation"},
                                  {"方差", "variance"},
                                  {"平方根", "square root"},
                                  {"立方根", "cube root"},
                                  {"阶乘", "factorial"},
                                  {"最大值", "maximum"},
                                  {"最小值", "minimum"},
                                  {"计算", ""},
                                  {"求", ""},
                                  {"等于多少", ""},
                                  {"是多少", ""},
                                  {"零点", "zeros"},
                                  {"根", "roots"}};
constexpr Word chinese_links[] = {{"从", "from"},
                                  {"到", "to"},
                                  {"趋于", "->"},
                                  {"趋近于", "->"},
                                  {"趋向于", "->"},
                                  {"无穷大", "oo"},
                                  {"无穷", "oo"},
                                  {"当", "as"},
                                  {"时", ""},
                                  {"和", "and"},
                                  {"与", "and"},
                                  {"的", "of"},
                                  {"在", "at"},
                                  {"处", ""},
                                  {"加", "plus"},
                                  {"减", "minus"},
                                  {"乘以", "times"},
                                  {"除以", "divided by"},
                                  {"实数范围内", "over the reals"}};

struct Language {
  std::span<const Word> terms, links;
  bool spaces;  // whether words stand between spaces
};
constexpr Language languages[] = {{german_terms, german_links, true},
                                  {french_terms, french_links, true},
                                  {chinese_terms, chinese_links, false}};

// Letters without what stands on them, and signs of full width as ASCII has them.
constexpr Word folds[] = {
    {"ä", "a"},   {"ö", "o"},  {"ü", "u"},  {"Ä", "a"},  {"Ö", "o"},  {"Ü", "u"},  {"ß", "ss"},
    {"é", "e"},   {"è", "e"},  {"ê", "e"},  {"É", "e"},  {"î", "i"},  {"ï", "i"},  {"ô", "o"},
    {"ù", "u"},   {"û", "u"},  {"ç", "c"},  {"â", "a"},  {"À", "à"},  {"’", "'"},  {"，", ", "},
    {"；", "; "}, {"：", ":"}, {"（", "("}, {"）", ")"}, {"＝", "="}, {"＋", "+"}, {"、", ", "},
    {"。", ""},   {"？", "?"}, {"－", "-"}, {"［", "["}, {"］", "]"}, {"　", " "}};

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }

std::string folded(std::string_view text) {
  std::string all;
  while (!text.empty()) {
    const auto* fold = std::find_if(std::begin(folds), std::end(folds), [&](const Word& each) {
      return text.starts_with(each.foreign);
    });
    const bool found = fold != std::end(folds);
    all += found ? fold->english : text.substr(0, 1);
    text.remove_prefix(found ? fold->foreign.size() : 1);
  }
  return all;
}

// Whether the word stands at this place: whole, where words stand between spaces.
bool stands(std::string_view text, size_t at, std::string_view word, bool whole) {
  if (text.size() - at < word.size()) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(text[at + i])) !=
        std::tolower(static_cast<unsigned char>(word[i]))) {
      return false;
    }
  }
  if (!whole) return true;
  const size_t end = at + word.size();
  return (at == 0 || !is_letter(text[at - 1]) || !is_letter(word[0])) &&
         (end == text.size() || !is_letter(text[end]) || !is_letter(word.back()));
}

const Word* longest_at(std::span<const Word> words, std::string_view text, size_t at, bool whole) {
  const Word* best = nullptr;
  for (const Word& each : words) {
    if (best != nullptr && best->foreign.size() >= each.foreign.size()) continue;
    if (stands(text, at, each.foreign, whole)) best = &each;
  }
  return best;
}

int terms_of(const Language& language, std::string_view text) {
  int found = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    found += longest_at(language.terms, text, at, language.spaces) != nullptr;
  }
  return found;
}

// "de 0 à 3" and "von 0 bis 3" begin a range; other "de" and "von" do not.
bool begins_range(std::string_view rest) {
  for (const auto& [from, to] : {std::pair{" de ", " à "}, std::pair{" von ", " bis "}}) {
    const size_t end = rest.find(to);
    if (end != std::string_view::npos && rest.substr(0, end).find(from) == std::string_view::npos) {
      return true;
    }
  }
  return false;
}

// "en x = 2" is a place, "en miles" a unit; "nach" says for what is solved, or over what.
std::string link(const Word& word, std::string_view rest, std::string_view before) {
  const bool of = word.foreign == "de" || word.foreign == "von";
  if (of && begins_range(rest)) return "from";
  const size_t sign = rest.find('=');
  if (word.foreign == "en" && sign != std::string_view::npos && sign < 5) return "at";
  if (word.foreign == "a" || word.foreign == "nach") {
    return before.find("solve") != std::string_view::npos ? "for" : "with respect to";
  }
  return std::string(word.english);
}

std::string replaced(const Language& language, std::string_view text) {
  static constexpr Word over[] = {{"nach", ""}};
  std::string all;
  for (size_t at = 0; at < text.size();) {
    const Word* best = nullptr;
    for (const std::span<const Word> words :
         {language.terms, language.links, std::span<const Word>(over)}) {
      const Word* found = longest_at(words, text, at, language.spaces);
      if (found != nullptr && (best == nullptr || found->foreign.size() > best->foreign.size())) {
        best = found;
      }
    }
    if (best == nullptr) {
      all += text[at++];
      continue;
    }
    at += best->foreign.size();
    const std::string english = link(*best, text.substr(at), all);
    all += language.spaces ? english : concat(" ", english, " ");
  }
  return all;
}

// "A 的 B" is "B of A", and a verb may stand behind: "x^2 求导".
std::string in_order(std::string_view text) {
  if (text.ends_with("吗")) text.remove_suffix(std::string_view("吗").size());
  for (const std::string_view ask : {"是素数", "是质数"}) {
    const size_t at = text.find(ask);
    if (at != std::string_view::npos) return concat("is ", text.substr(0, at), " prime");
  }
  for (const std::string_view lead : {"求", "计算", "对"}) {
    if (text.starts_with(lead) && !text.starts_with("求导") && !text.starts_with("求和")) {
      text.remove_prefix(lead.size());
    }
  }
  const size_t of = text.rfind("的");
  if (of != std::string_view::npos) {
    const std::string_view last = text.substr(of + std::string_view("的").size());
    return concat(last, " of ", text.substr(0, of));
  }
  constexpr std::string_view differentiate = "求导";
  if (!text.ends_with(differentiate) || text == differentiate) return std::string(text);
  const std::string_view body = text.substr(0, text.size() - differentiate.size());
  const size_t over = body.rfind("对");
  if (over == std::string_view::npos) return concat(differentiate, body);
  return concat(differentiate, body.substr(0, over), " with respect to ",
                body.substr(over + std::string_view("对").size()));
}

}  // namespace

std::string in_english(std::string_view text) {
  const std::string plain = folded(text);
  constexpr std::string_view prime = " est-il premier";  // 97 est-il premier
  const size_t ask = plain.find(prime);
  if (ask != std::string::npos) return concat("is ", plain.substr(0, ask), " prime");
  const Language* best = nullptr;
  int most = 0;
  for (const Language& each : languages) {
    const int found = terms_of(each, plain);
    if (found > most) best = &each;
    most = std::max(most, found);
  }
  const bool chinese = plain.find("的") != std::string::npos ||
                       plain.find("素数") != std::string::npos ||
                       plain.find("质数") != std::string::npos;
  if (chinese) best = &languages[2];
  if (best == nullptr) return std::string(text);
  if (!best->spaces) return replaced(*best, in_order(plain));
  return replaced(*best, plain);
}

}  // namespace lsp::features::solve
