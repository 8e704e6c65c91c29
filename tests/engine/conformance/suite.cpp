#include "tests/engine/conformance/suite.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/backend/cpu/cpu.h"
#include "engine/backend/cpu/isa.h"
#include "engine/backend/cuda/cuda.h"
#include "engine/backend/reference/reference.h"
#include "engine/gguf/file.h"

namespace conformance {
namespace {

namespace fs = std::filesystem;
namespace cpu = engine::backend::cpu;

// A case cannot go on without the value.
template <typename T>
T need(engine::base::Result<T> result) {
  if (!result.ok()) {
    std::printf("cannot go on: %s\n", result.message().c_str());
    std::exit(1);
  }
  return std::move(result).value();
}

class TemporaryFolder {
 public:
  TemporaryFolder()
      : path_(fs::temp_directory_path() / ("lemma-conformance-" + std::to_string(getpid()))) {
    fs::create_directories(path_);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  fs::path next() { return path_ / (std::to_string(count_++) + ".gguf"); }

 private:
  fs::path path_;
  int count_ = 0;
};

template <typename Expected>
double relative(std::span<const float> found, std::span<const Expected> expected) {
  if (found.size() != expected.size() || found.empty()) return INFINITY;
  double error = 0, norm = 0;
  for (size_t i = 0; i < found.size(); ++i) {
    const double difference = found[i] - static_cast<double>(expected[i]);
    error += difference * difference;
    norm += static_cast<double>(expected[i]) * expected[i];
  }
  const double result = std::sqrt(error / norm);
  return std::isnan(result) ? INFINITY : result;
}

}  // namespace

void Suite::run(const std::string& name, const std::function<void(Suite&)>& body) {
  static const char* const only = std::getenv("LEMMA_CASES");
  if (only != nullptr && name.find(only) == std::string::npos) return;
  case_ = name;
  complaints_ = 0;
  body(*this);
  ++(complaints_ == 0 ? passed_ : failed_);
}

void Suite::check(bool fact, const std::string& what) {
  if (fact) return;
  if (++complaints_ <= 5) std::printf("FAILED %s: %s\n", case_.c_str(), what.c_str());
}

double Kind::bound(double exact) const {
  if (is_fp8()) return of == Of::cuda_fast ? fp8_fast_bound : fp8_same_bound;
  return of == Of::cuda_fast ? fast_bound : exact;
}

std::vector<Kind> kinds() {
  const char* const only = std::getenv("LEMMA_BACKEND");
  const auto wanted = [&](const char* name) {
    return only == nullptr || std::string(only) == name;
  };
  std::vector<Kind> result;
  if (wanted("cpu")) result.push_back({"reference", Of::reference, ""});
  for (const auto isa : {cpu::Isa::generic, cpu::Isa::avx2, cpu::Isa::avx512, cpu::Isa::amx}) {
    if (!wanted("cpu") || !cpu::isa_available(isa)) continue;
    result.push_back({std::string("cpu ") + cpu::isa_name(isa), Of::cpu, cpu::isa_name(isa)});
  }
  const auto device = engine::backend::cuda::describe_device();
  const bool emulated = device.ok() && device->find("emulated") != std::string::npos;
  const char* const cache = std::getenv("LEMMA_KV_CACHE");
  if (cache != nullptr && std::string(cache) == "fp8") {
    const auto fp8 = backend::KvCache::fp8;
    return {{"cuda exact, fp8", Of::cuda_exact, "", emulated, fp8},
            {"cuda fast, fp8", Of::cuda_fast, "", emulated, fp8}};
  }
  if (wanted("cuda") && (only != nullptr || device.ok())) {
    result.push_back({"cuda exact", Of::cuda_exact, "", emulated});
    result.push_back({"cuda fast", Of::cuda_fast, "", emulated});
  }
  return result;
}

std::shared_ptr<const engine::gguf::File> open_model(const std::string& path) {
  return std::make_shared<const engine::gguf::File>(need(engine::gguf::File::open(path)));
}

BackendPointer make(const Kind& kind, const std::string& path, int kv_tokens,
                    const std::string& adapter_path) {
  std::shared_ptr<const engine::model::Adapter> adapter;
  if (!adapter_path.empty()) adapter = need(engine::model::Adapter::open(adapter_path));
  auto weights = need(engine::model::load_weights(open_model(path), adapter));
  if (kind.is_reference()) {
    return need(engine::backend::reference::make_backend(std::move(weights), kv_tokens));
  }
  static const auto threads = std::make_shared<engine::base::ThreadPool>(3);
  if (kind.of == Of::cuda_exact || kind.of == Of::cuda_fast) {
    using engine::backend::cuda::Arithmetic;
    // Single tokens go phase by phase, by launches and in one kernel in turn; batches go operation
    // by operation, and must have the same bits.
    static int made = 0;
    constexpr const char* forms[] = {"phases", "persistent", "overlapping"};
    setenv("LEMMA_CUDA_STEP", forms[++made % 3], 1);
    const auto arithmetic = kind.of == Of::cuda_exact ? Arithmetic::exact : Arithmetic::fast;
    return need(engine::backend::cuda::make_backend(weights, kv_tokens, threads, kind.kv_cache,
                                                    arithmetic));
  }
  setenv("LEMMA_CPU", kind.isa.c_str(), 1);
  return need(cpu::make_backend(std::move(weights), kv_tokens, threads));
}

std::string next_file() {
  static TemporaryFolder folder;
  return folder.next();
}

std::string random_file(const engine::cli::RandomModel& model) {
  const std::string path = next_file();
  need(engine::cli::write_random_model(model, path));
  return path;
}

std::string changed_file(const std::string& path, const Change& change) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  const auto file = open_model(path);
  for (const engine::gguf::TensorInfo& tensor : file->tensors()) {
    if (tensor.type != engine::gguf::WeightType::f32) continue;
    const std::string_view old(reinterpret_cast<const char*>(tensor.data.data()),
                               tensor.data.size());
    std::vector<float> values(old.size() / sizeof(float));
    std::memcpy(values.data(), old.data(), old.size());
    change(tensor.name, tensor.shape[0], values);
    std::memcpy(bytes.data() + bytes.find(old), values.data(), old.size());
  }
  const std::string changed = next_file();
  std::ofstream(changed, std::ios::binary) << bytes;
  return changed;
}

Ids random_ids(int count, int vocab_size, int seed) {
  Ids ids;
  uint64_t state = static_cast<uint64_t>(seed) * 977 + 13;
  for (int i = 0; i < count; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    ids.push_back(static_cast<int32_t>((state >> 33) % static_cast<uint64_t>(vocab_size)));
  }
  return ids;
}

Blocks blocks(int first, int count) {
  Blocks result;
  for (int i = 0; i < count; ++i) result.push_back(first + i);
  return result;
}

Rows run(backend::Backend& backend, std::span<const int32_t> ids, int position, const Blocks& table,
         const backend::KeepGoing& keep_going) {
  std::vector<backend::BatchToken> tokens;
  for (const int32_t id : ids) tokens.push_back({id, position++, 0, true});
  const std::span<const backend::BlockId> tables[] = {table};
  Rows rows(ids.size() * backend.config().vocab_size);
  need(backend.run({tokens, tables}, rows, keep_going));
  return rows;
}

Rows run_in_chunks(backend::Backend& backend, std::span<const int32_t> ids, int chunk,
                   const Blocks& table) {
  Rows all;
  for (size_t first = 0; first < ids.size(); first += chunk) {
    const auto part = ids.subspan(first, std::min<size_t>(chunk, ids.size() - first));
    const Rows rows = run(backend, part, static_cast<int>(first), table);
    all.insert(all.end(), rows.begin(), rows.end());
  }
  return all;
}

double relative_error(std::span<const float> found, std::span<const float> expected) {
  return relative(found, expected);
}
double relative_error(std::span<const float> found, std::span<const double> expected) {
  return relative(found, expected);
}

double row_error(std::span<const float> found, std::span<const double> expected, size_t rows,
                 double share) {
  if (found.size() != expected.size() || rows == 0) return INFINITY;
  std::vector<double> errors;
  const size_t width = found.size() / rows;
  for (size_t i = 0; i < rows; ++i) {
    errors.push_back(
        relative_error(found.subspan(i * width, width), expected.subspan(i * width, width)));
  }
  std::sort(errors.begin(), errors.end());
  return errors[static_cast<size_t>(static_cast<double>(rows) * share)];
}

bool identical(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

}  // namespace conformance
