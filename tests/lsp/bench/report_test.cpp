#include <string>

#include "lsp/bench/complete.h"
#include "tests/support/catch.h"

namespace lsp::bench {
namespace {

Score score(const char* contestant, std::vector<bool> right) {
  Score result;
  result.contestant = contestant;
  result.right = std::move(right);
  return result;
}

TEST_CASE("contestants are compared place by place") {
  const Score all = score("model+memory", {true, true, true, false, false});
  const Score memory = score("memory", {true, false, false, true, false});
  const Paired paired = compare(all, memory);
  CHECK(paired.only_first == 2);
  CHECK(paired.only_second == 1);

  LanguageReport language;
  language.language_id = "python";
  language.scores = {memory, all};
  const CompleteReport report{{language}};
  CHECK(as_text(report).find(
            "only model+memory and not memory finds 2 places; the other way round 1") !=
        std::string::npos);
  CHECK(as_json(report, {}).find("\"only_this\":1,\"only_last\":2") != std::string::npos);
}

TEST_CASE("syntax and names are told of each contestant, beside the author's text") {
  LanguageReport language;
  language.language_id = "python";
  language.scores = {score("memory", {true, false})};
  language.scores[0].validity = {.suggestions = 4,
                                 .as_before = 3,
                                 .as_author = 2,
                                 .names = 8,
                                 .names_resolved = 6,
                                 .members = 5,
                                 .members_seen = 1};
  CHECK(as_text({{language}}).find("names that resolve") == std::string::npos);  // none was asked

  language.author = {.suggestions = 5, .as_before = 5, .as_author = 5};
  const std::string text = as_text({{language}});
  CHECK(text.find("75.0% /  50.0%          75.0% of     8        20.0% of     5") !=
        std::string::npos);
  CHECK(text.find("the author's") < text.find("75.0% /"));
  const std::string json = as_json({{language}}, {});
  CHECK(json.find("\"validity\":{\"suggestions\":4,\"syntax_as_before\":0.75000,"
                  "\"syntax_as_author\":0.50000,\"names\":8,\"names_resolved\":0.75000,"
                  "\"members\":5,\"members_seen\":0.20000}") != std::string::npos);
  CHECK(json.find("\"author\":{\"suggestions\":5,") != std::string::npos);
}

TEST_CASE("what was not measured is no 0") {
  LanguageReport language;
  language.language_id = "python";
  language.scores = {score("baseline", {}), score("memory", {})};
  const std::string nothing = as_text({{language}}), none = as_json({{language}}, {});
  INFO(nothing << none);
  CHECK(nothing.find("0.0") == std::string::npos);
  CHECK(none.find("0.0") == std::string::npos);
  for (const char* key : {"exact", "exact_all", "exact_to_baseline", "shown", "shown_right",
                          "saved_whole", "saved_word", "ms_median", "ms_p95", "typing_ms_median",
                          "typing_ms_p95", "syntax_as_before", "names_resolved", "members_seen"}) {
    CHECK(none.find(std::string("\"") + key + "\":null") != std::string::npos);
  }
  language.places = language.places_all = 2;
  language.scores = {score("baseline", {false, false}), score("memory", {false, false})};
  const std::string text = as_text({{language}}), json = as_json({{language}}, {});
  INFO(text << json);
  CHECK(text.find(" 0.0%") != std::string::npos);  // of two places
  CHECK(json.find("\"exact\":0.00000") != std::string::npos);
  CHECK(json.find("\"shown_right\":null") != std::string::npos);  // nothing was shown
  CHECK(json.find("\"saved_whole\":null") != std::string::npos);  // nothing was typed
}

}  // namespace
}  // namespace lsp::bench
