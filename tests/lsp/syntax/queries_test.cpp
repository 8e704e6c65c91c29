#include "lsp/syntax/queries.h"
#include "grammars/grammars.h"
#include "tests/lsp/syntax/check.h"

namespace lsp::syntax {

TEST_CASE("every query compiles against its grammar") {
  CHECK(grammars::all_grammars().size() == all_languages().size());
  for (const grammars::Grammar& grammar : grammars::all_grammars()) {
    INFO(grammar.id);
    const TSLanguage* language = grammar.language();
    CHECK(ts_language_abi_version(language) <= TREE_SITTER_LANGUAGE_VERSION);
    CHECK(ts_language_abi_version(language) >= TREE_SITTER_MIN_COMPATIBLE_LANGUAGE_VERSION);
    CHECK_FALSE(grammar.symbols.empty());
    CHECK_FALSE(grammar.cursor.empty());
    for (const auto source : {grammar.symbols, grammar.imports, grammar.locals, grammar.cursor}) {
      const auto query = Query::compile(language, source, grammar.id);
      INFO((query ? "" : query.message()));
      CHECK(query.ok());
    }
  }
}

TEST_CASE("a query that cannot work is an error that says where") {
  const TSLanguage* json = grammars::all_grammars().front().language();
  const auto message = [&](std::string_view source) {
    const auto query = Query::compile(json, source, "test.scm");
    REQUIRE_FALSE(query.ok());
    return query.message();
  };
  CHECK(message("(no_such_node) @name") == "test.scm: no such node at 'no_such_node) @name'");
  CHECK(message("(identifier) @nonsense") == "test.scm: unknown capture @nonsense");
  CHECK(message("((identifier) @name (#match? @name \"a\"))") ==
        "test.scm: only `#eq? @capture \"text\"` is understood");
}

TEST_CASE("every language has its grammar") {
  for (const Language language : all_languages()) {
    INFO(language_id(language));
    CHECK(Tree::parse(document_of(language_id(language), ""), nullptr));
  }
}

}  // namespace lsp::syntax
