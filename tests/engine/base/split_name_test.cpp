#include "engine/base/split_name.h"

#include "engine/base/format.h"
#include "tests/support/catch.h"

using namespace engine::base;

TEST_CASE("a part's name is read and written") {
  const auto name = read_split_name("a-b-00002-of-00013.gguf");
  REQUIRE(name.has_value());
  CHECK(name->stem == "a-b");
  CHECK(name->number == 2);
  CHECK(name->count == 13);
  CHECK(name->text() == "a-b-00002-of-00013.gguf");
  CHECK(SplitName{"", 1, 65'535}.text() == "-00001-of-65535.gguf");
}

TEST_CASE("other names are no part's") {
  for (const char* name : {"", ".gguf", "a.gguf", "a-00002-of-00013", "a-0002-of-00013.gguf",
                           "a-00002-of-0001x.gguf", "a-00002_of_00013.gguf", "a00002-of-00013.gguf",
                           "-of-00013.gguf", "a--0002-of-00013.gguf"}) {
    INFO(name);
    CHECK_FALSE(read_split_name(name).has_value());
  }
}

TEST_CASE("letters become small, and nothing else changes") {
  CHECK(lower_case("Content-LENGTH: 3 Ä[@Z`{") == "content-length: 3 Ä[@z`{");
}
