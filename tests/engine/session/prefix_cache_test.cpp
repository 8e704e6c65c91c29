#include "engine/session/prefix_cache.h"

#include <numeric>
#include <vector>

#include "engine/session/sequence.h"
#include "tests/support/catch.h"

namespace {

using engine::backend::BlockId;
using engine::backend::BlockPool;
using engine::backend::BlockTable;
using engine::session::PrefixCache;
using engine::session::Sequence;
using engine::session::Token;

std::vector<Token> block_of(Token first) {
  std::vector<Token> tokens(engine::backend::block_tokens);
  std::iota(tokens.begin(), tokens.end(), first);
  return tokens;
}

std::vector<Token> beginning(std::vector<Token> tokens, size_t count) {
  tokens.resize(count);
  return tokens;
}

// Inserts a block that nobody else holds; its id.
BlockId add(BlockPool& pool, PrefixCache& cache, PrefixCache::Node* parent,
            const std::vector<Token>& tokens) {
  const BlockId block = pool.allocate().value();
  cache.insert(parent, tokens, block);
  pool.release(block);
  return block;
}

}  // namespace

TEST_CASE("blocks are counted, and free again when nobody holds them") {
  BlockPool pool(2);
  BlockTable table(pool);
  table.append_owned(*pool.allocate());
  table.append_owned(*pool.allocate());
  CHECK_FALSE(pool.allocate().has_value());
  {
    BlockTable other(pool);
    other.append_shared(table.blocks()[0]);
    CHECK(pool.references(table.blocks()[0]) == 2);
    BlockTable moved = std::move(other);
    CHECK(moved.size() == 1);
    moved.share(0, table.blocks()[1]);
    CHECK(pool.references(table.blocks()[0]) == 1);
    CHECK(pool.references(table.blocks()[1]) == 2);
  }
  CHECK(pool.references(table.blocks()[1]) == 1);
  table.truncate(1);
  CHECK(pool.free_count() == 1);
  table = BlockTable(pool);
  CHECK(pool.free_count() == 2);
}

TEST_CASE("a full block is found by its tokens below its parent, and nowhere else") {
  BlockPool pool(8);
  PrefixCache cache(pool);
  const BlockId first = add(pool, cache, cache.root(), block_of(0));
  auto* node = cache.find(cache.root(), block_of(0));
  REQUIRE(node);
  CHECK(PrefixCache::block(*node) == first);
  const BlockId second = add(pool, cache, node, block_of(100));
  CHECK(PrefixCache::block(*cache.find(node, block_of(100))) == second);
  CHECK_FALSE(cache.find(cache.root(), block_of(100)));
  CHECK_FALSE(cache.find(cache.root(), block_of(1)));
  CHECK(cache.size() == 2);
}

TEST_CASE("the block that agrees for longest is found, partly full or not") {
  BlockPool pool(8);
  PrefixCache cache(pool);
  std::vector<Token> other = block_of(0);
  other[10] = 999;
  const BlockId straight = add(pool, cache, cache.root(), block_of(0));
  const BlockId branching = add(pool, cache, cache.root(), other);
  const BlockId partial = add(pool, cache, cache.root(), {0, 1, 2, 500, 501});

  const auto check = [&](const std::vector<Token>& tokens, BlockId block, int agree) {
    const auto tail = cache.best_tail(cache.root(), tokens);
    CHECK(tail.tokens == agree);
    CHECK(tail.block == block);
  };
  check(beginning(block_of(0), 31), straight, 31);
  check(beginning(other, 12), branching, 12);
  check({0, 1, 2, 500, 7}, partial, 4);
  check({0, 1, 2, 500, 501, 9}, partial, 5);
  check({7}, -1, 0);
}

TEST_CASE("a block that says more takes the place of one that says less") {
  BlockPool pool(8);
  PrefixCache cache(pool);
  add(pool, cache, cache.root(), beginning(block_of(0), 5));
  add(pool, cache, cache.root(), beginning(block_of(0), 9));
  CHECK(cache.size() == 1);
  CHECK(cache.best_tail(cache.root(), block_of(0)).tokens == 9);
  // One that adds nothing is not kept.
  add(pool, cache, cache.root(), beginning(block_of(0), 7));
  CHECK(cache.size() == 1);
  const BlockId full = add(pool, cache, cache.root(), block_of(0));
  CHECK(cache.size() == 1);
  CHECK(PrefixCache::block(*cache.find(cache.root(), block_of(0))) == full);
  CHECK(pool.free_count() == 7);
}

TEST_CASE("the least recently used block goes first, leaves before parents") {
  BlockPool pool(3);
  PrefixCache cache(pool);
  add(pool, cache, cache.root(), block_of(0));
  add(pool, cache, cache.find(cache.root(), block_of(0)), block_of(100));
  add(pool, cache, cache.root(), block_of(200));
  cache.find(cache.find(cache.root(), block_of(0)), block_of(100));  // 200 is now the oldest

  REQUIRE(cache.evict());
  CHECK_FALSE(cache.find(cache.root(), block_of(200)));
  REQUIRE(cache.evict());
  auto* parent = cache.find(cache.root(), block_of(0));
  REQUIRE(parent);
  CHECK_FALSE(cache.find(parent, block_of(100)));
  REQUIRE(cache.evict());
  CHECK_FALSE(cache.evict());
  CHECK(pool.free_count() == 3);
}

TEST_CASE("a block that somebody holds is not given up") {
  BlockPool pool(2);
  PrefixCache cache(pool);
  BlockTable table(pool);
  table.append_shared(pool.allocate().value());
  pool.release(table.blocks()[0]);
  cache.insert(cache.root(), block_of(0), table.blocks()[0]);
  CHECK_FALSE(cache.evict());
  table.truncate(0);
  CHECK(cache.evict());
}

TEST_CASE("two sequences with one beginning hold the same blocks") {
  BlockPool pool(16);
  PrefixCache cache(pool);
  std::vector<Token> text(100);
  std::iota(text.begin(), text.end(), 0);
  Sequence first(pool, text, 99);
  for (int i = 0; i < 4; ++i) first.append_block(*pool.allocate());
  first.advance(70, cache);
  CHECK(cache.size() == 2);

  Sequence second(pool, text, 99);
  second.adopt_blocks(cache);
  CHECK(second.computed() == 64);
  CHECK(second.cached() == 64);
  CHECK(second.table().blocks()[1] == first.table().blocks()[1]);
  CHECK(second.find_tail(cache).tokens == 0);  // still the first one's own

  first.retire(cache);
  CHECK(first.computed() == 0);
  const auto tail = second.find_tail(cache);
  CHECK(tail.tokens == 6);
  second.append_block(*pool.allocate());
  second.adopt_tail(tail);
  CHECK(second.computed() == 70);
  second.retire(cache);
  CHECK(cache.size() == 3);
  CHECK(pool.free_count() == 13);
}

TEST_CASE("what two sequences computed at the same time is kept once") {
  BlockPool pool(16);
  PrefixCache cache(pool);
  std::vector<Token> text(40);
  std::iota(text.begin(), text.end(), 0);
  Sequence first(pool, text, 39);
  Sequence second(pool, text, 39);
  for (Sequence* sequence : {&first, &second}) {
    sequence->append_block(*pool.allocate());
    sequence->append_block(*pool.allocate());
    sequence->advance(40, cache);
  }
  CHECK(first.table().blocks()[0] == second.table().blocks()[0]);
  CHECK(first.table().blocks()[1] != second.table().blocks()[1]);
  CHECK(pool.free_count() == 13);
}

TEST_CASE("tokens whose logits are wanted are never taken from the cache") {
  BlockPool pool(16);
  PrefixCache cache(pool);
  std::vector<Token> text(64);
  std::iota(text.begin(), text.end(), 0);
  Sequence first(pool, text, 63);
  first.append_block(*pool.allocate());
  first.append_block(*pool.allocate());
  first.advance(64, cache);
  for (const int logits_from : {63, 40, 32, 5}) {
    Sequence second(pool, text, logits_from);
    second.adopt_blocks(cache);
    const auto tail = second.find_tail(cache);
    CHECK(second.computed() + tail.tokens == logits_from);
  }
}
