// Models in several files.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/engine/gguf/raw_file.h"
#include "tests/support/catch.h"

namespace split_test {
namespace {

namespace fs = std::filesystem;
using engine::gguf::File;
using raw::key;
using raw::number;
using raw::ValueType;

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("lemma-split-test-" + std::to_string(getpid()))) {
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

struct Part {
  int number;
  std::string tensor;
  int count = 3;
  int tensors_in_all = 3;
};

// One tensor of 8 floats, all of them bytes that tell the part.
std::string bytes_of(const Part& part) {
  const std::string keys =
      key("split.no", ValueType::u16, number(static_cast<uint16_t>(part.number))) +
      key("split.count", ValueType::u16, number(static_cast<uint16_t>(part.count))) +
      key("split.tensors.count", ValueType::i32, number(part.tensors_in_all)) +
      key("only.part", ValueType::u32, number(static_cast<uint32_t>(part.number)));
  const std::string header = raw::preamble(1, 4) + keys + raw::tensor(part.tensor, {8}, 0, 0);
  return raw::padded(header) + std::string(32, static_cast<char>('a' + part.number));
}

std::string name_of(int number) { return "m-0000" + std::to_string(number + 1) + "-of-00003.gguf"; }

void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

void write_parts(const Folder& folder) {
  for (int part = 0; part < 3; ++part) {
    write_file(folder / name_of(part), bytes_of({part, "tensor" + std::to_string(part)}));
  }
}

void check_refused(const std::string& path, const std::string& expected) {
  const auto file = File::open(path);
  REQUIRE_FALSE(file.ok());
  CHECK_THAT(file.message(), Catch::Matchers::Contains(expected));
}

}  // namespace

TEST_CASE("a model in parts is opened by any of them") {
  const Folder folder;
  write_parts(folder);
  for (int part = 0; part < 3; ++part) {
    const auto file = File::open(folder / name_of(part));
    INFO((file.ok() ? std::string() : file.message()));
    REQUIRE(file.ok());
    CHECK(file->path() == folder / name_of(0));
    CHECK(file->integer("only.part").value() == 0);
    REQUIRE(file->tensors().size() == 3);
    for (int tensor = 0; tensor < 3; ++tensor) {
      const auto* found = file->find_tensor("tensor" + std::to_string(tensor));
      REQUIRE(found != nullptr);
      CHECK(found->data.size() == 32);
      CHECK(found->data[31] == static_cast<std::byte>('a' + tensor));
    }
    raw::read_everything(*file);
  }
}

TEST_CASE("parts that are missing, misnamed or of another model are refused") {
  const Folder folder;
  const std::string first = folder / name_of(0), second = folder / name_of(1);
  write_parts(folder);
  fs::remove(second);
  check_refused(first, name_of(1));
  check_refused(first, "has 3 parts");
  write_file(second, bytes_of({2, "tensor1"}));
  check_refused(first, "'split.no' at byte");
  check_refused(first, "is 2 of 3, but the file is named as part 1 of 3");
  write_file(second, bytes_of({1, "tensor1", 4}));
  check_refused(first, "is 1 of 4, but the file is named as part 1 of 3");
  write_file(second, bytes_of({1, "tensor0"}));
  check_refused(first, "tensor 'tensor0' is in an earlier part");
  write_file(second, bytes_of({1, "tensor1"}).substr(0, 200));
  check_refused(first, name_of(1) + ": ");
  write_parts(folder);
  write_file(first, bytes_of({0, "tensor0", 3, 4}));
  check_refused(first, "'split.tensors.count'");
  check_refused(first, "is 4, but the parts hold 3 tensors");
  write_file(folder / "other.gguf", bytes_of({0, "tensor0"}));
  check_refused(folder / "other.gguf", "must end in '-00001-of-00003.gguf'");
}

}  // namespace split_test
