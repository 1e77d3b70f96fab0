// The windows of a pooling, checked.
#pragma once

#include "../../tensor/kernels/pool.h"
#include "../../tensor/tensor.h"
#include "../window_options.h"

namespace taper::ops {

/// The sizes of pooling, and whether its tensors have two or three dims of pixels.
struct Pooling : PoolSizes {
    int dims = 2;

    PoolWindow& window(int dim) { return dim == dims - 1 ? w : dim == dims - 2 ? h : d; }
    const PoolWindow& window(int dim) const { return dim == dims - 1 ? w : dim == dims - 2 ? h : d; }
    Shape with_pixels(Shape shape, std::int64_t Window::*size) const {
        for (int dim = 0; dim < dims; ++dim) shape[shape.size() - dims + dim] = window(dim).*size;
        return shape;
    }
    Shape shape_in(const Shape& out) const { return with_pixels(out, &Window::in); }
    Shape shape_out(const Shape& in) const { return with_pixels(in, &Window::out); }
    /// Whether there is but one window.
    bool is_one() const { return pixels_out() == 1; }
    const char* name(const char* of_images, const char* of_volumes) const { return dims == 2 ? of_images : of_volumes; }
};

/// Windows that slide over the last `dims` dims of x; an empty stride is the kernel's size. Error, in the name of `op`,
/// if they do not fit.
Pooling sliding(const char* op, const Tensor& x, int dims, const Sizes& kernel_size, const Sizes& stride,
    const Sizes& padding, const Sizes& dilation, bool ceil);
/// Windows that cover them evenly.
Pooling adaptive(const char* op, const Tensor& x, int dims, const Sizes& output_size);

}  // namespace taper::ops
