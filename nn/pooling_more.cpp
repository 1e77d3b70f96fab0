#include "pooling_more.h"

#include "text.h"

namespace taper::nn {

using T = const Tensor&;

namespace {

/// One number for each dim.
Shape per_dim(const char* op, const char* name, const Sizes& sizes, int dims) {
    check(sizes.size() == 1 || sizes.size() == dims, "{}: {} must be one number or {}, but got {}", op, name, dims,
        sizes.str());
    return sizes.size() == dims ? Shape(sizes) : Shape::filled(dims, sizes[0]);
}

/// The size that max_unpool gives: the smallest that fits, or the one asked for.
Shape unpooled_size(T x, int dims, const Sizes& kernel_size, const Sizes& strides, const Sizes& paddings,
    const std::optional<Sizes>& asked) {
    constexpr const char* op = "max_unpool";
    const Shape kernel = per_dim(op, "kernel_size", kernel_size, dims), stride = per_dim(op, "stride", strides, dims),
                padding = per_dim(op, "padding", paddings, dims);
    const int given = asked ? asked->size() : dims;
    check(given == dims || given == dims + 2,
        "{}: output_size should be a sequence containing {} or {} elements, but it has a length of '{}'", op, dims,
        dims + 2, given);
    Shape size;
    for (int d = 0; d < dims; ++d) {
        const std::int64_t least = (x.size(d - dims) - 1) * stride[d] + kernel[d] - 2 * padding[d];
        size.push_back(asked ? (*asked)[given - dims + d] : least);
        check(!asked || (least - stride[d] < size[d] && size[d] < least + stride[d]),
            "{}: invalid output_size \"{}\" (dim {} must be between {} and {})", op,
            Shape(asked.value_or(Sizes())).str(), d, least - stride[d], least + stride[d]);
    }
    return size;
}

}  // namespace

Tensor positional::max_unpool(T x, T indices, int dims, const Sizes& kernel_size, const Sizes& stride,
    const Sizes& padding, const std::optional<Sizes>& output_size) {
    const std::string op = fmt::format("max_unpool{}d", dims);
    check(x.ndim() == dims + 1 || x.ndim() == dims + 2,
        "{}: Input to max_unpooling{}d should be a {}d or {}d Tensor, but got a tensor with {} dimensions.", op, dims,
        dims + 1, dims + 2, x.ndim());
    check(indices.dtype() == int64, "{}: elements in indices should be type int64 but got: {}", op,
        scalar_name_of(indices.dtype()));
    const Shape size = unpooled_size(x, dims, kernel_size, stride, padding, output_size);
    check(indices.shape() == x.shape(),
        "{}: Expected shape of indices to be same as that of the input tensor ({}) but got indices tensor with shape: "
        "{}",
        op, x.shape().str(), indices.shape().str());
    for (std::int64_t d = x.ndim() == dims + 2 ? 1 : 0; d < x.ndim(); ++d)
        check(x.size(d) > 0,
            "{}: Expected input to have non-zero size for non-batch dimensions, but got {} with dimension {} being "
            "empty.",
            op, x.shape().str(), d);
    if (x.dtype() != float32 && x.dtype() != float64) not_implemented(x.dtype());
    check(std::all_of(size.begin(), size.end(), [](std::int64_t side) { return side > 0; }),
        "{}: the output would be of size {}", op, size.str());
    const std::int64_t pixels = size.numel();
    if (x.numel() > 0) {
        const auto least = indices.min().item<std::int64_t>(), most = indices.max().item<std::int64_t>();
        check(least >= 0 && most < pixels, "{}: Found an invalid max index: {} (output volumes are of size {})", op,
            least < 0 ? least : most, joined(size, "x"));
    }
    Shape planes(std::vector<std::int64_t>(x.shape().begin(), x.shape().end() - dims)), shape = planes;
    planes.push_back(pixels);
    for (std::int64_t side : size) shape.push_back(side);
    const Tensor empty = zeros(planes, {.dtype = x.dtype(), .device = x.device()});
    const Tensor out = empty.scatter(-1, indices.flatten(-dims), x.flatten(-dims)).view(shape);
    return autograd::named(dims == 1 ? "SqueezeBackward1"
            : dims == 2              ? "MaxUnpool2DBackward0"
                                     : "MaxUnpool3DBackward0",
        out);
}

Tensor positional::lp_pool(
    T x, int dims, double norm_type, const Sizes& kernel_size, const std::optional<Sizes>& stride, bool ceil_mode) {
    const AvgPoolOptions options{.stride = stride.value_or(Sizes()), .ceil_mode = ceil_mode};
    const Tensor powers = x.pow(norm_type);
    const Tensor means =
        dims == 1 ? ops::avg_pool1d(powers, kernel_size, options) : ops::avg_pool2d(powers, kernel_size, options);
    const std::int64_t count = per_dim("lp_pool", "kernel_size", kernel_size, dims).numel();
    return (means.sign() * means.abs().relu()).mul(count).pow(1 / norm_type);
}

// ---- windows at drawn distances

namespace {

/// Where the windows begin along one dim, of `in` elements, as a draw from [0, 1) says.
template <class N>
std::vector<std::int64_t> drawn_windows(N sample, std::int64_t in, std::int64_t out, std::int64_t kernel) {
    std::vector<std::int64_t> first;
    const N alpha = out > 1 ? static_cast<N>(in - kernel) / static_cast<N>(out - 1) : 0;
    for (std::int64_t i = 0; i + 1 < out; ++i)
        first.push_back(static_cast<std::int64_t>((static_cast<N>(i) + sample) * alpha) -
            static_cast<std::int64_t>(sample * alpha));
    if (out > 0) first.push_back(in - kernel);
    return first;
}

/// int64 (planes, windows, elements of a window): the positions in a plane of each window's elements.
Tensor window_positions(T samples, const Shape& in, const Shape& out, const Shape& kernel) {
    const int dims = in.size();
    const std::int64_t planes = samples.size(0);
    const Tensor numbers = samples.to(float64).contiguous();
    Tensor all;  // (planes, windows so far, elements so far)
    for (int d = 0; d < dims; ++d) {
        std::vector<std::int64_t> first;
        for (std::int64_t plane = 0; plane < planes; ++plane) {
            // (of an image, the first number is of its columns; of a volume, of its depth)
            const double sample = numbers.data_ptr<double>()[plane * dims + (dims == 2 ? 1 - d : d)];
            for (std::int64_t begin : samples.dtype() == float64
                    ? drawn_windows(sample, in[d], out[d], kernel[d])
                    : drawn_windows(static_cast<float>(sample), in[d], out[d], kernel[d]))
                first.push_back(begin);
        }
        const Tensor along = tensor(first, {.dtype = int64}).view({planes, out[d], 1}) + arange(kernel[d]);
        if (!all.defined()) {
            all = along;
            continue;
        }
        const Shape both{planes, all.size(1) * out[d], all.size(2) * kernel[d]};
        all =
            (all.view({planes, all.size(1), 1, all.size(2), 1}) * in[d] + along.view({planes, 1, out[d], 1, kernel[d]}))
                .reshape(both);
    }
    return all;
}

Shape fractional_size(
    const char* op, T x, int dims, const std::optional<Sizes>& size, const std::optional<std::vector<double>>& ratio) {
    check(size || ratio, "{}: requires specifying either an output_size or an output_ratio", op);
    if (size) return per_dim(op, "output_size", *size, dims);
    check(ratio->size() == 1 || static_cast<int>(ratio->size()) == dims, "{}: output_ratio must be one number or {}",
        op, dims);
    Shape out;
    for (int d = 0; d < dims; ++d) {
        const double part = (*ratio)[ratio->size() == 1 ? 0 : static_cast<std::size_t>(d)];
        check(std::abs(part) < 0x1p20, "{}: output_ratio {} is out of range", op, part);
        out.push_back(static_cast<std::int64_t>(static_cast<double>(x.size(d - dims)) * part));
    }
    return out;
}

}  // namespace

ValuesAndIndices positional::fractional_max_pool(T x, int dims, const Sizes& kernel_size,
    const std::optional<Sizes>& output_size, const std::optional<std::vector<double>>& output_ratio, T samples) {
    const char* op = dims == 2 ? "fractional_max_pool2d" : "fractional_max_pool3d";
    check(x.ndim() == dims + 1 || x.ndim() == dims + 2, "{}: Expected {}D or {}D tensor, but got: {}", op, dims + 1,
        dims + 2, x.shape().str());
    for (std::int64_t d = x.ndim() == dims + 2 ? 1 : 0; d < x.ndim(); ++d)
        check(x.size(d) > 0, "{}: Expected input to have non-zero size for non-batch dimensions, but got {}", op,
            x.shape().str());
    const Shape out = fractional_size(op, x, dims, output_size, output_ratio),
                kernel = per_dim(op, "kernel_size", kernel_size, dims);
    const std::int64_t batch = x.ndim() == dims + 1 ? 1 : x.size(0), channels = x.size(-dims - 1);
    if (x.dtype() != float32 && x.dtype() != float64) not_implemented(x.dtype());
    const Tensor drawn = samples.defined() ? samples : rand({batch, channels, dims}, {.dtype = x.dtype()});
    check(drawn.dtype() == x.dtype(), "{}: Expect _random_samples to have the same dtype as input", op);
    check(drawn.shape() == Shape({batch, channels, dims}), "{}: Expect _random_samples of size {}, but got {}", op,
        Shape{batch, channels, dims}.str(), drawn.shape().str());
    Shape in, shape(std::vector<std::int64_t>(x.shape().begin(), x.shape().end() - dims));
    for (int d = 0; d < dims; ++d) {
        in.push_back(x.size(d - dims));
        check(kernel[d] > 0 && kernel[d] <= in[d] && out[d] >= 0 && out[d] <= in[d] &&
                out[d] + kernel[d] - (dims == 2 ? 1 : 0) <= in[d],
            "{}: pool size {} too large relative to input size {}", op, kernel.str(), in.str());
        shape.push_back(out[d]);
    }
    const std::int64_t planes = batch * channels;
    const Tensor at = window_positions(drawn.reshape({planes, dims}).detach(), in, out, kernel);
    const Tensor pixels = x.reshape({planes, in.numel()}).gather(1, at.flatten(1)).view(at.shape());
    const Tensor last_nan = ops::where(pixels.isnan(), arange(pixels.size(-1)), -1).amax(-1);
    const Tensor which = ops::where(last_nan >= 0, last_nan, pixels.detach().argmax(-1)).unsqueeze(-1);
    const Tensor values = pixels.gather(-1, which), indices = at.gather(-1, which).view(shape);
    return {autograd::named(
                dims == 2 ? "FractionalMaxPool2DBackward0" : "FractionalMaxPool3DBackward0", values.view(shape)),
        indices};
}

// ---- modules

template <class D> MaxUnpoolNd<D>::MaxUnpoolNd(int dims, const MaxUnpoolLayerOptions& o)
    : kernel_size(Sizes(per_dim("MaxUnpool", "kernel_size", o.kernel_size, dims))),
      stride(Sizes(per_dim("MaxUnpool", "stride", o.stride->value_or(o.kernel_size), dims))),
      padding(Sizes(per_dim("MaxUnpool", "padding", o.padding, dims))) {}
template <class D> std::string MaxUnpoolNd<D>::extra_repr() const {
    return fmt::format(
        "kernel_size={}, stride={}, padding={}", tuple_text(kernel_size), tuple_text(stride), tuple_text(padding));
}
template <class D> Tensor MaxUnpoolNd<D>::unpooled(T x, T indices, const Shape& output_size) const {
    const std::optional<Sizes> size = output_size.empty() ? std::nullopt : std::optional<Sizes>(Sizes(output_size));
    return positional::max_unpool(x, indices, (*kernel_size).size(), *kernel_size, *stride, *padding, size);
}

#define TAPER_MAX_UNPOOL(Name)                                                                                  \
    template class MaxUnpoolNd<Name>;                                                                           \
    TAPER_DEFINE_CONSTRUCTORS(Name, MaxUnpoolLayerOptions, 1, kernel_size, stride, padding)                     \
    TAPER_DEFINE_METHOD(Tensor, Name, operator(), MaxUnpoolForwardOptions,                                      \
        (Module::operator()(*o.input, *o.indices, Shape(o.output_size->value_or(Sizes())))), 2, input, indices, \
        output_size)
TAPER_MAX_UNPOOL(MaxUnpool1d)
TAPER_MAX_UNPOOL(MaxUnpool2d)
TAPER_MAX_UNPOOL(MaxUnpool3d)
#undef TAPER_MAX_UNPOOL

static std::string described(
    const Real& norm_type, const Sizes& kernel_size, const std::optional<Sizes>& stride, bool ceil_mode) {
    return fmt::format("norm_type={}, kernel_size={}, stride={}, ceil_mode={}", repr(norm_type), size_text(kernel_size),
        stride ? size_text(*stride) : "None", text(ceil_mode));
}
#define TAPER_LP_POOL(Name, dims)                                                                         \
    TAPER_DEFINE_CONSTRUCTORS(Name, LPPoolOptions, 2, norm_type, kernel_size, stride, ceil_mode)          \
    Name::Name(Called, const LPPoolOptions& o)                                                            \
        : norm_type(o.norm_type), kernel_size(o.kernel_size), stride(o.stride), ceil_mode(o.ceil_mode) {} \
    Tensor Name::forward(T x) const {                                                                     \
        return positional::lp_pool(x, dims, *norm_type, *kernel_size, *stride, *ceil_mode);               \
    }                                                                                                     \
    std::string Name::extra_repr() const { return described(norm_type, kernel_size, stride, ceil_mode); }
TAPER_LP_POOL(LPPool1d, 1)
TAPER_LP_POOL(LPPool2d, 2)
#undef TAPER_LP_POOL

template <class D> FractionalMaxPoolNd<D>::FractionalMaxPoolNd(int dims, const FractionalMaxPoolOptions& o)
    : kernel_size(Sizes(per_dim("FractionalMaxPool", "kernel_size", o.kernel_size, dims))),
      output_size(o.output_size),
      output_ratio(o.output_ratio),
      _random_samples(this->register_buffer("_random_samples", *o._random_samples)) {
    const std::string layer = type_name(typeid(D));
    check(!o.return_indices,
        "{}: return_indices=True is not supported, for forward gives one Tensor; leave it out, and call "
        "forward_with_indices(x)",
        layer);
    check(
        *o.output_size || *o.output_ratio, "{}: requires specifying either an output size, or a pooling ratio", layer);
    check(!*o.output_size || !*o.output_ratio, "{}: only one of output_size and output_ratio may be specified", layer);
    for (double ratio : o.output_ratio->value_or(std::vector<double>()))
        check(0 < ratio && ratio < 1, "{}: output_ratio must be between 0 and 1 (got {})", layer, ratio);
}
template <class D> ValuesAndIndices FractionalMaxPoolNd<D>::pooled(T x, int dims) const {
    return positional::fractional_max_pool(x, dims, *kernel_size, *output_size, *output_ratio, _random_samples);
}
template class FractionalMaxPoolNd<FractionalMaxPool2d>;
template class FractionalMaxPoolNd<FractionalMaxPool3d>;
TAPER_DEFINE_CONSTRUCTORS(FractionalMaxPool2d, FractionalMaxPoolOptions, 1, kernel_size, output_size, output_ratio,
    return_indices, _random_samples)
TAPER_DEFINE_CONSTRUCTORS(FractionalMaxPool3d, FractionalMaxPoolOptions, 1, kernel_size, output_size, output_ratio,
    return_indices, _random_samples)

}  // namespace taper::nn
