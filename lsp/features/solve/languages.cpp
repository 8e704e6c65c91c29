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
                                 {"meilen", "miles"},
    {"rabatt", "discount"},
    {"trinkgeld", "tip"},
    {"mehrwertsteuer", "tax"},
    {"mwst", "tax"},
    {"steuer", "tax"},
    {"geschwindigkeit", "speed"},
    {"wie viel prozent sind", "percentage is"},
    {"wieviel prozent sind", "percentage is"},
    {"wie viel prozent ist", "percentage is"},
    {"wie viel ist", "what is"},
    {"wieviel ist", "what is"},
    {"wie viel sind", "what is"},
    {"wieviel sind", "what is"},
    {"wie viele", "how many"},
    {"wieviele", "how many"},
    {"wie viel", "how many"},
    {"wieviel", "how many"},
    {"kilometer", "km"},
    {"kilometern", "km"},
    {"meter", "m"},
    {"metern", "m"},
    {"zentimeter", "cm"},
    {"grad fahrenheit", "degF"},
    {"grad celsius", "degC"},
    {"fuss", "feet"},
    {"fuß", "feet"},
    {"zoll", "inches"},
    {"pfund", "pounds"},
    {"stunde", "hour"},
    {"minute", "minute"},
    {"sekunde", "second"},
    {"tage", "days"},
    {"tag", "day"},
    {"wochen", "weeks"},
    {"woche", "week"},
    {"kilogramm", "kg"},
    {"gramm", "grams"},
    {"tonnen", "tonnes"},
    {"liter", "liters"},
    {"quadratmeter", "m^2"},
    {"quadratzentimeter", "cm^2"},
    {"hektar", "hectares"},
    {"kubikmeter", "m^3"},
    {"quadratkilometer", "km^2"},
    {"rechne", "convert"},
    {"umrechnen", ""},
    {"wandle", "convert"},
    {"hoch", "^"},
    {"quadrat von", "square of"},
    {"zum quadrat", "squared"},
    {"dritte wurzel", "cube root"},
    {"kubikwurzel", "cube root"},
    {"betrag von", "absolute value of"},
    {"kehrwert", "reciprocal"},
    {"halfte", "half"},
    {"ein drittel von", "1/3 of"},
    {"ein viertel von", "1/4 of"},
    {"drei viertel von", "3/4 of"},
    {"zwei drittel von", "2/3 of"},
    {"hochpunkt", "maximum"},
    {"tiefpunkt", "minimum"},
    {"maximum von", "maximum of"},
    {"minimum von", "minimum of"},
    {"umfang", "circumference"},
    {"flache", "area"},
    {"flacheninhalt", "area"},
    {"oberflache", "surface area"},
    {"volumen", "volume"},
    {"eines kreises", "of circle"},
    {"kreises", "circle"},
    {"eines quadrats", "of square"},
    {"eines rechtecks", "of rectangle"},
    {"eines dreiecks", "of triangle"},
    {"einer kugel", "of sphere"},
    {"eines wurfels", "of cube"},
    {"eines zylinders", "of cylinder"},
    {"eines kegels", "of cone"},
    {"kantenlange", "side"},
    {"seitenlange", "side"},
    {"seite", "side"},
    {"seiten", "sides"},
    {"radius", "radius"},
    {"durchmesser", "diameter"},
    {"hohe", "height"},
    {"grundseite", "base"},
    {"geteilt durch", "divided by"},
    {"durch", "divided by"},
    {"modulo", "mod"},
    {"grosster gemeinsamer teiler", "gcd"},
    {"kleinstes gemeinsames vielfaches", "lcm"},
    {"schnittpunkt", "intersection"},
    {"schnittpunkte", "intersection"},
    {"hexadezimal", "hex"},
    {"hexadezimalsystem", "hex"},
    {"dezimal", "decimal"},
    {"dezimalsystem", "decimal"},
    {"dualsystem", "binary"},
    {"binarsystem", "binary"},
    {"binar", "in binary"},
    {"in binar", "in binary"},
    {"in hexadezimal", "in hex"},
    {"logarithmus", "logarithm"},
    {"zur basis", "to base"},
    {"wahrscheinlichkeit", "probability"},
    {"integral von", "integral of"},
    {"median von", "median of"},
    {"inverse von", "inverse of"},
    {"inverse der", "inverse of"},
    {"plus", "plus"},
    {"minus", "minus"},
    {"summe der zahlen", "sum of integers"},
    {"erhohe", "increase"},
    {"erhohen", "increase"},
    {"verringere", "decrease"},
    {"reduziere", "decrease"},
    {"um", "by"},
    {"lange", "length"},
    {"abstand", "distance"},
    {"vektoren", "vectors"},
    {"punkten", "points"},
    {"vektor", "vector"},
    {"steigung", "slope"},
    {"tangente", "tangent line"},
    {"wendepunkte", "inflection points"},
    {"wendepunkt", "inflection points"},
    {"quersumme", "digit sum"},
    {"umkehrfunktion", "inverse function"},
    {"loesung", "solutions"},
    {"losung", "solutions"},
    {"losungen", "solutions"},
    {"losungsmenge", "solutions"},
    {"ist gleich", "="},
    {"gleich", "="},
    {"quadratische erganzung", "complete the square"},
    {"was ergibt", "what is"},
    {"ergibt", "is"},
    {"wie lautet", "what is"},
    {"wie lauten", "what is"},
    {"wie gross ist", "what is"},
    {"erweitere", "expand"},
    {"kurze", "reduce"},
    {"runde", "round"},
    {"nachkommastellen", "decimals"},
    {"stellen", "digits"},
    {"mal", "times"},
    {"teile", "divide"}};
constexpr Word german_links[] = {{"bis", "to"},
                                 {"fur", "for"},
                                 {"gegen", "->"},
                                 {"unendlich", "oo"},
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
                                 {"sind", "are"},
                                 {"zwischen", "between"},
                                 {"bei", "at"},
                                 {"an der stelle", "at"},
                                 {"reellen zahlen", "the reals"},
                                 {"mal", "times"},
                                 {"geteilt durch", "divided by"},
                                 {"rest", "remainder"},
                                 {"im intervall", "on"},
                                 {"im punkt", "at"},
                                 {"inverse matrix", "inverse"},
    {"im quadrat", "squared"},
    {"eines", "of"},
    {"einer", "of"},
    {"einem", ""},
    {"eine", ""},
    {"ein", ""},
    {"welche", ""},
    {"welches", ""},
    {"zu", "to"},
    {"pro", "per"}};

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
                                 {"heures", "hours"},
    {"remise", "discount"},
    {"rabais", "discount"},
    {"reduction", "discount"},
    {"pourboire", "tip"},
    {"tva", "tax"},
    {"taxe", "tax"},
    {"vitesse", "speed"},
    {"combien de", "how many"},
    {"combien font", "what is"},
    {"combien fait", "what is"},
    {"combien vaut", "what is"},
    {"combien y a-t-il de", "how many"},
    {"kilometres", "km"},
    {"kilometre", "km"},
    {"metres", "m"},
    {"metre", "m"},
    {"centimetres", "cm"},
    {"km/h en", "km/h in"},
    {"miles en", "miles in"},
    {"pieds", "feet"},
    {"pied", "foot"},
    {"pouces", "inches"},
    {"pouce", "inch"},
    {"livres", "pounds"},
    {"degres fahrenheit", "degF"},
    {"degres celsius", "degC"},
    {"minutes dans", "minutes in"},
    {"secondes", "seconds"},
    {"heure", "hour"},
    {"jours", "days"},
    {"jour", "day"},
    {"semaines", "weeks"},
    {"semaine", "week"},
    {"litres", "liters"},
    {"litre", "liter"},
    {"kilogrammes", "kg"},
    {"grammes", "grams"},
    {"tonnes", "tonnes"},
    {"convertir", "convert"},
    {"convertis", "convert"},
    {"augmenter", "increase"},
    {"augmente", "increase"},
    {"diminuer", "decrease"},
    {"diminue", "decrease"},
    {"reduire", "decrease"},
    {"au carre", "squared"},
    {"au cube", "cubed"},
    {"carre de", "square of"},
    {"cube de", "cube of"},
    {"puissance", "^"},
    {"factorielle", "factorial"},
    {"valeur absolue", "absolute value"},
    {"la moitie de", "half of"},
    {"moitie de", "half of"},
    {"un tiers de", "1/3 of"},
    {"deux tiers de", "2/3 of"},
    {"un quart de", "1/4 of"},
    {"trois quarts de", "3/4 of"},
    {"est quel pourcentage", "is what percent"},
    {"quel pourcentage", "what percentage"},
    {"aire", "area"},
    {"surface", "area"},
    {"perimetre", "circumference"},
    {"circonference", "circumference"},
    {"volume d'", "volume of "},
    {"un cercle", "circle"},
    {"cercle", "circle"},
    {"un carre de", "square of"},
    {"un rectangle", "rectangle"},
    {"un triangle", "triangle"},
    {"une sphere", "sphere"},
    {"un cube de", "cube of"},
    {"un cylindre", "cylinder"},
    {"un cone", "cone"},
    {"rayon", "radius"},
    {"diametre", "diameter"},
    {"hauteur", "height"},
    {"cote", "side"},
    {"cotes", "sides"},
    {"hexadecimal", "hex"},
    {"binaire", "binary"},
    {"decimal", "decimal"},
    {"en binaire", "in binary"},
    {"en hexadecimal", "in hex"},
    {"logarithme", "logarithm"},
    {"en base", "to base"},
    {"parmi", "choose_from"},
    {"reste de", "remainder of"},
    {"probabilite", "probability"},
    {"maximum de", "maximum of"},
    {"minimum de", "minimum of"},
    {"dans l'intervalle", "on"},
    {"solutions de", "solutions of"},
    {"inverse d'", "inverse of "},
    {"premier", "prime"},
    {"est-il un nombre premier", "prime"},
    {"nombre premier", "prime"},
    {"arrondir", "round"},
    {"arrondis", "round"},
    {"decimales", "decimals"},
    {"chiffres", "digits"},
    {"somme des entiers", "sum of integers"},
    {"intersection de", "intersection of"},
    {"pente", "slope"},
    {"tangente a", "tangent line to"},
    {"tangente", "tangent line"},
    {"plus", "plus"},
    {"moins", "minus"},
    {"derivee troisieme", "third derivative"},
    {"distance entre", "distance between"},
    {"polynome", "polynomial"},
    {"factorise", "factor"},
    {"complement", "complement"},
    {"forme canonique de", "complete the square"},
    {"modulo", "mod"},
    {"matrice inverse", "inverse"},
    {"norme", "norm"},
    {"vecteurs", "vectors"},
    {"vecteur", "vector"},
    {"points d'inflexion", "inflection points"},
    {"fonction reciproque de", "inverse function of"},
    {"est egal a", "="},
    {"egale", "="},
    {"egal", "="}};
constexpr Word french_links[] = {
    {"de", "of"},          {"du", "of"},         {"des", "of"},
    {"de la", "of"},       {"de l'", "of "},     {"d'", "of "},
    {"à", "to"},           {"le", ""},           {"la", ""},
    {"les", ""},           {"l'", ""},           {"par rapport à", "wrt"},
    {"l'infini", "oo"},    {"infini", "oo"},
    {"pour", "for"},       {"quand", "as"},      {"lorsque", "as"},
    {"tend vers", "->"},   {"entre", "between"}, {"et", "and"},
    {"sur", "over"},       {"dans", "in"},       {"reels", "the reals"},
    {"en", "in"},          {"fois", "times"},    {"divise par", "divided by"},
    {"par", "divided by"}, {"matrice", ""},      {"vers", "->"},
    {"un", ""},
    {"une", ""},
    {"au", "to"},
    {"aux", "to"},
    {"divise", "divided"},
    {"avec", "with"},
    {"jusqu'a", "to"}};

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
                                  {"圆", "circle"},
                                  {"球", "sphere"},
                                  {"体积", "volume"},
                                  {"零点", "zeros"},
                                  {"根", "roots"},
    {"打七折", "* 0.7"},
    {"打八折", " * 0.8"},
    {"打九折", " * 0.9"},
    {"打五折", " * 0.5"},
    {"打六折", " * 0.6"},
    {"打三折", " * 0.3"},
    {"百分之几", "what percent"},
    {"英里每小时", " mph"},
    {"公里每小时", " km/h"},
    {"千米每小时", " km/h"},
    {"米每秒", " m/s"},
    {"千米/小时", " km/h"},
    {"公里/小时", " km/h"},
    {"米/秒", " m/s"},
    {"英里", " miles"},
    {"公里", " km"},
    {"千米", " km"},
    {"厘米", " cm"},
    {"毫米", " mm"},
    {"英尺", " feet"},
    {"英寸", " inches"},
    {"公斤", " kg"},
    {"千克", " kg"},
    {"英镑", " pounds"},
    {"克", " grams"},
    {"小时", " hours"},
    {"分钟", " minutes"},
    {"秒", " seconds"},
    {"天", " days"},
    {"平方米", " m^2"},
    {"立方米", " m^3"},
    {"平方公里", " km^2"},
    {"公顷", " hectares"},
    {"升", " liters"},
    {"米", " m"},
    {"毫升", " ml"},
    {"吨", " tonnes"},
    {"摄氏度", " degC"},
    {"华氏度", " degF"},
    {"换算成", " in "},
    {"转换为", " in "},
    {"转换成", " in "},
    {"换成", " in "},
    {"合多少", " in "},
    {"有多少", " in "},
    {"二进制", "binary"},
    {"八进制", "octal"},
    {"十六进制", "hex"},
    {"十进制", "decimal"},
    {"绝对值", "absolute value"},
    {"余数", "remainder"},
    {"面积", "area"},
    {"周长", "circumference"},
    {"对数", "logarithm"},
    {"倒数", "reciprocal"},
    {"加上", "plus"},
    {"减去", "minus"},
    {"乘", "times"},
    {"增加", " increased by "},
    {"减少", " decreased by "},
    {"提高", " increased by "},
    {"降低", " decreased by "},
    {"三阶导数", "third derivative"},
    {"极大值", "maximum"},
    {"极小值", "minimum"},
    {"极值", "local extrema"},
    {"整数", "integers"},
    {"点积", "dot product"},
    {"叉积", "cross product"},
    {"模", "absolute value"},
    {"秩", "rank"},
    {"迹", "trace"},
    {"几何平均数", "geometric mean"},
    {"总体", "population "},
    {"样本", "sample "},
    {"极差", "range"},
    {"实部", "real part"},
    {"虚部", "imaginary part"},
    {"通分", "together"},
    {"配方", "complete the square"},
    {"判别式", "discriminant"},
    {"泰勒展开", "taylor series"},
    {"麦克劳林级数", "maclaurin series"},
    {"切线", "tangent line"},
    {"反函数", "inverse function"}};
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
                                  {"半径为", "radius "},
                                  {"把", "convert"},
                                  {"将", "convert"},
                                  {"打七折", "*0.7"},
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

// Words that are English as well do not say which language it is.
bool is_english_too(std::string_view word) {
  constexpr std::string_view words[] = {
      "equation", "surface", "plus",    "minus",  "modulo",  "minute", "radius", "liter",
      "litre",    "litres",  "meter",   "metre",  "metres",  "kilometer", "kilometre",
      "kilometres", "tonnes", "decimal", "factorise", "tag", "derive", "secondes"};
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

int terms_of(const Language& language, std::string_view text) {
  int found = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    const Word* word = longest_at(language.terms, text, at, language.spaces);
    found += word != nullptr && !is_english_too(word->foreign);
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

// What is said of a number behind it becomes a sign: 7的平方, 2的10次方, 30的一半, 百分之20.
std::string with_signs(std::string text) {
  static constexpr Word signs[] = {{"的平方", "^2 "},    {"的立方", "^3 "},   {"的一半", "/2 "},
                                   {"的三分之一", "/3 "}, {"的四分之一", "/4 "}, {"的两倍", "*2 "},
                                   {"的二倍", "*2 "},    {"的三倍", "*3 "},   {"的倒数", "^(-1) "},
                                   {"的和", " sum_of_range "}};
  const auto replace = [&](size_t at, size_t size, std::string_view with) {
    text = concat(text.substr(0, at), with, text.substr(at + size));
  };
  for (const auto& [foreign, sign] : signs) {
    const size_t at = text.find(foreign);
    if (at == std::string::npos || text.substr(at + foreign.size()).starts_with("根")) continue;
    replace(at, foreign.size(), sign);
  }
  constexpr std::string_view range = "的和", ask = "的百分之几", into = "等于多少";
  if (text.ends_with(range) && text.find("到") != std::string::npos) {
    text = concat("sum from ", text.substr(0, text.size() - range.size()));
  }
  const size_t is = text.find("是");
  if (text.ends_with(ask) && is != std::string::npos) {
    const std::string whole = text.substr(0, text.size() - ask.size());
    text = concat(whole.substr(0, is), " is what percent of ",
                  whole.substr(is + std::string_view("是").size()));
  }
  const size_t units = text.find(into);
  if (units != std::string::npos && units + into.size() < text.size()) {
    replace(units, into.size(), " in ");
  }
  constexpr std::string_view power = "次方", of = "的", hundredths = "百分之";
  const size_t end = text.find(power);
  const size_t begin = end == std::string::npos ? end : text.rfind(of, end);
  if (begin != std::string::npos) {
    const std::string exponent = text.substr(begin + of.size(), end - begin - of.size());
    replace(begin, end + power.size() - begin, concat("^(", exponent, ") "));
  }
  const size_t share = text.find(hundredths);
  if (share != std::string::npos && !text.substr(share + hundredths.size()).starts_with("几")) {
    size_t last = share + hundredths.size();
    while (last < text.size() && (std::isdigit(static_cast<unsigned char>(text[last])) != 0 ||
                                  text[last] == '.')) {
      ++last;
    }
    const std::string digits = text.substr(share + hundredths.size(), last - share - hundredths.size());
    if (!digits.empty()) replace(share, last - share, concat(digits, "%"));
  }
  return text;
}

// Numbers that are written out, between signs.
std::string with_digits(std::string_view text) {
  static constexpr Word digits[] = {{"二十", "20"}, {"三十", "30"}, {"五十", "50"}, {"十", "10"},
                                    {"一", "1"},   {"二", "2"},   {"两", "2"},   {"三", "3"},
                                    {"四", "4"},   {"五", "5"},   {"六", "6"},   {"七", "7"},
                                    {"八", "8"},   {"九", "9"}};
  std::string all;
  const auto follows = [](std::string_view rest) {
    return rest.empty() || rest.starts_with("加") || rest.starts_with("减") ||
           rest.starts_with("乘") || rest.starts_with("除") || rest.starts_with("的") ||
           rest.starts_with("等于") || rest.starts_with("是多少");
  };
  while (!text.empty()) {
    const auto* found = std::find_if(std::begin(digits), std::end(digits), [&](const Word& each) {
      return text.starts_with(each.foreign) && follows(text.substr(each.foreign.size()));
    });
    const bool digit = found != std::end(digits);
    all += digit ? found->english : text.substr(0, 1);
    text.remove_prefix(digit ? found->foreign.size() : 1);
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

// 89,90 with a point, where no list is asked for and nothing else has a comma.
std::string with_points(std::string text) {
  for (const std::string_view list : {"gcd", "lcm", "mean", "median", "max", "min", "sum", "(",
                                      "[", "{", "deviation", "variance", "mode", "range"}) {
    if (text.find(list) != std::string::npos) return text;
  }
  const auto digit = [&](size_t at) {
    return at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])) != 0;
  };
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == ',' && digit(i - 1) && digit(i + 1)) text[i] = '.';
  }
  return text;
}

// "multipliziere … aus", "leite … ab"
std::string without_verb_end(std::string_view text) {
  for (const std::string_view end : {" aus", " ab", " um"}) {
    if (text.ends_with(end)) text.remove_suffix(end.size());
  }
  return std::string(text);
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
  const bool chinese = std::any_of(plain.begin(), plain.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0xE4 && static_cast<unsigned char>(c) <= 0xE9;
  });
  if (chinese) best = &languages[2];
  if (best == nullptr) return std::string(text);
  if (!best->spaces) return replaced(*best, in_order(with_signs(with_digits(plain))));
  return with_points(replaced(*best, without_verb_end(plain)));
}

}  // namespace lsp::features::solve
