#include "engine/backend/cuda/host_share.h"

#include <algorithm>

namespace engine::backend::cuda {
namespace {

constexpr int threads = 256;
constexpr int mark = 2;  // 0 and 1 are those of layers

KERNEL(threads) place_kernel(PARAMETER(PlaceArguments) a) {
  wait_for_previous_kernel();
  const int i = block_x() * threads + thread_index();
  if (i >= a.count) return;
  const int place = a.places[a.choices[i]];
  a.choices[i] = place < 0 ? 0 : place;
  if (place < 0) a.weights[i] = 0;
}

KERNEL(threads) add_kernel(PARAMETER(AddArguments) a) {
  wait_for_previous_kernel();
  const int i = block_x() * threads + thread_index();
  if (i < a.count) a.to[i] += a.from[i];
}

int blocks_for(int count) { return (count + threads - 1) / threads; }

}  // namespace

void place_choices(Stream& stream, const PlaceArguments& arguments) {
  launch(stream, {{blocks_for(arguments.count)}, threads}, place_kernel, arguments);
}

void add_values(Stream& stream, const AddArguments& arguments) {
  launch(stream, {{blocks_for(arguments.count)}, threads}, add_kernel, arguments);
}

base::Result<std::unique_ptr<HostShare>> HostShare::create(const model::Config& config,
                                                           const Widths& widths,
                                                           const LemmaCudaHost& host, int layers,
                                                           int places, Stream& stream) {
  std::unique_ptr<HostShare> share(new HostShare(config, widths, host, layers, places, stream));
  const size_t size = size_t(layers) * config.experts.count;
  const char* const purpose = "the places of experts";
  auto device = Buffer<int32_t>::allocate(size, purpose);
  if (!device.ok()) return device.error();
  auto on_host = Buffer<int32_t>::allocate(size, purpose, Where::host);
  if (!on_host.ok()) return on_host.error();
  share->device_places_ = std::move(*device);
  share->places_ = std::move(*on_host);
  share->send_places();
  return base::Result<std::unique_ptr<HostShare>>(std::move(share));
}

void HostShare::send_places() {
  const size_t experts = config_.experts.count;
  for (int layer = 0; layer < layers_; ++layer) {
    const auto places = placement_.places_of(layer);
    std::copy(places.begin(), places.end(), places_.data() + layer * experts);
  }
  stream_.copy(device_places_.data(), places_.data(), places_.size() * sizeof(int32_t));
}

// Each move is an upload of some megabytes, beside which a step waits.
std::vector<Placement::Move> HostShare::moves() {
  constexpr int every_tokens = 256, most = 8;
  if (counted_tokens_ < every_tokens) return {};
  auto moves = placement_.moves(most);
  if (static_cast<int>(moves.size()) < most) counted_tokens_ = 0;  // else go on with the next run
  if (!moves.empty()) send_places();
  return moves;
}

base::Status HostShare::begin(int tokens) {
  if (tokens <= capacity_) return base::Done{};
  capacity_ = 0;
  const char* const purpose = "what the host computes of a batch";
  const size_t rows = size_t(tokens) * widths_.hidden;
  const size_t choices = size_t(tokens) * config_.experts.used;
  for (const auto& [buffer, size, where] :
       std::initializer_list<std::tuple<Buffer<float>*, size_t, Where>>{
           {&rows_, rows, Where::host},
           {&weights_, choices, Where::host},
           {&results_, rows, Where::host},
           {&device_results_, rows, Where::device}}) {
    *buffer = {};
    auto made = Buffer<float>::allocate(size, purpose, where);
    if (!made.ok()) return made.error();
    *buffer = std::move(*made);
  }
  choices_ = {};
  auto made = Buffer<int32_t>::allocate(choices, purpose, Where::host);
  if (!made.ok()) return made.error();
  choices_ = std::move(*made);
  std::fill_n(results_.data(), rows, 0.0F);  // interleaved rows end in padding
  ordered_.resize(size_t(tokens) * config_.hidden);
  ordered_results_.resize(ordered_.size());
  missing_.resize(choices);
  capacity_ = tokens;
  return base::Done{};
}

void HostShare::take(int layer, Step& step) {
  const int tokens = step.tokens.count, choices = tokens * config_.experts.used;
  stream_.copy(rows_.data(), step.rows.hidden.data(),
               size_t(tokens) * widths_.hidden * sizeof(float));
  stream_.copy(choices_.data(), step.rows.chosen.data(), choices * sizeof(int32_t));
  stream_.copy(weights_.data(), step.rows.weights.data(), choices * sizeof(float));
  stream_.set_mark(mark);
  const size_t experts = config_.experts.count;
  const View<const int32_t> places = {device_places_.data() + size_t(layer) * experts, experts};
  place_choices(stream_, {places, step.rows.chosen.view(), step.rows.weights.view(), choices});
}

void HostShare::put_in_order(int tokens) {
  for (int token = 0; token < tokens; ++token) {
    const float* const row = rows_.data() + size_t(token) * widths_.hidden;
    float* const to = ordered_.data() + size_t(token) * config_.hidden;
    for (int i = 0; i < config_.hidden; ++i) to[i] = row[interleaved(i, widths_.group)];
  }
}

void HostShare::give(int layer, Step& step) {
  stream_.wait_for_mark(mark);
  const int tokens = step.tokens.count, choices = tokens * config_.experts.used;
  const auto places = placement_.places_of(layer);
  bool any = false;
  for (int i = 0; i < choices; ++i) {
    const int32_t expert = choices_.data()[i];
    placement_.count(layer, expert);
    missing_[i] = places[expert] < 0 ? expert : -1;
    any = any || places[expert] < 0;
  }
  if (layer == config_.layers - 1) counted_tokens_ += tokens;
  if (!any) return;
  put_in_order(tokens);
  host_.run_experts(host_.context, layer, tokens, ordered_.data(), missing_.data(), weights_.data(),
                    ordered_results_.data());
  for (int token = 0; token < tokens; ++token) {
    const float* const from = ordered_results_.data() + size_t(token) * config_.hidden;
    float* const row = results_.data() + size_t(token) * widths_.hidden;
    for (int i = 0; i < config_.hidden; ++i) row[interleaved(i, widths_.group)] = from[i];
  }
  const int count = tokens * widths_.hidden;
  stream_.copy(device_results_.data(), results_.data(), count * sizeof(float));
  add_values(stream_, {step.rows.hidden.view(), device_results_.view(), count});
}

}  // namespace engine::backend::cuda
