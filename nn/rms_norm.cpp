#include "rms_norm.h"

#include "blank.h"
#include "functional_sequences.h"
#include "text.h"

namespace taper::nn {

RMSNorm::RMSNorm(Called, const RMSNormOptions& o)
    : normalized_shape(Shape(*o.normalized_shape)),
      eps(o.eps),
      weight(register_parameter("weight", o.elementwise_affine ? blank(normalized_shape, o) : Tensor())) {
    reset_parameters();
}
TAPER_DEFINE_CONSTRUCTORS(RMSNorm, RMSNormOptions, 1, normalized_shape, eps, elementwise_affine, device, dtype)

Tensor RMSNorm::forward(const Tensor& x) const {
    std::optional<double> given;
    if (*eps) given = static_cast<double>(**eps);
    return functional::rms_norm(x, Sizes(*normalized_shape), weight, given);
}
void RMSNorm::reset_parameters() const {
    NoGradGuard no_grad;
    if (weight.defined()) weight.fill_(1);
}
std::string RMSNorm::extra_repr() const {
    return fmt::format("{}, eps={}, elementwise_affine={}", tuple_text(normalized_shape), *eps ? repr(**eps) : "None",
        text(weight.defined()));
}

}  // namespace taper::nn
