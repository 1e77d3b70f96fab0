#include <algorithm>

#include "pooling.h"

namespace taper::ops {

using T = const Tensor&;

namespace {

/// One number for each dim.
Shape per_dim(const char* op, const char* name, const Sizes& sizes, int dims) {
    check(sizes.size() == 1 || sizes.size() == dims, "{}: {} must either be a single int, or a tuple of {} ints", op,
        name, dims == 2 ? "two" : "three");
    for (std::int64_t size : sizes) check(std::abs(size) < 1 << 30, "{}: {} {} is out of range", op, name, size);
    return sizes.size() == dims ? Shape(sizes) : Shape::filled(dims, sizes[0]);
}

void check_image(const char* op, T x, int dims) {
    check(x.ndim() == dims + 1 || x.ndim() == dims + 2, "{}: Expected {}D or {}D (batch mode) tensor, but got: {}", op,
        dims + 1, dims + 2, x.shape().str());
    for (std::int64_t d = x.ndim() == dims + 2 ? 1 : 0; d < x.ndim(); ++d)
        check(x.shape()[d] > 0,
            "{}: Expected {}D or {}D (batch mode) tensor with optional 0 dim batch size for input, but got: {}", op,
            dims + 1, dims + 2, x.shape().str());
}

/// How many windows fit; with `ceil`, also one that begins in the image and ends beyond it.
std::int64_t count_windows(const Window& w, bool ceil) {
    const std::int64_t room = w.in + 2 * w.padding - w.span() + (ceil ? w.stride - 1 : 0);
    const std::int64_t out = (room >= 0 ? room / w.stride : -((w.stride - 1 - room) / w.stride)) + 1;
    return ceil && (out - 1) * w.stride >= w.in + w.padding ? out - 1 : out;
}

}  // namespace

Pooling sliding(const char* op, T x, int dims, const Sizes& kernel_size, const Sizes& stride, const Sizes& padding,
    const Sizes& dilation, bool ceil) {
    check_image(op, x, dims);
    const Shape kernel = per_dim(op, "kernel_size", kernel_size, dims), pad = per_dim(op, "padding", padding, dims),
                step = stride.empty() ? kernel : per_dim(op, "stride", stride, dims),
                spread = per_dim(op, "dilation", dilation, dims);
    Pooling p;
    p.dims = dims;
    for (int d = 0; d < dims; ++d) {
        check(kernel[d] > 0, "{}: kernel size should be greater than zero, but got {}", op, kernel.str());
        check(step[d] > 0, "{}: stride should {}, but got {}", op,
            step[d] == 0 ? "not be zero" : "be greater than zero", step.str());
        check(spread[d] > 0, "{}: dilation should be greater than zero, but got {}", op, spread.str());
        check(pad[d] >= 0, "{}: pad must be non-negative, but got pad: {}", op, pad[d]);
        check(pad[d] <= kernel[d] / 2,
            "{}: pad should be at most half of kernel size, but got pad={} and kernel_size={}", op, pad[d], kernel[d]);
        Window& w = p.window(d);
        w = {x.size(d - dims), 0, kernel[d], step[d], pad[d], spread[d]};
        w.out = count_windows(w, ceil);
    }
    Shape in{x.size(-dims - 1)}, out = in;
    for (int d = 0; d < dims; ++d) in.push_back(p.window(d).in), out.push_back(p.window(d).out);
    check(std::all_of(out.begin() + 1, out.end(), [](std::int64_t size) { return size > 0; }),
        "{}: Given input size: ({}). Calculated output size: ({}). Output size is too small", op, joined(in, "x"),
        joined(out, "x"));
    return p;
}

Pooling adaptive(const char* op, T x, int dims, const Sizes& output_size) {
    check(x.ndim() == dims + 1 || x.ndim() == dims + 2, "{}: Expected {}D or {}D tensor, but got {}", op, dims + 1,
        dims + 2, x.shape().str());
    for (std::int64_t d = x.ndim() == dims + 2 ? 1 : 0; d < x.ndim(); ++d)
        check(x.shape()[d] > 0,
            "{}: Expected input to have non-zero size for non-batch dimensions, but input has sizes {} with dimension "
            "{} being empty",
            op, x.shape().str(), d);
    const Shape out = per_dim(op, "output_size", output_size, dims);
    check(std::all_of(out.begin(), out.end(), [](std::int64_t size) { return size >= 0; }),
        "{}: elements of output_size must be greater than or equal to 0 but received {}", op, out.str());
    Pooling p;
    p.dims = dims;
    for (int d = 0; d < dims; ++d) {
        PoolWindow& w = p.window(d);
        w.in = x.size(d - dims), w.out = out[d], w.adaptive = true;
    }
    return p;
}

}  // namespace taper::ops
