#include "lsp/context/buffers.h"

#include <atomic>
#include <set>
#include <thread>

#include "tests/lsp/context/check.h"

namespace lsp::context {
namespace {

using engine::decode::memory::Buffer;

std::string text_of(const std::shared_ptr<const Buffer>& buffer) {
  return buffer ? tokenizer().decode(buffer->tokens()) : "";
}

std::vector<Token> encoded(std::string_view text) {
  return tokenizer().encode(text, engine::tokenizer::SpecialTokens::literal);
}

}  // namespace

TEST_CASE("a short document is one text before the cursor and one after it") {
  BufferCache cache(tokenizer());
  const std::string text = "x = 1\nprint(x)\ny = 2\n";
  const auto buffers = cache.buffers({open_text("a.py", text), 11, {}, 448}, 0);
  CHECK(text_of(buffers->before) == "x = 1\nprint");
  CHECK(text_of(buffers->after) == "(x)\ny = 2\n");
  CHECK(buffers->others.empty());
  CHECK(buffers->language_id == "python");
}

TEST_CASE("what token healing takes back is not in the left context") {
  BufferCache cache(tokenizer());
  const auto buffers = cache.buffers({open_text("a.py", "x = 1\nprint(x)\n"), 11, {}, 448}, 5);
  CHECK(text_of(buffers->before) == "x = 1\n");
  CHECK(text_of(buffers->after) == "(x)\n");
}

TEST_CASE("at the ends of a document there is nothing on one side") {
  BufferCache cache(tokenizer());
  const OpenText here = open_text("a.py", "x = 1\n");
  CHECK_FALSE(cache.buffers({here, 0, {}, 448}, 0)->before);
  CHECK_FALSE(cache.buffers({here, 6, {}, 448}, 0)->after);
}

TEST_CASE("other documents are there, the most recent first; secrets and this one are not") {
  BufferCache cache(tokenizer());
  const std::vector<OpenText> others{open_text("b.py", "b = 1\n"), open_text(".env", "KEY=1\n"),
                                     open_text("a.py", "x = 0\n"), open_text("c.c", "int c;\n")};
  const auto buffers = cache.buffers({open_text("a.py", "x = 1\n"), 0, others, 448}, 0);
  REQUIRE(buffers->others.size() == 2);
  CHECK(text_of(buffers->others[0]) == "b = 1\n");
  CHECK(text_of(buffers->others[1]) == "int c;\n");
}

TEST_CASE("a document that is too large to be read hides none that were used before it") {
  BufferCache cache(tokenizer());
  const std::vector<OpenText> others{open_text("big.py", std::string(600'000, 'x')),
                                     open_text("b.py", "b = 1\n")};
  std::vector<Source> read;
  const auto buffers = cache.buffers({open_text("a.py", "x = 1\n"), 0, others, 448}, 0, &read);
  REQUIRE(buffers->others.size() == 1);
  CHECK(text_of(buffers->others[0]) == "b = 1\n");
  REQUIRE(read.size() == 1);
  CHECK(read[0].what == "b.py");
}

TEST_CASE("a long document is cut into pieces that hold all of it and encode as the whole does") {
  const std::string text = long_python_file(500);
  REQUIRE(text.size() > 100'000);
  BufferCache cache(tokenizer());
  const size_t cursor = text.find("total = 0", text.size() / 2);
  const auto buffers = cache.buffers({open_text("a.py", text), cursor, {}, 448}, 0);
  const std::string before = text_of(buffers->before);
  const std::string after = text_of(buffers->after);
  CHECK(text.substr(cursor - before.size(), before.size()) == before);
  CHECK(text.substr(cursor, after.size()) == after);
  CHECK(before.size() >= 16'000);
  CHECK(after.size() >= 16'000);
  std::vector<Token> far_before;
  size_t bytes = before.size() + after.size();
  for (const auto& piece : buffers->others) {
    const std::string part = text_of(piece);
    bytes += part.size();
    if (text.find(part) < cursor) {
      far_before.insert(far_before.end(), piece->tokens().begin(), piece->tokens().end());
    }
  }
  CHECK(bytes == text.size());
  far_before.insert(far_before.end(), buffers->before->tokens().begin(),
                    buffers->before->tokens().end());
  CHECK(far_before == encoded(text.substr(0, cursor)));
}

TEST_CASE("typing indexes what is near and finds everything else again") {
  std::string text = long_python_file(500);
  BufferCache cache(tokenizer());
  size_t cursor = text.find("total = 0", text.size() / 2);
  const std::vector<OpenText> others{open_text("b.py", long_python_file(20))};
  const auto first = cache.buffers({open_text("a.py", text), cursor, others, 448}, 0);
  for (int i = 0; i < 20; ++i) {
    text.insert(cursor++, "x");
    const auto next = cache.buffers({open_text("a.py", text), cursor, others, 448}, 0);
    CHECK(next->others == first->others);
    CHECK(next->after == first->after);
    CHECK(next->before->tokens().size() >= first->before->tokens().size());
  }
}

TEST_CASE("without patience what is far comes with later requests, and what is near at once") {
  BufferCache cache(tokenizer());
  const OpenText here = open_text("a.py", long_python_file(500));
  const PromptInput input{here, 60'000, {}, 448};
  const auto hurried = cache.buffers(input, 0, nullptr, BufferCache::Patience(0));
  CHECK(hurried->before);
  CHECK(hurried->after);
  CHECK(hurried->others.empty());
  const auto whole = cache.buffers(input, 0);
  CHECK(whole->others.size() >= 2);
  CHECK(cache.buffers(input, 0, nullptr, BufferCache::Patience(0))->others == whole->others);
}

TEST_CASE("an edit far away changes the piece it is in and no other") {
  std::string text = long_python_file(900);
  BufferCache cache(tokenizer());
  const size_t cursor = text.size() - 10;
  const auto first = cache.buffers({open_text("a.py", text), cursor, {}, 448}, 0);
  text.insert(20'000, "# note\n");
  const auto next = cache.buffers({open_text("a.py", text), cursor + 7, {}, 448}, 0);
  const std::set before(first->others.begin(), first->others.end());
  REQUIRE(before.size() >= 4);
  size_t found = 0;
  for (const auto& piece : next->others) found += before.count(piece);
  CHECK(found + 2 >= before.size());
}

TEST_CASE("huge and minified documents cost no more than the pieces allowed") {
  BufferCache cache(tokenizer());
  for (const std::string& text : {std::string(3'000'000, 'x'), long_python_file(20'000)}) {
    const auto buffers =
        cache.buffers({open_text("a.txt", text, "plaintext"), text.size() / 2, {}, 448}, 0);
    size_t tokens = buffers->before->tokens().size() + buffers->after->tokens().size();
    for (const auto& piece : buffers->others) tokens += piece->tokens().size();
    CHECK(buffers->others.size() <= 24);
    CHECK(tokens < 700'000);
  }
}

TEST_CASE("several threads may share one cache") {
  BufferCache cache(tokenizer());
  const OpenText here = open_text("a.py", long_python_file(60));
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (size_t cursor = static_cast<size_t>(i); cursor < 3000; cursor += 500) {
        const auto buffers = cache.buffers({here, cursor, {}, 448}, 0);
        const size_t size = text_of(buffers->before).size();
        if (size != cursor) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

}  // namespace lsp::context
