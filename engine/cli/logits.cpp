#include <algorithm>
#include <bit>
#include <charconv>
#include <chrono>
#include <fstream>
#include <vector>

#include "engine/base/format.h"
#include "engine/base/json_object.h"
#include "engine/cli/commands.h"
#include "engine/cli/load.h"

namespace engine::cli {
namespace {

using base::fail;
using base::Result;

constexpr int chunk = 128;  // tokens of one batch; their logits are in memory

static_assert(std::endian::native == std::endian::little, "the output is written as it lies");

Result<std::vector<int32_t>> read_ids(const std::string& path) {
  std::ifstream file(path);
  if (!file) return fail("cannot open ", path);
  std::vector<int32_t> ids;
  for (std::string word; file >> word;) {
    int32_t id = 0;
    const char* const end = word.data() + word.size();
    const auto result = std::from_chars(word.data(), end, id);
    if (result.ec != std::errc() || result.ptr != end) {
      return fail(path, ": entry ", ids.size(), " is not a token id");
    }
    ids.push_back(id);
  }
  if (ids.empty()) return fail(path, ": holds no token ids");
  return ids;
}

base::Status write_logits(backend::Backend& backend, std::span<const int32_t> ids,
                          std::ostream& file) {
  std::vector<backend::BlockId> table(backend.block_count());
  for (size_t i = 0; i < table.size(); ++i) table[i] = static_cast<backend::BlockId>(i);
  const std::span<const backend::BlockId> tables[] = {table};
  std::vector<float> rows;
  for (size_t first = 0; first < ids.size(); first += chunk) {
    std::vector<backend::BatchToken> tokens;
    for (size_t i = first; i < std::min(ids.size(), first + chunk); ++i) {
      tokens.push_back({ids[i], static_cast<int32_t>(i), 0, true});
    }
    rows.resize(tokens.size() * backend.config().vocab_size);
    const auto end = backend.run({tokens, tables}, rows, {});
    if (!end.ok()) return end.error();
    for (size_t i = 0; i < tokens.size(); ++i) {
      const size_t width = backend.config().vocab_size;
      if (all_finite(std::span(rows).subspan(i * width, width))) continue;
      return fail("the logits after entry ", first + i,
                  " are not finite: the model's weights are damaged");
    }
    file.write(reinterpret_cast<const char*>(rows.data()),
               static_cast<std::streamsize>(rows.size() * sizeof(float)));
  }
  return base::Done{};
}

}  // namespace

base::Status logits(const LogitsOptions& options, Output output, std::ostream& out) {
  const auto ids = read_ids(options.tokens_path);
  if (!ids.ok()) return ids.error();
  const int count = static_cast<int>(ids->size());
  auto backend = load_backend(options.model_path, options.backend, options.threads, count);
  if (!backend.ok()) return backend.error();
  const int vocab_size = (*backend)->config().vocab_size;
  for (int i = 0; i < count; ++i) {
    const int32_t id = (*ids)[i];
    if (id >= 0 && id < vocab_size) continue;
    return fail(options.tokens_path, ": entry ", i, " is ", id, ", outside the vocabulary of ",
                vocab_size);
  }
  std::ofstream file(options.out_path, std::ios::binary);
  if (!file) return fail("cannot write ", options.out_path);
  const auto start = std::chrono::steady_clock::now();
  if (auto status = write_logits(**backend, *ids, file); !status.ok()) return status;
  const std::chrono::duration<double, std::milli> ms = std::chrono::steady_clock::now() - start;
  if (!file.flush()) return fail("cannot write ", options.out_path);

  base::JsonObject json;
  json.text("out", options.out_path)
      .text("backend", (*backend)->name())
      .integer("tokens", count)
      .integer("vocab_size", vocab_size)
      .number("ms", ms.count());
  if (output == Output::json) out << json.str() << "\n";
  return base::Done{};
}

}  // namespace engine::cli
