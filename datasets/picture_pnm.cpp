#include <algorithm>
#include <utility>

#include "../tensor/base/error.h"
#include "picture.h"

namespace taper::picture {
namespace {

bool is_space(char c) { return c == ' ' || ('\t' <= c && c <= '\r'); }
bool is_digit(char c) { return '0' <= c && c <= '9'; }

// The next number of the header, behind spaces and comments; -1 if there is none, or it is too large.
std::int64_t next_number(std::string_view bytes, std::size_t& at) {
    for (; at < bytes.size() && (is_space(bytes[at]) || bytes[at] == '#'); ++at)
        if (bytes[at] == '#') at = std::min(bytes.find_first_of("\r\n", at), bytes.size() - 1);
    if (at >= bytes.size() || !is_digit(bytes[at])) return -1;
    std::int64_t number = 0;
    for (; at < bytes.size() && is_digit(bytes[at]); ++at) {
        number = number * 10 + (bytes[at] - '0');
        if (number > most_pixels) return -1;
    }
    return number;
}

}  // namespace

void check_size(const std::string& who, std::int64_t width, std::int64_t height) {
    check(width > 0 && height > 0, "{}: a picture of {} x {} has no pixels", who, width, height);
    check(width <= longest_side && height <= longest_side && width * height <= most_pixels,
        "{}: a picture of {} x {} is too large: it may have {} pixels, and sides of {}; make it smaller", who, width,
        height, most_pixels, longest_side);
}

Pnm read_pnm(const std::string& who, std::string_view bytes) {
    std::size_t at = 2;
    const std::int64_t width = next_number(bytes, at), height = next_number(bytes, at), most = next_number(bytes, at);
    check(width >= 0 && height >= 0 && 0 < most && most < 65536 && at < bytes.size() && is_space(bytes[at]),
        "{}: the header of the PNM is damaged; get it anew", who);
    check_size(who, width, height);
    ++at;
    const std::int64_t channels = bytes[1] == '6' ? 3 : 1, count = width * height * channels, wide = most > 255 ? 2 : 1,
                       there = static_cast<std::int64_t>((bytes.size() - at) / wide);
    check(there >= count, "{}: the PNM ends after {} of its {} x {} x {} numbers; get it anew", who, there, height,
        width, channels);
    Pnm out{width, height, channels, std::vector<std::uint8_t>(count)};
    const auto* from = reinterpret_cast<const unsigned char*>(bytes.data()) + at;
    for (std::int64_t i = 0; i < count; ++i) {
        const std::int64_t value = wide == 2 ? from[2 * i] << 8 | from[2 * i + 1] : from[i];
        out.pixels[i] = static_cast<std::uint8_t>((std::min(value, most) * 255 + most / 2) / most);
    }
    return out;
}

std::string refusal(std::string_view bytes) {
    using namespace std::string_view_literals;
    constexpr std::pair<std::string_view, const char*> formats[] = {{"BM", "a BMP"}, {"GIF8", "a GIF"},
        {"II*\0"sv, "a TIFF"}, {"MM\0*"sv, "a TIFF"}, {"8BPS", "a Photoshop file"}, {"#?", "a Radiance HDR"},
        {"\x53\x80\xf6\x34", "a Softimage PIC"}, {"qoif", "a QOI"}, {"\0\0\1\0"sv, "an ICO"},
        {"\0\0\0\x0cjP  "sv, "a JPEG 2000"}, {"\xff\x0a", "a JPEG XL"}, {"Pf", "a PFM"}, {"PF", "a PFM"},
        {"P1", "a PBM"}, {"P4", "a PBM"}, {"P2", "a PGM in text"}, {"P3", "a PPM in text"}, {"P7", "a PAM"}};
    for (const auto& [magic, name] : formats)
        if (bytes.starts_with(magic)) return name;
    const std::string_view inner = bytes.substr(0, 12).substr(std::min<std::size_t>(bytes.size(), 4));
    if (bytes.starts_with("RIFF") && inner.ends_with("WEBP")) return "a WebP";
    if (inner.starts_with("ftypavi")) return "an AVIF";
    if (inner.starts_with("ftyphei") || inner.starts_with("ftypmif")) return "a HEIC";
    const std::size_t mark = bytes.substr(0, 512).find_first_not_of(" \t\r\n\xef\xbb\xbf");
    if (mark != bytes.npos && (bytes.substr(mark).starts_with("<svg") || bytes.substr(mark).starts_with("<?xml")))
        return "an SVG";
    return "";
}

}  // namespace taper::picture
