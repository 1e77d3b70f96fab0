#include "resize.h"

#include <cmath>

#include "../autograd/ops/narrow.h"
#include "../autograd/ops/resample.h"
#include "../tensor/warning.h"
#include "text.h"

namespace taper::nn {

using T = const Tensor&;

namespace {

/// One dim of an image that is made larger or smaller: places of the output lie `scale` apart in the input. Scales and
/// weights are rounded to `dtype`, in which PyTorch computes them.
struct Line {
    std::int64_t in, out;
    double scale;
    bool align_corners;
    DType dtype;

    Line(std::int64_t in, std::int64_t out, std::optional<double> factor, bool align_corners, DType dtype)
        : in(in), out(out), align_corners(align_corners), dtype(dtype) {
        if (align_corners)
            scale = out > 1 ? ratio(in - 1, out - 1) : 0;
        else
            scale = factor ? rounded(1 / *factor) : ratio(in, out);
    }
    double rounded(double value) const { return dtype == float64 ? value : static_cast<float>(value); }
    double ratio(std::int64_t a, std::int64_t b) const {
        return dtype == float64 ? static_cast<double>(a) / static_cast<double>(b)
                                : static_cast<float>(a) / static_cast<float>(b);
    }
    /// Where element i of the output lies, among the numbers of the input's elements.
    double place(std::int64_t i) const {
        const auto at = static_cast<double>(i);
        return align_corners ? scale * at : std::fma(scale, at + 0.5, -0.5);
    }
};

using Sums = LineSums<double>;
void add(Sums& sums, std::int64_t from, double weight) { sums.from.push_back(from), sums.weights.push_back(weight); }
void end(Sums& sums) { sums.first.push_back(static_cast<std::int64_t>(sums.from.size())); }

/// int64 (out): the nearest elements; `exact`: to the middle of what an element of the output covers.
Tensor nearest(const Line& line, bool exact) {
    std::vector<std::int64_t> pixels;
    for (std::int64_t i = 0; i < line.out; ++i) {
        const double place = (static_cast<double>(i) + (exact ? 0.5 : 0)) * line.scale;
        pixels.push_back(std::min(static_cast<std::int64_t>(static_cast<float>(place)), line.in - 1));
    }
    return tensor(pixels);
}

/// Between the two elements beside it.
Sums linear(const Line& line) {
    Sums sums{line.in};
    for (std::int64_t i = 0; i < line.out; ++i, end(sums)) {
        const double place = line.in == line.out ? static_cast<double>(i) : std::max(line.place(i), 0.);
        const auto pixel = std::min(static_cast<std::int64_t>(place), line.in - 1);
        const double second = line.rounded(place - static_cast<double>(pixel));
        add(sums, pixel, line.rounded(1 - second));
        add(sums, line.in == line.out ? pixel : std::min(pixel + 1, line.in - 1), second);
    }
    return sums;
}

/// Keys's kernel of two pixels' reach, with the slope a at one pixel's distance.
double cubic_weight(double x, double a) {
    x = std::abs(x);
    if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}
/// Of the four elements around it.
Sums cubic(const Line& line) {
    Sums sums{line.in};
    for (std::int64_t i = 0; i < line.out; ++i, end(sums)) {
        const double place = line.place(i), before = std::floor(place), beyond = place - before;
        for (int k = -1; k <= 2; ++k)
            add(sums, std::clamp<std::int64_t>(static_cast<std::int64_t>(before) + k, 0, line.in - 1),
                cubic_weight(beyond - k, -0.75));
    }
    return sums;
}

/// A mean over the elements around it, by weights that fall off linearly or as cubic_weight, and that reach as far as
/// the places lie apart, at least as they do between pixels.
Sums averaged(const Line& line, bool is_cubic) {
    Sums sums{line.in};
    const double stretch = std::max(line.scale, 1.), reach = (is_cubic ? 2 : 1) * stretch;
    for (std::int64_t i = 0; i < line.out; ++i, end(sums)) {
        const double centre = line.scale * (static_cast<double>(i) + 0.5);
        const auto first = std::max(static_cast<std::int64_t>(std::floor(centre - reach + 0.5)), std::int64_t(0)),
                   last = std::min(static_cast<std::int64_t>(std::floor(centre + reach + 0.5)), line.in);
        double total = 0;
        for (std::int64_t j = first; j < last; ++j) {
            const double x = (static_cast<double>(j) - centre + 0.5) / stretch;
            add(sums, j, is_cubic ? cubic_weight(x, -0.5) : std::max(0., 1 - std::abs(x)));
            total += sums.weights.back();
        }
        for (auto k = static_cast<std::size_t>(sums.first.back()); k < sums.weights.size(); ++k)
            if (total != 0) sums.weights[k] /= total;
    }
    return sums;
}

enum class Mode { Nearest, NearestExact, Linear, Cubic, Area };

/// The mode of this name for so many dims; Error if it is not for them.
Mode mode_of(const std::string& mode, std::int64_t dims) {
    check(dims >= 1 && dims <= 3,
        "interpolate: Input Error: Only 3D, 4D and 5D input Tensors supported (got {}D) for the modes: nearest | "
        "linear "
        "| bilinear | bicubic | trilinear | area | nearest-exact (got {})",
        dims + 2, mode);
    if (mode == "nearest") return Mode::Nearest;
    if (mode == "nearest-exact") return Mode::NearestExact;
    if (mode == "area") return Mode::Area;
    const std::int64_t wanted = mode == "linear"  ? 1
        : mode == "bilinear" || mode == "bicubic" ? 2
        : mode == "trilinear"                     ? 3
                                                  : 0;
    check(wanted > 0,
        "interpolate: Input Error: {} is none of the modes nearest | linear | bilinear | bicubic | trilinear | area | "
        "nearest-exact",
        mode);
    check(wanted == dims, "interpolate: Got {}D input, but {} mode needs {}D input", dims + 2, mode, wanted + 2);
    return mode == "bicubic" ? Mode::Cubic : Mode::Linear;
}

const char* step_name(Mode mode, std::int64_t dims, bool antialias) {
    static constexpr const char* names[][3] = {
        {"UpsampleNearest1DBackward1", "UpsampleNearest2DBackward1", "UpsampleNearest3DBackward1"},
        {"UpsampleNearestExact1DBackward1", "UpsampleNearestExact2DBackward1", "UpsampleNearestExact3DBackward1"},
        {"UpsampleLinear1DBackward1", "UpsampleBilinear2DBackward1", "UpsampleTrilinear3DBackward1"},
        {"", "UpsampleBicubic2DBackward1", ""}};
    if (antialias) return mode == Mode::Cubic ? "UpsampleBicubic2DAaBackward1" : "UpsampleBilinear2DAaBackward1";
    return names[static_cast<int>(mode)][dims - 1];
}

/// x along its last dims, by these lines, from the last one on.
Tensor resized(T x, const std::vector<Line>& lines, Mode mode, bool antialias) {
    const auto dims = static_cast<std::int64_t>(lines.size());
    const char* name = step_name(mode, dims, antialias);
    Tensor y = x;
    for (std::int64_t d = dims; d-- > 0;) {
        const Line& line = lines[static_cast<std::size_t>(d)];
        if (mode == Mode::Nearest || mode == Mode::NearestExact) {
            y = autograd::named(name, y.index_select(d + 2, nearest(line, mode == Mode::NearestExact)));
        } else {
            Sums sums = antialias     ? averaged(line, mode == Mode::Cubic)
                : mode == Mode::Cubic ? cubic(line)
                                      : linear(line);
            y = ops::resample(name, y, d + 2, std::make_shared<const Sums>(std::move(sums)));
        }
    }
    return y;
}

void check_dtype(T x, Mode mode, bool antialias) {
    const DType dtype = x.dtype();
    const bool is_nearest = mode == Mode::Nearest || mode == Mode::NearestExact;
    if (dtype == float32 || dtype == float64) return;
    if (dtype == bfloat16 && mode != Mode::NearestExact && !antialias) return;
    if (dtype == uint8 && is_nearest) return;
    not_implemented(dtype);
}

/// The size of the output.
Shape output_size(T x, const UpsampleOptions& o) {
    const std::optional<Sizes>& size = o.size;
    const std::vector<double> factors = o.scale_factor->value_or(std::vector<double>());
    const std::int64_t dims = x.ndim() - 2, given = size ? size->size() : static_cast<std::int64_t>(factors.size());
    check(given == 1 || given == dims,
        "interpolate: Input and {} must have the same number of spatial dimensions, but got input with spatial "
        "dimensions of {} and {} numbers",
        size ? "output" : "scale_factor",
        Shape(std::vector<std::int64_t>(x.shape().begin() + 2, x.shape().end())).str(), given);
    Shape out;
    for (std::int64_t d = 0; d < dims; ++d) {
        const std::int64_t at = given == 1 ? 0 : d;
        const double room = size ? 0 : static_cast<double>(x.size(d + 2)) * factors[static_cast<std::size_t>(at)];
        out.push_back(size ? (*size)[at] : static_cast<std::int64_t>(std::clamp(std::floor(room), -1., 0x1p40)));
        check(x.size(d + 2) > 0 && out.back() > 0,
            "interpolate: Input and output sizes should be greater than 0, but got {} and {}", x.size(d + 2),
            out.back());
        check(out.back() < 1 << 30, "interpolate: an output of {} is too large", out.back());
    }
    return out;
}

}  // namespace

Tensor positional::interpolate(T x, const UpsampleOptions& o, bool antialias) {
    const std::int64_t dims = x.ndim() - 2;
    const bool has_corners = *o.mode != "nearest" && *o.mode != "nearest-exact" && *o.mode != "area";
    check(has_corners || !o.align_corners->has_value(),
        "interpolate: align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | "
        "trilinear");
    check(o.size->has_value() != o.scale_factor->has_value(), "interpolate: {}",
        *o.size ? "only one of size or scale_factor should be defined"
                : "either size or scale_factor should be defined");
    const bool rescaled = o.recompute_scale_factor->value_or(false);
    check(!*o.size || !rescaled, "interpolate: recompute_scale_factor is not meaningful with an explicit size.");
    const Mode mode = mode_of(o.mode, dims);
    check(!antialias || (dims == 2 && (mode == Mode::Linear || mode == Mode::Cubic)),
        "interpolate: Anti-alias option is only supported for bilinear and bicubic modes");
    const Shape out = output_size(x, o);
    if (mode == Mode::Area)
        return dims == 1 ? ops::adaptive_avg_pool1d(x, out[0])
            : dims == 2  ? ops::adaptive_avg_pool2d(x, out)
                         : ops::adaptive_avg_pool3d(x, out);
    check_dtype(x, mode, antialias);
    check(x.size(1) > 0, "interpolate: Non-empty {}D data tensor expected but got a tensor with sizes {}", dims + 2,
        x.shape().str());
    std::vector<Line> lines;
    for (std::int64_t d = 0; d < dims; ++d) {
        std::optional<double> factor;
        if (*o.scale_factor && !rescaled) {
            const std::vector<double>& all = **o.scale_factor;
            factor = all[all.size() == 1 ? 0 : static_cast<std::size_t>(d)];
        }
        lines.emplace_back(x.size(d + 2), out[d], factor, o.align_corners->value_or(false), x.dtype());
    }
    if (mode == Mode::Nearest || mode == Mode::NearestExact) return resized(x, lines, mode, antialias);
    return is_narrow(x.dtype()) ? ops::in_wide([&](T x) { return resized(x, lines, mode, antialias); }, x)
                                : resized(x, lines, mode, antialias);
}

namespace functional {
static Tensor interpolated(const InterpolateOptions& o) {
    return positional::interpolate(o.input,
        {.size = *o.size,
            .scale_factor = *o.scale_factor,
            .mode = *o.mode,
            .align_corners = *o.align_corners,
            .recompute_scale_factor = *o.recompute_scale_factor},
        o.antialias);
}
static Tensor upsampled(const UpsampleOptions& o) {
    warn("nn.functional.upsample is deprecated. Use nn.functional.interpolate instead.");
    return positional::interpolate(o.input,
        {.size = *o.size, .scale_factor = *o.scale_factor, .mode = *o.mode, .align_corners = *o.align_corners}, false);
}
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, interpolate, InterpolateOptions, (interpolated(o)), 1, input, size, scale_factor,
    mode, align_corners, recompute_scale_factor, antialias)
TAPER_DEFINE_FUNCTION_OBJECT(
    Tensor, upsample, UpsampleOptions, (upsampled(o)), 1, input, size, scale_factor, mode, align_corners)
}  // namespace functional

static std::string described(const UpsampleOptions& o) {
    std::vector<std::string> factors;
    for (double factor : o.scale_factor->value_or(std::vector<double>())) factors.push_back(repr(factor));
    const std::string scale = factors.size() == 1 ? factors[0] : "(" + joined(factors, ", ") + ")";
    const std::string size = *o.size ? size_text(**o.size) : "None";
    return (*o.scale_factor ? "scale_factor=" + scale : "size=" + size) + ", mode=" + *o.mode;
}
std::string Upsample::extra_repr() const { return described(options); }
std::string UpsamplingNearest2d::extra_repr() const { return described(options); }
std::string UpsamplingBilinear2d::extra_repr() const { return described(options); }
UpsamplingNearest2d::UpsamplingNearest2d(Called, const Upsampling2dOptions& o)
    : options(UpsampleOptions{.size = *o.size, .scale_factor = *o.scale_factor, .mode = "nearest"}) {}
UpsamplingBilinear2d::UpsamplingBilinear2d(Called, const Upsampling2dOptions& o)
    : options(UpsampleOptions{
          .size = *o.size, .scale_factor = *o.scale_factor, .mode = "bilinear", .align_corners = true}) {}
TAPER_DEFINE_CONSTRUCTORS(Upsample, UpsampleOptions, 0, size, scale_factor, mode, align_corners, recompute_scale_factor)
TAPER_DEFINE_CONSTRUCTORS(UpsamplingNearest2d, Upsampling2dOptions, 0, size, scale_factor)
TAPER_DEFINE_CONSTRUCTORS(UpsamplingBilinear2d, Upsampling2dOptions, 0, size, scale_factor)

}  // namespace taper::nn
