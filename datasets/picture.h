// Pictures in files: what they are and whether they can be what they claim, before a byte is decoded.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace taper::picture {

/// More pixels are refused, as PIL refuses decompression bombs.
constexpr std::int64_t most_pixels = 178'956'970;
/// A side is at most as long as libpng takes it.
constexpr std::int64_t longest_side = 1'000'000;
/// The scans of a progressive JPEG that show one component, and the blocks of 8 x 8 that all its scans go through: what
/// is shown a hundred times over costs a hundred times the time.
constexpr std::int64_t most_scans = 64, most_blocks = std::int64_t(1) << 27;

// Each of these throws Error, which begins with `who`.

/// Error if it has no pixel, or too many.
void check_size(const std::string& who, std::int64_t width, std::int64_t height);

/// A PNG of which nothing is left but pixels: its header, its compressed bytes and its end, all of them sound. Those of
/// a palette are grey here: they are the places in `palette`, times `scale`.
struct Png {
    std::string bytes;
    bool has_palette = false, has_alpha = false;
    int scale = 1;
    std::array<std::array<std::uint8_t, 4>, 256> palette = {};  // red, green, blue, alpha
};
Png check_png(const std::string& who, std::string_view bytes);

/// Error unless the JPEG is whole, and can have in its bytes the pixels that it claims.
void check_jpeg(const std::string& who, std::string_view bytes);

/// The picture of a binary PNM, P5 or P6, which scales to 255.
struct Pnm {
    std::int64_t width, height, channels;
    std::vector<std::uint8_t> pixels;  // H x W x C
};
Pnm read_pnm(const std::string& who, std::string_view bytes);

/// The name of a known format, and what makes it one that can be read; empty if it is unknown.
std::string refusal(std::string_view bytes);

}  // namespace taper::picture
