// What File::open accepts, what it refuses, and what the refusals say.
#include "engine/gguf/file.h"

#include <sys/stat.h>

#include <limits>
#include <string>

#include "tests/engine/gguf/raw_file.h"
#include "tests/support/catch.h"
#include "tests/support/memory_file.h"
#include "tests/support/temporary_folder.h"

namespace {

using engine::gguf::File;
using raw::array;
using raw::key;
using raw::number;
using raw::padded;
using raw::preamble;
using raw::tensor;
using raw::text;
using raw::ValueType;

constexpr uint32_t f32 = 0;
constexpr uint32_t q8_0 = 8;
constexpr uint64_t huge = std::numeric_limits<uint64_t>::max();

// The error names the file and contains `expected`.
void check_refused(const std::string& bytes, const std::string& expected) {
  const support::MemoryFile memory(bytes);
  const auto file = File::open(memory.path());
  REQUIRE_FALSE(file.ok());
  CHECK_THAT(file.message(), Catch::Matchers::StartsWith(memory.path() + ": "));
  CHECK_THAT(file.message(), Catch::Matchers::Contains(expected));
}

void check_accepted(const std::string& bytes) {
  const support::MemoryFile memory(bytes);
  const auto file = File::open(memory.path());
  INFO((file.ok() ? std::string() : file.message()));
  REQUIRE(file.ok());
  raw::read_everything(*file);
}

// A file with this one tensor and `data_bytes` bytes of data.
std::string one_tensor(const std::string& info, size_t data_bytes) {
  return padded(preamble(1, 0) + info) + std::string(data_bytes, '\x11');
}

// A file with this one key and no tensors.
std::string one_key(const std::string& entry) { return preamble(0, 1) + entry; }

}  // namespace

TEST_CASE("a file without tensors needs no data section") {
  check_accepted(preamble(0, 0));
  check_accepted(preamble(0, 0, 2));
}

TEST_CASE("what is no GGUF file is refused by its first bytes") {
  check_refused("", "magic at byte 0");
  check_refused("GGU", "the file has 3 bytes");
  check_refused("ggjt" + std::string(60, '\0'), "'ggjt', not 'GGUF'");
  check_refused(
      "\x7f"
      "ELF" +
          std::string(60, '\0'),
      "'\\x7fELF'");
  check_refused("FUGG" + std::string(60, '\0'), "big-endian");
}

TEST_CASE("versions other than 2 and 3 are refused, big-endian ones by name") {
  check_refused(preamble(0, 0, 1), "version at byte 4: is 1");
  check_refused(preamble(0, 0, 4), "version at byte 4: is 4");
  check_refused(preamble(0, 0, 0x03000000), "big-endian");
  check_refused("GGUF\x03", "version at byte 4: needs 4 bytes");
}

TEST_CASE("counts larger than the file are refused before anything is allocated") {
  check_refused(preamble(huge, 0), "tensor count at byte 8");
  check_refused(preamble(0, huge), "metadata count at byte 16");
  check_refused(preamble(1, 0), "tensor count at byte 8");
  check_refused(one_key(key("a", ValueType::array, array(ValueType::u8, huge, ""))),
                "key 'a' value count at byte 41: is 18446744073709551615");
  check_refused(
      one_key(key("a", ValueType::array, array(ValueType::u64, huge / 8 + 1, "xxxxxxxx"))),
      "key 'a' value count");
  check_refused(one_key(key("a", ValueType::array, array(ValueType::string, 2, text("")))),
                "key 'a' value count");
}

TEST_CASE("keys and strings stay within the file and are named when they do not") {
  check_refused(preamble(0, 1) + number(huge) + std::string(20, 'x'), "key 0 length at byte 24");
  check_refused(one_key(key("name", ValueType::string, number<uint64_t>(100) + "short")),
                "key 'name' value length at byte 40: is 100");
  check_refused(one_key(key("list", ValueType::array,
                            array(ValueType::string, 2, text("ab") + number<uint64_t>(9) + "x"))),
                "key 'list' value[1] length");
  check_refused(preamble(0, 1) + key("", ValueType::u64, number<uint64_t>(0)), "key 0 length");
  check_refused(preamble(0, 1) + key(std::string(65536, 'k'), ValueType::u8, "\1"), "65536");
}

TEST_CASE("value types are checked, in arrays too") {
  check_refused(one_key(key("a", static_cast<ValueType>(13), "xxxx")), "key 'a' type at byte 33");
  check_refused(one_key(key("a", ValueType::array, array(static_cast<ValueType>(99), 0, ""))),
                "key 'a' value element type at byte 37: is 99");
  check_refused(one_key(key("a", ValueType::boolean, "\2")), "key 'a' value at byte 37: is 2");
  check_refused(
      one_key(key("a", ValueType::array, array(ValueType::boolean, 3, std::string("\0\1\7", 3)))),
      "at byte 51: is 7");
}

TEST_CASE("arrays of arrays are read up to a depth") {
  std::string nested = array(ValueType::u8, 2, "ab");
  for (int depth = 0; depth < 3; ++depth) nested = array(ValueType::array, 1, nested);
  check_accepted(one_key(key("a", ValueType::array, nested)));
  for (int depth = 0; depth < 3000; ++depth) nested = array(ValueType::array, 1, nested);
  check_refused(one_key(key("a", ValueType::array, nested)), "nest deeper");
}

TEST_CASE("a key or a tensor that appears twice is refused") {
  const std::string entry = key("twice", ValueType::u8, "\1");
  check_refused(preamble(0, 2) + entry + entry, "key 'twice' at byte 42: appears twice");
  const std::string info = tensor("t", {8}, f32, 0);
  check_refused(padded(preamble(2, 0) + info + info) + std::string(64, 'x'), "tensor 't'");
}

TEST_CASE("names are shown escaped and cut, whatever bytes they hold") {
  check_refused(one_key(key("bad\n\xff", ValueType::boolean, "\3")), "key 'bad\\x0a\\xff'");
  const support::MemoryFile memory(one_key(key(std::string(5000, 'k'), ValueType::boolean, "\3")));
  CHECK(File::open(memory.path()).message().size() < 400);
}

TEST_CASE("shapes are checked") {
  check_accepted(one_tensor(tensor("t", {8, 2}, f32, 0), 64));
  check_accepted(one_tensor(tensor("scalar", {}, f32, 0), 4));
  check_refused(one_tensor(tensor("t", {1, 1, 1, 1, 1}, f32, 0), 64), "tensor 't' rank at byte 33");
  check_refused(one_tensor(tensor("t", {8, 0}, f32, 0), 64),
                "tensor 't' shape[1] at byte 45: is 0");
  check_refused(one_tensor(tensor("t", {33}, q8_0, 0), 640),
                "tensor 't' shape[0] at byte 37: is 33");
  check_refused(one_tensor(tensor("t", {32, 3}, q8_0, 0), 3 * 34 - 1), "past the file");
  check_accepted(one_tensor(tensor("t", {32, 3}, q8_0, 0), 3 * 34));
}

TEST_CASE("products of a shape that overflow are refused") {
  const uint64_t two32 = uint64_t{1} << 32;
  check_refused(one_tensor(tensor("t", {two32, two32}, f32, 0), 64), "64 bits");
  check_refused(one_tensor(tensor("t", {two32, two32 / 4}, f32, 0), 64), "64 bits");
  check_refused(one_tensor(tensor("t", {huge}, f32, 0), 64), "64 bits");
  check_refused(one_tensor(tensor("t", {32, huge / 34 + 1, 1, 1}, q8_0, 0), 64), "64 bits");
  check_refused(one_tensor(tensor("t", {two32, two32, two32, two32}, q8_0, 0), 64), "64 bits");
  check_refused(one_tensor(tensor("t", {uint64_t{1} << 40}, f32, 0), 64), "past the file");
}

TEST_CASE("weight types that lemma does not read are refused by number and name") {
  const std::pair<uint32_t, const char*> named[] = {
      {9, "q8_1"}, {15, "q8_K"}, {24, "i8"}, {34, "tq1_0"}, {35, "tq2_0"}};
  for (const auto& [id, name] : named) {
    check_refused(one_tensor(tensor("t", {256}, id, 0), 640),
                  "is " + std::to_string(id) + " (" + name +
                      "), which lemma does not read; take a file in another quantization, such as "
                      "Q4_K_M or Q8_0");
  }
  check_refused(one_tensor(tensor("t", {256}, 4, 0), 640), "is 4, which lemma does not read");
  check_refused(one_tensor(tensor("t", {256}, 0xffffffff, 0), 640), "tensor 't' type at byte 45");
}

TEST_CASE("offsets are aligned, within the file, and share nothing") {
  check_refused(one_tensor(tensor("t", {8}, f32, 4), 64),
                "offset at byte 49: is 4, not a multiple");
  check_refused(one_tensor(tensor("t", {8}, f32, 64), 64), "past the file");
  check_refused(one_tensor(tensor("t", {8}, f32, huge - 31), 64), "past the file");
  const auto two = [](uint64_t first, uint64_t second) {
    return padded(preamble(2, 0) + tensor("a", {16}, f32, first) + tensor("b", {8}, f32, second)) +
           std::string(128, 'x');
  };
  check_accepted(two(0, 64));
  check_accepted(two(32, 0));
  check_refused(two(0, 32), "tensor 'b' offset");
  check_refused(two(0, 0), "inside the data of tensor");
}

TEST_CASE("general.alignment is honoured and checked") {
  const auto with_alignment = [](uint32_t alignment, uint64_t offset) {
    std::string header = preamble(2, 1) +
                         key("general.alignment", ValueType::u32, number(alignment)) +
                         tensor("a", {2}, f32, 0) + tensor("b", {2}, f32, offset);
    return padded(header, alignment == 0 ? 32 : alignment) + std::string(512, 'x');
  };
  check_accepted(with_alignment(8, 8));
  check_accepted(with_alignment(24, 24));
  check_accepted(with_alignment(256, 256));
  check_refused(with_alignment(256, 32), "not a multiple of the alignment 256");
  for (const uint32_t alignment : {0u, 1u, 4u, 12u, 0xfffffff8u}) {
    const std::string bytes =
        preamble(0, 1) + key("general.alignment", ValueType::u32, number(alignment));
    check_refused(bytes, "'general.alignment' at byte 32: is " + std::to_string(alignment));
  }
  check_refused(one_key(key("general.alignment", ValueType::f32, number(32.0f))), "an integer");
}

TEST_CASE("a part of a model says which") {
  check_refused(one_key(key("split.count", ValueType::u16, number<uint16_t>(4))),
                "key 'split.no' is missing");
  check_accepted(one_key(key("split.count", ValueType::u16, number<uint16_t>(1))));
}

TEST_CASE("a file that is not there, a folder, and a pipe are named") {
  CHECK_THAT(File::open("/no/such.gguf").message(),
             Catch::Matchers::Contains("cannot open /no/such.gguf"));
  CHECK_THAT(File::open("/").message(), Catch::Matchers::Contains("not a regular file"));
  const support::TemporaryFolder folder;
  const std::string pipe = folder.path("pipe.gguf");
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  CHECK_THAT(File::open(pipe).message(), Catch::Matchers::Contains("not a regular file"));
}

TEST_CASE("values are read by type, and any integer type where an integer fits") {
  const support::MemoryFile memory(
      preamble(0, 8) + key("u8", ValueType::u8, "\x07") +
      key("minus", ValueType::i32, number<int32_t>(-7)) + key("u64", ValueType::u64, number(huge)) +
      key("f32", ValueType::f32, number(0.5f)) + key("yes", ValueType::boolean, "\1") +
      key("name", ValueType::string, text("lemma")) +
      key("list", ValueType::array,
          array(ValueType::i16, 2, number<int16_t>(-2) + number<int16_t>(3))) +
      key("names", ValueType::array, array(ValueType::string, 2, text("") + text("b"))));
  const auto opened = File::open(memory.path());
  REQUIRE(opened.ok());
  const File& file = *opened;
  CHECK(*file.integer("u8") == 7);
  CHECK(*file.integer("u64") == huge);
  CHECK(*file.number("f32") == 0.5);
  CHECK(*file.number("minus") == -7);
  CHECK(*file.boolean("yes"));
  CHECK(*file.string("name") == "lemma");
  CHECK(*file.integers("list") == std::vector<int64_t>{-2, 3});
  CHECK(*file.floats("list") == std::vector<float>{-2, 3});
  CHECK(*file.strings("names") == std::vector<std::string_view>{"", "b"});
  CHECK(*file.integer_or("absent", 9) == 9);
  CHECK(*file.number_or("absent", 0.25) == 0.25);
  CHECK_FALSE(*file.boolean_or("absent", false));
  for (const auto& message : {file.integer("minus").message(), file.integer("f32").message(),
                              file.integer("yes").message(), file.integer("absent").message(),
                              file.integer_or("name", 1).message(), file.boolean("u8").message(),
                              file.string("u8").message(), file.strings("list").message(),
                              file.integers("names").message(), file.floats("name").message()}) {
    CHECK_THAT(message, Catch::Matchers::StartsWith(memory.path() + ": key '"));
  }
}
