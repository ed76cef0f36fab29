#pragma once
// Activations that are not kept for the backward pass but computed again there (Chen and others 2016), a
// layer at a time: memory for one forward pass more.
//
//   x = ops::recomputed(x, [this, &layer, pass](const Tensor& rows) { return block(layer, rows, *pass); });

#include <functional>

#include "auris/tensor/tensor.h"

namespace auris {

// From rows to rows. Called once or, in the backward pass, again with the same numbers: it changes nothing
// but what it returns, and holds or shares all that it reads, as it lives as long as the graph.
using RowFunction = std::function<Tensor(const Tensor& rows)>;

namespace ops {

// body(x). Where gradients are recorded and recomputation is asked for (backend/torch/recompute.h), nothing
// between x and the result is kept. Gradients of x and of all parameters that `body` uses are those of
// body(x), to the same bits where its ops give the same bits twice.
Tensor recomputed(const Tensor& x, const RowFunction& body);

}  // namespace ops
}  // namespace auris
