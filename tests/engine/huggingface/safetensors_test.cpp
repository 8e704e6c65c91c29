// What SafetensorsFile::open accepts, and what it says of what lies.
#include "engine/huggingface/safetensors.h"

#include <cstring>

#include "tests/engine/huggingface/export.h"
#include "tests/support/catch.h"
#include "tests/support/damage.h"
#include "tests/support/memory_file.h"

namespace {

using engine::huggingface::SafetensorsFile;

std::string with_header(std::string header, size_t data_bytes) {
  const uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), sizeof length) + header +
         std::string(data_bytes, 'x');
}

// Whether it opens; reading all of it and the message of a refusal are part of the check.
bool opens(const std::string& bytes) {
  const support::MemoryFile memory(bytes);
  const auto file = SafetensorsFile::open(memory.path());
  if (!file.ok()) {
    CHECK_THAT(file.message(), Catch::Matchers::StartsWith(memory.path() + ": "));
    return false;
  }
  size_t sum = 0;
  for (const auto& tensor : file->tensors()) {
    for (const auto byte : tensor.data) sum += static_cast<size_t>(byte);
    CHECK(file->find(tensor.name) == &tensor);
  }
  CHECK(sum < bytes.size() * 256);
  return true;
}

void check_refused(const std::string& bytes, const std::string& expected) {
  INFO(bytes.substr(std::min<size_t>(8, bytes.size())));
  const support::MemoryFile memory(bytes);
  const auto file = SafetensorsFile::open(memory.path());
  REQUIRE_FALSE(file.ok());
  CHECK_THAT(file.message(), Catch::Matchers::Contains(expected));
}

// A header of one tensor, over 16 bytes of data.
void check_tensor_refused(const std::string& entry, const std::string& expected) {
  check_refused(with_header("{\"a\": " + entry + "}", 16), expected);
}

std::string sample() {
  return huggingface_export::safetensors({{"a", "F32", {2, 3}, std::string(24, '\x3c')},
                                          {"model.b", "BF16", {4}, std::string(8, '\x3d')},
                                          {"empty", "F16", {0, 4}, ""}});
}

}  // namespace

TEST_CASE("a safetensors file is read as it is written") {
  const support::MemoryFile memory(sample());
  const auto file = SafetensorsFile::open(memory.path());
  REQUIRE(file.ok());
  REQUIRE(file->tensors().size() == 3);
  const auto* a = file->find("a");
  CHECK(a->dtype == "F32");
  CHECK(a->shape == std::vector<uint64_t>{2, 3});
  CHECK(a->data.size() == 24);
  CHECK(file->find("model.b")->data.data() == a->data.data() + 24);
  CHECK(file->find("c") == nullptr);
}

TEST_CASE("headers that lie are refused by field and byte") {
  check_refused("1234", "header length at byte 0: needs 8 bytes, but the file has 4");
  check_refused(std::string("\xff\0\0\0\0\0\0\0{}", 10), "is 255, but 2 bytes follow");
  check_refused(std::string(16, '\xff'), "header length at byte 0: is 18446744073709551615");
  check_refused("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull");
  check_refused(with_header("[]", 0), "header at byte 8: is no JSON object");
  check_refused(with_header("{\"a\": ", 0), "header at byte 8: no JSON: byte 6");
  check_tensor_refused("1", "tensor 'a' at byte 14: 'dtype' is missing");
  check_tensor_refused(R"({"dtype": "F32"})", "'shape' is missing");
  check_tensor_refused(R"({"dtype": "F32", "shape": [-4]})", "no list of lengths");
  check_tensor_refused(R"({"dtype": "F32", "shape": [1.5]})", "no list of lengths");
  check_tensor_refused(R"({"dtype": "F32", "shape": [4]})", "'data_offsets' is missing");
  check_tensor_refused(R"({"dtype": "F32", "shape": [4], "data_offsets": [0]})", "begin and end");
  check_tensor_refused(R"({"dtype": "F32", "shape": [4], "data_offsets": [8, 4]})", "before 8");
  check_tensor_refused(R"({"dtype": "F32", "shape": [4], "data_offsets": [4, 20]})",
                       "past the file's 16 bytes of data; the download may be incomplete");
  check_tensor_refused(R"({"dtype": "F32", "shape": [3], "data_offsets": [0, 16]})",
                       "'shape' in F32 has 12 bytes, but 'data_offsets' hold 16");
  check_tensor_refused(
      R"({"dtype": "F32", "shape": [4611686018427387904, 4], "data_offsets": [0, 0]})",
      "more bytes than 64 bits can count");
  const std::string two = R"({"dtype": "U8", "shape": [8], "data_offsets": [4, 12]})";
  check_refused(with_header("{\"a\": " + two + ", \"b\": " + two + "}", 16),
                "begin inside the data of tensor 'a'");
  const std::string none = R"({"dtype": "U8", "shape": [0], "data_offsets": [4, 4]})";
  check_refused(with_header("{\"a\": " + none + ", \"a\": " + none + "}", 16), "appears twice");
}

TEST_CASE("each bit of a header flipped once never crashes") {
  const std::string whole = sample();
  const size_t header = whole.size() - 32;
  size_t refused = 0;
  for (size_t position = 0; position < header; ++position) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bytes = whole;
      bytes[position] = static_cast<char>(bytes[position] ^ (1 << bit));
      refused += !opens(bytes);
    }
  }
  CHECK(refused > header * 8 / 3);
}

TEST_CASE("a safetensors file cut short anywhere is refused") {
  const std::string whole = sample();
  for (size_t length = 0; length < whole.size(); ++length) {
    INFO(length);
    CHECK_FALSE(opens(whole.substr(0, length)));
  }
}

TEST_CASE("random damage to a header never crashes") {
  const std::string whole = sample();
  std::mt19937 random(20240611);
  for (int round = 0; round < 20000; ++round) {
    opens(support::damaged(whole, whole.size(), random));
  }
}
