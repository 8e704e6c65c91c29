#include <cuda_runtime.h>

#include <cstdlib>
#include <utility>

#include "engine/backend/cuda/runtime.h"
#include "engine/base/format.h"

namespace engine::backend::cuda {
namespace {

using base::fail;

base::Error error_of(cudaError_t code, const std::string& doing) {
  return fail("CUDA: ", doing, ": ", cudaGetErrorString(code), " (", cudaGetErrorName(code), ")");
}

struct CudaGraph final : Graph {
  ~CudaGraph() override {
    if (executable != nullptr) cudaGraphExecDestroy(executable);
  }
  cudaGraphExec_t executable = nullptr;
};

class CudaStream final : public Stream {
 public:
  ~CudaStream() override {
    for (cudaEvent_t mark : marks_) {
      if (mark != nullptr) cudaEventDestroy(mark);
    }
    if (stream_ != nullptr) cudaStreamDestroy(stream_);
  }
  base::Status open(int major) {
    overlaps_ = major >= 9 && std::getenv("LEMMA_CUDA_NO_OVERLAP") == nullptr;
    check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "creating a stream");
    for (cudaEvent_t& mark : marks_) {
      check(cudaEventCreateWithFlags(&mark, cudaEventDisableTiming), "creating an event");
    }
    return status();
  }

  void run_kernel(const Launch& launch, const void* kernel, const void* arguments,
                  std::function<void()>) override {
    if (first_error_ != cudaSuccess) return;
    constexpr size_t without_asking = 48 << 10;
    if (launch.shared_bytes > without_asking) {
      check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                 static_cast<int>(launch.shared_bytes)),
            "asking for shared memory");
    }
    cudaLaunchConfig_t config{};
    config.gridDim = dim3(launch.grid.x, launch.grid.y, launch.grid.z);
    config.blockDim = dim3(launch.threads);
    config.dynamicSmemBytes = launch.shared_bytes;
    config.stream = stream_;
    cudaLaunchAttribute attribute{};
    if (launch.cooperative) {
      attribute.id = cudaLaunchAttributeCooperative;
      attribute.val.cooperative = 1;
    } else {
      attribute.id = cudaLaunchAttributeProgrammaticStreamSerialization;
      attribute.val.programmaticStreamSerializationAllowed = 1;
    }
    config.attrs = &attribute;
    const bool early = overlaps_ && (!recording_ || launch.early);
    config.numAttrs = early || launch.cooperative ? 1 : 0;
    void* parameters[] = {const_cast<void*>(arguments)};
    check(cudaLaunchKernelExC(&config, kernel, parameters), "starting a kernel");
  }

  void copy(void* to, const void* from, size_t bytes) override {
    if (bytes == 0 || first_error_ != cudaSuccess) return;
    check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDefault, stream_), "copying");
  }
  void fill_with_zeros(void* to, size_t bytes) override {
    check(cudaMemsetAsync(to, 0, bytes, stream_), "clearing memory");
  }

  base::Status finish() override {
    check(cudaStreamSynchronize(stream_), "waiting for the device");
    return status();
  }
  void set_mark(int number) override { check(cudaEventRecord(marks_[number], stream_), "marking"); }
  void wait_for_mark(int number) override {
    check(cudaEventSynchronize(marks_[number]), "waiting for the device");
  }

  void begin_recording() override {
    recording_ = true;
    check(cudaStreamBeginCapture(stream_, cudaStreamCaptureModeThreadLocal), "recording a step");
  }
  std::unique_ptr<Graph> end_recording() override {
    recording_ = false;
    cudaGraph_t graph = nullptr;
    const cudaError_t ended = cudaStreamEndCapture(stream_, &graph);
    auto result = std::make_unique<CudaGraph>();
    const cudaError_t made =
        ended == cudaSuccess ? cudaGraphInstantiate(&result->executable, graph, 0) : ended;
    if (graph != nullptr) cudaGraphDestroy(graph);
    check(made, "recording a step");
    if (made != cudaSuccess) return nullptr;
    return result;
  }
  void replay(Graph& graph) override {
    if (first_error_ != cudaSuccess) return;
    check(cudaGraphLaunch(static_cast<CudaGraph&>(graph).executable, stream_), "running a step");
  }

 private:
  void check(cudaError_t code, const char* doing) {
    if (code == cudaSuccess || first_error_ != cudaSuccess) return;
    first_error_ = code;
    first_doing_ = doing;
  }
  // An error that the context survives is reported once.
  base::Status status() {
    const cudaError_t code = std::exchange(first_error_, cudaSuccess);
    if (code == cudaSuccess) return base::Done{};
    cudaGetLastError();
    return error_of(code, first_doing_);
  }

  cudaStream_t stream_ = nullptr;
  cudaEvent_t marks_[3] = {};
  // Kernels that start while the one before still runs make large batches 3 % faster, and the short
  // kernels of recorded steps as much slower, unless they have something to do by then.
  bool overlaps_ = false, recording_ = false;
  cudaError_t first_error_ = cudaSuccess;
  const char* first_doing_ = "";
};

}  // namespace

base::Result<DeviceInfo> open_device() {
  int count = 0;
  if (const cudaError_t code = cudaGetDeviceCount(&count); code != cudaSuccess) {
    return error_of(code, "looking for a device; is NVIDIA's driver installed, and new enough?");
  }
  const char* const chosen = std::getenv("LEMMA_CUDA_DEVICE");
  const int device = chosen == nullptr ? 0 : std::atoi(chosen);
  if (device < 0 || device >= count) {
    return fail("CUDA: there is no device ", device, "; the machine has ", count);
  }
  cudaDeviceProp properties{};
  DeviceInfo info;
  cudaError_t code = cudaSetDevice(device);
  if (code == cudaSuccess) code = cudaGetDeviceProperties(&properties, device);
  if (code == cudaSuccess) code = cudaMemGetInfo(&info.free_bytes, &info.total_bytes);
  if (code != cudaSuccess) return error_of(code, "opening the device");
  info.name = properties.name;
  info.major = properties.major;
  info.minor = properties.minor;
  info.processors = properties.multiProcessorCount;
  info.shared_bytes = properties.sharedMemPerBlockOptin;
  if (info.major * 10 + info.minor < 75) {
    return fail("CUDA: ", info.name, " has compute capability ", info.major, ".", info.minor,
                "; 7.5 (Turing) or newer is needed");
  }
  return info;
}

int resident_blocks(const void* kernel, int threads, size_t shared_bytes) {
  int device = 0, cooperative = 0, processors = 0, blocks = 0;
  cudaGetDevice(&device);
  cudaDeviceGetAttribute(&cooperative, cudaDevAttrCooperativeLaunch, device);
  cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, device);
  if (cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                           static_cast<int>(shared_bytes)) != cudaSuccess ||
      cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel, threads, shared_bytes) !=
          cudaSuccess) {
    cudaGetLastError();
    return 0;
  }
  return cooperative == 0 ? 0 : blocks * processors;
}

base::Result<std::unique_ptr<Stream>> Stream::create() {
  auto stream = std::make_unique<CudaStream>();
  int device = 0, major = 0;
  cudaGetDevice(&device);
  cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device);
  if (auto status = stream->open(major); !status.ok()) return status.error();
  return std::unique_ptr<Stream>(std::move(stream));
}

base::Result<Memory> Memory::allocate(Where where, size_t bytes, const std::string& purpose) {
  Memory memory;
  memory.where_ = where;
  memory.bytes_ = bytes;
  if (bytes == 0) return base::Result<Memory>(std::move(memory));
  const cudaError_t code = where == Where::device ? cudaMalloc(&memory.data_, bytes)
                                                  : cudaMallocHost(&memory.data_, bytes);
  if (code == cudaSuccess) return base::Result<Memory>(std::move(memory));
  cudaGetLastError();
  memory.data_ = nullptr;
  size_t free = 0, total = 0;
  cudaMemGetInfo(&free, &total);
  return fail("CUDA: ", bytes >> 20, " MiB for ", purpose, " cannot be had: the device has ",
              free >> 20, " of ", total >> 20, " MiB free (", cudaGetErrorString(code), ")");
}

Memory::Memory(Memory&& other) noexcept { *this = std::move(other); }

Memory& Memory::operator=(Memory&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(bytes_, other.bytes_);
  std::swap(where_, other.where_);
  return *this;
}

Memory::~Memory() {
  if (data_ == nullptr) return;
  if (where_ == Where::device) {
    cudaFree(data_);
  } else {
    cudaFreeHost(data_);
  }
}

}  // namespace engine::backend::cuda
