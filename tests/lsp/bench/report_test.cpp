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

}  // namespace
}  // namespace lsp::bench
