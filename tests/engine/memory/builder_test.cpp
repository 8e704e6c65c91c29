#include "engine/decode/memory/builder.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>

#include "engine/decode/memory/recall.h"
#include "engine/gguf/file.h"
#include "tests/engine/memory/fixture.h"
#include "tests/support/catch.h"

namespace engine::decode::memory {
namespace {

// A corpus folder with three texts of each of `projects` projects in one language: an idiom that
// all share, a word that each repeats, in two texts, and noise; numbers in the third. Every eighth
// is for fitting.
void write_corpus(const std::string& folder, const std::string& language, int projects) {
  std::filesystem::create_directories(folder);
  std::ofstream text(folder + "/" + language + ".text"), table(folder + "/" + language + ".tsv");
  std::mt19937 random(1);
  size_t offset = 0;
  const auto word = [&](int letters) {
    std::string result;
    for (; letters > 0; --letters) result += static_cast<char>('a' + random() % 26);
    return result + "\n";
  };
  for (int project = 0; project < projects; ++project) {
    const std::string own = word(6);
    for (const char* name : {"src/a.py", "src/b.py", "src/c.py"}) {
      const bool has_words = name != std::string("src/c.py");
      std::string document = has_words ? "" : "1\n2\n3\n";
      for (int line = 0; has_words && line < 30; ++line) {
        const auto kind = random() % 3;
        document += kind == 0 ? "foo():\n    return print\n" : kind == 1 ? own : word(3);
      }
      text << document;
      table << offset << '\t' << document.size() << "\tproject" << project << '\t' << name
            << "\tMIT\n";
      offset += document.size();
    }
  }
  std::ofstream fitting(folder + "/fitting.txt");
  for (int project = 0; project < projects; project += 8) fitting << "project" << project << "\n";
}

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::shared_ptr<const Buffer> buffer_of(std::string_view text) {
  return std::make_shared<const Buffer>(toy().encode(text, tokenizer::SpecialTokens::literal));
}

// Of `before`, where `other` (empty: none) is open too.
std::string continuation(const Corpus& corpus, std::string_view before,
                         std::string_view other = "") {
  auto buffers = std::make_shared<Buffers>();
  buffers->before = buffer_of(before);
  if (!other.empty()) buffers->others.push_back(buffer_of(other));
  buffers->language_id = "python";
  Recall recall(&corpus, buffers, {});
  std::string text;
  for (int step = 0; step < 20 && text.find('\n') == std::string::npos; ++step) {
    std::vector<float> row(toy().size(), 0);
    recall.mix(row, Model::absent);
    const auto best = static_cast<Token>(std::max_element(row.begin(), row.end()) - row.begin());
    text += toy().bytes(best);
    recall.advance(best);
  }
  return text;
}

}  // namespace

TEST_CASE("a memory built from a corpus knows its idioms, and the buffer's own lines") {
  const TemporaryPath folder("corpus"), path("built");
  write_corpus(folder.str(), "python", 160);
  const BuildOptions options{.corpus_folder = folder.str(), .path = path.str(), .cuts = 1500};
  REQUIRE(build_memory(options, toy(), quiet).ok());
  const auto corpus = Corpus::open(path.str(), toy());
  REQUIRE(corpus.ok());
  CHECK(continuation(**corpus, "foo():\n") == "    return print\n");
  CHECK(continuation(**corpus, "zebras\nxyz\nfoo():\n    return print\nzebras\nab\nzebr") ==
        "as\n");
  CHECK(continuation(**corpus, "xyz\nzebr", "ab\nzebras\nfoo():\n    return print\nzebras\n") ==
        "as\n");

  const std::string first = bytes_of(path.str());
  REQUIRE(build_memory(options, toy(), quiet).ok());
  CHECK(bytes_of(path.str()) == first);  // the same file, byte for byte
}

TEST_CASE("fitting again to a model changes nothing but the weights used with it") {
  const TemporaryPath folder("refit-corpus"), path("refit");
  write_corpus(folder.str(), "python", 40);
  BuildOptions options{.corpus_folder = folder.str(), .path = path.str(), .cuts = 200};
  REQUIRE(build_memory(options, toy(), quiet).ok());
  const auto before = Corpus::open(path.str(), toy());
  REQUIRE(before.ok());
  const auto sets = [](const Corpus& corpus, size_t set) {
    return std::vector<float>(corpus.weights(set).begin(), corpus.weights(set).end());
  };
  for (const bool ngrams : {false, true}) {  // no model was at hand
    CHECK(sets(**before, weight_set(true, ngrams)) == sets(**before, weight_set(false, ngrams)));
  }

  options.cuts_with_model = 100;
  options.predict = [](const Cut& cut) -> base::Result<std::vector<float>> {
    const float even = -std::log(static_cast<float>(toy().size()));
    return std::vector<float>(cut.middle.size() * toy().size(), even);
  };
  REQUIRE(refit_memory(options, toy(), quiet).ok());
  const auto after = Corpus::open(path.str(), toy());
  REQUIRE(after.ok());
  for (const bool ngrams : {false, true}) {
    const size_t alone = weight_set(false, ngrams), with_model = weight_set(true, ngrams);
    CHECK(sets(**after, alone) == sets(**before, alone));
    CHECK(sets(**after, with_model) != sets(**before, with_model));
  }
  CHECK(continuation(**after, "foo():\n") == continuation(**before, "foo():\n"));
}

TEST_CASE("a memory of another vocabulary is not fitted again") {
  const TemporaryPath path("foreign");
  write(path.str(), {}, {});
  const auto file =
      gguf::File::open(LEMMA_SOURCE_DIR "/tests/golden/tokenizer/deepseek-coder.gguf");
  REQUIRE(file.ok());
  const auto other = tokenizer::Tokenizer::load(*file);
  REQUIRE(other.ok());
  BuildOptions options{.corpus_folder = "/nowhere", .path = path.str()};
  options.predict = [](const Cut&) {
    return base::Result<std::vector<float>>(base::Error{"asked"});
  };
  const auto status = refit_memory(options, *other, quiet);
  REQUIRE_FALSE(status.ok());
  CHECK(status.message().find(path.str() + ": made for another vocabulary") == 0);
}

TEST_CASE("a corpus that cannot be read is refused by file and line") {
  const TemporaryPath folder("bad-corpus");
  CHECK(!read_corpus(folder.str(), toy(), quiet).ok());
  write_corpus(folder.str(), "python", 3);
  const auto read = read_corpus(folder.str(), toy(), quiet);
  REQUIRE(read.ok());
  const auto fitting = [](const Text& text) { return is_for_fitting(text.project); };
  CHECK(std::count_if(read->begin(), read->end(), fitting) == 3);
  std::ofstream(folder.str() + "/python.tsv", std::ios::app) << "999999999\t5\tp\ta.py\tMIT\n";
  const auto texts = read_corpus(folder.str(), toy(), quiet);
  REQUIRE(!texts.ok());
  CHECK(texts.message().find("python.tsv: line 10") != std::string::npos);
}

}  // namespace engine::decode::memory
