#include "normalization.h"

#include "blank.h"
#include "init.h"
#include "positional.h"
#include "text.h"

namespace taper::nn {

static void fill(const Tensor& x, double value) {
    if (x.defined() && !is_lazy(x)) init::constant_(x, value);
}

template <class D> template <class Options> NormNd<D>::NormNd(const Options& o)
    : num_features(o.num_features),
      eps(o.eps),
      momentum(o.momentum),
      affine(o.affine),
      track_running_stats(*o.track_running_stats) {
    auto values = [&](bool present) { return present ? blank({num_features}, o) : Tensor(); };
    const bool tracked = track_running_stats;
    weight = this->register_parameter("weight", values(affine));
    bias = this->register_parameter("bias", values(affine));
    running_mean = this->register_buffer("running_mean", values(tracked));
    running_var = this->register_buffer("running_var", values(tracked));
    num_batches_tracked =
        this->register_buffer("num_batches_tracked", tracked ? blank({}, int64, *o.device) : Tensor());
    this->shared_state()->version = 2;
    reset_running_stats();
    reset_parameters();
}
template <class D> void NormNd<D>::reset_parameters() const { fill(weight, 1), fill(bias, 0); }
template <class D> void NormNd<D>::reset_running_stats() const {
    fill(running_mean, 0), fill(running_var, 1), fill(num_batches_tracked, 0);
}

template <class D> Tensor NormNd<D>::batch_normalized(const Tensor& x) const {
    double share = (*momentum).value_or(0);
    const bool tracks = track_running_stats, training = this->training();
    if (training && tracks && num_batches_tracked.defined()) {
        num_batches_tracked.add_(1);
        if (!*momentum) share = 1 / num_batches_tracked.item();
    }
    const Tensor none_;
    const bool kept = !training || tracks;
    return ops::batch_norm(x, kept ? running_mean : none_, kept ? running_var : none_, weight, bias,
        training || !running_mean.defined(), share, eps);
}
template <class D> Tensor NormNd<D>::instance_normalized(const Tensor& x, int dims) const {
    Tensor samples = x.ndim() == dims + 1 ? x.unsqueeze(0) : x;
    Tensor out = ops::instance_norm(samples, running_mean, running_var, weight, bias,
        this->training() || !track_running_stats, (*momentum).value_or(0), eps);
    return x.ndim() == dims + 1 ? out.squeeze(0) : out;
}

template <class D> std::string NormNd<D>::extra_repr() const {
    return fmt::format("{}, eps={}, momentum={}, affine={}, track_running_stats={}", num_features, repr(*eps),
        *momentum ? repr(**momentum) : "None", text(affine), text(track_running_stats));
}

template class NormNd<BatchNorm1d>;
template class NormNd<BatchNorm2d>;
template class NormNd<BatchNorm3d>;
template class NormNd<InstanceNorm1d>;
template class NormNd<InstanceNorm2d>;
template class NormNd<InstanceNorm3d>;

BatchNorm1d::BatchNorm1d(Called, const BatchNormOptions& o) : NormNd(o) {}
InstanceNorm1d::InstanceNorm1d(Called, const InstanceNormOptions& o) : NormNd(o) {}
BatchNorm2d::BatchNorm2d(Called, const BatchNormOptions& o) : NormNd(o) {}
BatchNorm3d::BatchNorm3d(Called, const BatchNormOptions& o) : NormNd(o) {}
InstanceNorm2d::InstanceNorm2d(Called, const InstanceNormOptions& o) : NormNd(o) {}
InstanceNorm3d::InstanceNorm3d(Called, const InstanceNormOptions& o) : NormNd(o) {}
TAPER_DEFINE_CONSTRUCTORS(
    BatchNorm1d, BatchNormOptions, 1, num_features, eps, momentum, affine, track_running_stats, device, dtype)
TAPER_DEFINE_CONSTRUCTORS(
    InstanceNorm1d, InstanceNormOptions, 1, num_features, eps, momentum, affine, track_running_stats, device, dtype)
TAPER_DEFINE_CONSTRUCTORS(
    BatchNorm2d, BatchNormOptions, 1, num_features, eps, momentum, affine, track_running_stats, device, dtype)
TAPER_DEFINE_CONSTRUCTORS(
    BatchNorm3d, BatchNormOptions, 1, num_features, eps, momentum, affine, track_running_stats, device, dtype)
TAPER_DEFINE_CONSTRUCTORS(
    InstanceNorm2d, InstanceNormOptions, 1, num_features, eps, momentum, affine, track_running_stats, device, dtype)
TAPER_DEFINE_CONSTRUCTORS(
    InstanceNorm3d, InstanceNormOptions, 1, num_features, eps, momentum, affine, track_running_stats, device, dtype)

Tensor BatchNorm1d::forward(const Tensor& x) const {
    check(x.ndim() == 2 || x.ndim() == 3, "BatchNorm1d: expected 2D or 3D input (got {}D input)", x.ndim());
    return batch_normalized(x);
}
Tensor BatchNorm2d::forward(const Tensor& x) const {
    check(x.ndim() == 4, "BatchNorm2d: expected 4D input (got {}D input)", x.ndim());
    return batch_normalized(x);
}
Tensor BatchNorm3d::forward(const Tensor& x) const {
    check(x.ndim() == 5, "BatchNorm3d: expected 5D input (got {}D input)", x.ndim());
    return batch_normalized(x);
}
Tensor InstanceNorm1d::forward(const Tensor& x) const {
    check(x.ndim() == 2 || x.ndim() == 3, "InstanceNorm1d: expected 2D or 3D input (got {}D input)", x.ndim());
    return instance_normalized(x, 1);
}
Tensor InstanceNorm2d::forward(const Tensor& x) const {
    check(x.ndim() == 3 || x.ndim() == 4, "InstanceNorm2d: expected 3D or 4D input (got {}D input)", x.ndim());
    return instance_normalized(x, 2);
}
Tensor InstanceNorm3d::forward(const Tensor& x) const {
    check(x.ndim() == 4 || x.ndim() == 5, "InstanceNorm3d: expected 4D or 5D input (got {}D input)", x.ndim());
    return instance_normalized(x, 3);
}

TAPER_DEFINE_CONSTRUCTORS(LocalResponseNorm, LocalResponseNormOptions, 1, size, alpha, beta, k)
Tensor LocalResponseNorm::forward(const Tensor& x) const {
    return positional::local_response_norm(x, size, alpha, beta, k);
}
std::string LocalResponseNorm::extra_repr() const {
    return fmt::format("{}, alpha={}, beta={}, k={}", *size, repr(*alpha), repr(*beta), repr(*k));
}

LayerNorm::LayerNorm(Called, const LayerNormOptions& o)
    : normalized_shape(Shape(*o.normalized_shape)),
      eps(o.eps),
      elementwise_affine(o.elementwise_affine),
      weight(register_parameter("weight", o.elementwise_affine ? blank(normalized_shape, o) : Tensor())),
      bias(register_parameter("bias", o.elementwise_affine ? blank(normalized_shape, o) : Tensor())) {
    reset_parameters();
}
TAPER_DEFINE_CONSTRUCTORS(LayerNorm, LayerNormOptions, 1, normalized_shape, eps, elementwise_affine, device, dtype)
void LayerNorm::reset_parameters() const { fill(weight, 1), fill(bias, 0); }
std::string LayerNorm::extra_repr() const {
    return fmt::format(
        "{}, eps={}, elementwise_affine={}", tuple_text(normalized_shape), repr(*eps), text(elementwise_affine));
}

GroupNorm::GroupNorm(Called, const GroupNormOptions& o)
    : num_groups(o.num_groups),
      num_channels(o.num_channels),
      eps(o.eps),
      affine(o.affine),
      weight(register_parameter("weight", o.affine ? blank({num_channels}, o) : Tensor())),
      bias(register_parameter("bias", o.affine ? blank({num_channels}, o) : Tensor())) {
    check(num_groups > 0 && num_channels % num_groups == 0,
        "GroupNorm: num_channels must be divisible by num_groups, but got {} and {}", num_channels, num_groups);
    reset_parameters();
}
TAPER_DEFINE_CONSTRUCTORS(GroupNorm, GroupNormOptions, 2, num_groups, num_channels, eps, affine, device, dtype)
void GroupNorm::reset_parameters() const { fill(weight, 1), fill(bias, 0); }
std::string GroupNorm::extra_repr() const {
    return fmt::format("{}, {}, eps={}, affine={}", num_groups, num_channels, repr(*eps), text(affine));
}

}  // namespace taper::nn
