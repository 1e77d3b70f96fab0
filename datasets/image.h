// Pictures in files, as tensors.
#pragma once

#include <string>

#include "../tensor/tensor.h"

namespace taper {

/// How many channels a picture shall have. torchvision.io.ImageReadMode.
enum class ImageReadMode { UNCHANGED, GRAY, GRAY_ALPHA, RGB, RGB_ALPHA };

/// The picture in a PNG, JPEG, BMP, GIF or PNM file: uint8, C x H x W, so that `.to(float32).div(255)` follows, not
/// ToTensor. Error, with the path, if there is none. torchvision.io.read_image.
Tensor read_image(const std::string& path, ImageReadMode mode = ImageReadMode::UNCHANGED);

/// The keywords of make_grid and save_image.
struct GridOptions {
    /// Pictures in a row, and the pixels between them.
    std::int64_t nrow = 8, padding = 2;
    /// Whether the least value becomes 0 and the greatest 1.
    bool normalize = false;
    double pad_value = 0;
};

/// Pictures, N x C x H x W, side by side in one of C x H x W; those of one channel get three. Also takes a single C x H
/// x W or H x W. torchvision.utils.make_grid.
Tensor make_grid(const Tensor& pictures, const GridOptions& options = {});

/// Writes pictures, as make_grid takes them, to a .png, .jpg, .jpeg or .bmp file: floating values from 0 to 1, or uint8
/// as it is. torchvision.utils.save_image.
void save_image(const Tensor& pictures, const std::string& path, const GridOptions& options = {});

}  // namespace taper
