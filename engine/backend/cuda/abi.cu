#include "engine/backend/cuda/abi.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

#include "engine/backend/cuda/backend_library.h"
#include "engine/backend/cuda/runtime.h"
#include "engine/backend/cuda/twins.h"
#include "engine/base/format.h"

namespace engine::backend::cuda {
namespace {

void write(const LemmaCudaText& to, const std::string& text) {
  if (to.size == 0) return;
  const size_t count = std::min(text.size(), to.size - 1);
  std::memcpy(to.text, text.data(), count);
  to.text[count] = 0;
}

Backend& backend_of(void* backend) { return *static_cast<Backend*>(backend); }

int describe_device(LemmaCudaText text) {
  const auto device = open_device();
  if (!device.ok()) return write(text, device.message()), 1;
  write(text,
        base::concat(device->name, ", compute capability ", device->major, ".", device->minor, ", ",
                     device->free_bytes >> 20, " of ", device->total_bytes >> 20, " MiB free"));
  return 0;
}

// The best of some copies of memory that no cache holds.
double copy_bandwidth() {
  constexpr size_t bytes = size_t{512} << 20;
  using Clock = std::chrono::steady_clock;
  const auto stream = Stream::create();
  const auto from = Memory::allocate(Where::device, bytes, "measuring bandwidth");
  const auto to = Memory::allocate(Where::device, bytes, "measuring bandwidth");
  if (!stream.ok() || !from.ok() || !to.ok()) return 0;
  double best = 0;
  for (int pass = 0; pass < 5; ++pass) {
    constexpr int copies = 8;
    const auto start = Clock::now();
    for (int i = 0; i < copies; ++i) (*stream)->copy(to->data(), from->data(), bytes);
    if (!(*stream)->finish().ok()) return 0;
    const std::chrono::duration<double> seconds = Clock::now() - start;
    best = std::max(best, 2.0 * bytes * copies / seconds.count());
  }
  return best;
}

int run_all_twins(const uint32_t* input, float* output, LemmaCudaText message) {
  const auto status = run_twins({input, twin_inputs}, {output, twin_outputs});
  if (!status.ok()) return write(message, status.message()), 1;
  return 0;
}

void* open(const LemmaCudaModel* model, int32_t kv_tokens, int32_t kv_cache, int32_t precision,
           LemmaCudaHost host, LemmaCudaText message) {
  const LibraryOptions options{kv_tokens, kv_cache == 0 ? KvCache::f16 : KvCache::fp8,
                               precision == 0 ? Precision::exact : Precision::fast, host};
  auto backend = make_library_backend(*model, options);
  if (!backend.ok()) return write(message, backend.message()), nullptr;
  return std::move(backend).value().release();
}

void close(void* backend) { delete &backend_of(backend); }
const char* name(void* backend) { return backend_of(backend).name(); }
int32_t block_count(void* backend) { return backend_of(backend).block_count(); }
void copy_block(void* backend, int32_t from, int32_t to) {
  backend_of(backend).copy_block(from, to);
}

size_t block_bytes(void* backend) { return backend_of(backend).block_bytes(); }
void block_form(void* backend, LemmaCudaText form) {
  write(form, backend_of(backend).block_form());
}

// Says what failed: 0, or 1 with the message. The emulation reports violations as exceptions, and
// memory of the host may run out.
template <typename Work>
int report(LemmaCudaText message, const Work& work) {
  try {
    const base::Status status = work();
    if (!status.ok()) return write(message, status.message()), 1;
    return 0;
  } catch (const std::exception& error) {
    return write(message, error.what()), 1;
  }
}

int read_block(void* backend, int32_t block, void* to, LemmaCudaText message) {
  return report(message, [&] {
    Backend& own = backend_of(backend);
    return own.read_block(block, {static_cast<std::byte*>(to), own.block_bytes()});
  });
}

int write_block(void* backend, int32_t block, const void* from, LemmaCudaText message) {
  return report(message, [&] {
    Backend& own = backend_of(backend);
    return own.write_block(block, {static_cast<const std::byte*>(from), own.block_bytes()});
  });
}

int copy_cells(void* backend, LemmaCudaPlace from, LemmaCudaPlace to, int32_t count,
               LemmaCudaText message) {
  const auto place = [](const LemmaCudaPlace& of) {
    return Place{{of.block_table, of.block_table_size}, of.position};
  };
  return report(message,
                [&] { return backend_of(backend).copy_cells(place(from), place(to), count); });
}

class OwnBatch {
 public:
  explicit OwnBatch(const LemmaCudaBatch& from) : tokens_(from.token_count) {
    for (size_t i = 0; i < tokens_.size(); ++i) {
      const LemmaCudaToken& token = from.tokens[i];
      tokens_[i] = {token.id, token.position, token.sequence, token.wants_logits != 0};
    }
    for (size_t i = 0; i < from.table_count; ++i) {
      tables_.emplace_back(from.block_tables[i], from.block_table_sizes[i]);
    }
  }
  Batch batch() const { return {tokens_, tables_}; }

 private:
  std::vector<BatchToken> tokens_;
  std::vector<std::span<const BlockId>> tables_;
};

int run_batch(void* backend, const LemmaCudaBatch& from, std::span<float> logits,
              const KeepGoing& keep_going, LemmaCudaText message) {
  const OwnBatch own(from);
  Routing routing;
  Batch batch = own.batch();
  if (from.experts != nullptr) batch.routing = &routing;
  const auto end = backend_of(backend).run(batch, logits, keep_going);
  if (!end.ok()) return write(message, end.message()), lemma_cuda_failed;
  std::copy(routing.experts.begin(), routing.experts.end(), from.experts);
  return *end == RunEnd::finished ? lemma_cuda_finished : lemma_cuda_interrupted;
}

int run(void* backend, const LemmaCudaBatch* batch, float* logits, size_t logits_size,
        int (*keep_going)(void*), void* context, LemmaCudaText message) {
  KeepGoing ask;
  if (keep_going != nullptr) ask = [=] { return keep_going(context) != 0; };
  try {
    return run_batch(backend, *batch, {logits, logits_size}, ask, message);
  } catch (const std::exception& error) {
    write(message, error.what());
    return lemma_cuda_failed;
  }
}

int32_t predicts(void* backend) { return backend_of(backend).predicts() ? 1 : 0; }

int predict(void* backend, const LemmaCudaBatch* batch, const int32_t* before, float* logits,
            size_t logits_size, LemmaCudaText message) {
  return report(message, [&] {
    const OwnBatch own(*batch);
    return backend_of(backend).predict(own.batch(), {before, batch->token_count},
                                       {logits, logits_size});
  });
}

}  // namespace
}  // namespace engine::backend::cuda

extern "C" __attribute__((visibility("default"))) const LemmaCudaApi* lemma_cuda_api() {
  namespace cuda = engine::backend::cuda;
  static const LemmaCudaApi api{LEMMA_CUDA_ABI_VERSION,
                                cuda::describe_device,
                                cuda::copy_bandwidth,
                                cuda::run_all_twins,
                                cuda::open,
                                cuda::close,
                                cuda::name,
                                cuda::block_count,
                                cuda::copy_block,
                                cuda::block_bytes,
                                cuda::block_form,
                                cuda::read_block,
                                cuda::write_block,
                                cuda::copy_cells,
                                cuda::run,
                                cuda::predicts,
                                cuda::predict};
  return &api;
}
