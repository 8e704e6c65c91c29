// Vocabularies of tokenizer.json against the same in GGUF, and what is said of those that lemma
// does not read.
#include "engine/huggingface/vocabulary.h"

#include <fstream>

#include "engine/huggingface/names.h"
#include "engine/tokenizer/tokenizer.h"
#include "tests/engine/huggingface/export.h"
#include "tests/support/catch.h"

namespace {

namespace gguf = engine::gguf;
using engine::base::Result;
using engine::huggingface::Fields;
using engine::tokenizer::SpecialTokens;
using engine::tokenizer::Token;
using engine::tokenizer::Tokenizer;
using huggingface_export::Folder;

Result<gguf::File> open(const Folder& folder) {
  const auto config = Fields::open(folder.file("config.json"));
  REQUIRE(config.ok());
  gguf::Assembly model(folder.path(), engine::huggingface::name_from_gguf);
  const auto status = engine::huggingface::add_vocabulary(folder.path(), *config, model);
  if (!status.ok()) return status.error();
  return model.finish();
}

Tokenizer load(const Folder& folder) {
  const auto file = open(folder);
  INFO((file.ok() ? std::string() : file.message()));
  REQUIRE(file.ok());
  auto tokenizer = Tokenizer::load(*file);
  INFO((tokenizer.ok() ? std::string() : tokenizer.message()));
  REQUIRE(tokenizer.ok());
  return *std::move(tokenizer);
}

struct Small {
  Small() {
    folder.write("config.json", R"({"vocab_size": 300})");
    folder.write("tokenizer.json", huggingface_export::small_tokenizer());
  }
  void check_refused(const std::string& from, const std::string& to,
                     const std::string& expected) const {
    const std::string whole = folder.read("tokenizer.json");
    folder.replace("tokenizer.json", from, to);
    const auto file = open(folder);
    INFO(to);
    REQUIRE_FALSE(file.ok());
    CHECK_THAT(file.message(), Catch::Matchers::Contains(expected));
    CHECK_THAT(file.message(), Catch::Matchers::StartsWith(folder.file("tokenizer.json") + ": "));
    folder.write("tokenizer.json", whole);
  }
  Folder folder;
};

std::string json_string(std::string_view text) {
  std::string result = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') result += '\\';
    result += letter;
  }
  return result + "\"";
}

std::string split(const std::string& pattern) {
  return R"({"type": "Split", "pattern": {"Regex": ")" + pattern +
         R"("}, "behavior": "Isolated", "invert": false}, )";
}

const std::string digits = R"({"type": "Digits", "individual_digits": true}, )";
const std::string byte_level =
    R"({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false})";
const std::string eastern = split("[一-龥ࠀ-一가-퟿]+");

std::string llama(const std::string& numbers) {
  return split(R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N})" + numbers +
               R"(| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+)");
}

// As the published files spell them, some with line ends as such and some with escapes.
const std::string deepseek_coder =
    split("[\\r\\n]") + split("\\\\s?\\\\p{L}+") + split("\\\\s?\\\\p{P}+") + eastern + digits;
const std::string deepseek_llm = split("[\\r\\n]") + split("\\\\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓ]+") +
                                 split("\\\\s?[!-/:-~！-／：-～‘-‟　-。]+") + split("\\\\s+$") +
                                 eastern + digits;
const std::string deepseek_v3 =
    split("\\\\p{N}{1,3}") + split("[一-龥぀-ゟ゠-ヿ]+") +
    split(R"([!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+)"
          R"(|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*)"
          R"(|\\s*[\r\n]+|\\s+(?!\\S)|\\s+)");

const std::string seed_coder =
    split(R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1})"
          R"(| ?[^\\s\\p{L}\\p{N}\r\n]+|\\s*[\r\n]+|\\s+(?!\\S)|\\s+)");

// gpt-4o, and tekken where `contraction` is empty and `numbers` single.
std::string capitals(const std::string& contraction, const std::string& numbers) {
  const std::string start = R"([^\\r\\n\\p{L}\\p{N}]?)";
  const std::string upper = R"([\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}])";
  const std::string lower = R"([\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}])";
  return split(start + upper + "*" + lower + "+" + contraction + "|" + start + upper + "+" + lower +
               "*" + contraction + R"(|\\p{N})" + numbers +
               R"(| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+)");
}

// The vocabulary of deepseek-coder in the repository, as tokenizer.json.
void write_deepseek_coder(const Folder& folder, const std::string& steps, bool ignore_merges,
                          const std::string& last = byte_level) {
  const auto file =
      gguf::File::open(LEMMA_SOURCE_DIR "/tests/golden/tokenizer/deepseek-coder.gguf").value();
  const auto tokens = file.strings("tokenizer.ggml.tokens").value();
  const auto types = file.integers("tokenizer.ggml.token_type").value();
  std::string vocab, added, merges;
  const auto append = [](std::string& list, const std::string& item) {
    list += (list.empty() ? "" : ",\n") + item;
  };
  for (size_t id = 0; id < tokens.size(); ++id) {
    const std::string number = std::to_string(id);
    if (types[id] == 1) {
      append(vocab, json_string(tokens[id]) + ": " + number);
    } else {
      append(added, "{\"id\": " + number + ", \"content\": " + json_string(tokens[id]) +
                        ", \"special\": " + (types[id] == 3 ? "true}" : "false}"));
    }
  }
  const auto rules = file.strings("tokenizer.ggml.merges").value();
  for (const auto rule : rules) append(merges, json_string(rule));
  folder.write("config.json", "{\"vocab_size\": " + std::to_string(tokens.size() + 7) + "}");
  folder.write("tokenizer.json",
               "{\"normalizer\": {\"type\": \"Sequence\", \"normalizers\": []}, \"pre_tokenizer\": "
               "{\"type\": \"Sequence\", \"pretokenizers\": [" +
                   steps + last + "]}, \"added_tokens\": [" + added +
                   "], \"model\": {\"type\": \"BPE\", "
                   "\"ignore_merges\": " +
                   (ignore_merges ? "true" : "false") + ", \"vocab\": {" + vocab +
                   "}, \"merges\": [" + merges + "]}}");
}

std::string pre_of(const std::string& steps, bool ignore_merges,
                   const std::string& last = byte_level) {
  const Folder folder;
  write_deepseek_coder(folder, steps, ignore_merges, last);
  const auto file = open(folder);
  return file.ok() ? std::string(file->string("tokenizer.ggml.pre").value()) : file.message();
}

}  // namespace

TEST_CASE("a tokenizer.json encodes what its GGUF file encodes") {
  const Folder folder;
  write_deepseek_coder(folder, deepseek_coder, false);
  const Tokenizer found = load(folder);
  const auto file =
      gguf::File::open(LEMMA_SOURCE_DIR "/tests/golden/tokenizer/deepseek-coder.gguf").value();
  const Tokenizer expected = Tokenizer::load(file).value();
  CHECK(found.size() == expected.size() + 7);
  std::ifstream input(LEMMA_SOURCE_DIR "/tests/golden/tokenizer/deepseek-coder.inp");
  const std::string text(std::istreambuf_iterator<char>(input), {});
  REQUIRE(text.size() > 1000);
  for (const auto special : {SpecialTokens::literal, SpecialTokens::parsed}) {
    CHECK(found.encode(text + "<｜fim▁hole｜>ü", special) ==
          expected.encode(text + "<｜fim▁hole｜>ü", special));
  }
  REQUIRE(found.fim());
  CHECK(found.fim()->middle == expected.fim()->middle);
}

TEST_CASE("pre-tokenizers are told by their patterns") {
  CHECK(pre_of(deepseek_coder, false) == "deepseek-coder");
  CHECK(pre_of(deepseek_llm, false) == "deepseek-llm");
  CHECK(pre_of(deepseek_v3, false) == "deepseek-v3");
  CHECK(pre_of(llama(""), false) == "qwen2");
  CHECK(pre_of(llama("{1,3}"), true) == "llama-bpe");
  CHECK(pre_of(llama("{1,3}"), false) == "glm4");
  CHECK(pre_of(seed_coder, false) == "seed-coder");
  CHECK(pre_of(capitals("", ""), true) == "tekken");
  CHECK(pre_of(capitals("(?i:'s|'t|'re|'ve|'m|'ll|'d)?", "{1,3}"), false) == "gpt-4o");
  const std::string splitting = R"({"type": "ByteLevel", "add_prefix_space": false})";
  CHECK(pre_of("", false, splitting) == "gpt-2");
  CHECK(pre_of(digits, false, splitting) == "starcoder");
  for (const std::string& other : {llama("{1,2}"), deepseek_v3 + digits, std::string()}) {
    CHECK_THAT(pre_of(other, false),
               Catch::Matchers::Contains("field 'pre_tokenizer' at byte ") &&
                   Catch::Matchers::Contains("none that lemma knows (qwen2, llama-bpe, glm4"));
  }
}

TEST_CASE("texts begin and end as the settings say") {
  const Small small;
  const Tokenizer plain = load(small.folder);
  CHECK(plain.encode("the plain th", SpecialTokens::literal) ==
        std::vector<Token>{257, 32, 259, 32, 256});
  CHECK(plain.size() == 300);
  CHECK(plain.is_special(258));
  CHECK_FALSE(plain.bos());
  CHECK_FALSE(plain.eos());

  small.folder.write("tokenizer_config.json", R"({"bos_token": {"content": "<|endoftext|>"},
      "eos_token": "<|endoftext|>", "add_bos_token": true})");
  small.folder.write("generation_config.json", R"({"eos_token_id": [258, 260, 261, 262]})");
  const Tokenizer both = load(small.folder);
  CHECK(both.bos() == 258);
  CHECK(both.eos() == 258);
  CHECK(both.is_end_of_generation(260));
  CHECK(both.is_end_of_generation(261));
  CHECK(both.is_end_of_generation(262));
  CHECK_FALSE(both.is_end_of_generation(263));

  small.folder.write("tokenizer_config.json", R"({"add_bos_token": false})");
  small.folder.write("generation_config.json", R"({"bos_token_id": 258, "eos_token_id": 258})");
  const Tokenizer neither = load(small.folder);
  CHECK_FALSE(neither.bos());
  CHECK(neither.eos() == 258);

  small.folder.write("tokenizer_config.json", "{}");
  const std::string processor = R"({"type": "Sequence", "processors": [
      {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<|endoftext|>"}}]}]})";
  small.folder.replace("tokenizer.json", "{\"normalizer\"",
                       "{\"post_processor\": " + processor + ", \"normalizer\"");
  CHECK(load(small.folder).bos() == 258);
}

TEST_CASE("a chat template is found where transformers finds it") {
  constexpr const char* key = "tokenizer.chat_template";
  const Small small;
  const auto found = [&] {
    const auto file = open(small.folder);
    if (!file.ok()) return file.message();
    return file->find(key) == nullptr ? "none" : std::string(file->string(key).value());
  };
  CHECK(found() == "none");
  small.folder.write("tokenizer_config.json", R"({"chat_template": "{{ 'a\n' }}"})");
  CHECK(found() == "{{ 'a\n' }}");
  small.folder.write("tokenizer_config.json",
                     R"({"chat_template": [{"name": "tool_use", "template": "t"},
                                           {"name": "default", "template": "d"}]})");
  CHECK(found() == "d");
  small.folder.write("chat_template.jinja", "j");
  CHECK(found() == "j");
  std::filesystem::remove(small.folder.file("chat_template.jinja"));
  small.folder.write("tokenizer_config.json", R"({"chat_template": [{"name": "x"}]})");
  CHECK_THAT(found(), Catch::Matchers::Contains("tokenizer_config.json: field 'chat_template' at"));
}

TEST_CASE("vocabularies that lemma does not read are refused by field") {
  const Small small;
  small.check_refused("\"BPE\"", "\"Unigram\"", "'Unigram'; lemma reads byte-level BPE");
  small.check_refused("\"byte_fallback\": false", "\"byte_fallback\": true", "with byte fallback");
  small.check_refused("\"NFC\"", "\"Lowercase\"", "'Lowercase'; lemma encodes text as it is");
  small.check_refused("\"use_regex\": false", "\"use_regex\": true", "'(ByteLevel's own)'");
  small.check_refused("\"add_prefix_space\": false", "\"add_prefix_space\": true",
                      "not of byte-level BPE");
  small.check_refused("\"the\": 257", "\"the\": 300", "its id is none of the vocab_size 300");
  small.check_refused("\"the\": 257", "\"the\": -1", "token 'the' at byte ");
  small.check_refused("\"the\": 257", "\"the\": 256", "has the id 256, which token 'th' has");
  small.check_refused("\"id\": 258", "\"if\": 258", "a token without content or id");
  small.check_refused("\"vocab\"", "\"vocap\"", "field 'model.vocab': is missing");
  small.check_refused("[\"th\", \"e\"]", "[\"th\"]", "a merge is two tokens");
  small.check_refused("\"merges\": [", "\"merges\": [], \"other\": [1", "no JSON: byte ");
}

TEST_CASE("a damaged tokenizer.json never crashes") {
  const Small small;
  const std::string whole = small.folder.read("tokenizer.json");
  for (size_t length = 0; length < whole.size(); length += 7) {
    small.folder.write("tokenizer.json", whole.substr(0, length));
    CHECK_FALSE(open(small.folder).ok());
  }
  for (size_t position = 0; position < whole.size(); ++position) {
    std::string bytes = whole;
    bytes[position] = static_cast<char>(bytes[position] ^ (1 << position % 7));
    small.folder.write("tokenizer.json", bytes);
    const auto file = open(small.folder);
    if (file.ok() && Tokenizer::load(*file).ok())
      CHECK(file->find("tokenizer.ggml.pre") != nullptr);
  }
}
