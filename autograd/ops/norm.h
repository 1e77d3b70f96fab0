// What the normalisations share. The gradients of x, weight and bias share their sums, so they are worked out together.
#pragma once

#include "../ops.h"

namespace taper::ops::normalisation {

struct NormGradients {
    Tensor x, weight, bias;
    Tensor& operator[](int i) { return i == 0 ? x : i == 1 ? weight : bias; }
};

template <class N> const N* data_or_null(const Tensor& x) { return x.defined() ? x.data_ptr<N>() : nullptr; }
inline Tensor row_major(const Tensor& x) { return x.defined() ? native::contiguous(x) : x; }

/// The node of an op of x, weight and bias. Rule(grad, x, weight, mean, factor) gives all gradients at once, whichever
/// is asked for first; the others wait until they are, too.
template <class Rule> struct Normalized final : autograd::Node {
    Normalized(const char* name, Rule rule, const Tensor& x, const Tensor& weight, const Tensor& bias,
        const Tensor& mean, const Tensor& factor)
        : Node(name, edge_, 3),
          rule_(rule),
          saved_{autograd::Saved(x), autograd::Saved(weight), autograd::Saved(mean), autograd::Saved(factor)} {
        const Tensor* inputs[] = {&x, &weight, &bias};
        for (int i = 0; i < 3; ++i)
            if (autograd::needs_gradient(*inputs[i])) edge_[i] = autograd::edge_to(*inputs[i]);
    }
    Tensor gradient(int i, const Tensor& grad) override {
        if (!(grad.ref() == asked_.ref()) || asked_version_ != grad.version()) {
            auto value = [this](int k) { return saved_[k].unpack(*this); };
            ready_ = rule_(grad, value(0), value(1), value(2), value(3));
            asked_ = grad, asked_version_ = grad.version();
        }
        Tensor out = std::move(ready_[i]);
        bool last = true;
        for (int k = i + 1; k < 3; ++k) last = last && !edge_[k];
        if (last) asked_ = {}, ready_ = {};
        return out;
    }
    std::span<autograd::Saved> saved() override { return saved_; }
    void release() override {
        asked_ = {}, ready_ = {};
        Node::release();
    }

 private:
    autograd::Edge edge_[3];
    Rule rule_;
    autograd::Saved saved_[4];
    NormGradients ready_;
    Tensor asked_;
    std::uint32_t asked_version_ = 0;
};

template <class Rule> Tensor record_normalized(const char* name, Tensor out, Rule rule, const Tensor& x,
    const Tensor& weight, const Tensor& bias, const Tensor& mean, const Tensor& factor) {
    using autograd::needs_gradient;
    if (autograd::is_grad_enabled() && (needs_gradient(x) || needs_gradient(weight) || needs_gradient(bias)) &&
        (autograd::is_normal(x) || autograd::is_normal(weight) || autograd::is_normal(bias)))
        autograd::set_history(
            out, Ref<autograd::Node>(new Normalized<Rule>(name, rule, x, weight, bias, mean, factor)));
    return out;
}

/// A number for each channel, shaped to broadcast to x.
inline Tensor per_channel(const Tensor& values, const Tensor& x) {
    Shape shape = Shape::filled(x.ndim(), 1);
    shape[1] = x.shape()[1];
    return values.reshape(shape);
}

/// The gradient of (x - mean) * factor over `dims`, by which x was normalised, in ops.
inline Tensor through_moments(const Tensor& grad, const Tensor& normal, const Tensor& factor, const Shape& dims) {
    return factor * (grad - grad.mean(dims, true) - normal * (grad * normal).mean(dims, true));
}
inline Tensor factor_of(const Tensor& centred, const Shape& dims, double eps) {
    return (centred.square().mean(dims, true) + eps).rsqrt();
}

}  // namespace taper::ops::normalisation
