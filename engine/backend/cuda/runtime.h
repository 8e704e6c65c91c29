// The part of the CUDA runtime that this backend uses. runtime_nvcc.cu asks the real one; under
// LEMMA_CUDA_EMULATION tests/support/cuda_emulation/runtime.cpp does it with ordinary memory.
//
// A stream remembers the first error of what is put into it, and finish() reports it: launches need
// no check of their own, and none is forgotten.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "engine/base/result.h"

namespace engine::backend::cuda {

struct DeviceInfo {
  std::string name;
  int major = 0, minor = 0;  // compute capability
  int processors = 0;        // streaming multiprocessors
  size_t shared_bytes = 0;   // of a block, at most
  size_t total_bytes = 0, free_bytes = 0;
};

// The device that LEMMA_CUDA_DEVICE names by number, or the first one; the errors of a machine
// without a driver, with an old one or without a device say so.
base::Result<DeviceInfo> open_device();

struct GridExtent {
  int x = 1, y = 1, z = 1;
};
struct Launch {
  GridExtent grid;
  int threads = 0;
  size_t shared_bytes = 0;
  bool cooperative = false;  // grid_barrier() may be used: all its blocks are resident at once
  bool early = false;        // when recorded: it may start before the kernel before it has ended
};

// How many blocks of a kernel the device holds at once; 0: it cannot run it so.
int resident_blocks(const void* kernel, int threads, size_t shared_bytes);

class Graph {
 public:
  virtual ~Graph() = default;
};

class Stream {
 public:
  static base::Result<std::unique_ptr<Stream>> create();
  virtual ~Stream() = default;

  // `kernel` takes `arguments`, which are copied. Emulated kernels come as a closure instead.
  virtual void run_kernel(const Launch& launch, const void* kernel, const void* arguments,
                          std::function<void()> emulated) = 0;
  // Between host and device or on the device; host memory is that of a PinnedBuffer.
  virtual void copy(void* to, const void* from, size_t bytes) = 0;
  virtual void fill_with_zeros(void* to, size_t bytes) = 0;
  // Waits until all that was put into the stream is done.
  virtual base::Status finish() = 0;
  // Three marks, by number: waits until what was put in before the mark is done.
  virtual void set_mark(int number) = 0;
  virtual void wait_for_mark(int number) = 0;

  // What is put in between is recorded, not run; nothing if the runtime cannot.
  virtual void begin_recording() = 0;
  virtual std::unique_ptr<Graph> end_recording() = 0;
  virtual void replay(Graph& graph) = 0;
};

// Memory of the device, or of the host where both reach it; freed with the object. The error says
// what it was for, how much was asked and how much is free.
enum class Where { device, host };
class Memory {
 public:
  static base::Result<Memory> allocate(Where where, size_t bytes, const std::string& purpose);
  Memory() = default;
  Memory(Memory&& other) noexcept;
  Memory& operator=(Memory&& other) noexcept;
  ~Memory();

  void* data() const { return data_; }
  size_t bytes() const { return bytes_; }

 private:
  void* data_ = nullptr;
  size_t bytes_ = 0;
  Where where_ = Where::device;
};

}  // namespace engine::backend::cuda
