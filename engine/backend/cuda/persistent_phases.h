// The operations of persistent.cu's kernel, each by all of its blocks.
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

inline constexpr int persistent_threads = mla_few_warps * 32;

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

// What is chosen stays in shared memory, and `used` grows by it.
DEVICE void choose_phase(ExpertsPhase& a, const Workers& workers, size_t& used) {
  const Choice choice = pick_experts(a.gate, 0, used);
  if (thread_index() == 0) a.routed.slots.chosen = choice.chosen;
  block_barrier();
  if (workers.block == 0) store_choice(a.gate, 0, choice);
}

DEVICE void down_phase(const DownArguments& a, const Workers& workers, size_t used) {
  for (int block = workers.block; block < a.blocks; block += workers.blocks) {
    down_bytes(a, block, 0, used);
    block_barrier();
  }
}

// Each of the large operations stands here once, whichever phases need it: inlined twice, they
// would be twice the code.
DEVICE void run_phase(Phase& phase, const Workers& workers, size_t used) {
  const ProjectArguments* floats = nullptr;
  const GateUpArguments* pairs = nullptr;
  size_t behind_choice = used;
  int taken = 0;
  switch (phase.kind) {
    case PhaseKind::embed:
      if (workers.block == 0) embed_token(phase.as<EmbedArguments>(), 0);
      return;
    case PhaseKind::attend:
      return attend_phase(phase.as<MlaTensorArguments>(), workers, used);
    case PhaseKind::merge:
      return merge_phase(phase.as<AttentionArguments>(), workers, used);
    case PhaseKind::down:
      return down_phase(phase.as<DownArguments>(), workers, used);
    case PhaseKind::project:
      floats = &phase.as<ProjectArguments>();
      if (floats->bytes == 0) break;
      return project_bytes<1>(*floats, workers, 0, used);
    case PhaseKind::turn: {
      const TurnPhase& turn = phase.as<TurnPhase>();
      turn_phase(turn.turn, workers);
      floats = &turn.absorb;
      taken = pieces_of(turn.turn);
      break;
    }
    case PhaseKind::route: {
      const RoutePhase& route = phase.as<RoutePhase>();
      if (route.shared.shared != 0) pairs = &route.shared;
      floats = &route.router;
      taken = bundles_of(route.shared);
      break;
    }
    case PhaseKind::experts: {
      ExpertsPhase& experts = phase.as<ExpertsPhase>();
      choose_phase(experts, workers, behind_choice);
      pairs = &experts.routed;
      break;
    }
  }
  if (pairs != nullptr) gate_up_bytes(*pairs, workers, 0, behind_choice);
  if (floats != nullptr) project_floats<1>(*floats, workers.behind(taken), 0);
  if (phase.kind == PhaseKind::experts) {
    const DownArguments& down = phase.as<ExpertsPhase>().down;
    prefetch_down(down, pairs->slots.chosen, workers);
  }
}

}  // namespace engine::backend::cuda
