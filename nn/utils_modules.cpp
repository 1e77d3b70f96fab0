#include "utils_modules.h"

#include "computed.h"
#include "weight_norm.h"

namespace taper::nn::utils {

using T = const Tensor&;

Tensor norm_except_dim(T v, std::int64_t dim) {
    if (dim == -1) return v.norm();
    if (dim == 0) {
        Shape shape = Shape::filled(v.ndim(), 1);
        shape[0] = v.size(0);
        return v.reshape({v.size(0), -1}).norm(2, 1).view(shape);
    }
    if (dim == v.ndim() - 1) {
        Shape shape = Shape::filled(v.ndim(), 1);
        shape[v.ndim() - 1] = v.size(-1);
        return v.reshape({-1, v.size(-1)}).norm(2, 0).view(shape);
    }
    return norm_except_dim(v.transpose(0, dim), 0).transpose(0, dim);
}

Tensor as_matrix(T weight, std::int64_t dim) {
    Tensor first = dim == 0 ? weight : weight.movedim(dim, 0);
    return first.reshape({first.size(0), -1});
}
Tensor unit(T x, double eps) { return positional::normalize(x, 2, 0, eps); }

namespace {

// The parameter that shall be computed; Error if it is not there, or not known yet.
Tensor parameter(const char* op, const char* made, const AnyModule& module, const std::string& name) {
    const ModuleState& state = *module.shared_state();
    const auto computed = computed_by(state, name);
    check(!computed || std::string_view(computed->by) != op,
        "{}: Cannot register two {} hooks on the same parameter {}", op, op, name);
    const std::size_t at = state.parameters.place_of(name);
    check(at < state.parameters.size(), "{}: '{}' object has no attribute '{}'", op, state.class_name(), name);
    Tensor weight = state.parameters[at].second->tensor;
    check(weight.defined(), "{}: `{}` cannot be applied as parameter `{}` is None", op, made, name);
    check(!is_lazy(weight),
        "{}: The module passed to `{}` can't have uninitialized parameters. Make sure to run the dummy forward before "
        "applying it",
        op, made);
    return weight;
}
void check_computed(const char* by, const AnyModule& module, const std::string& name) {
    const auto computed = computed_by(*module.shared_state(), name);
    check(computed && std::string_view(computed->by) == by, "remove_{}: {} of '{}' not found in {}", by, by, name,
        repr(module));
}

// ---- weight / sigma

struct Spectral {
    std::string name;
    std::int64_t iterations, dim;
    double eps;

    Tensor operator()(ModuleState& module) const { return value(module, module.training); }
    Tensor value(ModuleState& module, bool iterates) const {
        const Tensor weight = registered(module, name + "_orig"), matrix = as_matrix(weight, dim);
        Tensor u = registered(module, name + "_u"), v = registered(module, name + "_v");
        if (iterates) {
            NoGradGuard no_grad;
            for (std::int64_t i = 0; i < iterations; ++i) {
                v.copy_(unit(matrix.t().mv(u), eps));
                u.copy_(unit(matrix.mv(v), eps));
            }
            u = u.clone(), v = v.clone();  // what is saved for backward stays when the next forward goes on from here
        }
        return weight / u.dot(matrix.mv(v));
    }
};

}  // namespace

std::int64_t detail::output_dim(const AnyModule& module, const std::optional<std::int64_t>& given) {
    const std::string name = type_name(module.type());
    return given.value_or(name == "ConvTranspose1d" || name == "ConvTranspose2d" || name == "ConvTranspose3d");
}

void detail::weight_norm(const AnyModule& module, const WeightNormOptions& o) {
    const std::string name = o.name;
    const std::int64_t dim = o.dim->value_or(-1);
    const Tensor weight = parameter("weight_norm", "WeightNorm", module, name);
    ModuleState& state = *module.shared_state();
    auto value = [name, dim](ModuleState& m) {
        const Tensor v = registered(m, name + "_v");
        return v * (registered(m, name + "_g") / norm_except_dim(v, dim));
    };
    const Tensor v = weight.detach(), g = norm_except_dim(v, dim);
    module.register_parameter(name + "_g", Parameter(g));
    module.register_parameter(name + "_v", Parameter(v));
    compute_before_forward(module, name, {.by = "weight_norm", .value = value}, value(state));
    draw_further(state, random_state(), [=, &state] {
        NoGradGuard no_grad;
        g.copy_(norm_except_dim(v, dim));
        compute_now(state, name);
    });
}
void detail::remove_weight_norm(const AnyModule& module, const RemoveNormOptions& o) {
    const std::string name = o.name;
    check_computed("weight_norm", module, name);
    ModuleState& state = *module.shared_state();
    const Tensor weight = computed_by(state, name)->value(state).detach();
    unregister(state, name + "_g"), unregister(state, name + "_v");
    compute_no_more(module, name, Parameter(weight));
}

void detail::spectral_norm(const AnyModule& module, const SpectralNormOptions& o) {
    const std::string name = o.name;
    check(o.n_power_iterations > 0,
        "spectral_norm: Expected n_power_iterations to be positive, but got n_power_iterations={}",
        *o.n_power_iterations);
    const Tensor weight = parameter("spectral_norm", "SpectralNorm", module, name);
    Spectral spectral{name, o.n_power_iterations, output_dim(module, *o.dim), o.eps};
    const Tensor matrix = as_matrix(weight.detach(), spectral.dim);
    const std::vector<std::uint8_t> start = random_state();
    const Tensor u = empty({matrix.size(0)}, {.dtype = weight.dtype()}),
                 v = empty({matrix.size(1)}, {.dtype = weight.dtype()});
    auto draw = [=, eps = *o.eps] {
        for (const Tensor& x : {u, v}) x.copy_(unit(x.normal_(), eps));
    };
    draw();
    draw_further(*module.shared_state(), start, draw);
    module.register_parameter(name + "_orig", weight);
    compute_before_forward(module, name, {.by = "spectral_norm", .value = spectral}, weight.detach());
    module.register_buffer(name + "_u", u);
    module.register_buffer(name + "_v", v);
}
void detail::remove_spectral_norm(const AnyModule& module, const RemoveNormOptions& o) {
    const std::string name = o.name;
    check_computed("spectral_norm", module, name);
    ModuleState& state = *module.shared_state();
    const auto computed = computed_by(state, name);
    const Tensor weight = computed->value.target<Spectral>()->value(state, false).detach();
    for (const char* suffix : {"_orig", "_u", "_v"}) unregister(state, name + suffix);
    compute_no_more(module, name, Parameter(weight));
}

// ---- fused

std::pair<Parameter, Parameter> fuse_conv_bn_weights(T conv_w, const Arg<Tensor>& conv_b, T bn_rm, T bn_rv,
    double bn_eps, const Arg<Tensor>& bn_w, const Arg<Tensor>& bn_b, bool transpose) {
    const Tensor bias = (*conv_b).defined() ? *conv_b : zeros_like(bn_rm), scale = (bn_rv + bn_eps).rsqrt();
    const Tensor weight = (*bn_w).defined() ? *bn_w : ones_like(bn_rm),
                 shift = (*bn_b).defined() ? *bn_b : zeros_like(bn_rm);
    Shape shape = Shape::filled(conv_w.ndim(), 1);
    shape[transpose ? 1 : 0] = -1;
    return {Parameter(conv_w * (weight * scale).reshape(shape)), Parameter((bias - bn_rm) * scale * weight + shift)};
}
std::pair<Parameter, Parameter> fuse_linear_bn_weights(
    T linear_w, const Arg<Tensor>& linear_b, T bn_rm, T bn_rv, double bn_eps, T bn_w, T bn_b) {
    const Tensor bias = (*linear_b).defined() ? *linear_b : zeros_like(bn_rm), scale = bn_w * (bn_rv + bn_eps).rsqrt();
    return {Parameter(linear_w * scale.unsqueeze(-1)), Parameter((bias - bn_rm) * scale + bn_b)};
}

// ---- stateless

stateless::Replaced::Replaced(const ModuleBase& module, const NamedItems<Tensor>& tensors) {
    std::vector<std::pair<std::shared_ptr<Slot>, Tensor>> now;
    for (const auto& [path, x] : tensors.list()) {
        ModuleState* at = module.shared_state().get();
        std::size_t start = 0;
        for (std::size_t dot; (dot = path.find('.', start)) != std::string::npos; start = dot + 1) {
            AnyModule* part = at->children.find_name(path.substr(start, dot - start));
            check(part, "functional_call: '{}' object has no attribute '{}'", at->class_name(),
                path.substr(start, dot - start));
            at = part->shared_state().get();
        }
        for (auto* list : {&at->parameters, &at->buffers, &at->computed})
            if (auto* slot = list->find_name(path.substr(start))) now.emplace_back(*slot, x);
    }
    for (auto& [slot, x] : now) {
        before_.push_back({slot, slot->tensor, std::exchange(slot->computed, nullptr)});
        slot->set(x);
    }
}
stateless::Replaced::~Replaced() {
    for (auto at = before_.rbegin(); at != before_.rend(); ++at) {
        at->slot->computed = at->computed;
        at->slot->set(at->tensor);
    }
}

}  // namespace taper::nn::utils
