#include "engine/decode/memory/evidence.h"

#include <algorithm>

#include "tests/engine/memory/fixture.h"
#include "tests/support/catch.h"

namespace engine::decode::memory {
namespace {

constexpr Token first_end = 15;  // each text ends in a token of its own

std::vector<Token> random_text(std::mt19937& random, Token end) {
  std::vector<Token> tokens(random() % 40);
  for (Token& token : tokens) token = static_cast<Token>(random() % 4);
  tokens.push_back(end);
  return tokens;
}

Candidates gathered(const Corpus& corpus, std::vector<std::shared_ptr<const Buffer>> others,
                    const std::vector<Token>& history) {
  auto buffers = std::make_shared<Buffers>();
  buffers->before = std::make_shared<const Buffer>(history);
  buffers->others = std::move(others);
  buffers->language_id = "python";
  const std::vector<float> row(toy().size(), 0);
  Evidence evidence(corpus, buffers, {});
  Candidates candidates;
  evidence.gather(row, false, candidates);
  return candidates;
}

// Of the other texts alone; zeros where a token is no candidate.
std::vector<float> from_others(const Candidates& candidates, Token token) {
  const auto found = std::find(candidates.tokens.begin(), candidates.tokens.end(), token);
  if (found == candidates.tokens.end()) return std::vector<float>(FromBuffer::size);
  const auto& features =
      candidates.features[static_cast<size_t>(found - candidates.tokens.begin())];
  const auto* begin = features.data() + at_buffers + 2 * FromBuffer::size;
  return {begin, begin + FromBuffer::size};
}

}  // namespace

TEST_CASE("several other texts say what they would say end to end") {
  std::mt19937 random(3);
  const TemporaryPath path("evidence");
  const auto corpus = write_and_open(path.str(), {}, {});
  size_t known = 0;
  for (int round = 0; round < 500; ++round) {
    std::vector<std::shared_ptr<const Buffer>> apart;
    std::vector<Token> all;
    for (Token text = 0; text < static_cast<Token>(1 + random() % 4); ++text) {
      const std::vector<Token> tokens = random_text(random, first_end + text);
      apart.push_back(std::make_shared<const Buffer>(tokens));
      all.insert(all.end(), tokens.begin(), tokens.end());
    }
    std::vector<Token> history(1 + random() % 6);
    for (Token& token : history) token = static_cast<Token>(random() % 4);

    const auto pooled = gathered(*corpus, apart, history);
    const auto whole = gathered(*corpus, {std::make_shared<const Buffer>(all)}, history);
    for (const auto feature : {Context::longest + 2, Context::certain + 2}) {
      CHECK(pooled.context[feature] == whole.context[feature]);
    }
    for (Token token = 0; token < first_end; ++token) {
      const auto of_pooled = from_others(pooled, token), of_whole = from_others(whole, token);
      known += of_whole[FromBuffer::known] != 0;
      // Not the order of texts, which tells what is latest and with what shorter contexts agree.
      for (const auto feature :
           {FromBuffer::known, FromBuffer::length, FromBuffer::share, FromBuffer::count,
            FromBuffer::blended, FromBuffer::longest, FromBuffer::whole_line}) {
        CHECK(of_pooled[feature] == Approx(of_whole[feature]).margin(1e-5));
      }
    }
  }
  CHECK(known > 1000);
}

}  // namespace engine::decode::memory
