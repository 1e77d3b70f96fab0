#include "shuffle.h"

#include "text.h"

namespace taper::nn {

namespace functional {
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, pixel_shuffle, PixelShuffleOptions,
    (ops::pixel_shuffle(o.input, o.upscale_factor)), 2, input, upscale_factor)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, pixel_unshuffle, PixelUnshuffleOptions,
    (ops::pixel_unshuffle(o.input, o.downscale_factor)), 2, input, downscale_factor)
TAPER_DEFINE_FUNCTION_OBJECT(
    Tensor, channel_shuffle, ChannelShuffleOptions, (ops::channel_shuffle(o.input, o.groups)), 2, input, groups)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, unfold, UnfoldOptions,
    (ops::im2col(o.input, o.kernel_size, o.dilation, o.padding, o.stride)), 2, input, kernel_size, dilation, padding,
    stride)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, fold, FoldOptions,
    (ops::col2im(o.input, o.output_size, o.kernel_size, o.dilation, o.padding, o.stride)), 3, input, output_size,
    kernel_size, dilation, padding, stride)
}  // namespace functional

TAPER_DEFINE_CONSTRUCTORS(PixelShuffle, PixelShuffleOptions, 1, upscale_factor)
TAPER_DEFINE_CONSTRUCTORS(PixelUnshuffle, PixelUnshuffleOptions, 1, downscale_factor)
TAPER_DEFINE_CONSTRUCTORS(ChannelShuffle, ChannelShuffleOptions, 1, groups)
TAPER_DEFINE_CONSTRUCTORS(Unfold, UnfoldOptions, 1, kernel_size, dilation, padding, stride)
TAPER_DEFINE_CONSTRUCTORS(Fold, FoldOptions, 2, output_size, kernel_size, dilation, padding, stride)

static std::string windows_text(
    const Sizes& kernel_size, const Sizes& dilation, const Sizes& padding, const Sizes& stride) {
    return fmt::format("kernel_size={}, dilation={}, padding={}, stride={}", size_text(kernel_size),
        size_text(dilation), size_text(padding), size_text(stride));
}

Unfold::Unfold(Called, const UnfoldOptions& o)
    : kernel_size(o.kernel_size), dilation(o.dilation), padding(o.padding), stride(o.stride) {}
std::string Unfold::extra_repr() const { return windows_text(kernel_size, dilation, padding, stride); }

Fold::Fold(Called, const FoldOptions& o)
    : output_size(o.output_size),
      kernel_size(o.kernel_size),
      dilation(o.dilation),
      padding(o.padding),
      stride(o.stride) {}
std::string Fold::extra_repr() const {
    return "output_size=" + size_text(output_size) + ", " + windows_text(kernel_size, dilation, padding, stride);
}

}  // namespace taper::nn
