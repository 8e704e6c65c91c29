// What telling the experts of each token costs a keystroke:  bench_routing MODEL [PAIRS]
//
// The same tokens are generated again and again after a prompt that is in the cache, told and not
// told in turn. Of each pair the ratio of the times counts, and of all pairs the median.
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <vector>

#include "engine/session/engine.h"

namespace {

using engine::session::Engine;

constexpr int tokens = 48;
enum class Experts { untold, told };

double decode_ms(Engine& engine, const std::vector<int32_t>& prompt, Experts experts) {
  engine::session::Request request;
  request.prompt = prompt;
  request.max_tokens = tokens;
  request.tells_experts = experts == Experts::told;
  size_t layers = 0;
  const auto outcome = engine.generate(std::move(request), {}, [&](const auto& piece) {
    layers += piece.experts.size();
    return true;
  });
  INVARIANT(outcome.generated_tokens > 1 && (layers > 0) == (experts == Experts::told));
  return outcome.decode_ms / outcome.generated_tokens;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    std::cerr << "usage: bench_routing MODEL [PAIRS]\n";
    return 2;
  }
  const int pairs = count > 2 ? std::atoi(arguments[2]) : 100;
  const auto engine =
      Engine::load({.path = arguments[1], .drafts = engine::session::Drafts::never});
  if (!engine.ok()) {
    std::cerr << "bench_routing: " << engine.message() << '\n';
    return 1;
  }
  const auto prompt = (*engine)->tokenizer().encode(
      "import os\n\n\ndef sizes_of(folder):\n    sizes = {}\n    for name in "
      "os.listdir(folder):\n",
      engine::tokenizer::SpecialTokens::literal);
  std::vector<double> plain_ms, told_ms, ratios;
  for (int i = 0; i < pairs; ++i) {
    const bool told_first = i % 2 == 0;
    if (told_first) told_ms.push_back(decode_ms(**engine, prompt, Experts::told));
    plain_ms.push_back(decode_ms(**engine, prompt, Experts::untold));
    if (!told_first) told_ms.push_back(decode_ms(**engine, prompt, Experts::told));
    ratios.push_back(told_ms.back() / plain_ms.back());
  }
  std::cout << "{\"pairs\": " << pairs << ", \"plain_ms_a_token\": " << median(plain_ms)
            << ", \"told_ms_a_token\": " << median(told_ms) << ", \"ratio\": " << median(ratios)
            << "}\n";
  return 0;
}
