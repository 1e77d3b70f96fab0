// Windows that slide along one dimension of an image: the geometry that convolution and pooling share.
#pragma once

#include <algorithm>
#include <cstdint>

namespace taper {

/// One dimension: window o takes the elements o * stride - padding + k * dilation, for k < kernel. `out` is the number
/// of windows, `padding` what there is to be thought before the first element.
struct Window {
    std::int64_t in = 1, out = 1, kernel = 1, stride = 1, padding = 0, dilation = 1;

    std::int64_t at(std::int64_t o, std::int64_t k) const { return o * stride - padding + k * dilation; }
    /// How many elements a window spans.
    std::int64_t span() const { return (kernel - 1) * dilation + 1; }
    /// Whether there is nothing to slide over: the depth of an image.
    bool is_flat() const { return in == 1 && out == 1 && kernel == 1 && padding == 0; }

    struct Range {
        std::int64_t begin, end;
    };
    /// The windows whose element k lies within the image.
    Range inside(std::int64_t k) const {
        const std::int64_t before = padding - k * dilation, beyond = in - 1 + before;
        const std::int64_t begin = before <= 0 ? 0 : std::min(out, (before + stride - 1) / stride);
        return {begin, beyond < 0 ? begin : std::clamp(beyond / stride + 1, begin, out)};
    }
    /// The elements k of window o that lie within the image.
    Range elements(std::int64_t o) const {
        const std::int64_t first = at(o, 0), beyond = in - 1 - first;
        const std::int64_t begin = first >= 0 ? 0 : std::min(kernel, (dilation - 1 - first) / dilation);
        return {begin, beyond < 0 ? begin : std::clamp(beyond / dilation + 1, begin, kernel)};
    }
};

}  // namespace taper
