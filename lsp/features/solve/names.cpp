// Tables of words, each for one question about a word. Aliases lead to SymPy's names; a word that
// is in no table is a variable, if it is short, or prose.
#include "lsp/features/solve/names.h"

#include <set>

namespace lsp::features::solve {
namespace {

struct Alias {
  std::string_view word;
  std::string_view name;
};

constexpr Alias functions[] = {{"arcsin", "asin"},
                               {"arccos", "acos"},
                               {"arctan", "atan"},
                               {"cosec", "csc"},
                               {"ctg", "cot"},
                               {"tg", "tan"},
                               {"lg", "log10"},
                               {"binom", "binomial"},
                               {"arsinh", "asinh"},
                               {"arcosh", "acosh"},
                               {"artanh", "atanh"},
                               {"ln", "log"},
                               {"abs", "abs"},
                               {"Abs", "abs"},
                               {"fabs", "abs"},
                               {"ceil", "ceiling"},
                               {"sgn", "sign"},
                               {"conj", "conjugate"},
                               {"phi", "totient"},
                               {"comb", "binomial"},
                               {"nCr", "binomial"},
                               {"perm", "permutations"},
                               {"nPr", "permutations"},
                               {"isprime", "isprime"},
                               {"is_prime", "isprime"},
                               {"factorint", "factorint"},
                               {"primefactors", "primefactors"},
                               {"arg", "arg"},
                               {"igcd", "gcd"},
                               {"ilcm", "lcm"},
                               {"Mod", "mod"},
                               {"Integral", "integrate"},
                               {"Derivative", "diff"},
                               {"Sum", "summation"},
                               {"Product", "product"},
                               {"Limit", "limit"},
                               {"prod", "product"},
                               {"Eq", "eq"},
                               {"Ne", "ne"},
                               {"Lt", "lt"},
                               {"Le", "le"},
                               {"Gt", "gt"},
                               {"Ge", "ge"},
                               {"Rational", "div"},
                               {"Fraction", "div"},
                               {"Pow", "pow"},
                               {"pow", "pow"},
                               {"Matrix", "matrix"},
                               {"Max", "max"},
                               {"Min", "min"},
                               {"average", "mean"},
                               {"std", "stdev"},
                               {"inv", "inverse"},
                               {"eigenvals", "eigenvalues"},
                               {"eigenvects", "eigenvectors"},
                               {"tr", "trace"},
                               {"determinant", "det"},
                               {"factorize", "factor"},
                               {"factorise", "factor"},
                               {"limit", "limit"},
                               {"nsimplify", "simplify"},
                               {"trigsimp", "simplify"},
                               {"radsimp", "simplify"},
                               {"ratsimp", "simplify"},
                               {"powsimp", "simplify"},
                               {"root", "root"},
                               {"inverse_mod", "mod_inverse"},
                               {"doit", "doit"},
                               {"evalf", "evalf"},
                               {"N", "evalf"},
                               {"float", "evalf"},
                               {"fact", "factorial"},
                               {"transpose", "transpose"},
                               {"T", "transpose"},
                               {"variance", "variance"},
                               {"pvariance", "pvariance"},
                               {"stdev", "stdev"},
                               {"pstdev", "pstdev"},
                               {"differentiate", "diff"},
                               {"roots", "solve"},
                               {"solve_univariate_inequality", "solve"},
                               {"reduce_inequalities", "solve"},
                               {"array", "matrix"},
                               {"int", "integrate"},
                               {"trunc", "trunc"},
                               {"Piecewise", "piecewise"},
                               {"Interval", "interval"}};

// Of Python's and SymPy's modules; words of no other notation.
constexpr Alias module_functions[] = {{"GCD", "gcd"},
                                      {"LCM", "lcm"},
                                      {"Re", "re"},
                                      {"Im", "im"},
                                      {"arcsinh", "asinh"},
                                      {"arccosh", "acosh"},
                                      {"arctanh", "atanh"},
                                      {"phase", "arg"},
                                      {"angle", "arg"},
                                      {"absolute", "abs"},
                                      {"power", "pow"},
                                      {"eigvals", "eigenvalues"},
                                      {"matrix_rank", "rank"},
                                      {"LC", "leading_coefficient"},
                                      {"quo", "quotient"},
                                      {"rem", "remainder"},
                                      {"nroots", "solve"},
                                      {"divisor_sigma", "divisor_sum"},
                                      {"legendre_symbol", "jacobi_symbol"},
                                      {"logcombine", "simplify"},
                                      {"expand_log", "simplify"},
                                      {"multimode", "mode"},
                                      {"FiniteSet", "set"},
                                      {"Union", "set_union"},
                                      {"Intersection", "set_intersection"},
                                      {"convert_to", "convert"}};

const std::set<std::string_view>& plain_functions() {
  static const std::set<std::string_view> names{
      "sin",           "cos",       "tan",         "sec",          "csc",      "cot",
      "asin",          "acos",      "atan",        "atan2",        "asinh",    "acosh",
      "atanh",         "sinh",      "cosh",        "tanh",         "exp",      "log",
      "log2",          "log10",     "sqrt",        "cbrt",         "floor",    "ceiling",
      "sign",          "factorial", "gamma",       "erf",          "re",       "im",
      "conjugate",     "min",       "max",         "gcd",          "lcm",      "binomial",
      "fibonacci",     "totient",   "nextprime",   "prevprime",    "prime",    "primepi",
      "divisors",      "integrate", "diff",        "summation",    "product",  "solve",
      "solveset",      "linsolve",  "nonlinsolve", "expand",       "factor",   "simplify",
      "apart",         "together",  "cancel",      "collect",      "det",      "inverse",
      "rank",          "trace",     "rref",        "nullspace",    "charpoly", "eigenvalues",
      "eigenvectors",  "mean",      "median",      "mode",         "subs",     "round",
      "sum",           "mod",       "mod_inverse", "permutations", "dot",      "cross",
      "divisor_count", "series",    "eye",         "hypot",        "range",    "lucas",
      "catalan",       "len",       "norm",        "hex",          "bin",      "oct",
      "dsolve",        "gradient"};
  // Of Python's and SymPy's modules
  static const std::set<std::string_view> of_modules{
      "isqrt",        "complex",        "dist",          "matrix_power", "Poly",      "list",
      "degree",       "numer",          "denom",         "resultant",    "real_root", "primerange",
      "n_order",      "primitive_root", "jacobi_symbol", "bernoulli",    "harmonic",  "factorial2",
      "subfactorial", "bell",           "percentile",    "quantile",     "diag",      "ones"};
  // Of what sentences mean (phrasings.h)
  static const std::set<std::string_view> meant{
      "primes",           "digit_sum",      "digit_count",   "divides",
      "is_square",        "bit_and",        "bit_or",        "bit_xor",
      "popcount",         "bit_length",     "set_union",     "set_intersection",
      "contains",         "set_difference", "set_symmetric", "geometric_mean",
      "harmonic_mean",    "sequence_term",  "next_term",     "root_mean_square",
      "tangent_line",     "normal_line",    "coefficient",   "leading_coefficient",
      "inverse_function", "from_base",      "base",          "what_percent",
      "percent_change",   "divisor_sum",    "area_between",  "days_between",
      "date_after",       "weekday",        "is_leap",       "clock"};
  static const std::set<std::string_view> all = [] {
    std::set<std::string_view> both = names;
    both.insert(meant.begin(), meant.end());
    both.insert(of_modules.begin(), of_modules.end());
    return both;
  }();
  return all;
}

constexpr Alias units[] = {{"m", "meter"},
                           {"meters", "meter"},
                           {"metre", "meter"},
                           {"metres", "meter"},
                           {"km", "kilometer"},
                           {"kilometers", "kilometer"},
                           {"kilometre", "kilometer"},
                           {"kilometres", "kilometer"},
                           {"cm", "centimeter"},
                           {"centimeters", "centimeter"},
                           {"centimetres", "centimeter"},
                           {"mm", "millimeter"},
                           {"millimeters", "millimeter"},
                           {"millimetres", "millimeter"},
                           {"um", "micrometer"},
                           {"nm", "nanometer"},
                           {"inches", "inch"},
                           {"feet", "foot"},
                           {"ft", "foot"},
                           {"yd", "yard"},
                           {"yards", "yard"},
                           {"mi", "mile"},
                           {"miles", "mile"},
                           {"s", "second"},
                           {"sec", "second"},
                           {"seconds", "second"},
                           {"ms", "millisecond"},
                           {"milliseconds", "millisecond"},
                           {"min", "minute"},
                           {"minutes", "minute"},
                           {"h", "hour"},
                           {"hr", "hour"},
                           {"hours", "hour"},
                           {"d", "day"},
                           {"days", "day"},
                           {"weeks", "week"},
                           {"years", "year"},
                           {"g", "gram"},
                           {"grams", "gram"},
                           {"kg", "kilogram"},
                           {"kilograms", "kilogram"},
                           {"mg", "milligram"},
                           {"milligrams", "milligram"},
                           {"lb", "pound"},
                           {"lbs", "pound"},
                           {"pounds", "pound"},
                           {"oz", "ounce"},
                           {"ounces", "ounce"},
                           {"t", "metric_ton"},
                           {"tonne", "metric_ton"},
                           {"tonnes", "metric_ton"},
                           {"l", "liter"},
                           {"L", "liter"},
                           {"liters", "liter"},
                           {"litre", "liter"},
                           {"litres", "liter"},
                           {"mL", "milliliter"},
                           {"ml", "milliliter"},
                           {"milliliters", "milliliter"},
                           {"millilitres", "milliliter"},
                           {"cl", "centiliter"},
                           {"dl", "deciliter"},
                           {"N", "newton"},
                           {"newtons", "newton"},
                           {"J", "joule"},
                           {"joules", "joule"},
                           {"kJ", "kilojoule"},
                           {"kilojoules", "kilojoule"},
                           {"W", "watt"},
                           {"watts", "watt"},
                           {"kW", "kilowatt"},
                           {"kilowatts", "kilowatt"},
                           {"kWh", "kilowatt_hour"},
                           {"Wh", "watt_hour"},
                           {"Pa", "pascal"},
                           {"pascals", "pascal"},
                           {"kPa", "kilopascal"},
                           {"hPa", "hectopascal"},
                           {"bars", "bar"},
                           {"atm", "atmosphere"},
                           {"V", "volt"},
                           {"volts", "volt"},
                           {"A", "ampere"},
                           {"amperes", "ampere"},
                           {"ohms", "ohm"},
                           {"Hz", "hertz"},
                           {"kHz", "kilohertz"},
                           {"MHz", "megahertz"},
                           {"GHz", "gigahertz"},
                           {"K", "kelvin"},
                           {"degC", "celsius"},
                           {"degF", "fahrenheit"},
                           {"celsius", "celsius"},
                           {"Celsius", "celsius"},
                           {"fahrenheit", "fahrenheit"},
                           {"Fahrenheit", "fahrenheit"},
                           {"ha", "hectare"},
                           {"hectares", "hectare"},
                           {"mph", "mile_per_hour"},
                           {"degrees", "degree"},
                           {"deg", "degree"},
                           {"radians", "radian"},
                           {"rad", "radian"},
                           {"bits", "bit"},
                           {"bytes", "byte"},
                           {"kB", "kilobyte"},
                           {"MB", "megabyte"},
                           {"GB", "gigabyte"},
                           {"TB", "terabyte"},
                           {"KiB", "kibibyte"},
                           {"MiB", "mebibyte"},
                           {"GiB", "gibibyte"},
                           {"gallons", "gallon"},
                           {"gal", "gallon"},
                           {"cal", "calorie"},
                           {"kcal", "kilocalorie"},
                           {"kilohours", "kilohour"}};

constexpr Alias more_units[] = {
    {"acres", "acre"},
    {"cups", "cup"},
    {"pints", "pint"},
    {"pt", "pint"},
    {"quarts", "quart"},
    {"qt", "quart"},
    {"tbsp", "tablespoon"},
    {"tablespoons", "tablespoon"},
    {"tsp", "teaspoon"},
    {"teaspoons", "teaspoon"},
    {"st", "stone"},
    {"stones", "stone"},
    {"lightyears", "lightyear"},
    {"ly", "lightyear"},
    {"knots", "knot"},
    {"kn", "knot"},
    {"nmi", "nautical_mile"},
    {"psi", "psi"},
    {"mins", "minute"},
    {"hrs", "hour"},
    {"secs", "second"},
    {"kilos", "kilogram"},
    {"kilo", "kilogram"},
    {"kph", "kilometer_per_hour"},
    {"kmh", "kilometer_per_hour"},
    {"kmph", "kilometer_per_hour"},
    {"us", "microsecond"},
    {"microseconds", "microsecond"},
    {"ns", "nanosecond"},
    {"nanoseconds", "nanosecond"},
    {"decades", "decade"},
    {"centuries", "century"},
    {"millimeter", "millimeter"},
    {"micrometers", "micrometer"},
    {"microns", "micrometer"},
    {"nanometers", "nanometer"},
    {"nanometres", "nanometer"},
    {"inch", "inch"},
    {"decimeters", "decimeter"},
    {"dm", "decimeter"},
    {"kilobytes", "kilobyte"},
    {"KB", "kilobyte"},
    {"megabytes", "megabyte"},
    {"gigabytes", "gigabyte"},
    {"terabytes", "terabyte"},
    {"TiB", "tebibyte"},
    {"kbit", "kilobit"},
    {"Mbit", "megabit"},
    {"Gbit", "gigabit"},
    {"megabits", "megabit"},
    {"gigabits", "gigabit"},
    {"kilobits", "kilobit"},
    {"Mb", "megabit"},
    {"Gb", "gigabit"},
    {"Mbps", "megabit_per_second"},
    {"kbps", "kilobit_per_second"},
    {"Gbps", "gigabit_per_second"},
    {"mW", "milliwatt"},
    {"MW", "megawatt"},
    {"GW", "gigawatt"},
    {"MJ", "megajoule"},
    {"MPa", "megapascal"},
    {"mbar", "millibar"},
    {"calories", "calorie"},
    {"kilocalories", "kilocalorie"},
    {"Calories", "kilocalorie"},
    {"amps", "ampere"},
    {"amp", "ampere"},
    {"mA", "milliampere"},
    {"mV", "millivolt"},
    {"kV", "kilovolt"},
    {"petabytes", "petabyte"},
    {"PB", "petabyte"},
    {"hectoliters", "hectoliter"},
    {"hl", "hectoliter"},
    {"centiliters", "centiliter"},
    {"deciliters", "deciliter"},
    {"dag", "decagram"},
    {"dkg", "decagram"},
    {"mcg", "microgram"},
    {"micrograms", "microgram"},
    {"ug", "microgram"},
    {"furlongs", "furlong"},
    {"fathoms", "fathom"},
    {"au", "astronomical_unit"},
    {"AU", "astronomical_unit"},
    {"byte", "byte"},
    {"bit", "bit"},
    {"kilohertz", "kilohertz"},
};

const std::set<std::string_view>& unit_names() {
  static const std::set<std::string_view> names = [] {
    std::set<std::string_view> all;
    for (const auto& [word, name] : units) all.insert(name);
    for (const auto& [word, name] : more_units) all.insert(name);
    return all;
  }();
  return names;
}

template <size_t count>
std::optional<std::string> name_of(const Alias (&list)[count], std::string_view word) {
  for (const auto& [alias, name] : list) {
    if (alias == word) return std::string(name);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> function_named(std::string_view word) {
  if (const auto found = name_of(functions, word)) return found;
  if (const auto found = name_of(module_functions, word)) return found;
  if (plain_functions().contains(word)) return std::string(word);
  return std::nullopt;
}

bool is_elementary(std::string_view head) {
  static const std::set<std::string_view> names{
      "sin",  "cos",       "tan",   "sec",   "csc",  "cot",      "asin",    "acos",
      "atan", "asinh",     "acosh", "atanh", "sinh", "cosh",     "tanh",    "exp",
      "log",  "log2",      "log10", "sqrt",  "cbrt", "floor",    "ceiling", "abs",
      "sign", "factorial", "arg",   "re",    "im",   "conjugate"};
  return names.contains(head);
}

std::optional<std::string> unit_named(std::string_view word) {
  if (const auto found = name_of(units, word)) return found;
  if (const auto found = name_of(more_units, word)) return found;
  if (unit_names().contains(word)) return std::string(word);
  return std::nullopt;
}

bool is_long_unit(std::string_view word) {
  static const std::set<std::string_view> doubtful{"sec", "min", "deg",    "rad",     "cal",
                                                   "gal", "bar", "degree", "degrees", "range"};
  return word.size() >= 3 && !doubtful.contains(word) && unit_named(word).has_value();
}

bool is_stop_word(std::string_view word) {
  static const std::set<std::string_view> words{
      "from",        "to",       "as",       "for",        "over",   "with",      "wrt",
      "and",         "between",  "of",       "in",         "at",     "where",     "when",
      "if",          "is",       "by",       "mod",        "until",  "through",   "on",
      "into",        "given",    "respect",  "not",        "choose", "modulo",    "approaches",
      "tends",       "goes",     "the",      "equals",     "or",     "percent",   "evaluated",
      "plus",        "minus",    "times",    "divided",    "cross",  "dot",       "prime",
      "nonzero",     "positive", "negative", "real",       "left",   "right",     "after",
      "before",      "squared",  "cubed",    "per",        "within", "both",      "satisfying",
      "such",        "change",   "find",     "are",        "off",    "less",      "more",
      "around",      "about",    "up",       "out",        "so",     "binary",    "hex",
      "hexadecimal", "octal",    "decimal",  "multiplied", "else",   "otherwise", "transposed"};
  return words.contains(word);
}

bool is_greek(std::string_view word) {
  static const std::set<std::string_view> names{
      "alpha",  "beta", "gamma", "delta",      "epsilon",  "zeta",  "eta",   "theta", "kappa",
      "lambda", "mu",   "nu",    "xi",         "rho",      "sigma", "tau",   "phi",   "varphi",
      "chi",    "psi",  "omega", "varepsilon", "vartheta", "Gamma", "Delta", "Phi"};
  return names.contains(word);
}

bool is_prose(std::string_view word) {
  return word.size() > 1 && !function_named(word) && !constant_named(word) && !is_greek(word) &&
         word.find_first_of("_0123456789") == std::string_view::npos;
}

std::optional<std::string> amount_named(std::string_view word) {
  static constexpr Alias amounts[] = {{"dozen", "12"},           {"hundred", "100"},
                                      {"thousand", "1000"},      {"million", "1000000"},
                                      {"billion", "1000000000"}, {"trillion", "1000000000000"}};
  return name_of(amounts, word);
}

std::optional<std::string> constant_named(std::string_view word) {
  static constexpr Alias constants[] = {{"pi", "pi"},
                                        {"Pi", "pi"},
                                        {"PI", "pi"},
                                        {"oo", "oo"},
                                        {"inf", "oo"},
                                        {"infinity", "oo"},
                                        {"Infinity", "oo"},
                                        {"E", "E"},
                                        {"I", "I"},
                                        {"True", "True"},
                                        {"False", "False"},
                                        {"Reals", "Reals"},
                                        {"Complexes", "Complexes"},
                                        {"Integers", "Integers"},
                                        {"Rationals", "Rationals"},
                                        {"Naturals", "Naturals"},
                                        {"euler", "E"},
                                        {"GoldenRatio", "GoldenRatio"}};
  return name_of(constants, word);
}

}  // namespace lsp::features::solve
