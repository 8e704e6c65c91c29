#include "engine/decode/memory/corpus.h"

#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "tests/engine/memory/fixture.h"
#include "tests/support/catch.h"
#include "tests/support/memory_file.h"

namespace engine::decode::memory {
namespace {

// Which projects a token follows a context in: (family, context) → token → projects.
using Counts = std::map<std::pair<int, std::vector<Token>>, std::map<Token, std::set<uint32_t>>>;

Counts count(const std::vector<Text>& texts, size_t max_order) {
  Counts counts;
  for (const Text& text : texts) {
    for (size_t i = 0; i < text.tokens.size(); ++i) {
      for (size_t order = 1; order <= std::min(i, max_order); ++order) {
        const std::vector<Token> context(text.tokens.begin() + static_cast<ptrdiff_t>(i - order),
                                         text.tokens.begin() + static_cast<ptrdiff_t>(i));
        counts[{text.family, context}][text.tokens[i]].insert(text.project);
      }
    }
  }
  return counts;
}

uint64_t context_of(int family, const std::vector<Token>& tokens) {
  uint64_t context = empty_context(family);
  for (auto token = tokens.rbegin(); token != tokens.rend(); ++token) {
    context = extend_context(context, *token);
  }
  return context;
}

void check_context(const Corpus& corpus, const Counts::value_type& expected) {
  const auto& [key, successors] = expected;
  float total = 0;
  std::map<Token, float> kept;
  for (const auto& [token, projects] : successors) {
    total += static_cast<float>(projects.size());
    if (projects.size() >= 2) kept[token] = static_cast<float>(projects.size());
  }
  std::vector<Corpus::Entry> entries;
  corpus.find(context_of(key.first, key.second), entries);
  REQUIRE(entries.size() == kept.size());
  float before = 1;
  for (const Corpus::Entry& entry : entries) {
    const float projects = kept.at(entry.token);
    CHECK(entry.projects == project_classes[project_class(projects)]);
    CHECK(entry.share == share_classes[share_class((projects - 0.5f) / total)]);
    CHECK(entry.share <= before);
    before = entry.share;
  }
}

std::string bytes_in(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The message with which the bytes are refused; empty where they are taken.
std::string refusal(const std::string& bytes) {
  const support::MemoryFile file(bytes);
  const auto corpus = Corpus::open(file.path(), toy());
  if (corpus) return "";
  CHECK(corpus.message().find(file.path()) != std::string::npos);
  return corpus.message();
}

std::string small_file() {
  std::mt19937 random(3);
  const TemporaryPath path("small");
  std::vector<Text> texts = random_texts(random, 4);
  for (int i = 0; i < 10; ++i) {
    for (Text& text : random_texts(random, 4)) texts.push_back(std::move(text));
  }
  write(path.str(), texts, {.max_order = 4});
  return bytes_in(path.str());
}

}  // namespace

TEST_CASE("a memory file answers exactly what was counted in two projects or more") {
  std::mt19937 random(1);
  const TemporaryPath path("lookups");
  for (int round = 0; round < 1000; ++round) {
    const auto texts = random_texts(random, 1 + static_cast<int>(random() % 5));
    const auto corpus = write_and_open(path.str(), texts, {.max_order = 3});
    CHECK(corpus->max_order() == 3);
    for (const auto& expected : count(texts, 3)) check_context(*corpus, expected);
  }
}

TEST_CASE("how common a token is, is kept for each family") {
  const TemporaryPath path("frequency");
  const auto corpus =
      write_and_open(path.str(), {{0, 1, {7, 8}}, {0, 2, {7}}, {0, 3, {7}}, {1, 3, {9}}}, {});
  CHECK(corpus->frequency(0, 7) == Approx(2.0 / 16));  // log2(1 + 3)
  CHECK(corpus->frequency(0, 8) == Approx(1.0 / 16));
  CHECK(corpus->frequency(0, 9) == 0);
  CHECK(corpus->frequency(-1, 7) == 0);
}

TEST_CASE("C shares what C++ has, and an unknown language has nothing") {
  const TemporaryPath path("families");
  const auto corpus = write_and_open(path.str(), {}, {});
  CHECK(corpus->family("c") == corpus->family("cpp"));
  CHECK(corpus->family("typescriptreact") == corpus->family("javascript"));
  CHECK(corpus->family("python") != corpus->family("javascript"));
  CHECK(corpus->family("cobol") == -1);
  CHECK(corpus->family("") == -1);
}

TEST_CASE("a file keeps to its limit and to what says most") {
  const TemporaryPath path("limit");
  // 5 after 1 is worth keeping; what follows 2 is as likely without it.
  std::vector<Text> texts;
  std::mt19937 random(5);
  for (uint32_t project = 0; project < 40; ++project) {
    Text text{0, project, {}};
    for (int i = 0; i < 100; ++i) {
      const Token noise = static_cast<Token>(10 + random() % 200);
      text.tokens.insert(text.tokens.end(), {1, 5, noise});
    }
    texts.push_back(std::move(text));
  }
  write(path.str(), {}, {.max_order = 4});
  const uint64_t least = std::filesystem::file_size(path.str());
  write(path.str(), texts, {.max_order = 4});
  const uint64_t all = std::filesystem::file_size(path.str());
  const uint64_t limit = least + (all - least) / 4;
  const auto corpus = write_and_open(path.str(), texts, {.max_order = 4, .max_bytes = limit});
  CHECK(std::filesystem::file_size(path.str()) <= limit);
  std::vector<Corpus::Entry> entries;
  corpus->find(extend_context(empty_context(0), 1), entries);
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].token == 5);
  CHECK(entries[0].share > 0.9);
}

TEST_CASE("a flipped bit anywhere in a memory file is refused") {
  std::string bytes = small_file();
  REQUIRE(refusal(bytes).empty());
  for (size_t i = 0; i < bytes.size(); i += i < sizeof(Header) ? 1 : 61) {
    for (const int bit : {0, 3, 7}) {
      bytes[i] = static_cast<char>(bytes[i] ^ (1 << bit));
      INFO("byte " << i << ", bit " << bit);
      CHECK(!refusal(bytes).empty());
      bytes[i] = static_cast<char>(bytes[i] ^ (1 << bit));
    }
  }
}

TEST_CASE("a memory file of another length is refused") {
  const std::string bytes = small_file();
  for (size_t length = 0; length < bytes.size(); length += 1 + length / 20) {
    INFO("length " << length);
    CHECK(!refusal(bytes.substr(0, length)).empty());
  }
  CHECK(refusal(bytes + "x").find("file_bytes") != std::string::npos);
}

TEST_CASE("opened for another vocabulary a file has its weights, and nothing of single tokens") {
  std::string bytes = small_file();
  const support::MemoryFile own_file(bytes);
  auto& header = *reinterpret_cast<Header*>(bytes.data());
  header.fingerprint ^= 1;
  header.checksum = file_checksum(std::as_bytes(std::span(bytes)));
  const support::MemoryFile other_file(bytes);
  const auto own = Corpus::open(own_file.path(), toy());
  const auto other = Corpus::open(other_file.path(), toy());
  REQUIRE((own.ok() && other.ok()));
  CHECK((*own)->has_ngrams());
  CHECK_FALSE((*other)->has_ngrams());
  CHECK((*other)->max_order() == 0);
  CHECK((*own)->family("python") >= 0);
  CHECK((*other)->family("python") == -1);
  std::vector<Corpus::Entry> entries;
  bool found = false;
  for (Token token = 0; token < 50; ++token) {
    const uint64_t context = extend_context(empty_context((*own)->family("python")), token);
    (*own)->find(context, entries);
    found |= !entries.empty();
    (*other)->find(context, entries);
    CHECK(entries.empty());
    CHECK((*other)->frequency(0, token) == 0);
  }
  CHECK(found);
  for (size_t set = 0; set < weight_sets; ++set) {
    CHECK(std::ranges::equal((*other)->weights(set), (*own)->weights(set)));
  }
}

// Damage that the checksum agrees with.
TEST_CASE("a lying memory file is refused by the field that lies") {
  const std::string bytes = small_file();
  const auto check_lie = [&](const auto& change, const std::string& field) {
    std::string changed = bytes;
    auto& header = *reinterpret_cast<Header*>(changed.data());
    change(header, changed);
    header.checksum = file_checksum(std::as_bytes(std::span(changed)));
    INFO(field);
    CHECK(refusal(changed).find(": " + field + ":") != std::string::npos);
  };
  check_lie([](Header& header, auto&) { header.version = 9; }, "version");
  check_lie([](Header& header, auto&) { header.max_order = 65; }, "max_order");
  check_lie([](Header& header, auto&) { header.token_bits = 3; }, "token_bits");
  check_lie([](Header& header, auto&) { header.bucket_bits = 40; }, "bucket_bits");
  check_lie([](Header& header, auto&) { header.entries += 2; }, "file_bytes");
  check_lie([](Header& header, auto&) { header.weights = 5; }, "weights");
  check_lie([](Header& header, std::string& file) { file[Layout(header).offsets + 1] = '\x7F'; },
            "offsets");
  check_lie([](Header& header, std::string& file) { file[Layout(header).offsets - 8] = '\x7F'; },
            "bases");
  check_lie(
      [](Header& header, std::string& file) {
        const float bad = std::numeric_limits<float>::quiet_NaN();
        std::memcpy(file.data() + Layout(header).weights, &bad, sizeof bad);
      },
      "weights");
}

TEST_CASE("a file that is not there is refused by name") {
  const auto corpus = Corpus::open("/nowhere/a.memory", toy());
  REQUIRE(!corpus);
  CHECK(corpus.message().find("/nowhere/a.memory") != std::string::npos);
}

}  // namespace engine::decode::memory
