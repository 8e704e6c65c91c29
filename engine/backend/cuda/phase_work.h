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

DEVICE void turn_phase(const LatentArguments& a, const Workers& workers) {
  for (int piece = workers.warp(); piece < pieces_of(a); piece += workers.warps()) {
    rotate_piece(a, 0, piece);
  }
}

DEVICE void attend_phase(const MlaTensorArguments& a, const Workers& workers, size_t used) {
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

DEVICE void prefetch_down(const DownArguments& a, View<const int32_t> chosen,
                          const Workers& workers) {
  const int threads = workers.blocks * thread_count();
  const int mine = thread_index() * workers.blocks + workers.block;
  for (int i = 0; i < a.slots.used; ++i) {
    const int turned = mine + threads / a.slots.used * i;
    prefetch(a.down.all.data, a.down.row_at(chosen[i], 0),
             size_t(a.slots.hidden_rows) * a.down.all.layout.bytes,
             turned < threads ? turned : turned - threads, threads);
  }
}

// What products with experts begin with, in shared memory.
struct Prepared {
  View<const int32_t> chosen;
  ByteRow input;
};

// One warp chooses while the others round the input. One block tells later phases what was chosen.
DEVICE Prepared prepare_experts(const ExpertsPhase& a, const Workers& workers, size_t used) {
  const ByteRow input = round_input(a.routed, 0, 1, used);
  const Choice choice = pick_experts(a.gate, 0, used);
  block_barrier();
  if (workers.block == 0) store_choice(a.gate, 0, choice);
  return {choice.chosen, input};
}

DEVICE Prepared prepare_shared(const GateUpArguments& a, size_t used) {
  const Prepared prepared{{}, round_input(a, 0, 0, used)};
  block_barrier();
  return prepared;
}

DEVICE void down_phase(const DownArguments& a, const Workers& workers, size_t used) {
  for (int block = workers.block; block < a.blocks; block += workers.blocks) {
    down_bytes(a, block, 0, used);
    block_barrier();
  }
}

}  // namespace engine::backend::cuda
