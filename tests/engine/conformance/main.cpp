// Runs every backend through the contract of backend.h and the bounds of the design's "Agreement".
// The smallest golden model is in tests/golden; LEMMA_GOLDEN names a folder with more of them.
// Without arguments all cases are run, else the groups that they name.
#include <cstdio>
#include <string_view>

#include "tests/engine/conformance/suite.h"

namespace {

struct Group {
  std::string_view name;
  void (*run)(conformance::Suite&);
};
constexpr Group groups[] = {{"golden", conformance::golden_cases},
                            {"random", conformance::random_model_cases},
                            {"large", conformance::large_cases},
                            {"prediction", conformance::prediction_cases},
                            {"adapter", conformance::adapter_cases},
                            {"sequence", conformance::sequence_cases},
                            {"contract", conformance::contract_cases},
                            {"split", conformance::split_cases},
                            {"fp8", conformance::fp8_cases}};

bool is_asked(std::string_view name, int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (argv[i] == name) return true;
  }
  return argc == 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);  // what failed is seen even if the run is cut short
  conformance::Suite suite;
  for (const Group& group : groups) {
    if (is_asked(group.name, argc, argv)) group.run(suite);
  }
  std::printf("%d passed, %d failed\n", suite.passed(), suite.failed());
  return suite.failed() == 0 && suite.passed() > 0 ? 0 : 1;
}
