// The settings of the ops that slide a window over an image.
#pragma once

#include "../tensor/tensor.h"

namespace taper {

/// One number for every dim of the image, or one for each of them.
using Sizes = Dims;

/// How much to pad at both ends of each dim of the image; or "valid", nothing; or "same", so much that the size stays.
struct Padding {
    template <std::integral I>
        requires(!std::same_as<I, bool>)
    Padding(I amount) : amount(amount) {}
    Padding(std::initializer_list<std::int64_t> amounts) : amount(amounts) {}
    Padding(const Sizes& amounts) : amount(amounts) {}
    Padding(const char* name) : name(name) {}
    Padding(std::string name) : name(std::move(name)) {}

    Sizes amount = 0;
    std::string name;  // "same", "valid", or empty: the amount counts
};

namespace detail {
template <> struct Braces<Padding> : Items<std::int64_t> {};
}  // namespace detail

struct ConvOptions {
    Keywords _ = Keywords();
    Sizes stride = 1;
    Padding padding = 0;
    Sizes dilation = 1;
    std::int64_t groups = 1;
};
struct ConvTransposeOptions {
    Keywords _ = Keywords();
    Sizes stride = 1, padding = 0, output_padding = 0;
    std::int64_t groups = 1;
    Sizes dilation = 1;
};
/// An absent stride is the size of the window.
struct MaxPoolOptions {
    Keywords _ = Keywords();
    Sizes stride = {}, padding = 0, dilation = 1;
    bool ceil_mode = false;
};
struct AvgPoolOptions {
    Keywords _ = Keywords();
    Sizes stride = {}, padding = 0;
    bool ceil_mode = false, count_include_pad = true;
    std::optional<std::int64_t> divisor_override = {};
};

}  // namespace taper
