#include "engine/decode/memory/buffers.h"

#include <algorithm>
#include <map>
#include <random>

#include "tests/support/catch.h"

namespace engine::decode::memory {
namespace {

// All of what the index answers, found the slow way.
struct Naive {
  std::vector<Token> text;

  bool follows(size_t position, std::span<const Token> context) const {
    return position >= context.size() &&
           std::equal(context.begin(), context.end(), text.begin() + position - context.size());
  }

  // The longest end of the history that occurs in the text.
  size_t longest(std::span<const Token> history) const {
    for (size_t length = std::min(history.size(), text.size()); length > 0; --length) {
      for (size_t p = length; p <= text.size(); ++p) {
        if (follows(p, history.last(length))) return length;
      }
    }
    return 0;
  }

  struct Places {
    int count = 0;
    int first = -1;
    int last = -1;
  };
  std::map<Token, Places> successors(std::span<const Token> context) const {
    std::map<Token, Places> result;
    for (size_t p = 0; p < text.size(); ++p) {
      if (!follows(p, context)) continue;
      Places& places = result[text[p]];
      ++places.count;
      if (places.first < 0) places.first = static_cast<int>(p);
      places.last = static_cast<int>(p);
    }
    return result;
  }
};

std::vector<Token> random_text(std::mt19937& random, size_t size, int alphabet) {
  std::vector<Token> text(size);
  for (Token& token : text) token = static_cast<Token>(random() % alphabet);
  // Copies of earlier pieces, so that long matches are common.
  for (size_t copies = random() % 4; copies > 0 && size > 8; --copies) {
    const size_t length = 1 + random() % (size / 2);
    const size_t from = random() % (size - length), to = random() % (size - length);
    std::copy_n(std::vector<Token>(text.begin() + from, text.begin() + from + length).begin(),
                length, text.begin() + to);
  }
  return text;
}

void check_successors(const Buffer& buffer, Buffer::Match match, std::span<const Token> history,
                      const Naive& naive) {
  const auto expected = naive.successors(history.last(static_cast<size_t>(match.length)));
  REQUIRE(buffer.successors(match).size() == expected.size());
  int total = 0, before = INT_MAX;
  for (const Successor& successor : buffer.successors(match)) {
    const auto& places = expected.at(successor.token);
    CHECK(successor.count == places.count);
    CHECK(successor.first == places.first);
    CHECK(successor.last == places.last);
    CHECK(successor.last < before);  // the most recent first
    before = successor.last;
    total += successor.count;
    CHECK(buffer.find(match, successor.token)->count == places.count);
  }
  CHECK(buffer.total(match) == total);
}

}  // namespace

TEST_CASE("a buffer finds the longest end of any history, and all that follows it") {
  std::mt19937 random(1);
  for (int round = 0; round < 1000; ++round) {
    const int alphabet = 1 + static_cast<int>(random() % 6);
    const Naive naive{random_text(random, random() % 60, alphabet)};
    const Buffer buffer(naive.text);
    std::vector<Token> history;
    Buffer::Match match;
    for (int step = 0; step < 30; ++step) {
      // Follow the text for a while, then something else.
      Token token = static_cast<Token>(random() % (alphabet + 1));
      const auto known = buffer.successors(match);
      if (random() % 4 != 0 && !known.empty()) token = known[random() % known.size()].token;
      history.push_back(token);
      match = buffer.follow(match, token);
      REQUIRE(static_cast<size_t>(match.length) == naive.longest(history));
      for (Buffer::Match m = match; m.length > 0; m = buffer.shorter(m)) {
        check_successors(buffer, m, history, naive);
      }
    }
  }
}

TEST_CASE("a shorter match is the longest end that occurs in more places") {
  std::mt19937 random(2);
  for (int round = 0; round < 1000; ++round) {
    const Naive naive{random_text(random, 1 + random() % 40, 3)};
    const Buffer buffer(naive.text);
    const auto occurrences = [&](size_t length) {
      int count = 0;
      for (size_t p = length; p <= naive.text.size(); ++p) {
        count += naive.follows(p, std::span(naive.text).last(length));
      }
      return count;
    };
    Buffer::Match match = buffer.all();
    REQUIRE(static_cast<size_t>(match.length) == naive.text.size());
    while (match.length > 0) {
      const Buffer::Match next = buffer.shorter(match);
      const int here = occurrences(static_cast<size_t>(match.length));
      for (int length = match.length - 1; length > next.length; --length) {
        CHECK(occurrences(static_cast<size_t>(length)) == here);
      }
      CHECK(occurrences(static_cast<size_t>(next.length)) > here);
      match = next;
    }
  }
}

TEST_CASE("an empty buffer knows nothing") {
  const Buffer buffer({});
  CHECK(buffer.all().length == 0);
  CHECK(buffer.follow({}, 3).length == 0);
  CHECK(buffer.successors({}).empty());
  CHECK(buffer.find({}, 3) == nullptr);
}

TEST_CASE("a text of one token repeated 100,000 times is indexed and matched in full") {
  const Buffer buffer(std::vector<Token>(100'000, 5));
  Buffer::Match match;
  for (int i = 0; i < 100'000; ++i) match = buffer.follow(match, 5);
  CHECK(match.length == 100'000);
  CHECK(buffer.shorter(match).length == 99'999);
}

}  // namespace engine::decode::memory
