// The size that adaptive pooling is to give.
#pragma once

#include "../autograd/window_options.h"

namespace taper::nn {

/// The size of an image or a volume that comes out: a number for all sides, or one for each, `{5, None}`; None: as it
/// comes in.
class OutputSize {
 public:
    struct Side : std::optional<std::int64_t> {
        template <std::integral I>
            requires(!std::same_as<I, bool>)
        Side(I size) : optional(size) {}
        Side(NewAxis) {}
        Side(std::nullopt_t) {}
    };
    OutputSize() = default;
    template <std::integral I>
        requires(!std::same_as<I, bool>)
    OutputSize(I all) : sides_{all} {}
    OutputSize(std::initializer_list<Side> sides) : sides_(sides) {}
    /// The sizes of so many dims, with those of x where they are None.
    Sizes of(const Tensor& x, int dims) const;
    std::string text() const;
    bool operator==(const OutputSize&) const = default;

 private:
    std::vector<Side> sides_;
};
}  // namespace taper::nn

namespace taper::detail {
template <> struct Braces<nn::OutputSize> : Items<nn::OutputSize::Side, 1, 3> {};
}  // namespace taper::detail
