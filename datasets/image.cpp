#include "image.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <memory>

#include "../tensor/values.h"
#include "collate.h"

// The library's own copy of stb, which no other copy in the program meets.
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#define STBI_ONLY_BMP
#define STBI_ONLY_GIF
#define STBI_ONLY_PNM
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#include <stb_image.h>
#include <stb_image_write.h>

namespace taper {
namespace {

constexpr std::int64_t largest = std::numeric_limits<int>::max();  // stb counts in int

std::string read_file(const std::string& path) {
    check(!std::filesystem::is_directory(path), "read_image: {}: Is a directory", path);
    std::ifstream file(path, std::ios::binary);
    check(file.is_open(), "read_image: {}: {}", path, std::strerror(errno));
    std::string bytes{std::istreambuf_iterator<char>(file), {}};
    check(file && static_cast<std::int64_t>(bytes.size()) <= largest, "read_image: {}: the file can't be read", path);
    return bytes;
}

// The picture as bytes in H x W x C.
Tensor as_bytes(const Tensor& picture) {
    Tensor bytes = picture.dtype() == uint8 ? picture : picture.mul(255).add(0.5).clamp(0, 255).to(uint8);
    return bytes.permute(1, 2, 0).contiguous();
}

std::string encode(const Tensor& picture, const std::string& ending) {
    std::string out;
    auto append = [](void* to, void* bytes, int n) {
        static_cast<std::string*>(to)->append(static_cast<char*>(bytes), n);
    };
    const int height = static_cast<int>(picture.size(0)), width = static_cast<int>(picture.size(1)),
              channels = static_cast<int>(picture.size(2));
    const void* data = picture.data_ptr();
    constexpr int jpeg_quality = 75;
    const int done = ending == ".png"
        ? stbi_write_png_to_func(append, &out, width, height, channels, data, width * channels)
        : ending == ".bmp" ? stbi_write_bmp_to_func(append, &out, width, height, channels, data)
                           : stbi_write_jpg_to_func(append, &out, width, height, channels, data, jpeg_quality);
    return done ? out : "";
}

Tensor decode(const std::string& path, ImageReadMode mode) {
    const std::string bytes = read_file(path);
    int width = 0, height = 0, channels = 0;
    std::unique_ptr<unsigned char, void (*)(void*)> pixels(
        stbi_load_from_memory(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()),
            &width, &height, &channels, static_cast<int>(mode)),
        stbi_image_free);
    check(pixels != nullptr, "read_image: {}: this is no picture that can be read: {}", path, stbi_failure_reason());
    if (mode != ImageReadMode::UNCHANGED) channels = static_cast<int>(mode);
    Tensor out = values::empty({channels, height, width}, uint8);
    auto* to = out.data_ptr<std::uint8_t>();
    for (std::int64_t c = 0; c < channels; ++c)
        for (std::int64_t i = 0; i < std::int64_t(height) * width; ++i) *to++ = pixels.get()[i * channels + c];
    return out;
}

Tensor scaled(const Tensor& x, const std::optional<std::pair<double, double>>& range) {
    const auto [low, high] = range.value_or(std::pair(x.min().item(), x.max().item()));
    return (x.clamp(low, high) - low) / std::max(high - low, 1e-5);
}

Tensor grid_of(const GridOptions& o) {
    Tensor x = o.tensor->tensor.detach();
    const std::int64_t nrow = o.nrow, pad = o.padding;
    check(x.ndim() >= 2 && x.ndim() <= 4 && x.numel() > 0,
        "make_grid: pictures are H x W, C x H x W or N x C x H x W, and not empty, but got {}", x.shape().str());
    check(nrow > 0 && pad >= 0, "make_grid: nrow {} should be positive, and padding {} not negative", nrow, pad);
    while (x.ndim() < 4) x = x.unsqueeze(0);
    if (x.size(1) == 1) x = x.expand(-1, 3, -1, -1);
    const std::int64_t count = x.size(0), columns = std::min(nrow, count);
    if (*o.normalize && *o.scale_each) {
        TensorList each;
        for (std::int64_t k = 0; k < count; ++k) each.push_back(scaled(x.select(0, k), o.value_range));
        x = Pictures(each).tensor;
    } else if (*o.normalize) {
        x = scaled(x, o.value_range);
    }
    if (count == 1) return x.select(0, 0).contiguous();
    const std::int64_t rows = (count + columns - 1) / columns, height = x.size(2) + pad, width = x.size(3) + pad;
    Tensor grid = values::full({x.size(1), height * rows + pad, width * columns + pad}, *o.pad_value, x.dtype());
    for (std::int64_t k = 0; k < count; ++k)
        values::copy(
            grid.narrow(1, k / columns * height + pad, x.size(2)).narrow(2, k % columns * width + pad, x.size(3)),
            x.select(0, k));
    return grid;
}

// ".png", ".jpg", ".jpeg" or ".bmp"
std::string ending_of(const std::string& path, const std::optional<std::string>& format) {
    std::string ending = format ? "." + *format : std::filesystem::path(path).extension().string();
    std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return std::tolower(c); });
    check(ending == ".png" || ending == ".jpg" || ending == ".jpeg" || ending == ".bmp",
        "save_image: {}: unknown file extension: \"{}\"; use .png, .jpg or .bmp", path, ending);
    return ending;
}

void write_grid(const SaveImageOptions& o) {
    const std::string &path = o.fp, ending = ending_of(path, o.format);
    const Tensor picture = as_bytes(grid_of({.tensor = o.tensor,
        .nrow = o.nrow,
        .padding = o.padding,
        .normalize = o.normalize,
        .value_range = o.value_range,
        .scale_each = o.scale_each,
        .pad_value = o.pad_value}));
    check(picture.size(2) <= 4 && picture.numel() <= largest,
        "save_image: {}: a picture has at most 4 channels and 2 GiB, but this one is {} x {} x {}", path,
        picture.size(2), picture.size(0), picture.size(1));
    const std::string bytes = encode(picture, ending);
    check(!bytes.empty(), "save_image: {}: a picture of {} x {} can't be written so", path, picture.size(0),
        picture.size(1));
    std::ofstream file(path, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size())).flush();
    check(file.good(), "save_image: {}: {}", path, std::strerror(errno));
}

}  // namespace

Pictures::Pictures(const TensorList& list) : tensor(default_collate(list)) {}

TAPER_DEFINE_FUNCTION(Tensor, read_image, ReadImageOptions, (decode(o.path, o.mode)), 1, path, mode)
TAPER_DEFINE_FUNCTION(Tensor, make_grid, GridOptions, (grid_of(o)), 1, tensor, nrow, padding, normalize, value_range,
    scale_each, pad_value)
TAPER_DEFINE_FUNCTION(void, save_image, SaveImageOptions, (write_grid(o)), 2, tensor, fp, format)

}  // namespace taper
