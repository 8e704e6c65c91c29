#include "engine/gguf/writer.h"

#include <cstring>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "engine/gguf/file.h"
#include "engine/gguf/quantize.h"
#include "tests/engine/gguf/raw_file.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace {

using engine::gguf::Array;
using engine::gguf::File;
using engine::gguf::Value;
using engine::gguf::ValueType;
using engine::gguf::WeightType;
using engine::gguf::Writer;
using support::TemporaryFolder;

File open(const std::string& path) {
  auto file = File::open(path);
  INFO((file.ok() ? std::string() : file.message()));
  REQUIRE(file.ok());
  return *std::move(file);
}

std::vector<std::byte> pattern(size_t size, int seed) {
  std::vector<std::byte> bytes(size);
  for (size_t index = 0; index < size; ++index) {
    bytes[index] = static_cast<std::byte>(index * 31 + static_cast<size_t>(seed));
  }
  return bytes;
}

}  // namespace

TEST_CASE("every type of value is written and read back") {
  const TemporaryFolder folder;
  const std::vector<std::pair<std::string, Value>> values = {
      {"u8", uint8_t{200}},
      {"i8", int8_t{-3}},
      {"u16", uint16_t{60000}},
      {"i16", int16_t{-300}},
      {"u32", uint32_t{4000000000}},
      {"i32", int32_t{-70000}},
      {"u64", std::numeric_limits<uint64_t>::max()},
      {"i64", std::numeric_limits<int64_t>::min()},
      {"f32", 0.1f},
      {"f64", 0.1},
      {"flag", true},
      {"text", std::string_view("deepseek2")},
  };
  const std::vector<std::string_view> names = {"", "ä", "<｜fim▁hole｜>"};
  Writer writer;
  for (const auto& [key, value] : values) writer.add(key, value);
  writer.add("literal", "text");
  writer.add_strings("names", names);
  writer.add_floats("floats", std::vector<float>{1.5f, -2});
  writer.add_integers("integers", std::vector<int32_t>{1, -2, 3});
  REQUIRE(writer.begin(folder.path("values.gguf")));
  REQUIRE(writer.finish());
  CHECK(std::filesystem::file_size(folder.path("values.gguf")) == writer.file_bytes());

  const File file = open(folder.path("values.gguf"));
  CHECK(file.version() == 3);
  CHECK(file.metadata().size() == values.size() + 4);
  for (const auto& [key, expected] : values) {
    INFO(key);
    const Value* found = file.find(key);
    REQUIRE(found != nullptr);
    REQUIRE(found->index() == expected.index());
    std::visit(
        [&](const auto& held) {
          using T = std::decay_t<decltype(held)>;
          if constexpr (!std::is_same_v<T, Array>) CHECK(held == std::get<T>(expected));
        },
        *found);
  }
  CHECK(*file.string("literal") == "text");
  CHECK(*file.strings("names") == names);
  CHECK(*file.floats("floats") == std::vector<float>{1.5f, -2});
  CHECK(*file.integers("integers") == std::vector<int64_t>{1, -2, 3});
}

TEST_CASE("tensors are written in pieces and read back whole") {
  const TemporaryFolder folder;
  const std::string path = folder.path("model.gguf");
  Writer writer;
  writer.add("general.architecture", "deepseek2");
  writer.add_tensor("a", WeightType::q8_0, std::vector<uint64_t>{32, 3});
  writer.add_tensor("b", WeightType::f32, std::vector<uint64_t>{3});
  writer.add_tensor("c", WeightType::f16, std::vector<uint64_t>{4, 2, 2, 2});
  const auto a = pattern(3 * 34, 1);
  const auto b = pattern(3 * 4, 2);
  const auto c = pattern(32 * 2, 3);
  REQUIRE(writer.begin(path));
  for (size_t row = 0; row < 3; ++row) {
    REQUIRE(writer.write(std::span(a).subspan(row * 34, 34)));
  }
  CHECK_FALSE(std::filesystem::exists(path));
  REQUIRE(writer.write(b));
  REQUIRE(writer.write(c));
  REQUIRE(writer.finish());
  CHECK(std::filesystem::file_size(path) == writer.file_bytes());
  CHECK(folder.files().size() == 1);

  const File file = open(path);
  const auto check_tensor = [&](const char* name, WeightType type, std::array<uint64_t, 4> shape,
                                int rank, const std::vector<std::byte>& data) {
    const auto* tensor = file.find_tensor(name);
    REQUIRE(tensor != nullptr);
    CHECK(tensor->type == type);
    CHECK(tensor->shape == shape);
    CHECK(tensor->rank == rank);
    CHECK(std::equal(data.begin(), data.end(), tensor->data.begin(), tensor->data.end()));
  };
  check_tensor("a", WeightType::q8_0, {32, 3, 1, 1}, 2, a);
  check_tensor("b", WeightType::f32, {3, 1, 1, 1}, 1, b);
  check_tensor("c", WeightType::f16, {4, 2, 2, 2}, 4, c);
  CHECK(file.find_tensor("d") == nullptr);
}

TEST_CASE("metadata can be copied from file to file, arrays of arrays included") {
  const TemporaryFolder folder;
  Writer first;
  const std::string nested = raw::array(ValueType::u8, 2, "ab") + raw::array(ValueType::f32, 0, "");
  first.add("nested", Array{ValueType::array, 2, std::as_bytes(std::span(nested))});
  first.add("general.alignment", uint32_t{64});
  REQUIRE(first.begin(folder.path("first")));
  REQUIRE(first.finish());
  const auto source = File::open(folder.path("first"));
  REQUIRE(source.ok());
  Writer second;
  for (const auto& [key, value] : source->metadata()) second.add(key, value);
  second.add_tensor("t", WeightType::f32, std::vector<uint64_t>{1});
  second.add_tensor("u", WeightType::f32, std::vector<uint64_t>{1});
  REQUIRE(second.begin(folder.path("second")));
  REQUIRE(second.write(pattern(4, 0)));
  REQUIRE(second.write(pattern(4, 0)));
  REQUIRE(second.finish());
  const auto copy = File::open(folder.path("second"));
  REQUIRE(copy.ok());
  CHECK(std::get<Array>(*copy->find("nested")).size == 2);
  CHECK(copy->tensors()[1].data.data() - copy->tensors()[0].data.data() == 64);
}

TEST_CASE("a file that was not finished is not there") {
  const TemporaryFolder folder;
  {
    Writer writer;
    writer.add_tensor("t", WeightType::f32, std::vector<uint64_t>{2});
    REQUIRE(writer.begin(folder.path("model.gguf")));
    REQUIRE(writer.write(pattern(4, 0)));
    const auto status = writer.finish();
    REQUIRE_FALSE(status.ok());
    CHECK_THAT(status.message(), Catch::Matchers::Contains("tensor 't'"));
  }
  CHECK(folder.files().empty());
}

TEST_CASE("a place that cannot be written is named") {
  Writer writer;
  CHECK_THAT(writer.begin("/no/such/folder/model.gguf").message(),
             Catch::Matchers::Contains("cannot write /no/such/folder/model.gguf"));
}
