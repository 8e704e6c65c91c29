// Damaged files: each is opened without a crash, and what opens can be read to its last byte.
#include <string>
#include <vector>

#include "engine/gguf/file.h"
#include "tests/engine/gguf/raw_file.h"
#include "tests/support/catch.h"
#include "tests/support/damage.h"
#include "tests/support/memory_file.h"

namespace {

using engine::gguf::File;
using raw::array;
using raw::key;
using raw::number;
using raw::text;
using raw::ValueType;

// A small file with every kind of value, and the length of its header.
struct Sample {
  std::string bytes;
  size_t header;
};

Sample make_sample() {
  std::string header = raw::preamble(3, 7);
  header += key("general.architecture", ValueType::string, text("deepseek2"));
  header += key("general.alignment", ValueType::u32, number<uint32_t>(32));
  header += key("a.boolean", ValueType::boolean, "\1");
  header += key("a.float", ValueType::f64, number(1e-6));
  header += key("a.list", ValueType::array, array(ValueType::u16, 2, "abcd"));
  header += key("a.names", ValueType::array, array(ValueType::string, 2, text("x") + text("yz")));
  header += key("a.nest", ValueType::array,
                array(ValueType::array, 1, array(ValueType::boolean, 2, std::string("\0\1", 2))));
  header += raw::tensor("token_embd.weight", {32, 4}, 8, 0);
  header += raw::tensor("norm", {8}, 0, 160);
  header += raw::tensor("cube", {2, 2, 2, 2}, 1, 192);
  return {raw::padded(header) + std::string(224, '\x3c'), header.size()};
}

// Whether it opens; reading all of it and the message of a refusal are part of the check.
bool opens(const std::string& bytes) {
  const support::MemoryFile memory(bytes);
  const auto file = File::open(memory.path());
  if (file.ok()) {
    raw::read_everything(*file);
    return true;
  }
  CHECK_THAT(file.message(), Catch::Matchers::StartsWith(memory.path() + ": "));
  return false;
}

}  // namespace

TEST_CASE("the sample itself opens") { CHECK(opens(make_sample().bytes)); }

TEST_CASE("each bit of the header flipped once never crashes") {
  const Sample sample = make_sample();
  size_t refused = 0;
  for (size_t position = 0; position < sample.header; ++position) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bytes = sample.bytes;
      bytes[position] = static_cast<char>(bytes[position] ^ (1 << bit));
      refused += !opens(bytes);
    }
  }
  // Flips in names and numbers may pass; those in counts, lengths, types and offsets may not.
  CHECK(refused > sample.header * 8 / 3);
}

TEST_CASE("each byte of the header replaced by an extreme never crashes") {
  const Sample sample = make_sample();
  for (size_t position = 0; position < sample.header; ++position) {
    for (const char value : {'\x00', '\x7f', '\x80', '\xff'}) {
      std::string bytes = sample.bytes;
      bytes[position] = value;
      opens(bytes);
    }
  }
}

TEST_CASE("a file cut short anywhere is refused") {
  const Sample sample = make_sample();
  for (size_t length = 0; length < sample.bytes.size(); ++length) {
    INFO(length);
    CHECK_FALSE(opens(sample.bytes.substr(0, length)));
  }
}

TEST_CASE("every eight bytes of the header replaced by an extreme number never crashes") {
  const Sample sample = make_sample();
  const std::vector<uint64_t> extremes = {0,
                                          1,
                                          ~uint64_t{0},
                                          ~uint64_t{0} >> 1,
                                          uint64_t{1} << 63,
                                          ~uint64_t{0} - 31,
                                          sample.bytes.size(),
                                          uint64_t{1} << 32};
  for (size_t position = 0; position + 8 <= sample.header; ++position) {
    for (const uint64_t value : extremes) {
      std::string bytes = sample.bytes;
      bytes.replace(position, 8, number(value));
      opens(bytes);
    }
  }
}

TEST_CASE("random damage never crashes") {
  const Sample sample = make_sample();
  std::mt19937 random(20240611);
  for (int round = 0; round < 20000; ++round) {
    opens(support::damaged(sample.bytes, sample.header, random));
  }
}
