// Convolution, forwards and transposed. It is linear in image and weight, and the derivatives of each of the three
// products are the two others.
#include "../../tensor/kernels/convolution.h"
#include "../../tensor/warning.h"

#include "../ops.h"
#include "narrow.h"

namespace taper::ops {

using autograd::record, autograd::save, autograd::wrt;
using T = const Tensor&;

namespace {

/// The sizes of a convolution, and how many dims of pixels its tensors have.
struct Geometry : ConvSizes {
    int dims;
    const Window& window(int dim) const { return dim == dims - 1 ? w : dim == dims - 2 ? h : d; }
    Window& window(int dim) { return dim == dims - 1 ? w : dim == dims - 2 ? h : d; }
    Shape of(std::int64_t first, std::int64_t second, std::int64_t Window::*size) const {
        Shape shape{first, second};
        for (int dim = 0; dim < dims; ++dim) shape.push_back(window(dim).*size);
        return shape;
    }
    Shape x() const { return of(batch, groups * in, &Window::in); }
    Shape y() const { return of(batch, groups * out, &Window::out); }
    Shape weight() const { return of(groups * out, in, &Window::kernel); }
};

Tensor transposed(const char* name, T y, T weight, T bias, const Geometry& g);
Tensor weight_of(T y, T x, const Geometry& g);

template <class N> const N* data_or_null(T x) { return x.defined() ? x.data_ptr<N>() : nullptr; }
Tensor row_major(T x) { return x.defined() ? native::contiguous(x) : x; }
Tensor over_pixels(T grad) {
    Shape dims{0};
    for (int d = 2; d < grad.ndim(); ++d) dims.push_back(d);
    return grad.sum(dims);
}

constexpr const char* second_derivative = "ConvolutionBackwardBackward0";

Tensor forwards(const char* name, T x, T weight, T bias, const Geometry& g) {
    Tensor out = native::empty(g.y(), x.dtype(), x.device());
    Tensor image = row_major(x), filter = row_major(weight), shift = row_major(bias);
    visit<Floats>(x.dtype(), [&](auto zero) {
        using N = decltype(zero);
        convolve<N>(g, image.data_ptr<N>(), filter.data_ptr<N>(), data_or_null<N>(shift), out.data_ptr<N>());
    });
    return record(name, out,
        wrt(x, save(weight), [g](T grad, T weight) { return transposed(second_derivative, grad, weight, {}, g); }),
        wrt(weight, save(x), [g](T grad, T x) { return weight_of(grad, x, g); }), wrt(bias, over_pixels));
}

Tensor transposed(const char* name, T y, T weight, T bias, const Geometry& g) {
    Tensor out = native::empty(g.x(), y.dtype(), y.device());
    Tensor image = row_major(y), filter = row_major(weight), shift = row_major(bias);
    visit<Floats>(y.dtype(), [&](auto zero) {
        using N = decltype(zero);
        convolve_transposed<N>(g, image.data_ptr<N>(), filter.data_ptr<N>(), data_or_null<N>(shift), out.data_ptr<N>());
    });
    return record(name, out,
        wrt(y, save(weight), [g](T grad, T weight) { return forwards(second_derivative, grad, weight, {}, g); }),
        wrt(weight, save(y), [g](T grad, T y) { return weight_of(y, grad, g); }), wrt(bias, over_pixels));
}

Tensor weight_of(T y, T x, const Geometry& g) {
    Tensor out = native::empty(g.weight(), x.dtype(), x.device());
    Tensor to = row_major(y), from = row_major(x);
    visit<Floats>(x.dtype(), [&](auto zero) {
        using N = decltype(zero);
        convolve_weight<N>(g, to.data_ptr<N>(), from.data_ptr<N>(), out.data_ptr<N>());
    });
    return record(second_derivative, out,
        wrt(y, save(x), [g](T grad, T x) { return forwards(second_derivative, x, grad, {}, g); }),
        wrt(x, save(y), [g](T grad, T y) { return transposed(second_derivative, y, grad, {}, g); }));
}

// ---- checks

/// One number for each dim of the image.
Shape per_dim(const char* op, const char* name, const Sizes& sizes, int dims) {
    check(sizes.size() == 1 || sizes.size() == dims,
        "{}: expected {} to be a single integer value or a list of {} values to match the convolution dimensions, but "
        "got {}={}",
        op, name, dims, name, sizes.str());
    for (std::int64_t size : sizes) check(std::abs(size) < 1 << 30, "{}: {} {} is out of range", op, name, size);
    return sizes.size() == dims ? Shape(sizes) : Shape::filled(dims, sizes[0]);
}

bool all_at_least(const Shape& sizes, std::int64_t least) {
    return std::all_of(sizes.begin(), sizes.end(), [least](std::int64_t size) { return size >= least; });
}

std::string by(const Shape& sizes) { return joined(sizes, " x "); }

/// Windows over the dims of the image, of which out or in are not yet known.
struct Windows {
    Shape stride, dilation, kernel, in;
    int dims;

    Windows(const char* op, T x, T weight, const Sizes& strides, const Sizes& dilations, int dims)
        : stride(per_dim(op, "stride", strides, dims)), dilation(per_dim(op, "dilation", dilations, dims)), dims(dims) {
        for (std::int64_t d = 1; d < x.ndim(); ++d)
            check(x.shape()[d] != 0,
                "{}: Expected a tensor with possibly 0 batch size and other non-zero dimensions for input, but got: {}",
                op, x.shape().str());
        check(x.ndim() == dims + 2,
            "{}: Expected {}D (unbatched) or {}D (batched) input to {}, but got input of size: {}", op, dims + 1,
            dims + 2, op, x.shape().str());
        check(weight.ndim() == dims + 2, "{}: expected a weight of {} dimensions, but got one of size {}", op, dims + 2,
            weight.shape().str());
        check(all_at_least(stride, 1), "{}: non-positive stride is not supported: {}", op, stride.str());
        check(all_at_least(dilation, 1), "{}: dilation should be greater than zero, but got {}", op, dilation.str());
        for (int d = 0; d < dims; ++d) kernel.push_back(weight.shape()[d + 2]), in.push_back(x.shape()[d + 2]);
        check(all_at_least(kernel, 1), "{}: kernel size should be greater than zero, but got {}", op, by(kernel));
        check(all_at_least(in, 1) || x.numel() == 0, "{}: input of size {} has no pixels", op, x.shape().str());
    }
    Window window(int d, std::int64_t in, std::int64_t out, std::int64_t padding) const {
        return {in, out, kernel[d], stride[d], padding, dilation[d]};
    }
    std::int64_t span(int d) const { return (kernel[d] - 1) * dilation[d] + 1; }
};

void check_channels(const char* op, T x, T weight, T bias, std::int64_t groups, bool transposed) {
    check(groups > 0, "{}: non-positive groups is not supported: {}", op, groups);
    const std::int64_t first = weight.shape()[0], second = weight.shape()[1];
    check(first >= groups,
        "{}: Given groups={}, expected weight to be at least {} at dimension 0, but got weight of size "
        "{} instead",
        op, groups, groups, weight.shape().str());
    check(first % groups == 0,
        "{}: Given groups={}, expected weight to be divisible by {} at dimension 0, but got weight of size [{}] "
        "instead",
        op, groups, groups, weight.shape().str());
    const std::int64_t channels = transposed ? first : second * groups;
    check(x.shape()[1] == channels,
        "{}: Given {}={}, weight of size {}, expected input{} to have {} channels, but got {} channels instead", op,
        transposed ? "transposed" : "groups", transposed ? 1 : groups, weight.shape().str(), x.shape().str(), channels,
        x.shape()[1]);
    check(x.dtype() == weight.dtype(), "{}: expected scalar type {} but found {}", op, scalar_name_of(x.dtype()),
        scalar_name_of(weight.dtype()));
    check_same_device(op, x, weight);
    if (!bias.defined()) return;
    const std::int64_t made = transposed ? second * groups : first;
    check(bias.ndim() == 1 && bias.shape()[0] == made,
        "{}: Given {}weight of size {}, expected bias to be 1-dimensional with {} elements, but got bias of size {} "
        "instead",
        op, transposed ? "transposed=1, " : "", weight.shape().str(), made, bias.shape().str());
    check(bias.dtype() == x.dtype(), "{}: Input type ({}) and bias type ({}) should be the same", op,
        name_of(x.dtype()), name_of(bias.dtype()));
    check_same_device(op, x, bias);
}

/// What is before the first pixel of each dim, and the sizes of the output.
struct Placement {
    Shape padding, out;
};

Placement place(const char* op, const Windows& windows, const Padding& padding, int dims) {
    Placement place;
    if (padding.name == "same") {
        check(
            !std::any_of(windows.stride.begin(), windows.stride.end(), [](std::int64_t stride) { return stride != 1; }),
            "{}: padding='same' is not supported for strided convolutions", op);
        for (int d = 0; d < dims; ++d) place.padding.push_back((windows.span(d) - 1) / 2);
        place.out = windows.in;
        bool odd = false;
        for (int d = 0; d < dims; ++d) odd = odd || windows.span(d) % 2 == 0;
        if (odd)
            warn(
                "Using padding='same' with even kernel lengths and odd dilation may require a zero-padded copy of the "
                "input be created");
        return place;
    }
    check(padding.name.empty() || padding.name == "valid", "{}: Invalid padding string: '{}'", op, padding.name);
    place.padding = padding.name.empty() ? per_dim(op, "padding", padding.amount, dims) : Shape::filled(dims, 0);
    check(all_at_least(place.padding, 0), "{}: negative padding is not supported: {}", op, place.padding.str());
    Shape padded;
    bool fits = true;
    for (int d = 0; d < dims; ++d) {
        padded.push_back(windows.in[d] + 2 * place.padding[d]);
        fits = fits && padded[d] >= windows.span(d);
        place.out.push_back((padded[d] - windows.span(d)) / windows.stride[d] + 1);
    }
    check(fits,
        "{}: Calculated padded input size per channel: ({}). Kernel size: ({}). Kernel size can't be greater "
        "than actual input size",
        op, by(padded), by(windows.kernel));
    return place;
}

/// Runs f on a batch, of one if there is but a sample.
template <class F> Tensor batched(T x, int dims, F f) {
    return x.defined() && x.ndim() == dims + 1 ? f(x.unsqueeze(0)).squeeze(0) : f(x);
}

Tensor conv(const char* op, T x, T weight, T bias, const ConvOptions& options, int dims) {
    if (is_narrow(x.dtype()))
        return in_wide<Floats>(
            [&](T x, T weight, T bias) { return conv(op, x, weight, bias, options, dims); }, x, weight, bias);
    return batched(x, dims, [&](T x) {
        Windows windows(op, x, weight, options.stride, options.dilation, dims);
        check_channels(op, x, weight, bias, options.groups, false);
        const Placement at = place(op, windows, options.padding, dims);
        Geometry g{{x.shape()[0], options.groups, weight.shape()[1], weight.shape()[0] / options.groups, {}, {}}, dims};
        for (int d = 0; d < dims; ++d) g.window(d) = windows.window(d, windows.in[d], at.out[d], at.padding[d]);
        return forwards("ConvolutionBackward0", x, weight, bias, g);
    });
}

Tensor conv_transpose(const char* op, T x, T weight, T bias, const ConvTransposeOptions& options, int dims) {
    if (is_narrow(x.dtype()))
        return in_wide<Floats>(
            [&](T x, T weight, T bias) { return conv_transpose(op, x, weight, bias, options, dims); }, x, weight, bias);
    return batched(x, dims, [&](T x) {
        Windows windows(op, x, weight, options.stride, options.dilation, dims);
        check_channels(op, x, weight, bias, options.groups, true);
        const Shape padding = per_dim(op, "padding", options.padding, dims);
        const Shape extra = per_dim(op, "output_padding", options.output_padding, dims);
        check(all_at_least(padding, 0), "{}: negative padding is not supported: {}", op, padding.str());
        check(all_at_least(extra, 0), "{}: negative output_padding is not supported: {}", op, extra.str());
        Shape out;
        for (int d = 0; d < dims; ++d) {
            check(extra[d] < windows.stride[d] || extra[d] < windows.dilation[d],
                "{}: output padding must be smaller than either stride or dilation, but got output_padding: {} stride: "
                "{} dilation: {}",
                op, extra.str(), windows.stride.str(), windows.dilation.str());
            out.push_back((windows.in[d] - 1) * windows.stride[d] - 2 * padding[d] + windows.span(d) + extra[d]);
        }
        check(all_at_least(out, 1),
            "{}: Given input size per channel: ({}). Calculated output size per channel: ({}). Output size is too "
            "small",
            op, by(windows.in), by(out));
        Geometry g{{x.shape()[0], options.groups, weight.shape()[1], weight.shape()[0] / options.groups, {}, {}}, dims};
        for (int d = 0; d < dims; ++d) g.window(d) = windows.window(d, out[d], windows.in[d], padding[d]);
        return transposed("ConvolutionBackward0", x, weight, bias, g);
    });
}

}  // namespace

Tensor conv1d(T x, T weight, T bias, const ConvOptions& options) { return conv("conv1d", x, weight, bias, options, 1); }
Tensor conv2d(T x, T weight, T bias, const ConvOptions& options) { return conv("conv2d", x, weight, bias, options, 2); }
Tensor conv3d(T x, T weight, T bias, const ConvOptions& options) { return conv("conv3d", x, weight, bias, options, 3); }
Tensor conv_transpose1d(T x, T weight, T bias, const ConvTransposeOptions& options) {
    return conv_transpose("conv_transpose1d", x, weight, bias, options, 1);
}
Tensor conv_transpose2d(T x, T weight, T bias, const ConvTransposeOptions& options) {
    return conv_transpose("conv_transpose2d", x, weight, bias, options, 2);
}
Tensor conv_transpose3d(T x, T weight, T bias, const ConvTransposeOptions& options) {
    return conv_transpose("conv_transpose3d", x, weight, bias, options, 3);
}

}  // namespace taper::ops
