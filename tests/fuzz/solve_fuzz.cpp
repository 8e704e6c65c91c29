// libFuzzer target: formulas in any notation, and lines that may hold one. An error is a sentence;
// what is read can be said again.
#include "engine/base/check.h"
#include "lsp/features/solve/formula.h"
#include "lsp/features/solve/read.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace lsp::features::solve;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto reading = read(text);
  INVARIANT(reading.ok() ? !to_text(reading->task).empty() : !reading.message().empty());
  for (const Prose prose : {Prose::comment, Prose::all}) {
    if (const auto formula = asked_formula(text, prose)) INVARIANT(!formula->empty());
  }
  formula_of_line(text);
  return 0;
}
