#include "sampling.h"

#include "../autograd/ops.h"
#include "../tensor/warning.h"

namespace taper::nn::functional {

using T = const Tensor&;

namespace {

bool corners(const std::optional<bool>& align_corners) {
    if (!align_corners)
        warn(
            "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please "
            "specify align_corners=True if the old behavior is desired. See the documentation of grid_sample for "
            "details.");
    return align_corners.value_or(false);
}

/// What is outside of [0, size - 1] comes to its border, without a gradient.
Tensor at_border(T x, std::int64_t size) {
    const auto most = static_cast<double>(size - 1);
    return ops::where((x > 0) & (x < most), x, x.detach().clamp(0, most));
}

/// Places between `low` and `high`, to which those beyond are mirrored, as often as it takes.
Tensor reflected(T x, double low, double high) {
    const double span = high - low;
    if (span <= 0) return x * 0;
    const Tensor from_low = x - low, distance = ops::where(from_low < 0, -from_low, from_low);
    const Tensor beyond = distance.fmod(span), is_even = (distance.detach() / span).floor().remainder(2) == 0;
    return ops::where(is_even, beyond + low, span - beyond + low);
}

enum class Around { Zeros, Border, Reflection };

/// Places along a dim of `size` pixels as places within it.
Tensor inside(T x, std::int64_t size, Around around, bool align_corners) {
    if (around == Around::Zeros) return x;
    if (around == Around::Border) return at_border(x, size);
    const auto last = static_cast<double>(size - 1);
    return at_border(align_corners ? reflected(x, 0, last) : reflected(x, -0.5, last + 0.5), size);
}

/// A whole place along one dim, and its share of the sum.
struct Tap {
    Tensor at, share;
};

/// Keys's kernel, up to one pixel away, and from one to two.
Tensor near_share(T x) { return ((x * 1.25 - 2.25) * x * x) + 1; }
Tensor far_share(T x) { return ((x * -0.75 + 3.75) * x - 6) * x + 3; }

/// What a value at the places x along a dim is made of.
std::vector<Tap> taps(T x, const std::string& mode) {
    if (mode == "nearest") return {{x.detach().round(), x.requires_grad() ? 1 + 0 * x.sign() : Tensor()}};
    const Tensor first = x.detach().floor(), beyond = x - first;
    if (mode == "bilinear") return {{first, 1 - beyond}, {first + 1, beyond}};
    const Tensor before = 1 - beyond;
    return {{first - 1, far_share(beyond + 1)}, {first, near_share(beyond)}, {first + 1, near_share(before)},
        {first + 2, far_share(before + 1)}};
}

Tensor times(T a, T b) { return !a.defined() ? b : !b.defined() ? a : a * b; }

void check_grid(T x, T grid, const std::string& mode) {
    constexpr const char* op = "grid_sampler()";
    check_same_device(op, x, grid);
    check(x.dtype() == grid.dtype(), "{}: expected input and grid to have same dtype, but input has {} and grid has {}",
        op, name_of(x.dtype()), name_of(grid.dtype()));
    check((x.ndim() == 4 || x.ndim() == 5) && grid.ndim() == x.ndim(),
        "{}: expected 4D or 5D input and grid with same number of dimensions, but got input with sizes {} and grid "
        "with "
        "sizes {}",
        op, x.shape().str(), grid.shape().str());
    check(x.size(0) == grid.size(0),
        "{}: expected grid and input to have same batch size, but got input with sizes {} and grid with sizes {}", op,
        x.shape().str(), grid.shape().str());
    check(grid.size(-1) == x.ndim() - 2,
        "{}: expected grid to have size {} in last dimension, but got grid with sizes {}", op, x.ndim() - 2,
        grid.shape().str());
    for (std::int64_t d = 2; d < x.ndim(); ++d)
        check(x.size(d) > 0,
            "{}: expected input to have non-empty spatial dimensions, but input has sizes {} with dimension {} being "
            "empty",
            op, x.shape().str(), d);
    check(mode != "bicubic" || x.ndim() == 4, "{}: bicubic interpolation only supports 4D input", op);
    if (x.dtype() != float32 && x.dtype() != float64) not_implemented(x.dtype());
}

/// A tap as a part of a position in an image.
struct Pixel {
    Tensor position, exists, share;
};

/// The pixels that the places (N, places) along a dim are made of; those of neighbours in it stand `step` apart.
std::vector<Pixel> pixels_along(
    T places, std::int64_t size, std::int64_t step, const GridSampleOptions& o, Around around, bool align_corners) {
    const Tensor scaled = align_corners ? (places + 1) * (static_cast<double>(size - 1) / 2)
                                        : (places + 1) * (static_cast<double>(size) / 2) - 0.5;
    const bool is_cubic = *o.mode == "bicubic";  // whose taps are brought inside, each by itself
    std::vector<Pixel> pixels;
    for (const Tap& tap : taps(is_cubic ? scaled : inside(scaled, size, around, align_corners), o.mode)) {
        const Tensor at = is_cubic ? inside(tap.at, size, around, align_corners) : tap.at;
        const Tensor exists = (at >= 0) & (at <= size - 1);
        pixels.push_back({ops::where(exists, at, 0).to(int64) * step, exists, tap.share});
    }
    return pixels;
}

Tensor sampled(const GridSampleOptions& o) {
    const Tensor x = o.input, grid = o.grid;
    const std::string &mode = o.mode, &padding = o.padding_mode;
    check(mode == "bilinear" || mode == "nearest" || mode == "bicubic",
        "nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{}'", mode);
    check(padding == "zeros" || padding == "border" || padding == "reflection",
        "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: '{}'",
        padding);
    const bool align_corners = corners(o.align_corners);
    check_grid(x, grid, mode);
    const Around around = padding == "zeros" ? Around::Zeros
        : padding == "border"                ? Around::Border
                                             : Around::Reflection;
    const std::int64_t dims = x.ndim() - 2, batch = x.size(0), channels = x.size(1);
    const Tensor image = x.flatten(2),
                 places = grid.reshape({batch, grid.numel() / std::max<std::int64_t>(batch * dims, 1), dims});
    std::vector<std::vector<Pixel>> along;  // of each dim, the last first, as in the grid
    std::size_t combinations = 1;
    for (std::int64_t d = 0, step = 1; d < dims; step *= x.size(-1 - d), ++d) {
        along.push_back(pixels_along(places.select(2, d), x.size(-1 - d), step, o, around, align_corners));
        combinations *= along.back().size();
    }
    Tensor sum;
    for (std::size_t i = 0; i < combinations; ++i) {
        Pixel all;
        std::size_t rest = i;
        for (const std::vector<Pixel>& pixels : along) {
            const Pixel& one = pixels[rest % pixels.size()];
            rest /= pixels.size();
            all.share = times(all.share, one.share);
            all.exists = all.exists.defined() ? all.exists & one.exists : one.exists;
            all.position = all.position.defined() ? all.position + one.position : one.position;
        }
        const Tensor at = all.position.unsqueeze(1).expand({batch, channels, places.size(1)});
        const Tensor found = ops::where(all.exists.unsqueeze(1), image.gather(2, at), 0);
        const Tensor part = all.share.defined() ? found * all.share.unsqueeze(1) : found;
        sum = sum.defined() ? sum + part : part;
    }
    Shape shape{batch, channels};
    for (std::int64_t d = 1; d <= dims; ++d) shape.push_back(grid.size(d));
    return autograd::named(dims == 2 ? "GridSampler2DBackward0" : "GridSampler3DBackward0", sum.view(shape));
}

// ---- the grids of affine maps

/// (size): from -1 to 1, or as far as the middles of the outermost pixels.
Tensor coordinates(std::int64_t size, DType dtype, bool align_corners) {
    if (size <= 1) return zeros({size}, {.dtype = dtype});
    const Tensor line = linspace(-1, 1, size, {.dtype = dtype});
    return align_corners ? line : line * static_cast<double>(size - 1) / static_cast<double>(size);
}

Tensor grid_of(const AffineGridOptions& o) {
    const Tensor theta = o.theta;
    const Shape& size = o.size;
    const bool align_corners = corners(o.align_corners);
    const std::int64_t dims = size.size() - 2;
    check(theta.is_floating_point(), "affine_grid: Expected theta to have floating point type, but got {}",
        name_of(theta.dtype()));
    check(dims == 2 || dims == 3,
        "affine_grid: only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size {}.",
        size.str());
    check(theta.ndim() == 3 && theta.size(-2) == dims && theta.size(-1) == dims + 1,
        "affine_grid: Expected a batch of {}D affine matrices of shape Nx{}x{} for size {}. Got {}.", dims, dims,
        dims + 1, size.str(), theta.shape().str());
    const std::int64_t least_side = *std::min_element(size.begin() + 2, size.end());
    if (align_corners && least_side == 1)
        warn(
            "Since version 1.3.0, affine_grid behavior has changed for unit-size grids when align_corners=True. This "
            "is not an intended use case of affine_grid. See the documentation of affine_grid for details.");
    check((align_corners && least_side == 1) || *std::min_element(size.begin(), size.end()) > 0,
        "affine_grid: Expected non-zero, positive output size. Got {}", size.str());
    check(theta.size(0) == size[0], "affine_grid: Expected theta of {} images, but got {}", size[0], theta.size(0));
    if (theta.dtype() == float16) not_implemented(float16);
    Shape pixels(std::vector<std::int64_t>(size.begin() + 2, size.end()));
    TensorList columns;
    for (std::int64_t d = dims; d-- > 0;) {
        Shape along = Shape::filled(dims, 1);
        along[d] = pixels[d];
        columns.push_back(coordinates(pixels[d], theta.dtype(), align_corners).view(along).expand(pixels));
    }
    columns.push_back(ones(pixels, {.dtype = theta.dtype()}));
    const Tensor base =
        ops::stack(columns, -1).view({1, pixels.numel(), dims + 1}).expand({size[0], pixels.numel(), dims + 1});
    Shape shape{size[0]};
    for (std::int64_t side : pixels) shape.push_back(side);
    shape.push_back(dims);
    return autograd::named("AffineGridGeneratorBackward0", base.bmm(theta.transpose(1, 2)).view(shape));
}

}  // namespace

TAPER_DEFINE_FUNCTION_OBJECT(
    Tensor, grid_sample, GridSampleOptions, (sampled(o)), 2, input, grid, mode, padding_mode, align_corners)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, affine_grid, AffineGridOptions, (grid_of(o)), 2, theta, size, align_corners)

}  // namespace taper::nn::functional
