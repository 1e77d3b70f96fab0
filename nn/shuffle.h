// Images without parameters: pixels and channels rearranged, windows laid out as columns, and columns as images.
#pragma once

#include "function_object.h"
#include "module.h"

namespace taper::nn {

struct PixelShuffleOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> upscale_factor = required;
};
struct PixelUnshuffleOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> downscale_factor = required;
};
struct ChannelShuffleOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> groups = required;
};
struct UnfoldOptions {
    Keywords _ = Keywords();
    Arg<Sizes> kernel_size = required;
    Arg<Sizes> dilation = Default(1), padding = Default(0), stride = Default(1);
};
struct FoldOptions {
    Keywords _ = Keywords();
    Arg<Sizes> output_size = required, kernel_size = required;
    Arg<Sizes> dilation = Default(1), padding = Default(0), stride = Default(1);
};

namespace functional {
struct PixelShuffleOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<std::int64_t> upscale_factor = required;
};
struct PixelUnshuffleOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<std::int64_t> downscale_factor = required;
};
struct ChannelShuffleOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<std::int64_t> groups = required;
};
struct UnfoldOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<Sizes> kernel_size = required;
    Arg<Sizes> dilation = Default(1), padding = Default(0), stride = Default(1);
};
struct FoldOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<Sizes> output_size = required, kernel_size = required;
    Arg<Sizes> dilation = Default(1), padding = Default(0), stride = Default(1);
};
/// (..., C * r * r, H, W) -> (..., C, H * r, W * r): each pixel becomes a square of r by r. Shi et al., 2016;
/// torch.nn.functional.pixel_shuffle
TAPER_FUNCTION_OBJECT(Tensor, pixel_shuffle, PixelShuffleOptions, 2, input, upscale_factor)
/// The way back. torch.nn.functional.pixel_unshuffle
TAPER_FUNCTION_OBJECT(Tensor, pixel_unshuffle, PixelUnshuffleOptions, 2, input, downscale_factor)
/// (N, C, ...): the first channel of each group, then the second of each, and so on. Zhang et al., 2018;
/// torch.nn.functional.channel_shuffle
TAPER_FUNCTION_OBJECT(Tensor, channel_shuffle, ChannelShuffleOptions, 2, input, groups)
/// The windows of images (N, C, H, W), or of one, as columns: (N, C * kernel elements, windows).
/// torch.nn.functional.unfold
TAPER_FUNCTION_OBJECT(Tensor, unfold, UnfoldOptions, 2, input, kernel_size, dilation, padding, stride)
/// Images of output_size, in which the windows that such columns are add up. torch.nn.functional.fold
TAPER_FUNCTION_OBJECT(Tensor, fold, FoldOptions, 3, input, output_size, kernel_size, dilation, padding, stride)
}  // namespace functional

/// torch.nn.PixelShuffle
struct PixelShuffle : Module<PixelShuffle> {
    TAPER_CONSTRUCTORS(PixelShuffle, PixelShuffleOptions, 1, upscale_factor)
    PixelShuffle(Called, const PixelShuffleOptions& o) : upscale_factor(o.upscale_factor) {}
    Tensor forward(const Tensor& x) const { return ops::pixel_shuffle(x, upscale_factor); }
    std::string extra_repr() const { return fmt::format("upscale_factor={}", *upscale_factor); }
    Setting<std::int64_t> upscale_factor;
};
/// torch.nn.PixelUnshuffle
struct PixelUnshuffle : Module<PixelUnshuffle> {
    TAPER_CONSTRUCTORS(PixelUnshuffle, PixelUnshuffleOptions, 1, downscale_factor)
    PixelUnshuffle(Called, const PixelUnshuffleOptions& o) : downscale_factor(o.downscale_factor) {}
    Tensor forward(const Tensor& x) const { return ops::pixel_unshuffle(x, downscale_factor); }
    std::string extra_repr() const { return fmt::format("downscale_factor={}", *downscale_factor); }
    Setting<std::int64_t> downscale_factor;
};
/// torch.nn.ChannelShuffle
struct ChannelShuffle : Module<ChannelShuffle> {
    TAPER_CONSTRUCTORS(ChannelShuffle, ChannelShuffleOptions, 1, groups)
    ChannelShuffle(Called, const ChannelShuffleOptions& o) : groups(o.groups) {}
    Tensor forward(const Tensor& x) const { return ops::channel_shuffle(x, groups); }
    std::string extra_repr() const { return fmt::format("groups={}", *groups); }
    Setting<std::int64_t> groups;
};
/// torch.nn.Unfold
struct Unfold : Module<Unfold> {
    TAPER_CONSTRUCTORS(Unfold, UnfoldOptions, 1, kernel_size, dilation, padding, stride)
    TAPER_LIST_ALONE(Unfold, kernel_size)
    Unfold(Called, const UnfoldOptions& o);
    Tensor forward(const Tensor& x) const { return ops::im2col(x, *kernel_size, *dilation, *padding, *stride); }
    std::string extra_repr() const;
    Setting<Sizes> kernel_size, dilation, padding, stride;
};
/// torch.nn.Fold
struct Fold : Module<Fold> {
    TAPER_CONSTRUCTORS(Fold, FoldOptions, 2, output_size, kernel_size, dilation, padding, stride)
    Fold(Called, const FoldOptions& o);
    Tensor forward(const Tensor& x) const {
        return ops::col2im(x, *output_size, *kernel_size, *dilation, *padding, *stride);
    }
    std::string extra_repr() const;
    Setting<Sizes> output_size, kernel_size, dilation, padding, stride;
};

}  // namespace taper::nn
