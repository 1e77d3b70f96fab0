#include "image.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>

#include "../tensor/native.h"
#include "collate.h"
#include "picture.h"

// The library's own copy of stb, which no other copy in the program meets. Its memory begins as zeros, so that no
// picture can show what was there before.
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#define STBI_NO_STDIO
#define STBI_MALLOC(size) std::calloc(1, size)
#define STBI_REALLOC(memory, size) std::realloc(memory, size)
#define STBI_FREE(memory) std::free(memory)
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
// Where colors are sampled at every second pixel of a row, stb_image weighs the last but one wrongly; what it takes by
// this name is libjpeg's way.
static unsigned char* stbi__resample_row_h_2(unsigned char*, unsigned char*, unsigned char*, int, int);
#define stbi__resample_row_h_2(...) unused_row_h_2 [[maybe_unused]] (__VA_ARGS__)
#include <stb_image.h>
#undef stbi__resample_row_h_2
#include <stb_image_write.h>

static unsigned char* stbi__resample_row_h_2(unsigned char* out, unsigned char* in, unsigned char*, int width, int) {
    for (int i = 0; i < width; ++i) {
        out[2 * i] = i == 0 ? in[i] : (3 * in[i] + in[i - 1] + 1) >> 2;
        out[2 * i + 1] = i == width - 1 ? in[i] : (3 * in[i] + in[i + 1] + 2) >> 2;
    }
    return out;
}

namespace taper {
namespace {

constexpr std::int64_t largest = std::numeric_limits<int>::max();  // stb counts in int

std::string read_file(const std::string& path) {
    check(!std::filesystem::is_directory(path), "read_image: {}: Is a directory", path);
    std::ifstream file(path, std::ios::binary);
    check(file.is_open(), "read_image: {}: {}", path, std::strerror(errno));
    std::error_code unknown;
    const auto size = static_cast<std::int64_t>(std::filesystem::file_size(path, unknown));
    check(!unknown && size <= largest, "read_image: {}: it is no file that can be read, or has more than 2 GiB", path);
    std::string bytes(size, '\0');
    file.read(bytes.data(), size);
    check(file.gcount() == size, "read_image: {}: the file can't be read", path);
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

// H x W pixels of some channels, as C x H x W of others: what is grey is so in all colors, colors become grey as libpng
// weighs them, and what has no alpha is opaque.
Tensor arrange(const std::uint8_t* pixels, std::int64_t height, std::int64_t width, int from, int to) {
    const std::int64_t count = height * width;
    const bool is_color = from >= 3, has_alpha = from % 2 == 0;
    Tensor out = native::empty({to, height, width}, uint8);
    auto* at = out.data_ptr<std::uint8_t>();
    for (int c = 0; c < to; ++c, at += count) {
        if (to % 2 == 0 && c == to - 1) {
            for (std::int64_t i = 0; i < count; ++i) at[i] = has_alpha ? pixels[i * from + from - 1] : 255;
        } else if (to >= 3 || !is_color) {
            const int channel = is_color ? c : 0;
            for (std::int64_t i = 0; i < count; ++i) at[i] = pixels[i * from + channel];
        } else {
            for (std::int64_t i = 0; i < count; ++i) {
                const std::uint8_t* p = pixels + i * from;
                at[i] = static_cast<std::uint8_t>((p[0] * 9794 + p[1] * 19234 + p[2] * 3740) >> 15);
            }
        }
    }
    return out;
}

// What stb_image makes of bytes that have been looked over.
struct Pixels {
    std::unique_ptr<unsigned char, void (*)(void*)> bytes;
    int height, width, channels;
};
Pixels decode(const std::string& who, std::string_view bytes, int want) {
    int width = 0, height = 0, channels = 0;
    std::unique_ptr<unsigned char, void (*)(void*)> pixels(
        stbi_load_from_memory(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()),
            &width, &height, &channels, want),
        stbi_image_free);
    check(pixels != nullptr, "{}: the picture can't be decoded: {}; get it anew", who, stbi_failure_reason());
    return {std::move(pixels), height, width, want == 0 ? channels : want};
}

Tensor decode_png(const std::string& who, std::string_view bytes, int want) {
    const picture::Png png = picture::check_png(who, bytes);
    const Pixels pixels = decode(who, png.bytes, 0);
    std::uint8_t* places = pixels.bytes.get();
    const std::int64_t count = std::int64_t(pixels.height) * pixels.width;
    for (std::int64_t i = 0; png.scale > 1 && i < count; ++i) places[i] /= png.scale;
    if (!png.has_palette || want == 0)
        return arrange(places, pixels.height, pixels.width, pixels.channels, want == 0 ? pixels.channels : want);
    // A color at a time: what four channels take for each pixel need not be there twice.
    std::array<std::uint8_t, 256 * 4> flat;
    for (std::size_t i = 0; i < 256; ++i) std::ranges::copy(png.palette[i], flat.begin() + 4 * i);
    const Tensor colors = arrange(flat.data(), 256, 1, 4, want);
    Tensor out = native::empty({want, pixels.height, pixels.width}, uint8);
    auto* to = out.data_ptr<std::uint8_t>();
    for (int c = 0; c < want; ++c) {
        const auto* color = colors.data_ptr<std::uint8_t>() + 256 * c;
        for (std::int64_t i = 0; i < count; ++i) *to++ = color[places[i]];
    }
    return out;
}

Tensor read_picture(const std::string& path, ImageReadMode mode) {
    const std::string bytes = read_file(path), who = "read_image: " + path;
    const int want = static_cast<int>(mode);
    check(0 <= want && want <= 4, "{}: there is no ImageReadMode {}", who, want);
    if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return decode_png(who, bytes, want);
    if (bytes.starts_with("\xff\xd8\xff")) {
        picture::check_jpeg(who, bytes);
        const Pixels pixels = decode(who, bytes, want == 1 ? 1 : 0);
        return arrange(
            pixels.bytes.get(), pixels.height, pixels.width, pixels.channels, want == 0 ? pixels.channels : want);
    }
    if (bytes.starts_with("P5") || bytes.starts_with("P6")) {
        const picture::Pnm pnm = picture::read_pnm(who, bytes);
        const int channels = static_cast<int>(pnm.channels);
        return arrange(pnm.pixels.data(), pnm.height, pnm.width, channels, want == 0 ? channels : want);
    }
    const std::string known = picture::refusal(bytes);
    check(known.empty(),
        "{}: Unsupported image file. Only jpeg and png are currently supported, and PNM in binary; this is {}, so "
        "convert it to PNG",
        who, known);
    fail(
        "{}: Unsupported image file. Only jpeg and png are currently supported, and PNM in binary; this is no picture "
        "that is known",
        who);
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
    Tensor grid = native::full({x.size(1), height * rows + pad, width * columns + pad}, *o.pad_value, x.dtype());
    for (std::int64_t k = 0; k < count; ++k)
        native::copy(
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

TAPER_DEFINE_FUNCTION(Tensor, read_image, ReadImageOptions, (read_picture(o.path, o.mode)), 1, path, mode)
TAPER_DEFINE_FUNCTION(Tensor, make_grid, GridOptions, (grid_of(o)), 1, tensor, nrow, padding, normalize, value_range,
    scale_each, pad_value)
TAPER_DEFINE_FUNCTION(void, save_image, SaveImageOptions, (write_grid(o)), 2, tensor, fp, format)

}  // namespace taper
