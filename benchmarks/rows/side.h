// One source for two sides: the rows are written in PyTorch's words, and built against Taper, and against libtorch.
// Here stands what the two spell differently.
#pragma once

#include <map>

#include "row.h"
#include "torch.h"

using torch::Tensor;
namespace nn = torch::nn;
namespace F = torch::nn::functional;

#ifdef TAPER_BENCHMARK_LIBTORCH
inline void clear_grad(const Tensor& x) { x.mutable_grad().reset(); }
inline Tensor values(const std::tuple<Tensor, Tensor>& both) { return std::get<0>(both); }
inline auto adam(std::vector<Tensor> params, double lr) { return torch::optim::Adam(std::move(params), lr); }
inline auto sgd(std::vector<Tensor> params, double lr, double momentum) {
    return torch::optim::SGD(std::move(params), torch::optim::SGDOptions(lr).momentum(momentum));
}
template <class Module> auto parameters(const Module& module) { return module->parameters(); }
inline Tensor call(nn::Sequential& model, const Tensor& x) { return model->forward(x); }
inline void append(nn::Sequential& model, auto module) { model->push_back(std::move(module)); }
inline auto layer_norm(std::int64_t size) { return nn::LayerNorm(nn::LayerNormOptions({size})); }
inline Tensor of_bytes(std::vector<unsigned char>& bytes, const std::vector<std::int64_t>& sizes) {
    return torch::from_blob(bytes.data(), sizes, torch::kUInt8);
}
#else
inline void clear_grad(const Tensor& x) { x.set_grad(Tensor()); }
inline Tensor values(const torch::ValuesAndIndices& both) { return both.values; }
inline auto adam(const torch::TensorList& params, double lr) { return torch::optim::Adam(params, {.lr = lr}); }
inline auto sgd(const torch::TensorList& params, double lr, double momentum) {
    return torch::optim::SGD(params, {.lr = lr, .momentum = momentum});
}
template <class Module> auto parameters(const Module& module) { return module.parameters(); }
inline Tensor call(nn::Sequential& model, const Tensor& x) { return model(x); }
inline void append(nn::Sequential& model, auto module) { model.append(std::move(module)); }
inline auto layer_norm(std::int64_t size) { return nn::LayerNorm(size); }
inline Tensor of_bytes(std::vector<unsigned char>& bytes, const torch::Shape& shape) {
    return torch::from_blob(bytes.data(), shape);
}
#endif

using Sizes = std::vector<std::int64_t>;

/// Numbers from a normal distribution, the same memory at each call with these sizes: rows share their inputs.
inline const Tensor& normal(const Sizes& sizes) {
    static std::map<Sizes, Tensor> made;
    auto [at, fresh] = made.try_emplace(sizes);
    if (fresh) at->second = torch::randn(sizes);
    return at->second;
}
/// Within (0, 1), where logarithms, roots and quotients have ordinary values.
inline const Tensor& positive(const Sizes& sizes) {
    static std::map<Sizes, Tensor> made;
    auto [at, fresh] = made.try_emplace(sizes);
    if (fresh) at->second = torch::rand(sizes) * 0.9 + 0.05;
    return at->second;
}
/// A leaf that wants a gradient, on the memory of x.
inline Tensor leaf(const Tensor& x) { return x.detach().requires_grad_(true); }

/// f of the tensors that inputs() gives, forward alone as NAME/fwd; with the backward pass into all of them as
/// NAME/fwd-bwd.
template <class Function, class Inputs> void both_ways(const std::string& name, Function f, Inputs inputs) {
    row(name + "/fwd", [=] { return [f, x = inputs()] { std::apply(f, x); }; });
    row(name + "/fwd-bwd", [=] {
        auto x = std::apply([](const auto&... each) { return std::tuple(leaf(each)...); }, inputs());
        auto gradient = torch::ones_like(std::apply(f, x));
        return [=] {
            std::apply(f, x).backward(gradient);
            std::apply([](const auto&... each) { (clear_grad(each), ...); }, x);
        };
    });
}

void register_ops();
void register_layers();
void register_training();
