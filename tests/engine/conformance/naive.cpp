// The papers' formulas, tensor by tensor. Where a file may hold a thing in several ways (latent
// projections, fused experts, biases), what is there decides, as a reader of the file would.
#include "tests/engine/conformance/naive.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "engine/gguf/dequantize.h"

namespace conformance {
namespace {

using Numbers = std::vector<double>;
using Matrix = std::vector<Numbers>;  // [row][column], of weights or of tokens

class Naive {
 public:
  Naive(const engine::gguf::File& file, const engine::model::Config& config, KvCache kv_cache)
      : file_(file), config_(config), kv_cache_(kv_cache) {}

  Matrix states(std::span<const int32_t> ids);
  Numbers output(const Matrix& states, size_t first_wanted) const;
  Numbers predictions(std::span<const int32_t> ids);

 private:
  bool has(const std::string& name) const { return file_.find_tensor(name) != nullptr; }
  Matrix tensor(const std::string& name) const;
  Numbers vector(const std::string& name) const { return tensor(name).front(); }
  void run_layer(int layer, Matrix& hidden);
  void attention(const std::string& block, Matrix& hidden);
  void grouped_attention(int layer, const std::string& block, Matrix& hidden) const;
  Matrix heads(int layer, const std::string& block, const std::string& name, int head,
               const Matrix& x) const;
  Numbers attend(const Numbers& query, const Matrix& keys, const Matrix& values, size_t t,
                 double scale, size_t first = 0, const Numbers& sink = {}) const;
  Matrix queries(const std::string& block, const Matrix& x) const;
  void keys_and_values(const std::string& block, const Matrix& latents, int head, Matrix& keys,
                       Matrix& values) const;
  void rotate(Numbers& v, size_t first, size_t position, int layer = 0) const;
  Numbers expert_weights(const Numbers& logits, const Numbers& bias) const;
  void mixture(const std::string& block, Matrix& hidden) const;

  const engine::gguf::File& file_;
  const engine::model::Config& config_;
  const KvCache kv_cache_;
};

Matrix Naive::tensor(const std::string& name) const {
  const auto* const info = file_.find_tensor(name);
  Matrix rows(info->rows(), Numbers(info->shape[0]));
  std::vector<float> values(info->shape[0]);
  const size_t bytes = info->data.size() / rows.size();
  for (size_t r = 0; r < rows.size(); ++r) {
    engine::gguf::dequantize_row(info->type, info->data.subspan(r * bytes, bytes), values);
    std::copy(values.begin(), values.end(), rows[r].begin());
  }
  return rows;
}

double dot(const Numbers& a, const Numbers& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

Numbers times(const Matrix& weights, const Numbers& x, size_t first = 0, size_t count = SIZE_MAX) {
  count = std::min(count, weights.size() - first);
  Numbers y(count);
  for (size_t r = 0; r < count; ++r) y[r] = dot(weights[first + r], x);
  return y;
}

Matrix times(const Matrix& weights, const Matrix& x) {
  Matrix y;
  for (const Numbers& row : x) y.push_back(times(weights, row));
  return y;
}

Numbers normed(const Numbers& x, const Numbers& weight, double epsilon) {
  const double scale = 1 / std::sqrt(dot(x, x) / static_cast<double>(x.size()) + epsilon);
  Numbers y(x.size());
  for (size_t i = 0; i < x.size(); ++i) y[i] = x[i] * scale * weight[i];
  return y;
}

Matrix normed(const Matrix& x, const Numbers& weight, double epsilon) {
  Matrix y;
  for (const Numbers& row : x) y.push_back(normed(row, weight, epsilon));
  return y;
}

void add(Numbers& x, const Numbers& y, double weight = 1) {
  for (size_t i = 0; i < x.size(); ++i) x[i] += weight * y[i];
}

Numbers swiglu(const Numbers& gate, const Numbers& up) {
  Numbers y(gate.size());
  for (size_t i = 0; i < y.size(); ++i) y[i] = gate[i] / (1 + std::exp(-gate[i])) * up[i];
  return y;
}

// gpt-oss's.
Numbers clamped_swiglu(const Numbers& gate, const Numbers& up) {
  Numbers y(gate.size());
  for (size_t i = 0; i < y.size(); ++i) {
    const double g = std::min(gate[i], 7.0), u = std::max(-7.0, std::min(up[i], 7.0));
    y[i] = (u + 1) * g / (1 + std::exp(-1.702 * g));
  }
  return y;
}

// YaRN as the authors' code has it: a mask that is 1 where a frequency is kept.
void Naive::rotate(Numbers& v, size_t first, size_t position, int layer) const {
  auto rope = config_.rope;
  // Mellum's layers with a window turn as if there were no YaRN.
  if (config_.is_windowed(layer) && config_.architecture == "mellum") {
    rope.scaling = engine::model::RopeScaling::none;
    rope.factor = 1;
  }
  const int dim = config_.is_latent() ? config_.mla.rope_dim : config_.gqa.rope_dim;
  const bool halves = rope.pairs == engine::model::RopePairs::halves;
  const bool factors = has("rope_freqs.weight");
  const Numbers factor = factors ? vector("rope_freqs.weight") : Numbers(dim / 2, 1.0);
  const auto correction = [&](double rotations) {
    return dim * std::log(rope.original_context / (rotations * 2 * M_PI)) /
           (2 * std::log(rope.base));
  };
  const double low = std::max(std::floor(correction(rope.beta_fast)), 0.0);
  double high = std::min(std::ceil(correction(rope.beta_slow)), dim - 1.0);
  if (low == high) high += 0.001;
  for (int i = 0; i < dim / 2; ++i) {
    const double kept = 1 / std::pow(rope.base, 2.0 * i / dim) / factor[i],
                 slowed = kept / rope.factor;
    double mask = 1 - std::clamp((i - low) / (high - low), 0.0, 1.0);
    if (rope.scaling != engine::model::RopeScaling::yarn) mask = 0;
    const double angle = static_cast<double>(position) * (slowed * (1 - mask) + kept * mask);
    double& a = v[first + (halves ? i : 2 * i)];
    double& b = v[first + (halves ? i + dim / 2 : 2 * i + 1)];
    const double turned = a * std::cos(angle) - b * std::sin(angle);
    b = a * std::sin(angle) + b * std::cos(angle);
    a = turned;
  }
}

Matrix Naive::queries(const std::string& block, const Matrix& x) const {
  if (!has(block + "attn_q_a.weight")) return times(tensor(block + "attn_q.weight"), x);
  const Matrix low = times(tensor(block + "attn_q_a.weight"), x);
  return times(tensor(block + "attn_q_b.weight"),
               normed(low, vector(block + "attn_q_a_norm.weight"), config_.norm_epsilon));
}

void Naive::keys_and_values(const std::string& block, const Matrix& latents, int head, Matrix& keys,
                            Matrix& values) const {
  const size_t nope = config_.mla.nope_dim, value = config_.mla.value_dim;
  const size_t lora = config_.mla.kv_lora_rank;
  if (has(block + "attn_kv_b.weight")) {
    const Matrix both = tensor(block + "attn_kv_b.weight");
    const size_t first = head * (nope + value);
    for (const Numbers& c : latents) {
      keys.push_back(times(both, c, first, nope));
      values.push_back(times(both, c, first + nope, value));
    }
    return;
  }
  const Matrix transposed = tensor(block + "attn_k_b.weight");  // [head · lora][nope]
  const Matrix v = tensor(block + "attn_v_b.weight");
  for (const Numbers& c : latents) {
    Numbers key(nope);
    for (size_t l = 0; l < lora; ++l) add(key, transposed[head * lora + l], c[l]);
    keys.push_back(key);
    values.push_back(times(v, c, head * value, value));
  }
}

// With so many bits of mantissa, where 2^least is the least normal number.
double rounded(double x, int bits, int least) {
  if (x == 0) return 0;
  const double quantum =
      std::exp2(std::max(std::floor(std::log2(std::fabs(x))), 1.0 * least) - bits);
  return std::nearbyint(x / quantum) * quantum;
}

// e4m3 with a scale, a power of two, for each 128 values.
void round_to_fp8(Numbers& latent) {
  for (size_t first = 0; first < latent.size(); first += 128) {
    const size_t end = std::min(latent.size(), first + 128);
    double most = 0;
    for (size_t i = first; i < end; ++i) most = std::max(most, std::fabs(latent[i]));
    const double power = most == 0 ? -15 : std::ceil(std::log2(most / 448));
    const double scale = std::exp2(std::clamp(power, -15.0, 7.0));
    for (size_t i = first; i < end; ++i) {
      latent[i] = std::clamp(rounded(latent[i] / scale, 3, -6), -448.0, 448.0) * scale;
    }
  }
}

void Naive::attention(const std::string& block, Matrix& hidden) {
  const auto& mla = config_.mla;
  const Matrix x = normed(hidden, vector(block + "attn_norm.weight"), config_.norm_epsilon);
  const Matrix q = queries(block, x);
  Matrix latents, shared_keys;
  const Numbers latent_norm = vector(block + "attn_kv_a_norm.weight");
  for (const Numbers& row : times(tensor(block + "attn_kv_a_mqa.weight"), x)) {
    const Numbers c(row.begin(), row.begin() + mla.kv_lora_rank);
    latents.push_back(normed(c, latent_norm, config_.norm_epsilon));
    shared_keys.emplace_back(row.begin() + mla.kv_lora_rank, row.end());
    rotate(shared_keys.back(), 0, latents.size() - 1);
    if (kv_cache_ == KvCache::f16) continue;
    round_to_fp8(latents.back());
    for (double& key : shared_keys.back()) key = rounded(key, 10, -14);
  }
  Matrix heads(x.size());
  for (int head = 0; head < mla.heads; ++head) {
    Matrix keys, values;
    keys_and_values(block, latents, head, keys, values);
    for (size_t p = 0; p < keys.size(); ++p) {
      keys[p].insert(keys[p].end(), shared_keys[p].begin(), shared_keys[p].end());
    }
    for (size_t t = 0; t < x.size(); ++t) {
      const auto begin = q[t].begin() + head * mla.query_dim();
      Numbers query(begin, begin + mla.query_dim());
      rotate(query, mla.nope_dim, t);
      const Numbers output = attend(query, keys, values, t, mla.score_scale);
      heads[t].insert(heads[t].end(), output.begin(), output.end());
    }
  }
  const Matrix projected = times(tensor(block + "attn_output.weight"), heads);
  for (size_t t = 0; t < x.size(); ++t) add(hidden[t], projected[t]);
}

// softmax(scale · query · keys) · values over positions first … t; a sink is one score more, whose
// share is lost.
Numbers Naive::attend(const Numbers& query, const Matrix& keys, const Matrix& values, size_t t,
                      double scale, size_t first, const Numbers& sink) const {
  Numbers weights = sink;
  for (size_t p = first; p <= t; ++p) weights.push_back(scale * dot(query, keys[p]));
  const double most = *std::max_element(weights.begin(), weights.end());
  double sum = 0;
  for (double& weight : weights) sum += weight = std::exp(weight - most);
  Numbers output(values.front().size());
  for (size_t p = first; p <= t; ++p) {
    add(output, values[p], weights[p - first + sink.size()] / sum);
  }
  return output;
}

// One head of attn_q, attn_k or attn_v for all tokens: projected, biased, normalised, turned.
Matrix Naive::heads(int layer, const std::string& block, const std::string& name, int head,
                    const Matrix& x) const {
  const auto& gqa = config_.gqa;
  const size_t dim = name == "attn_v" ? gqa.value_dim : gqa.key_dim;
  const Matrix weights = tensor(block + name + ".weight");
  Matrix result;
  for (size_t t = 0; t < x.size(); ++t) {
    Numbers row = times(weights, x[t], head * dim, dim);
    if (has(block + name + ".bias")) {
      const Numbers bias = vector(block + name + ".bias");
      add(row, Numbers(bias.begin() + head * dim, bias.begin() + (head + 1) * dim));
    }
    if (has(block + name + "_norm.weight")) {
      row = normed(row, vector(block + name + "_norm.weight"), config_.norm_epsilon);
    }
    if (name != "attn_v") rotate(row, 0, t, layer);
    result.push_back(row);
  }
  return result;
}

void Naive::grouped_attention(int layer, const std::string& block, Matrix& hidden) const {
  const auto& gqa = config_.gqa;
  const Matrix x = normed(hidden, vector(block + "attn_norm.weight"), config_.norm_epsilon);
  double scale = 1 / std::sqrt(gqa.key_dim);
  const bool is_windowed = config_.is_windowed(layer);
  const bool is_plain = is_windowed && config_.architecture == "mellum";
  if (config_.rope.scaling == engine::model::RopeScaling::yarn && !is_plain) {
    scale *= std::pow(1 + 0.1 * std::log(config_.rope.factor), 2);
  }
  Matrix all(x.size());
  for (int head = 0; head < gqa.heads; ++head) {
    const int group = head / (gqa.heads / gqa.kv_heads);
    const Matrix queries = heads(layer, block, "attn_q", head, x);
    const Matrix keys = heads(layer, block, "attn_k", group, x);
    const Matrix values = heads(layer, block, "attn_v", group, x);
    Numbers sink;
    if (has(block + "attn_sinks.weight")) sink = {vector(block + "attn_sinks.weight")[head]};
    const auto window = is_windowed ? size_t(config_.windowed_gqa.window) : x.size();
    for (size_t t = 0; t < x.size(); ++t) {
      const size_t first = t + 1 > window ? t + 1 - window : 0;
      const Numbers output = attend(queries[t], keys, values, t, scale, first, sink);
      all[t].insert(all[t].end(), output.begin(), output.end());
    }
  }
  const Matrix projected = times(tensor(block + "attn_output.weight"), all);
  const bool biased = has(block + "attn_output.bias");
  const Numbers bias = biased ? vector(block + "attn_output.bias") : Numbers();
  for (size_t t = 0; t < x.size(); ++t) {
    add(hidden[t], projected[t]);
    if (biased) add(hidden[t], bias);
  }
}

// [experts]; zero for those not chosen.
Numbers Naive::expert_weights(const Numbers& logits, const Numbers& bias) const {
  const auto& experts = config_.experts;
  const size_t count = logits.size(), group_size = count / experts.groups;
  Numbers probability(count);
  double sum = 0;
  for (size_t e = 0; e < count; ++e) sum += std::exp(logits[e]);
  for (size_t e = 0; e < count; ++e) {
    probability[e] = experts.gate == engine::model::Gate::sigmoid ? 1 / (1 + std::exp(-logits[e]))
                                                                  : std::exp(logits[e]) / sum;
  }
  const auto score = [&](size_t e) { return probability[e] + bias[e]; };
  std::vector<std::pair<double, size_t>> groups;  // (−score, group)
  for (size_t group = 0; group < static_cast<size_t>(experts.groups); ++group) {
    Numbers scores;
    for (size_t e = group * group_size; e < (group + 1) * group_size; ++e)
      scores.push_back(score(e));
    std::sort(scores.rbegin(), scores.rend());
    const bool two = experts.gate == engine::model::Gate::sigmoid && scores.size() > 1;
    groups.push_back({-(scores[0] + (two ? scores[1] : 0)), group});
  }
  std::sort(groups.begin(), groups.end());
  std::vector<std::pair<double, size_t>> candidates;
  for (int g = 0; g < experts.groups_used; ++g) {
    const size_t first = groups[g].second * group_size;
    for (size_t e = first; e < first + group_size; ++e) candidates.push_back({-score(e), e});
  }
  std::sort(candidates.begin(), candidates.end());
  Numbers weights(count);
  double total = 0;
  for (int k = 0; k < experts.used; ++k) total += probability[candidates[k].second];
  for (int k = 0; k < experts.used; ++k) {
    const size_t e = candidates[k].second;
    weights[e] = probability[e] * experts.weight_scale / (experts.normalise_weights ? total : 1);
  }
  return weights;
}

void Naive::mixture(const std::string& block, Matrix& hidden) const {
  const auto& experts = config_.experts;
  const size_t width = experts.feed_forward, dim = config_.hidden;
  const bool biased = has(block + "ffn_gate_inp.bias");  // as gpt-oss, whose norm has another name
  const Matrix x =
      normed(hidden, vector(block + (biased ? "post_attention_norm.weight" : "ffn_norm.weight")),
             config_.norm_epsilon);
  const Matrix router = tensor(block + "ffn_gate_inp.weight");
  const bool fused = has(block + "ffn_gate_up_exps.weight");
  const Matrix gate = tensor(block + (fused ? "ffn_gate_up_exps.weight" : "ffn_gate_exps.weight"));
  const Matrix up = fused ? gate : tensor(block + "ffn_up_exps.weight");
  const Matrix down = tensor(block + "ffn_down_exps.weight");
  const Numbers bias =
      has(block + "exp_probs_b.bias") ? vector(block + "exp_probs_b.bias") : Numbers(router.size());
  for (size_t t = 0; t < x.size(); ++t) {
    Numbers logits = times(router, x[t]);
    if (biased) add(logits, vector(block + "ffn_gate_inp.bias"));
    const Numbers weights = expert_weights(logits, bias);
    for (size_t e = 0; e < weights.size(); ++e) {
      if (weights[e] == 0) continue;
      const size_t gate_first = e * width * (fused ? 2 : 1);
      const size_t up_first = fused ? gate_first + width : gate_first;
      Numbers g = times(gate, x[t], gate_first, width), u = times(up, x[t], up_first, width);
      if (biased) add(g, tensor(block + "ffn_gate_exps.bias")[e]);
      if (biased) add(u, tensor(block + "ffn_up_exps.bias")[e]);
      const Numbers inner = biased ? clamped_swiglu(g, u) : swiglu(g, u);
      add(hidden[t], times(down, inner, e * dim, dim), weights[e]);
      if (biased) add(hidden[t], tensor(block + "ffn_down_exps.bias")[e], weights[e]);
    }
  }
  if (experts.shared == 0) return;
  const Matrix shared_gate = tensor(block + "ffn_gate_shexp.weight");
  const Matrix shared_up = tensor(block + "ffn_up_shexp.weight");
  const Matrix shared_down = tensor(block + "ffn_down_shexp.weight");
  for (size_t t = 0; t < x.size(); ++t) {
    const Numbers inner = swiglu(times(shared_gate, x[t]), times(shared_up, x[t]));
    add(hidden[t], times(shared_down, inner));
  }
}

void Naive::run_layer(int layer, Matrix& hidden) {
  const std::string block = "blk." + std::to_string(layer) + ".";
  if (config_.is_latent()) {
    attention(block, hidden);
  } else {
    grouped_attention(layer, block, hidden);
  }
  if (has(block + "ffn_gate_inp.weight")) return mixture(block, hidden);
  const Matrix x = normed(hidden, vector(block + "ffn_norm.weight"), config_.norm_epsilon);
  const Matrix gate = times(tensor(block + "ffn_gate.weight"), x);
  const Matrix up = times(tensor(block + "ffn_up.weight"), x);
  const Matrix down = tensor(block + "ffn_down.weight");
  for (size_t t = 0; t < x.size(); ++t) add(hidden[t], times(down, swiglu(gate[t], up[t])));
}

// What the output is multiplied with.
Matrix Naive::states(std::span<const int32_t> ids) {
  const Matrix embedding = tensor("token_embd.weight");
  Matrix hidden;
  for (const int32_t id : ids) hidden.push_back(embedding[id]);
  for (int layer = 0; layer < config_.layers; ++layer) run_layer(layer, hidden);
  return normed(hidden, vector("output_norm.weight"), config_.norm_epsilon);
}

Numbers Naive::output(const Matrix& states, size_t first_wanted) const {
  const Matrix weights = tensor(has("output.weight") ? "output.weight" : "token_embd.weight");
  Numbers result;
  for (size_t t = first_wanted; t < states.size(); ++t) {
    const Numbers row = times(weights, states[t]);
    result.insert(result.end(), row.begin(), row.end());
  }
  return result;
}

Numbers Naive::predictions(std::span<const int32_t> ids) {
  const std::string part = "blk." + std::to_string(config_.layers) + ".nextn.";
  const Matrix before = states(ids), embedding = tensor("token_embd.weight");
  const Numbers embedding_norm = vector(part + "enorm.weight");
  const Numbers state_norm = vector(part + "hnorm.weight");
  Matrix joined;
  for (size_t t = 0; t < ids.size(); ++t) {
    Numbers row = normed(embedding[ids[t]], embedding_norm, config_.norm_epsilon);
    const Numbers state =
        t == 0 ? Numbers(row.size()) : normed(before[t - 1], state_norm, config_.norm_epsilon);
    row.insert(row.end(), state.begin(), state.end());
    joined.push_back(row);
  }
  Matrix hidden = times(tensor(part + "eh_proj.weight"), joined);
  run_layer(config_.layers, hidden);
  return output(normed(hidden, vector(part + "shared_head_norm.weight"), config_.norm_epsilon), 1);
}

}  // namespace

std::vector<double> naive_logits(const engine::gguf::File& file,
                                 const engine::model::Config& config, std::span<const int32_t> ids,
                                 size_t first_wanted, KvCache kv_cache) {
  Naive naive(file, config, kv_cache);
  return naive.output(naive.states(ids), first_wanted);
}

std::vector<double> naive_predictions(const engine::gguf::File& file,
                                      const engine::model::Config& config,
                                      std::span<const int32_t> ids, KvCache kv_cache) {
  return Naive(file, config, kv_cache).predictions(ids);
}

}  // namespace conformance
