#include "linear.h"

#include "init.h"

namespace taper::nn {

Linear::Linear(std::int64_t in_features, std::int64_t out_features, bool with_bias)
    : in_features(in_features),
      out_features(out_features),
      weight(register_parameter("weight", empty({out_features, in_features}))),
      bias(register_parameter("bias", with_bias ? empty({out_features}) : Tensor())) {
    reset_parameters();
}

void Linear::reset_parameters() const {
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

}  // namespace taper::nn
