// Pixels and channels rearranged; windows laid out as columns, and columns added up to images.
#include "../ops.h"
#include "narrow.h"

namespace taper::ops {

using autograd::named;
using T = const Tensor&;

// ---- between channels and pixels

static void check_shuffled(const char* op, const char* factor, T x, std::int64_t r) {
    check(x.ndim() >= 3, "{}: expects input to have at least 3 dimensions, but got input with {} dimension(s)", op,
        x.ndim());
    check(r > 0, "{}: expects a positive {}, but got {}", op, factor, r);
    check(r < 1 << 30, "{}: {} {} is out of range", op, factor, r);
}
/// The shape of x with its last three dims replaced.
static Shape with_image(Shape shape, std::int64_t channels, std::int64_t height, std::int64_t width) {
    const int last = shape.size() - 1;
    shape[last - 2] = channels, shape[last - 1] = height, shape[last] = width;
    return shape;
}
static std::int64_t images_of(T x) {
    std::int64_t images = 1;
    for (std::int64_t d = 0; d < x.ndim() - 3; ++d) images *= x.size(d);
    return images;
}

Tensor pixel_shuffle(T x, std::int64_t r) {
    check_shuffled("pixel_shuffle", "upscale_factor", x, r);
    check(x.size(-3) % (r * r) == 0,
        "pixel_shuffle: expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but "
        "input.size(-3)={} is not divisible by {}",
        x.size(-3), r * r);
    const std::int64_t channels = x.size(-3) / (r * r), height = x.size(-2), width = x.size(-1);
    return named("PixelShuffleBackward0",
        x.reshape({images_of(x), channels, r, r, height, width})
            .permute(0, 1, 4, 2, 5, 3)
            .reshape(with_image(x.shape(), channels, height * r, width * r)));
}
Tensor pixel_unshuffle(T x, std::int64_t r) {
    check_shuffled("pixel_unshuffle", "downscale_factor", x, r);
    const std::int64_t channels = x.size(-3), height = x.size(-2), width = x.size(-1);
    check(height % r == 0,
        "pixel_unshuffle: expects height to be divisible by downscale_factor, but input.size(-2)={} is not divisible "
        "by {}",
        height, r);
    check(width % r == 0,
        "pixel_unshuffle: expects width to be divisible by downscale_factor, but input.size(-1)={} is not divisible by "
        "{}",
        width, r);
    return named("PixelUnshuffleBackward0",
        x.reshape({images_of(x), channels, height / r, r, width / r, r})
            .permute(0, 1, 3, 5, 2, 4)
            .reshape(with_image(x.shape(), channels * r * r, height / r, width / r)));
}
Tensor channel_shuffle(T x, std::int64_t groups) {
    check(x.ndim() > 2, "channel_shuffle: expects input with > 2 dims, but got input with sizes {}", x.shape().str());
    check(groups > 0, "channel_shuffle: Number of groups to divide channels in must be positive. Value of groups:{}",
        groups);
    check(x.size(1) % groups == 0,
        "channel_shuffle: Number of channels must be divisible by groups. Got {} channels and {} groups.", x.size(1),
        groups);
    return x.unflatten(1, {groups, x.size(1) / groups}).transpose(1, 2).reshape(x.shape());
}

// ---- windows as columns

namespace {

/// The windows over an image of two dims.
struct Blocks {
    Shape image, kernel, dilation, padding, stride, padded, count;

    Blocks(const char* op, const Shape& image, const Sizes& kernel_size, const Sizes& dilations, const Sizes& paddings,
        const Sizes& strides)
        : image(image),
          kernel(both(op, "kernel_size", kernel_size)),
          dilation(both(op, "dilation", dilations)),
          padding(both(op, "padding", paddings)),
          stride(both(op, "stride", strides)) {
        for (int d = 0; d < 2; ++d) {
            check(kernel[d] > 0, "{}: kernel size should be greater than zero, but got {}", op, kernel.str());
            check(stride[d] > 0, "{}: stride should be greater than zero, but got {}", op, stride.str());
            check(dilation[d] > 0, "{}: dilation should be greater than zero, but got {}", op, dilation.str());
            check(padding[d] >= 0, "{}: padding should be non-negative, but got {}", op, padding.str());
            padded.push_back(image[d] + 2 * padding[d]);
            const std::int64_t room = padded[d] - dilation[d] * (kernel[d] - 1) - 1;
            count.push_back(room < 0 ? 0 : room / stride[d] + 1);
        }
        check(count[0] > 0 && count[1] > 0,
            "{}: Given input with spatial size {}, kernel_size={}, dilation={}, padding={}, calculated shape of the "
            "array of sliding blocks as {}, but its components must be at least one.",
            op, image.str(), kernel.str(), dilation.str(), padding.str(), count.str());
    }
    static Shape both(const char* op, const char* name, const Sizes& sizes) {
        check(sizes.size() == 1 || sizes.size() == 2, "{}: It is expected {} equals to 2, but got size {}", op, name,
            sizes.size());
        for (std::int64_t size : sizes) check(std::abs(size) < 1 << 30, "{}: {} {} is out of range", op, name, size);
        return {sizes[0], sizes[sizes.size() - 1]};
    }
    std::int64_t window() const { return kernel.numel(); }
    /// Of each column's elements, the windows' first ones together and so on, in the padded image.
    Tensor positions() const {
        auto along = [&](int d) {
            return arange(kernel[d]).mul(dilation[d]).unsqueeze(1) + arange(count[d]).mul(stride[d]);
        };
        const Tensor rows = along(0) * padded[1];
        return (rows.view({kernel[0], 1, count[0], 1}) + along(1).view({1, kernel[1], 1, count[1]})).flatten();
    }
    std::vector<std::int64_t> margins(std::int64_t sign) const {
        return {sign * padding[1], sign * padding[1], sign * padding[0], sign * padding[0]};
    }
};

/// Runs f on a batch, of one if there is but a sample.
template <class F> Tensor batched(T x, bool is_sample, F f) { return is_sample ? f(x.unsqueeze(0)).squeeze(0) : f(x); }

}  // namespace

Tensor im2col(T x, const Sizes& kernel_size, const Sizes& dilation, const Sizes& padding, const Sizes& stride) {
    if (!x.is_floating_point()) not_implemented(x.dtype());
    bool full = x.ndim() == 3 || x.ndim() == 4;
    for (std::int64_t d = x.ndim() == 4 ? 1 : 0; full && d < x.ndim(); ++d) full = x.shape()[d] > 0;
    check(full,
        "unfold: Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for "
        "input, but got: {}",
        x.shape().str());
    const Blocks at("unfold", {x.size(-2), x.size(-1)}, kernel_size, dilation, padding, stride);
    const Tensor out = batched(x, x.ndim() == 3, [&](T x) {
        const bool is_padded = at.padding[0] + at.padding[1] > 0;
        const Tensor image = (is_padded ? pad(x, at.margins(1)) : x).flatten(2);
        const Tensor columns = index_select(image, 2, at.positions());
        return columns.reshape({x.size(0), x.size(1) * at.window(), at.count.numel()});
    });
    return named("Im2ColBackward0", out);
}

Tensor col2im(T x, const Sizes& output_size, const Sizes& kernel_size, const Sizes& dilation, const Sizes& padding,
    const Sizes& stride) {
    if (!x.is_floating_point()) not_implemented(x.dtype());
    if (is_narrow(x.dtype()))
        return in_wide<FloatsAndHalf>(
            [&](T x) { return col2im(x, output_size, kernel_size, dilation, padding, stride); }, x);
    const Shape image = Blocks::both("fold", "output_size", output_size);
    check(image[0] > 0 && image[1] > 0, "fold: Expected output spatial size to be positive, but got {}", image.str());
    const Blocks at("fold", image, kernel_size, dilation, padding, stride);
    check((x.ndim() == 2 || x.ndim() == 3) && x.size(-1) != 0 && x.size(-2) != 0,
        "fold: Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for "
        "input, but got: {}",
        x.shape().str());
    check(x.size(-2) % at.window() == 0,
        "fold: Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got "
        "input.size(1)={} and kernel_size={}.",
        x.size(-2), at.kernel.str());
    check(x.size(-1) == at.count.numel(),
        "fold: Given output_size={}, kernel_size={}, dilation={}, padding={}, stride={}, expected size of input's "
        "dimension 2 to match the calculated number of sliding blocks {} * {} = {}, but got input.size(2)={}.",
        image.str(), at.kernel.str(), at.dilation.str(), at.padding.str(), at.stride.str(), at.count[0], at.count[1],
        at.count.numel(), x.size(-1));
    const Tensor out = batched(x, x.ndim() == 2, [&](T x) {
        const std::int64_t batch = x.size(0), channels = x.size(1) / at.window();
        const Tensor columns = x.reshape({batch, channels, at.window() * at.count.numel()});
        const Tensor empty = native::zeros({batch, channels, at.padded.numel()}, x.dtype());
        const Tensor sums =
            index_add(empty, 2, at.positions(), columns).view({batch, channels, at.padded[0], at.padded[1]});
        return at.padding[0] + at.padding[1] > 0 ? pad(sums, at.margins(-1)) : sums;
    });
    return named("Col2ImBackward0", out);
}

}  // namespace taper::ops
