// Routed experts that the device has no room for: the host computes their share of a layer while the
// device computes that of its own.
#pragma once

#include <vector>

#include "engine/backend/cuda/abi.h"
#include "engine/backend/cuda/step.h"

namespace engine::backend::cuda {

// choices[i] = slots[choices[i]]; one without a slot becomes slot 0 with a weight of zero, so that
// the kernels behind need not know.
struct PlaceArguments {
  View<const int32_t> slots;  // [experts]; −1: none
  View<int32_t> choices;
  View<float> weights;
  int32_t count = 0;
};
void place_choices(Stream& stream, const PlaceArguments& arguments);

// to[i] += from[i]
struct AddArguments {
  View<float> to;
  View<const float> from;
  int32_t count = 0;
};
void add_values(Stream& stream, const AddArguments& arguments);

class HostShare {
 public:
  // `slots` [layers · experts]: where the device has each expert, −1 where it has not; those of dense
  // layers are not looked at.
  static base::Result<std::unique_ptr<HostShare>> create(const model::Config& config,
                                                         const Widths& widths,
                                                         const LemmaCudaHost& host,
                                                         std::vector<int32_t> slots,
                                                         Stream& stream);

  // Makes room for a batch, before its first layer. Errors: memory.
  base::Status begin(int tokens);
  // Behind the choice of a layer's experts: the host gets what it needs of the step, and what is
  // left to the device is its own.
  void take(int layer, Step& step);
  // Behind the device's experts: hidden += the share of the others.
  void give(int layer, Step& step);

 private:
  HostShare(const model::Config& config, const Widths& widths, const LemmaCudaHost& host,
            std::vector<int32_t> slots, Stream& stream)
      : config_(config), widths_(widths), host_(host), slots_(std::move(slots)), stream_(stream) {}
  const int32_t* slots_of(int layer) const {
    return slots_.data() + size_t(layer) * config_.experts.count;
  }
  // [tokens][hidden] in order, from the rows that have come.
  void put_in_order(int tokens);

  const model::Config& config_;
  const Widths& widths_;
  const LemmaCudaHost host_;
  std::vector<int32_t> slots_;  // [layers][experts]
  Stream& stream_;
  Buffer<int32_t> device_slots_;
  int capacity_ = 0;  // tokens
  // Of one layer; page-locked. Rows as on the device.
  Buffer<float> rows_, weights_, results_;
  Buffer<int32_t> choices_;
  Buffer<float> device_results_;
  std::vector<float> ordered_, ordered_results_;  // [tokens][hidden]
  std::vector<int32_t> missing_;                  // choices that are the host's, or −1
};

}  // namespace engine::backend::cuda
