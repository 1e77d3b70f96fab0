#include "linear.h"

#include "blank.h"
#include "init.h"
#include "positional.h"
#include "text.h"

namespace taper::nn {

Linear::Linear(Called, const LinearOptions& o)
    : in_features(o.in_features),
      out_features(o.out_features),
      weight(register_parameter("weight", blank({out_features, in_features}, o))),
      bias(register_parameter("bias", o.bias ? blank({out_features}, o) : Tensor())) {
    reset_parameters();
}

void Linear::reset_parameters() const {
    if (is_lazy(weight)) return;
    draw_initial([weight = weight, bias = bias] {
        init::kaiming_uniform_(weight, std::sqrt(5.));
        auto fan_in = static_cast<double>(weight.size(1));
        double bound = fan_in > 0 ? 1 / std::sqrt(fan_in) : 0;
        if (bias.defined()) init::uniform_(bias, -bound, bound);
    });
}

std::string Linear::extra_repr() const {
    return fmt::format(
        "in_features={}, out_features={}, bias={}", in_features, out_features, bias.defined() ? "True" : "False");
}

Bilinear::Bilinear(Called, const BilinearOptions& o)
    : in1_features(o.in1_features),
      in2_features(o.in2_features),
      out_features(o.out_features),
      weight(register_parameter("weight", blank({out_features, in1_features, in2_features}, o))),
      bias(register_parameter("bias", o.bias ? blank({out_features}, o) : Tensor())) {
    reset_parameters();
}
TAPER_DEFINE_CONSTRUCTORS(Bilinear, BilinearOptions, 3, in1_features, in2_features, out_features, bias, device, dtype)
Tensor Bilinear::forward(const Tensor& x1, const Tensor& x2) const {
    return positional::bilinear(x1, x2, weight, bias);
}
void Bilinear::reset_parameters() const {
    check(in1_features > 0, "Bilinear: in1_features must be positive, but got {}", in1_features);
    draw_initial([weight = weight, bias = bias] {
        const double bound = 1 / std::sqrt(static_cast<double>(weight.size(1)));
        init::uniform_(weight, -bound, bound);
        if (bias.defined()) init::uniform_(bias, -bound, bound);
    });
}
std::string Bilinear::extra_repr() const {
    return fmt::format("in1_features={}, in2_features={}, out_features={}, bias={}", in1_features, in2_features,
        out_features, text(bias.defined()));
}

Flatten::Flatten(Called, const FlattenOptions& o) : start_dim(o.start_dim), end_dim(o.end_dim) {}
Unflatten::Unflatten(Called, const UnflattenOptions& o) : dim(o.dim), unflattened_size(o.unflattened_size) {}

TAPER_DEFINE_CONSTRUCTORS(Linear, LinearOptions, 2, in_features, out_features, bias, device, dtype)
TAPER_DEFINE_CONSTRUCTORS(Flatten, FlattenOptions, 0, start_dim, end_dim)
std::string Unflatten::extra_repr() const {
    return fmt::format("dim={}, unflattened_size={}", *dim, tuple_text(unflattened_size));
}
TAPER_DEFINE_CONSTRUCTORS(Unflatten, UnflattenOptions, 2, dim, unflattened_size)

std::string Flatten::extra_repr() const { return fmt::format("start_dim={}, end_dim={}", *start_dim, *end_dim); }

}  // namespace taper::nn
