// The phases of phases.h, each by all blocks of whoever runs it.
#pragma once

#include "engine/backend/cuda/down_phase.h"
#include "engine/backend/cuda/embed_phase.h"
#include "engine/backend/cuda/gate_phase.h"
#include "engine/backend/cuda/gate_up_phase.h"
#include "engine/backend/cuda/merge_phase.h"
#include "engine/backend/cuda/mla_phase.h"
#include "engine/backend/cuda/phases.h"
#include "engine/backend/cuda/project_phase.h"
#include "engine/backend/cuda/rotate_phase.h"

namespace engine::backend::cuda {

inline constexpr int phase_threads = mla_few_warps * 32;

DEVICE void ask_for_weights(const Phase& phase, const Workers& workers) {
  const int thread = thread_index() * workers.blocks + workers.block;
#pragma unroll
  for (int i = 0; i < max_known_weights; ++i) {
    prefetch(phase.weights[i].bytes, 0, phase.weights[i].count, thread,
             workers.blocks * thread_count());
  }
}

DEVICE void turn_phase(const LatentArguments& a, const Workers& workers) {
  for (int piece = workers.warp(); piece < pieces_of(a); piece += workers.warps()) {
    rotate_piece(a, 0, piece);
  }
}

DEVICE void attend_phase(const TiledAttention& a, const Workers& workers, size_t used) {
  const int splits = a.common.splits, parts = splits * ((a.common.heads + 15) / 16);
  for (int part = workers.block; part < parts; part += workers.blocks) {
    const BlockOfRows rows{part % splits, part / splits, 0};
    const int columns = a.common.values.width / mla_few_warps / 8;
    if (columns == 8) {
      attend_rows<1, 8, mla_few_warps>(a, rows, used);
    } else if (columns == 4) {
      attend_rows<1, 4, mla_few_warps>(a, rows, used);
    } else {
      attend_rows<1, 2, mla_few_warps>(a, rows, used);
    }
    block_barrier();
  }
}

DEVICE void merge_phase(const AttentionArguments& a, const Workers& workers, size_t used) {
  used += size_t(warp_index()) * merge_bytes(1);
  const View<float> factors = shared<float>(max_splits, used);
  for (int piece = workers.warp(); piece < merge_pieces(a); piece += workers.warps()) {
    merge_piece(a, 0, piece, factors);
  }
}

DEVICE void prefetch_down(const DownArguments& a, const Workers& workers) {
  const int threads = workers.blocks * thread_count();
  const int mine = thread_index() * workers.blocks + workers.block;
  for (int i = 0; i < a.slots.used; ++i) {
    const int turned = mine + threads / a.slots.used * i;
    prefetch(a.down.all.data, a.down.row_at(a.slots.chosen[i], 0),
             size_t(a.slots.hidden_rows) * a.down.all.layout.bytes,
             turned < threads ? turned : turned - threads, threads);
  }
}

// After this warp's share of the router's rows, whose scores are then known to the device.
DEVICE void choose_if_last(const RoutePhase& a, const Workers& workers, size_t used) {
  const int bundles = a.router.bundles, warp = workers.warp(), step = workers.warps();
  if (warp >= bundles) return;
  publish_to_other_blocks();
  warp_barrier();
  bool last = false;
  if (lane_index() == 0) {
    const int mine = (bundles - warp + step - 1) / step;
    last = add_atomically(a.finished.data, mine) + mine == bundles;
  }
  if (warp_ballot(last) == 0) return;
  publish_to_other_blocks();
  choose_experts_of(a.gate, 0, used);
  if (lane_index() == 0) a.finished[0] = 0;
}

template <Known known = Known::nothing>
DEVICE void route_phase(const RoutePhase& a, const Workers& workers, size_t used) {
  const ByteRow input = round_input(a.shared, 0, used);
  constexpr bool any = known == Known::nothing || known == Known::one_of_these;
  project_floats<1, any ? known : Known::floats>(a.router, workers, 0);
  choose_if_last(a, workers, used);
  gate_up_bytes<known>(a.shared, workers.behind(a.router.bundles), 0, [&] { return input; });
}

template <Known known = Known::nothing>
DEVICE void experts_phase(const ExpertsPhase& a, const Workers& workers, size_t used) {
  gate_up_bytes<known>(a.routed, workers, 0, [&] { return round_input(a.routed, 0, used); });
  prefetch_down(a.down, workers);
}

template <Known known = Known::nothing>
DEVICE void down_phase(const DownArguments& a, const Workers& workers, size_t used) {
  for (int block = workers.block; block < a.blocks; block += workers.blocks) {
    down_bytes<known>(a, block, 0, used);
    block_barrier();
  }
}

}  // namespace engine::backend::cuda
