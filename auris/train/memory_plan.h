#pragma once
// What a run will need, before it starts: bytes of weights, gradients, moments and activations, and how long
// it will take.
//
//   MemoryPlan plan = plan_memory({.parts = {...}, .stacks = {...}, .logit_rows = 1024, .vocab = 49152});
//   check_fits(plan, available_memory_bytes(), "this machine");
//
// Activations are what the ops of the torch backend keep for the backward pass of a transformer, for each row
// of h columns, with k columns of keys and of values, i inside the MLP, and factors of matrix products of b
// bytes (4, or 2 with bf16, where rounded copies lie beside what stays f32). In bytes:
//
//   always    8 h             what goes into the two norms
//             b (2 h + 2 k)   queries, keys, values, what attention gives
//             12 i            gate, activation, up; without a gate 4 i, what goes into the activation
//   where the layers' weights or adapters learn
//             b i             what goes down again
//             8 h in f32, 12 h with bf16 (10 h without a gate): what goes into the other products
//             8 h             normed rows, before the weights of an RMS norm (in layers with a gate)
//
// and with bf16 2 bytes for each weight of a product, rounded. activation_memory_test.cpp measures it.
// Attention itself keeps nothing but a number for each row and head, as it is computed again in blocks (Dao
// and others 2022). With recomputation (Chen and others 2016) a layer keeps what goes into it, 4 h, and one
// layer at a time all of it. The logits of rows with a target are kept as f32 three times: they, their
// softmax, and its gradient.

#include <cstdint>
#include <string>
#include <vector>

namespace auris::train {

struct PlannedPart {
  std::string name;
  int64_t parameters = 0;
  double bytes_per_parameter = 4;  // as it lies in memory: 4 for f32, 2 for bf16, 0.625 for q4_1
  bool trained = false;            // then its weights are f32, with gradients and two moments
};

struct PlannedStack {  // of equal layers that activations pass through
  std::string name;
  int64_t layers = 0;
  int64_t hidden = 0, key_columns = 0, inner = 0;
  bool gated = true;     // the MLP, with RMS norms; else layer norms
  int64_t rows = 0;      // of a micro-batch: its tokens, or the encoder's rows
  bool backward = true;  // gradients pass through; else one layer's activations at a time
  bool learns = false;   // its weights, or adapters beside them
};

struct PlanOptions {
  std::vector<PlannedPart> parts = {};
  std::vector<PlannedStack> stacks = {};
  int64_t logit_rows = 0;  // with a target, in a micro-batch
  int64_t vocab = 0;
  int factor_bytes = 4;                // of matrix products; 2 with bf16
  bool recompute_activations = false;  // a layer at a time, in the backward pass
  int64_t shards = 1;                  // processes among which moments are divided
  int64_t overhead_bytes = 0;          // libraries, data loading
};

struct PlannedBytes {
  std::string name;  // "projector: weights"
  int64_t bytes = 0;
};

struct MemoryPlan {
  std::vector<PlannedBytes> lines;  // those that are not 0
  int64_t trained_parameters = 0, frozen_parameters = 0;
  int64_t fixed_bytes = 0;       // whatever the micro-batch
  int64_t activation_bytes = 0;  // in proportion to its rows

  int64_t total_bytes() const { return fixed_bytes + activation_bytes; }
};

// kUsage for negative sizes, or products that overflow.
MemoryPlan plan_memory(const PlanOptions& options);

// The lines with their sum, in columns, for a terminal.
std::string text_of(const MemoryPlan& plan);

// Throws kUsage if the plan needs more than `available_bytes`; the hint names the share of the micro-batch
// that would fit, or says that none does. `machine` names whose memory it is.
void check_fits(const MemoryPlan& plan, int64_t available_bytes, const std::string& machine);

// What this process may still take without swapping: MemAvailable of /proc/meminfo, or what the limit of its
// control group leaves, if that is less. kInternal if neither can be read.
int64_t available_memory_bytes();

// The same from the texts of these files, for each what it says in bytes or nothing. Empty texts say nothing.
struct MemoryFiles {
  std::string meminfo;         // /proc/meminfo
  std::string limit, current;  // memory.max and memory.current of the control group
};
int64_t available_memory_bytes(const MemoryFiles& files);

struct TimePlan {
  double step_s = 0;
  double total_s = 0;
};
// From a measured pace: seconds for each row that is learned from, in forward and backward.
TimePlan plan_time(double seconds_per_row, double rows_per_step, int64_t steps);

// "1.5 GiB", "12 MiB".
std::string bytes_text(int64_t bytes);

}  // namespace auris::train
