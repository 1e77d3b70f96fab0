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

}  // namespace

Tensor read_image(const std::string& path, ImageReadMode mode) {
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

Tensor make_grid(const Tensor& pictures, const GridOptions& options) {
    Tensor x = pictures.detach();
    check(x.ndim() >= 2 && x.ndim() <= 4 && x.numel() > 0,
        "make_grid: pictures are H x W, C x H x W or N x C x H x W, and not empty, but got {}", x.shape().str());
    check(options.nrow > 0 && options.padding >= 0,
        "make_grid: nrow {} should be positive, and padding {} not negative", options.nrow, options.padding);
    while (x.ndim() < 4) x = x.unsqueeze(0);
    if (x.size(1) == 1) x = x.expand(-1, 3, -1, -1);
    if (options.normalize) {
        const double low = x.min().item(), high = x.max().item();
        x = (x - low) / std::max(high - low, 1e-5);
    }
    const std::int64_t count = x.size(0), columns = std::min(options.nrow, count);
    if (count == 1) return x.select(0, 0).contiguous();
    const std::int64_t rows = (count + columns - 1) / columns, pad = options.padding;
    const std::int64_t height = x.size(2) + pad, width = x.size(3) + pad;
    Tensor grid = values::full({x.size(1), height * rows + pad, width * columns + pad}, options.pad_value, x.dtype());
    for (std::int64_t k = 0; k < count; ++k)
        values::copy(
            grid.narrow(1, k / columns * height + pad, x.size(2)).narrow(2, k % columns * width + pad, x.size(3)),
            x.select(0, k));
    return grid;
}

void save_image(const Tensor& pictures, const std::string& path, const GridOptions& options) {
    std::string ending = std::filesystem::path(path).extension().string();
    std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return std::tolower(c); });
    check(ending == ".png" || ending == ".jpg" || ending == ".jpeg" || ending == ".bmp",
        "save_image: {}: unknown file extension: \"{}\"; use .png, .jpg or .bmp", path, ending);
    const Tensor picture = as_bytes(make_grid(pictures, options));
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

}  // namespace taper
