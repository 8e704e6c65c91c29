#include "lsp/wire/adapt_report.h"
#include "tests/support/catch.h"

TEST_CASE("what an adapter is worth names the places that each of its figures is of") {
  lsp::wire::AdaptReport report{};
  report.exact.push_back({.language = "python",
                          .contestant = "model",
                          .places = 16,
                          .before = 0.125,
                          .after = 0.0625,
                          .places_all = 20,
                          .only_before = 1,
                          .only_after = 2});
  CHECK(lsp::wire::to_json(report).find(
            R"("exact":[{"after":0.0625,"before":0.125,"contestant":"model","language":"python",)"
            R"("only_after":2,"only_before":1,"places":16,"places_all":20}])") !=
        std::string::npos);
}
