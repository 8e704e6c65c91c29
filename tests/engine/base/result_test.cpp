#include "engine/base/result.h"

#include <fstream>
#include <memory>

#include "engine/base/format.h"
#include "engine/base/mapped_file.h"
#include "tests/support/catch.h"

using engine::base::fail;
using engine::base::MappedFile;
using engine::base::Result;

namespace {

Result<std::unique_ptr<int>> half(int number) {
  if (number % 2 != 0) return fail(number, " is odd");
  return std::make_unique<int>(number / 2);
}

}  // namespace

TEST_CASE("a result carries a value that can only be moved, or a message") {
  auto four = half(8);
  REQUIRE(four.ok());
  const std::unique_ptr<int> owned = *std::move(four);
  CHECK(*owned == 4);

  const auto odd = half(7);
  REQUIRE_FALSE(odd);
  CHECK(odd.message() == "7 is odd");
}

TEST_CASE("a mapped file shows the bytes on disk and survives being moved") {
  const std::string path = "/tmp/lemma-mapped-file-test";
  std::ofstream(path) << "hello";
  auto file = MappedFile::open(path);
  REQUIRE(file.ok());
  MappedFile moved = *std::move(file);
  REQUIRE(moved.bytes().size() == 5);
  CHECK(static_cast<char>(moved.bytes()[4]) == 'o');
  std::remove(path.c_str());
}

TEST_CASE("an empty file maps to no bytes") {
  const std::string path = "/tmp/lemma-mapped-file-empty-test";
  std::ofstream{path};
  auto file = MappedFile::open(path);
  REQUIRE(file.ok());
  CHECK(file->bytes().empty());
  std::remove(path.c_str());
}

TEST_CASE("what cannot be mapped is an error that names the path") {
  CHECK(MappedFile::open("/nonexistent/model.gguf").message() ==
        "cannot open /nonexistent/model.gguf: No such file or directory");
  CHECK(MappedFile::open("/tmp").message() == "cannot open /tmp: not a regular file");
}
