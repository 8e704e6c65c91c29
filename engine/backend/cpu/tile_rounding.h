// Weights of two groups on their way to bfloat16, in pieces: while products of one pair wait for
// each other, pieces of the next are run.
#pragma once

#include "engine/backend/cpu/products.h"
#include "engine/backend/cpu/read_ahead.h"

namespace engine::backend::cpu {

// 16 rows of weights.
struct Group {
  const WeightStack* weights;
  int index;  // of the matrix
  int group;
};

// Of the same columns.
struct Pair {
  Group groups[2];
  int count;  // 1 or 2; 0 where there is none
};

class GroupRounding {
 public:
  GroupRounding() = default;  // without pieces
  GroupRounding(const Machine& machine, const Group& from, ColumnOrder order, TileScratch& scratch,
                uint16_t* to);

  int pieces() const { return pieces_; }
  void run(int piece) { (this->*run_)(piece); }

 private:
  void prepare_rows();
  void round_row(int piece);
  void round_packed(int piece);
  void round_floats(int piece);
  void weave_all(int columns, uint16_t* to);

  const Machine* machine_ = nullptr;
  TileScratch* scratch_ = nullptr;
  Group from_{};
  ColumnOrder order_ = ColumnOrder::plain;
  uint16_t* to_ = nullptr;
  int columns_ = 0, pieces_ = 0;
  void (GroupRounding::*run_)(int piece) = nullptr;

  // Of weights that go row by row: their kernel, or the way by levels.
  RoundBytes round_ = nullptr;
  Unpack unpack_ = nullptr;
  LevelRange range_{};
  bool weaves_ = false;
  int chunks_ = 0, last_row_ = 0;
  const uint8_t* bytes_ = nullptr;
  size_t chunk_bytes_ = 0, row_bytes_ = 0;
  ReadAhead ahead_;
};

class PairRounding {
 public:
  // Group g goes to to + g · size, as [step][row][32].
  PairRounding(const Machine& machine, const Pair& pair, ColumnOrder order, TileScratch& scratch,
               uint16_t* to, size_t size) {
    for (int g = 0; g < pair.count; ++g) {
      groups_[g] = GroupRounding(machine, pair.groups[g], order, scratch, to + g * size);
    }
  }
  int pieces() const { return groups_[0].pieces() + groups_[1].pieces(); }
  // Each piece once, in order: so memory is read from one end to the other.
  void run(int piece) {
    const int first = groups_[0].pieces();
    return piece < first ? groups_[0].run(piece) : groups_[1].run(piece - first);
  }

 private:
  GroupRounding groups_[2];
};

}  // namespace engine::backend::cpu
