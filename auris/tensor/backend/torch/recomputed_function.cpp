#include "auris/tensor/backend/torch/recomputed_function.h"

#include <utility>

#include <ATen/ops/empty.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/custom_class.h>

#include "auris/base/error.h"
#include "auris/tensor/backend/torch/autocast.h"
#include "auris/tensor/backend/torch/recompute.h"

namespace auris::torch_backend {
namespace {

// What the backward pass needs.
struct Recomputable : torch::CustomClassHolder {
  Recomputable(TorchFunction function, const at::Tensor& rows, bool mixing)
      : body(std::move(function)), input(rows.detach()), wanted(rows.requires_grad()), mixed(mixing) {}

  TorchFunction body;
  at::Tensor input;
  bool wanted;  // a gradient for the input
  bool mixed;   // precision of the forward pass
};

// Computes a body's result again, with a graph of its own, and walks that graph back at once: gradients of
// the parameters in it are added where all gradients are, by a backward pass inside the backward pass.
class RecomputedRows : public torch::autograd::Function<RecomputedRows> {
 public:
  // `learns` wants a gradient if parameters of the body do, so that the result wants one too.
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& /*input*/,
                            const at::Tensor& /*learns*/, const at::Tensor& output,
                            const c10::intrusive_ptr<Recomputable>& state) {
    context->saved_data[kState] = c10::IValue::make_capsule(state);
    return output.detach();
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto state =
        c10::static_intrusive_pointer_cast<Recomputable>(context->saved_data.at(kState).toCapsule());
    AURIS_CHECK(state->input.defined());  // walked once
    const c10::AutoGradMode record(true);
    const Autocast mixed(state->mixed);  // this may be another thread
    const Recomputation inner(false);
    at::Tensor input = std::exchange(state->input, at::Tensor());
    input.set_requires_grad(state->wanted);
    const at::Tensor output = state->body(input);
    torch::autograd::backward({output}, {gradients.at(0)});
    return {state->wanted ? input.grad() : at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor()};
  }

 private:
  static constexpr const char* kState = "recomputable";
};

}  // namespace

at::Tensor recomputed_function(const at::Tensor& input, const TorchFunction& body) {
  // With a graph, which is dropped at once: it tells whether the body's parameters want gradients.
  const at::Tensor computed = body(input.detach());
  const bool learns = computed.requires_grad();
  if (!learns && !input.requires_grad()) return computed;
  at::Tensor marker = at::empty({0}, input.options());
  marker.set_requires_grad(learns);
  return RecomputedRows::apply(input, marker, computed.detach(),
                               c10::make_intrusive<Recomputable>(body, input, is_autocasting()));
}

}  // namespace auris::torch_backend
