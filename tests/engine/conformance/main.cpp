// Runs every backend through the contract of backend.h and the bounds of the design's "Agreement".
// The smallest golden model is in tests/golden; LEMMA_GOLDEN names a folder with more of them.
#include <cstdio>

#include "tests/engine/conformance/suite.h"

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);  // what failed is seen even if the run is cut short
  conformance::Suite suite;
  conformance::golden_cases(suite);
  conformance::random_model_cases(suite);
  conformance::sequence_cases(suite);
  conformance::contract_cases(suite);
  std::printf("%d passed, %d failed\n", suite.passed(), suite.failed());
  return suite.failed() == 0 ? 0 : 1;
}
