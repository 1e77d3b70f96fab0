// Whether what is done is recorded: no_grad, enable_grad, inference_mode.
#pragma once

#include "../tensor/storage.h"

namespace taper::autograd {

/// Whether ops record on this thread. torch.is_grad_enabled.
bool is_grad_enabled();
void set_grad_enabled(bool enabled);

/// Sets whether ops record, for a scope.
class GradMode {
 public:
    explicit GradMode(bool enabled) { set_grad_enabled(enabled); }
    ~GradMode() { set_grad_enabled(before_); }
    GradMode(const GradMode&) = delete;
    GradMode& operator=(const GradMode&) = delete;

 private:
    bool before_ = is_grad_enabled();
};

}  // namespace taper::autograd

namespace taper {

/// torch.no_grad: while it stands, nothing on this thread is recorded.
struct [[nodiscard("it holds while it has a name: NoGradGuard no_grad;")]] NoGradGuard : autograd::GradMode {
    NoGradGuard() : GradMode(false) {}
};
/// torch.enable_grad: undoes a surrounding no_grad.
struct [[nodiscard("it holds while it has a name: EnableGradGuard enable_grad;")]] EnableGradGuard
    : autograd::GradMode {
    EnableGradGuard() : GradMode(true) {}
};
using autograd::is_grad_enabled, autograd::set_grad_enabled;

/// torch.inference_mode: no_grad, and what is made meanwhile can never be saved, written or given a gradient outside.
class [[nodiscard("it holds while it has a name: InferenceMode inference;")]] InferenceMode : autograd::GradMode {
 public:
    explicit InferenceMode(bool enabled = true) : GradMode(!enabled) { in_inference_mode = enabled; }
    ~InferenceMode() { in_inference_mode = before_; }

 private:
    bool before_ = in_inference_mode;
};
inline bool is_inference_mode_enabled() { return in_inference_mode; }

}  // namespace taper
