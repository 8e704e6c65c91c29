// Routed experts that the device has no room for: the host computes their share of a layer while
// the device computes that of its own.
#pragma once

#include <vector>

#include "engine/backend/cuda/abi.h"
#include "engine/backend/cuda/step.h"
#include "engine/backend/placement.h"

namespace engine::backend::cuda {

// choices[i] = places[choices[i]]; one without a place becomes place 0 with a weight of zero, so
// that the kernels behind need not know.
struct PlaceArguments {
  View<const int32_t> places;  // [experts]; −1: none
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
  // Of a device that has the first `places` experts of each layer, of which there are `layers`
  // with the one for prediction.
  static base::Result<std::unique_ptr<HostShare>> create(const model::Config& config,
                                                         const Widths& widths,
                                                         const LemmaCudaHost& host, int layers,
                                                         int places, Stream& stream);

  // Makes room for a batch, before its first layer. Errors: memory.
  base::Status begin(int tokens);
  // What the device is to have instead of what it had, now and then; no run is in progress.
  std::vector<Placement::Move> moves();
  // Behind the choice of a layer's experts: the host gets what it needs of the step, and what is
  // left to the device is its own.
  void take(int layer, Step& step);
  // Behind the device's experts: hidden += the share of the others.
  void give(int layer, Step& step);

 private:
  HostShare(const model::Config& config, const Widths& widths, const LemmaCudaHost& host,
            int layers, int places, Stream& stream)
      : config_(config),
        widths_(widths),
        host_(host),
        layers_(layers),
        placement_(layers, config.experts.count, places),
        stream_(stream) {}
  void send_places();
  // [tokens][hidden] in order, from the rows that have come.
  void put_in_order(int tokens);

  const model::Config& config_;
  const Widths& widths_;
  const LemmaCudaHost host_;
  const int layers_;
  Placement placement_;
  int counted_tokens_ = 0;
  Stream& stream_;
  Buffer<int32_t> places_, device_places_;  // [layers][experts], page-locked and on the device
  int capacity_ = 0;                        // tokens
  // Of one layer; page-locked. Rows as on the device.
  Buffer<float> rows_, weights_, results_;
  Buffer<int32_t> choices_;
  Buffer<float> device_results_;
  std::vector<float> ordered_, ordered_results_;  // [tokens][hidden]
  std::vector<int32_t> missing_;                  // choices that are the host's, or −1
};

}  // namespace engine::backend::cuda
