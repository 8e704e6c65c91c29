// engine/backend/cuda/runtime.h without a device: ordinary memory, work done when it is put into
// the stream, recorded work when it is replayed.
#include "engine/backend/cuda/runtime.h"

#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include "cuda_emulation/fibers.h"
#include "engine/base/format.h"

namespace engine::backend::cuda {
namespace {

using Work = std::function<void()>;

struct RecordedGraph final : Graph {
  std::vector<Work> work;
};

class EmulatedStream final : public Stream {
 public:
  void run_kernel(const Launch& launch, const void*, const void*, Work emulated) override {
    put([launch, emulated = std::move(emulated)] {
      cuda_emulation::run_grid({launch.grid.x, launch.grid.y, launch.grid.z}, launch.threads,
                               launch.shared_bytes, emulated, launch.cooperative);
    });
  }
  void copy(void* to, const void* from, size_t bytes) override {
    put([=] {
      if (bytes > 0) std::memmove(to, from, bytes);
    });
  }
  void fill_with_zeros(void* to, size_t bytes) override {
    put([=] { std::memset(to, 0, bytes); });
  }
  base::Status finish() override { return base::Done{}; }
  void set_mark(int) override {}
  void wait_for_mark(int) override {}
  void begin_recording() override { recording_ = std::make_unique<RecordedGraph>(); }
  std::unique_ptr<Graph> end_recording() override { return std::move(recording_); }
  void replay(Graph& graph) override {
    for (const Work& work : static_cast<RecordedGraph&>(graph).work) work();
  }

 private:
  void put(Work work) {
    if (recording_ != nullptr) {
      recording_->work.push_back(std::move(work));
    } else {
      work();
    }
  }

  std::unique_ptr<RecordedGraph> recording_;
};

size_t number_or(const char* variable, size_t otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// Bytes that LEMMA_CUDA_EMULATED_BYTES leaves to the device, so that tests can run out of them.
size_t emulated_bytes() { return number_or("LEMMA_CUDA_EMULATED_BYTES", size_t{64} << 30); }

// Of a block, as Turing has it; LEMMA_CUDA_EMULATED_SHARED bytes instead, as newer devices do.
size_t emulated_shared() { return number_or("LEMMA_CUDA_EMULATED_SHARED", size_t{64} << 10); }

size_t taken = 0;

// LEMMA_CUDA_EMULATED=hopper: as large as one, and warp groups are asked for.
bool is_hopper() {
  const char* const text = std::getenv("LEMMA_CUDA_EMULATED");
  return text != nullptr && std::strcmp(text, "hopper") == 0;
}

}  // namespace

base::Result<DeviceInfo> open_device() {
  const size_t total = emulated_bytes();
  const size_t free = total - std::min(taken, total);
  if (is_hopper()) return DeviceInfo{"emulated Hopper", 9, 0, 2, 227 << 10, total, free};
  return DeviceInfo{"emulated device", 7, 5, 2, emulated_shared(), total, free};
}

// An odd number, of which work is rarely a multiple.
int resident_blocks(const void*, int, size_t) { return 3; }

base::Result<std::unique_ptr<Stream>> Stream::create() {
  return std::unique_ptr<Stream>(std::make_unique<EmulatedStream>());
}

base::Result<Memory> Memory::allocate(Where where, size_t bytes, const std::string& purpose) {
  Memory memory;
  memory.where_ = where;
  if (where == Where::device) {
    const size_t total = emulated_bytes();
    if (taken + bytes > total) {
      return base::fail("CUDA: ", bytes >> 20, " MiB for ", purpose,
                        " cannot be had: the device has ", (total - std::min(taken, total)) >> 20,
                        " of ", total >> 20, " MiB free");
    }
    taken += bytes;
  }
  memory.bytes_ = bytes;
  memory.data_ = std::aligned_alloc(256, (bytes + 511) / 256 * 256);
  if (where == Where::device) std::memset(memory.data_, 0xff, bytes);  // NaNs
  return memory;
}

Memory::Memory(Memory&& other) noexcept { *this = std::move(other); }

Memory& Memory::operator=(Memory&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(bytes_, other.bytes_);
  std::swap(where_, other.where_);
  return *this;
}

Memory::~Memory() {
  if (data_ != nullptr && where_ == Where::device) taken -= bytes_;
  std::free(data_);
}

}  // namespace engine::backend::cuda
