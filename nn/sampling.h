// nn.functional: images sampled where a grid says, and the grids of affine maps.
#pragma once

#include "../tensor/tensor.h"
#include "function_object.h"

namespace taper::nn::functional {

/// mode "bilinear", "nearest" or "bicubic" (images only); padding_mode, what stands around the image: "zeros", "border"
/// or "reflection"; align_corners: -1 and 1 are the middles of the outermost pixels, not their outer edges.
struct GridSampleOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required, grid = required;
    Arg<std::string> mode = Default("bilinear"), padding_mode = Default("zeros");
    Arg<std::optional<bool>> align_corners = Default(none);
};
struct AffineGridOptions {
    Keywords _ = Keywords();
    Arg<Tensor> theta = required;
    Arg<Shape> size = required;
    Arg<std::optional<bool>> align_corners = Default(none);
};
/// Images (N, C, H, W) at the places of a grid (N, H', W', 2) of x and y from -1 to 1: (N, C, H', W'); or volumes (N,
/// C, D, H, W) at those of (N, D', H', W', 3). Jaderberg et al., 2015; torch.nn.functional.grid_sample
TAPER_FUNCTION_OBJECT(Tensor, grid_sample, GridSampleOptions, 2, input, grid, mode, padding_mode, align_corners)
/// The grid by which images of `size` (N, C, H, W) are mapped by theta (N, 2, 3), or volumes (N, C, D, H, W) by theta
/// (N, 3, 4). torch.nn.functional.affine_grid
TAPER_FUNCTION_OBJECT(Tensor, affine_grid, AffineGridOptions, 2, theta, size, align_corners)

}  // namespace taper::nn::functional
