// copy.deepcopy: modules, tensors and state_dicts with memory of their own.
#pragma once

#include <concepts>
#include <memory>

#include "../tensor/serialization/state_dict.h"

namespace taper::nn {
class ModuleBase;
struct ModuleState;
}  // namespace taper::nn

namespace taper::nn::detail {

/// A deep copy in progress on this thread: meanwhile copies of modules, parameters, buffers and settings are new ones,
/// each made once for each old one, so that what was one in the original is one in the copy.
class DeepCopy {
 public:
    DeepCopy();
    ~DeepCopy();
    DeepCopy(const DeepCopy&) = delete;
    DeepCopy& operator=(const DeepCopy&) = delete;

    static DeepCopy* current() { return current_; }

    /// The copy of what `old` points to, by make() if it has none yet. A copy is its own copy.
    template <class T, class F> std::shared_ptr<T> once(const std::shared_ptr<T>& old, const F& make) {
        if (auto found = find(old.get())) return std::static_pointer_cast<T>(found);
        std::shared_ptr<T> copy = make();
        remember(old, copy);
        return copy;
    }
    /// The copy that was made of it; none: not yet.
    std::shared_ptr<void> find(const void* old) const;
    void remember(const std::shared_ptr<void>& old, const std::shared_ptr<void>& copy);
    /// Error unless it is a leaf. The gradient of a parameter is left behind, that of another tensor copied, as PyTorch
    /// 1.13 does; tensors on the same memory stay so.
    Tensor tensor(const Tensor& old);
    std::shared_ptr<ModuleState> state(const std::shared_ptr<ModuleState>& old);

    /// Copies share again while this stands.
    class Pause {
     public:
        Pause() : paused_(current_) { current_ = nullptr; }
        ~Pause() { current_ = paused_; }
        Pause(const Pause&) = delete;
        Pause& operator=(const Pause&) = delete;

     private:
        DeepCopy* paused_;
    };

 private:
    inline static constinit thread_local DeepCopy* current_ = nullptr;

    DeepCopy* outer_;
    struct Copies;
    std::unique_ptr<Copies> copies_;
};

}  // namespace taper::nn::detail

namespace taper::copy {

Tensor deepcopy(const Tensor& x);
TensorList deepcopy(const TensorList& list);
StateDict deepcopy(const StateDict& dict);
/// The same module with parameters, buffers, settings and parts of its own; tied weights are tied in the copy too.
/// Hooks are copied, what they capture is shared. A plain Tensor member is shared: make it an nn::Buffer. copy.deepcopy
template <std::derived_from<nn::ModuleBase> M> M deepcopy(const M& module) {
    nn::detail::DeepCopy copying;
    return M(module);
}

}  // namespace taper::copy
