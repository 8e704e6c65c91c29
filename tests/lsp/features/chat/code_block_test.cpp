// The code in a reply.
#include "lsp/features/chat/code_block.h"

#include "tests/support/catch.h"

using lsp::features::chat::last_code_block;

TEST_CASE("the last block that is closed is a reply's code") {
  CHECK(last_code_block("```py\na\n```\nor\n```py\nb\n```\n") == "b\n");
  CHECK(last_code_block("a") == std::nullopt);
}

TEST_CASE("a reply that ends within a block has no code, whatever was closed before") {
  CHECK(last_code_block("```py\na\n") == "");
  CHECK(last_code_block("```py\na\n```\nor better:\n```py\nb") == "");
}
