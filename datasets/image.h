// Pictures in files, as tensors.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "../tensor/tensor.h"

namespace taper {

/// How many channels a picture shall have. torchvision.io.ImageReadMode.
enum class ImageReadMode { UNCHANGED, GRAY, GRAY_ALPHA, RGB, RGB_ALPHA };

struct ReadImageOptions {
    Keywords _ = Keywords();
    Arg<std::string> path = required;
    Arg<ImageReadMode> mode = Default(ImageReadMode::UNCHANGED);
};
/// The picture in a PNG, a JPEG or a binary PNM (P5, P6) file: uint8, C x H x W, so that `.to(float32).div(255)`
/// follows, not ToTensor. A PNG with a palette is read UNCHANGED as places in it, as torchvision does. PNM, of 8 or 16
/// bits, is scaled to 255. Error, with the path, for anything else, such as BMP, GIF, 16-bit PNG and CMYK; for a file
/// that is cut or damaged; and, before a byte is decoded, for a picture of more than 178,956,970 pixels (PIL's limit on
/// decompression bombs) or with a side of more than 1,000,000, one that the file is too short for, and a progressive
/// JPEG of more than 64 scans or 134,217,728 blocks of 8 x 8 in all of them. torchvision.io.read_image.
TAPER_FUNCTION(Tensor, read_image, ReadImageOptions, 1, path, mode)

/// A Tensor, or a list of Tensors of one shape, which are stacked.
struct Pictures {
    Tensor tensor;

    Pictures() = default;
    template <std::same_as<Tensor> T> Pictures(const T& tensor) : tensor(tensor) {}
    Pictures(const TensorList& list);
    Pictures(std::initializer_list<Tensor> list) : Pictures(TensorList(list)) {}
};
namespace detail {
template <> struct Braces<Pictures> : Items<Tensor> {};
}  // namespace detail

struct GridOptions {
    Keywords _ = Keywords();
    Arg<Pictures> tensor = required;
    /// Pictures in a row, and the pixels between them.
    Arg<std::int64_t> nrow = Default(8), padding = Default(2);
    /// Whether value_range.first becomes 0 and value_range.second 1, and what is outside is clamped; by default the
    /// least value and the greatest, of all pictures or (scale_each) of each.
    Arg<bool> normalize = Default(false);
    Arg<std::optional<std::pair<double, double>>> value_range = Default(none);
    Arg<bool> scale_each = Default(false);
    Arg<double> pad_value = Default(0);
};
/// Pictures, N x C x H x W, side by side in one of C x H x W; those of one channel get three. Also takes a single C x H
/// x W or H x W. torchvision.utils.make_grid.
TAPER_FUNCTION(Tensor, make_grid, GridOptions, 1, tensor, nrow, padding, normalize, value_range, scale_each, pad_value)

/// `format` is "png", "jpeg" or "bmp"; the path's ending says it otherwise. What follows it is make_grid's, by keyword.
struct SaveImageOptions {
    Keywords _ = Keywords();
    Arg<Pictures> tensor = required;
    Arg<std::string> fp = required;
    Arg<std::optional<std::string>> format = Default(none);
    Arg<std::int64_t> nrow = GridOptions().nrow, padding = GridOptions().padding;
    Arg<bool> normalize = GridOptions().normalize;
    Arg<std::optional<std::pair<double, double>>> value_range = GridOptions().value_range;
    Arg<bool> scale_each = GridOptions().scale_each;
    Arg<double> pad_value = GridOptions().pad_value;
};
/// Writes pictures, as make_grid takes them, to a .png, .jpg, .jpeg or .bmp file: floating values from 0 to 1, or uint8
/// as it is. torchvision.utils.save_image.
TAPER_FUNCTION(void, save_image, SaveImageOptions, 2, tensor, fp, format)

}  // namespace taper
