// A test suite without a test library: it runs where there is a compiler and nothing else. Cases
// state facts with Suite::check; a case passes when all its facts hold.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/kv_cache.h"
#include "engine/cli/random_model.h"
#include "engine/model/weights.h"

namespace conformance {

namespace backend = engine::backend;

class Suite {
 public:
  void run(const std::string& name, const std::function<void(Suite&)>& body);
  void check(bool fact, const std::string& what);
  int passed() const { return passed_; }
  int failed() const { return failed_; }

 private:
  std::string case_;
  int complaints_ = 0;  // of the current case
  int passed_ = 0;
  int failed_ = 0;
};

// Every backend, on every instruction set that this machine has; with CUDA where there is a device
// or LEMMA_CUDA_LIBRARY names an emulation. LEMMA_BACKEND=cpu|cuda leaves the others out, and
// LEMMA_CASES=TEXT all cases whose names do not contain it. LEMMA_KV_CACHE=fp8: CUDA with latents
// as fp8, alone.
enum class Of { reference, cpu, cuda_exact, cuda_fast };
struct Kind {
  std::string name;
  Of of = Of::reference;
  std::string isa;       // of LEMMA_CPU
  bool is_slow = false;  // an emulation, which gets fewer of what is alike
  backend::KvCache kv_cache = backend::KvCache::f16;
  bool is_reference() const { return of == Of::reference; }
  // Whether activations are rounded where weights are.
  bool rounds() const { return of == Of::cpu || of == Of::cuda_fast; }
  bool is_fp8() const { return kv_cache == backend::KvCache::fp8; }
  bool is_cuda() const { return of == Of::cuda_exact || of == Of::cuda_fast; }
  // Whether the cache that is asked for is one for this model.
  bool takes(const engine::model::Config& config) const { return !is_fp8() || config.is_latent(); }
  // Of relative errors, against what rounds latents as the cache does; `exact` where float32 is
  // used throughout and nothing is rounded.
  double bound(double exact) const;
};
std::vector<Kind> kinds();

// Of relative errors where half precision and tensor cores are used: the design's NMSE of 5e-4.
inline constexpr double fast_bound = 0.0224;

// What fp8 costs. A code has 3 bits of mantissa: in [1, 2) codes are 1/8 apart, so that the square
// of the error is 1/8² / 12 on average and that of a value 7/3 (if all in [1, 2) are as likely; so
// in the other binades): an NMSE of latents of 1/768 / (7/3) = 5.6e-4. Scales are powers of two and
// add nothing. Attention uses latents twice. As values they bring that NMSE to what it returns; as
// keys they move scores, whose deviation is about 1 in random models, by sqrt(5.6e-4) of it, and so
// each weight by that share, which is the same NMSE once more: 1.12e-3 together. What a model makes
// of it is less, since its embeddings pass by. Half precision and tensor cores add their own.
inline constexpr double fp8_exact_bound = 0.0335;  // sqrt(1.12e-3)
inline constexpr double fp8_fast_bound = 0.0402;   // sqrt(1.12e-3 + 5e-4)
// Between two evaluations that both round latents to fp8. Where their values differ by a share e,
// e · 8 of the codes (at most) are another, an eighth apart: an NMSE of e / 8, and float32 has an e
// of 1e-6 after some layers. Where halves and bytes are rounded too, e is so large that codes are
// as good as independent.
inline constexpr double fp8_same_bound = 1e-3;

using BackendPointer = std::unique_ptr<backend::Backend>;

std::shared_ptr<const engine::gguf::File> open_model(const std::string& path);
BackendPointer make(const Kind& kind, const std::string& path, int kv_tokens,
                    const std::string& adapter_path = "");

// A random model in a temporary folder that is removed when the program ends.
std::string random_file(const engine::cli::RandomModel& model);
// A copy of a file there, with other values in tensors of float32: `change` is asked about each.
using Change = std::function<void(const std::string& name, size_t columns, std::vector<float>&)>;
std::string changed_file(const std::string& path, const Change& change);
// The path of a file there that is not yet written.
std::string next_file();

// Models of odd sizes, in every layout and family.
struct Variant {
  std::string name;
  engine::cli::RandomModel model;
};
std::vector<Variant> variants();

// Whose batches of more than 16 tokens run on tensor cores, and steps of one token in all forms.
engine::cli::RandomModel large_shape(engine::gguf::WeightType type, int experts, int used,
                                     int feed_forward);
// The same shape with gpt-oss's layers: every second with a window, all with sinks and biases.
engine::cli::RandomModel as_gpt_oss(engine::cli::RandomModel random, int window, int dim);

using Ids = std::vector<int32_t>;
using Rows = std::vector<float>;  // [tokens][vocab_size]
using Blocks = std::vector<backend::BlockId>;

Ids random_ids(int count, int vocab_size, int seed);
Blocks blocks(int first, int count);

// One sequence: `ids` at positions from `position` on, all their logits.
Rows run(backend::Backend& backend, std::span<const int32_t> ids, int position, const Blocks& table,
         const backend::KeepGoing& keep_going = {});
// The same in batches of `chunk` tokens.
Rows run_in_chunks(backend::Backend& backend, std::span<const int32_t> ids, int chunk,
                   const Blocks& table);

// The guesses after each of `ids` but the first, `chunk` tokens at a time; what a chunk begins with
// knows no state where `states` says so. Nothing where the backend refuses.
enum class States { all, within_chunks };
Rows predict_in_chunks(backend::Backend& backend, std::span<const int32_t> ids, int chunk,
                       const Blocks& table, States states = States::all);

double relative_error(std::span<const float> found, std::span<const float> expected);
double relative_error(std::span<const float> found, std::span<const double> expected);
// The relative error of that of `rows` rows which a share of all are no worse than. A near-tie
// between experts may flip where activations are rounded, and then a row differs as a whole.
double row_error(std::span<const float> found, std::span<const double> expected, size_t rows,
                 double share);
bool identical(std::span<const float> a, std::span<const float> b);

// The groups of cases.
void golden_cases(Suite& suite);
void random_model_cases(Suite& suite);
void large_cases(Suite& suite);
void prediction_cases(Suite& suite);
void adapter_cases(Suite& suite);
void sequence_cases(Suite& suite);
void contract_cases(Suite& suite);
void split_cases(Suite& suite);
void fp8_cases(Suite& suite);

}  // namespace conformance
