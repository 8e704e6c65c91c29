// What solving tells people in their language; tests/lsp/features/solve/sentences_test.py compares
// the tables with the sources.
#include "lsp/features/solve/sentences.h"

#include "tests/support/catch.h"

using lsp::features::solve::said_in;
using lsp::text::Tongue;

TEST_CASE("clauses are said in another language one by one, with their values") {
  CHECK(said_in(Tongue::german, "substituted; a polynomial of this degree has no more zeros") ==
        "eingesetzt; ein Polynom dieses Grades hat nicht mehr Nullstellen");
  CHECK(said_in(Tongue::german, "the number at 3 is too long") ==
        "die Zahl an Stelle 3 ist zu lang");
  CHECK(said_in(Tongue::chinese, "2,5 was read as 2.5") == "2,5 读作 2.5");
  // Of two that it may be, the one that says more.
  CHECK(said_in(Tongue::french, "the root was read as the one of 2 alone") ==
        "la racine est lue comme celle de 2 seul");
}

TEST_CASE("what is a sentence itself is translated within another") {
  const std::string english = "a derivative needs a formula, not a list, a matrix or an equation";
  const std::string german = said_in(Tongue::german, english);
  CHECK(german.find("Ableitung") != std::string::npos);
  CHECK(german.find("derivative") == std::string::npos);
}

TEST_CASE("what is none of them stays as it is") {
  CHECK(said_in(Tongue::german, "nobody says this; substituted") == "nobody says this; eingesetzt");
  CHECK(said_in(Tongue::english, "substituted") == "substituted");
  CHECK(said_in(Tongue::german, "").empty());
}
