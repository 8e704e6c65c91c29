// What the operations of a step are given, for batches of any size. layer.h launches them one by
// one; phase_writer.h writes them down as the phases of a step.
#pragma once

#include "engine/backend/cuda/host_share.h"
#include "engine/backend/cuda/operations.h"
#include "engine/backend/cuda/project.h"
#include "engine/backend/cuda/rotate.h"
#include "engine/backend/cuda/step.h"

namespace engine::backend::cuda {

// What all steps share.
struct Machine {
  const model::Config& config;
  const Widths& widths;
  const DeviceWeights& weights;
  Rotation rotation, windowed_rotation;
  Stream& stream;
  bool small_on_tensor_cores = false;  // latent attention of small batches
  bool bytes = false;                  // products of small batches take their input as bytes
  HostShare* host = nullptr;           // where the device has not all experts
};

EmbedArguments embedding_of(const Machine& machine, const DeviceMatrix& table, Step& step);

// q, or the first of its two products, and kv_a, which has the same input.
ProjectArguments queries_and_latents(const Machine& machine, const DeviceLayer& layer, Step& step);
// The second product of q, where there are two.
ProjectArguments second_queries(const Machine& machine, const DeviceLayer& layer, Step& step);
LatentArguments turned_latents(const Machine& machine, const DeviceLayer& layer,
                               const LayerCache& cache, Step& step);
// Each head's query, taken through its rows of the latents' up-projection.
ProjectArguments absorbed_queries(const Machine& machine, const DeviceLayer& layer, Step& step);
AttentionArguments latent_attention(const Machine& machine, const LayerCache& cache, Step& step);
// From attended latents to the heads' values.
ProjectArguments values_of_heads(const Machine& machine, const DeviceLayer& layer, Step& step);

ProjectArguments grouped_projections(const Machine& machine, const DeviceLayer& layer, Step& step);
GroupedArguments turned_heads(const Machine& machine, const DeviceLayer& layer,
                              const LayerCache& cache, Step& step);
AttentionArguments grouped_attention(const Machine& machine, const DeviceLayer& layer,
                                     const LayerCache& cache, Step& step);

// hidden += output · heads
ProjectArguments output_of_heads(const Machine& machine, const DeviceLayer& layer, Step& step);

ProjectArguments router_scores(const Machine& machine, const DeviceLayer& layer, Step& step);
GateArguments choice_of_experts(const Machine& machine, const DeviceLayer& layer, Step& step);
GateUpArguments first_products(const Machine& machine, const DeviceLayer& layer, Step& step,
                               bool dense);
DownArguments second_products(const Machine& machine, const DeviceLayer& layer, Step& step,
                              const GateUpArguments& first);

// What makes logits of hidden values.
struct Head {
  View<const float> norm;
  const DeviceMatrix& output;
};
inline Head model_head(const Machine& machine) {
  return {machine.weights.output_norm, machine.weights.output};
}
// Of the wanted rows, in order: [wanted][vocab_size].
ProjectArguments logits_of(const Machine& machine, const Head& head, Step& step);

// hidden = join · (normalised embedding, normalised state)
ProjectArguments joined_input(const Machine& machine, Step& step);

}  // namespace engine::backend::cuda
