// Which files read_image reads, pixel for pixel as torchvision, and what it says of those that it does not.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include <fstream>

#include "crc32.h"
#include "error_of.h"
#include "fuzz/targets.h"

using namespace taper;
using namespace std::string_literals;

namespace {

std::string corpus(const std::string& name) {
    std::ifstream file(TAPER_SOURCE_DIR "/tests/fuzz/corpus/image/" + name, std::ios::binary);
    REQUIRE(file);
    return {std::istreambuf_iterator<char>(file), {}};
}

Tensor read(const std::string& bytes, ImageReadMode mode = ImageReadMode::UNCHANGED) {
    const fuzz::File file(bytes);
    return read_image(file.path(), mode);
}

// What is said of the file, after its name.
std::string refusal(const std::string& bytes) {
    const std::string said = error_of([&] { read(bytes); });
    const std::size_t at = said.find(": ", said.find("/fd/"));
    return said.starts_with("read_image: /proc/self/fd/") && at != said.npos ? said.substr(at + 2) : said;
}

std::vector<int> numbers(const Tensor& x) { return x.tolist<int>(); }

std::string replaced(std::string bytes, const std::string& what, const std::string& with) {
    const std::size_t at = bytes.find(what);
    REQUIRE(at != bytes.npos);
    return bytes.replace(at, what.size(), with);
}

std::string big_endian(std::uint32_t number) {
    std::string out;
    fuzz::append_number(out, number);
    return out;
}

// A PNG of these pixels, each row with its filter before it.
std::string png(std::uint32_t width, std::uint32_t height, char depth, char color, const std::string& rows,
    const std::string& before_pixels = "") {
    auto chunk = [](const std::string& name, const std::string& data) {
        return big_endian(static_cast<std::uint32_t>(data.size())) + name + data + "sum?";
    };
    return fuzz::with_sums("\x89PNG\r\n\x1a\n" +
        chunk("IHDR", big_endian(width) + big_endian(height) + depth + color + "\0\0\0"s) + before_pixels +
        chunk("IDAT", rows) + chunk("IEND", ""));
}

std::string segment(char marker, const std::string& data) {
    const std::size_t size = data.size() + 2;
    return "\xff"s + marker + static_cast<char>(size >> 8) + static_cast<char>(size) + data;
}

// A JPEG of one color whose mean values and coefficients have one code each, of one bit.
std::string jpeg(int width, int height, char kind, const std::string& scans) {
    const std::string one_code = "\1"s + std::string(15, '\0') + '\0';
    const char size[] = {8, static_cast<char>(height >> 8), static_cast<char>(height), static_cast<char>(width >> 8),
        static_cast<char>(width), 1, 1, 0x11, 0};
    return "\xff\xd8" + segment('\xdb', "\0"s + std::string(64, '\1')) + segment(kind, {size, sizeof size}) +
        segment('\xc4', "\0"s + one_code) + segment('\xc4', "\x10" + one_code) + scans + "\xff\xd9";
}
std::string scan(const std::string& range, const std::string& data) {
    return segment('\xda', "\1\1\0"s + range) + data;
}
const std::string whole_range = "\0\x3f\0"s;

}  // namespace

TEST_CASE("PNG is read as torchvision reads it in every mode") {
    struct Row {
        const char* file;
        Shape shape;
        std::uint32_t unchanged, gray, rgb, rgb_alpha;  // sums of what torchvision.io.read_image gives
    };
    // 0: torchvision shows memory that is not the picture's, or an alpha that is not opaque
    const std::vector<Row> rows{{"png_gray1", {1, 5, 11}, 0x707e29fb, 0x707e29fb, 0x74c6a227, 0},
        {"png_gray8", {1, 4, 5}, 0x01cc7690, 0x01cc7690, 0x42b43bd1, 0x3732f447},
        {"png_gray_alpha", {2, 4, 3}, 0x0d1942e0, 0xfc754898, 0xf2f93053, 0x5c35bf55},
        {"png_palette4", {1, 6, 7}, 0, 0x6a9590dc, 0x071c36d8, 0},
        {"png_palette4_alpha", {1, 6, 7}, 0, 0x2d308bbd, 0xa1d67fdb, 0xe32c99ff},
        {"png_rgb_alpha", {4, 3, 4}, 0x6c4044e5, 0xe5ce1a7e, 0x4ddf0915, 0x6c4044e5},
        {"png_rgb_interlaced", {3, 10, 9}, 0xecd414d8, 0xb9e11988, 0xecd414d8, 0x518d6c53}};
    for (const auto& [file, shape, unchanged, gray, rgb, rgb_alpha] : rows) {
        CAPTURE(file);
        const std::string bytes = corpus(file);
        auto check = [&](ImageReadMode mode, std::uint32_t sum, std::int64_t channels) {
            const Tensor x = read(bytes, mode);
            CHECK(x.dtype() == uint8);
            CHECK(x.shape() == Shape{channels, shape[1], shape[2]});
            if (sum != 0) CHECK(crc32(x.data_ptr(), x.numel()) == sum);
        };
        check(ImageReadMode::UNCHANGED, unchanged, shape[0]);
        check(ImageReadMode::GRAY, gray, 1);
        check(ImageReadMode::RGB, rgb, 3);
        check(ImageReadMode::RGB_ALPHA, rgb_alpha, 4);
    }
}

TEST_CASE("a PNG with a palette is read as places in it or as its colors") {
    const std::string palette = big_endian(6) + "PLTE\1\2\3\x0a\x14\x1esum?", alpha = big_endian(1) + "tRNS\x80sum?";
    const std::string plain = png(3, 1, 2, 3, "\0\x1c"s, palette), clear = png(3, 1, 2, 3, "\0\x1c"s, palette + alpha);
    CHECK(numbers(read(plain).flatten()) == std::vector<int>{0, 1, 3});
    // The place 3 is behind the palette: black, as in libpng.
    CHECK(numbers(read(plain, ImageReadMode::RGB).flatten()) == std::vector<int>{1, 10, 0, 2, 20, 0, 3, 30, 0});
    CHECK(numbers(read(plain, ImageReadMode::GRAY_ALPHA).flatten()) == std::vector<int>{1, 18, 0, 255, 255, 255});
    CHECK(numbers(read(clear, ImageReadMode::RGB_ALPHA)[3].flatten()) == std::vector<int>{128, 255, 255});
    CHECK(numbers(read(clear).flatten()) == std::vector<int>{0, 1, 3});
    // Of gray and RGB, torchvision takes no notice of a transparent color.
    CHECK(read(png(2, 1, 8, 0, "\0\5\6"s, big_endian(2) + "tRNS\0\5sum?"s)).shape() == Shape{1, 1, 2});
}

TEST_CASE("JPEG is read within 3 of what torchvision reads") {
    const auto close = [](const Tensor& x, const std::vector<int>& expected) {
        const std::vector<int> got = numbers(x.contiguous());
        REQUIRE(got.size() == expected.size());
        for (std::size_t i = 0; i < got.size(); ++i) CHECK(std::abs(got[i] - expected[i]) <= 3);
    };
    // torchvision.io.read_image(...)[0, 0] and [2, 17]: colors at every second pixel of a row, the last but one
    // included
    const Tensor x = read(corpus("jpeg_422"));
    REQUIRE(x.shape() == Shape{3, 18, 21});
    close(x[0, 0], {95, 95, 97, 106, 124, 138, 154, 156, 130, 98, 51, 23, 10, 24, 66, 98, 129, 148, 168, 180, 185});
    close(x[2, 17], {149, 147, 135, 113, 80, 49, 20, 14, 27, 56, 99, 130, 148, 154, 148, 113, 49, 15, 14, 7, 0});
    CHECK(numbers(read(corpus("jpeg_restarts")).flatten()) == std::vector<int>(192, 128));
    CHECK(read(corpus("jpeg_progressive")).equal(read(corpus("jpeg_420"))));
    CHECK(read(corpus("jpeg_gray"), ImageReadMode::RGB).shape() == Shape{3, 18, 21});
}

TEST_CASE("binary PNM of both depths scales to 255") {
    CHECK(numbers(read("P5 3 1 255\n\1\2\xff").flatten()) == std::vector<int>{1, 2, 255});
    CHECK(numbers(read("P5\n# three\n3 # pixels\n1\n3\n\0\1\7"s).flatten()) == std::vector<int>{0, 85, 255});
    CHECK(numbers(read("P5 2 1 65535\n\x80\x80\xff\xff").flatten()) == std::vector<int>{128, 255});
    CHECK(numbers(read("P6 2 1 255 \1\2\3\4\5\6").flatten()) == std::vector<int>{1, 4, 2, 5, 3, 6});
    CHECK(numbers(read("P6 1 1 1000\n\1\xf4\0\0\3\xe8"s, ImageReadMode::RGB_ALPHA).flatten()) ==
        std::vector<int>{128, 0, 255, 255});
    const std::string damaged = "the header of the PNM is damaged; get it anew";
    CHECK(refusal("P5") == damaged);
    CHECK(refusal("P5 2 2 #") == damaged);
    CHECK(refusal("P5 2 2 255") == damaged);
    CHECK(refusal("P5 2 2 0\n1234") == damaged);
    CHECK(refusal("P5 2 2 65536\n12345678") == damaged);
    CHECK(refusal("P5 99999999999999999999 2 255\n1234") == damaged);
    CHECK(refusal("P5 2 2 255\n123") == "the PNM ends after 3 of its 2 x 2 x 1 numbers; get it anew");
    CHECK(refusal("P6 100 100 255\n123") == "the PNM ends after 3 of its 100 x 100 x 3 numbers; get it anew");
    CHECK(refusal("P6 3000 3000 65535\n") == "the PNM ends after 0 of its 3000 x 3000 x 3 numbers; get it anew");
    CHECK(refusal("P5 0 2 255\n") == "a picture of 0 x 2 has no pixels");
}

TEST_CASE("what is no PNG or JPEG is named with what to do") {
    const auto kind = [](const std::string& bytes) {
        const std::string
            said = refusal(bytes),
            begin = "Unsupported image file. Only jpeg and png are currently supported, and PNM in binary; this is ";
        return said.starts_with(begin) ? said.substr(begin.size()) : said;
    };
    const std::string bmp =
        "BM" + std::string(8, '\0') + "\x36\0\0\0\x28\0\0\0\xd8\x59\0\0\xd8\x59\0\0\1\0\x18\0"s + std::string(24, '\0');
    REQUIRE(bmp.size() == 54);  // 23,000 x 23,000
    CHECK(kind(bmp) == "a BMP, so convert it to PNG");
    CHECK(kind("GIF89a") == "a GIF, so convert it to PNG");
    CHECK(kind("II*\0"s) == "a TIFF, so convert it to PNG");
    CHECK(kind("8BPS") == "a Photoshop file, so convert it to PNG");
    CHECK(kind("#?RADIANCE\n") == "a Radiance HDR, so convert it to PNG");
    CHECK(kind("P3 1 1 255 0 0 0") == "a PPM in text, so convert it to PNG");
    CHECK(kind("RIFF....WEBPVP8 ") == "a WebP, so convert it to PNG");
    CHECK(kind("....ftypavif") == "an AVIF, so convert it to PNG");
    CHECK(kind("<?xml version='1.0'?><svg/>") == "an SVG, so convert it to PNG");
    CHECK(kind("") == "no picture that is known");
    CHECK(kind("\xff\xd8") == "no picture that is known");
    CHECK(refusal(png(1, 1, 16, 0, "\0\1\2"s)) ==
        "At most 8-bit PNG images are supported currently; convert it to 8 bits");
    const std::string gray = jpeg(8, 8, '\xc0', scan(whole_range, "\x3f"));
    CHECK(numbers(read(gray).flatten()) == std::vector<int>(64, 128));
    CHECK(refusal(replaced(gray, "\xff\xc0\0\x0b\x08\0\x08\0\x08\1"s, "\xff\xc0\0\x0b\x08\0\x08\0\x08\4"s)) ==
        "a JPEG of 4 colors, CMYK, can't be read; convert it to RGB");
    CHECK(refusal(replaced(gray, "\xff\xc0\0\x0b\x08"s, "\xff\xc1\0\x0b\x0c"s)) ==
        "a JPEG of 12 bits can't be read; convert it to one of 8");
    CHECK(refusal(replaced(gray, "\xff\xc0", "\xff\xc9")) ==
        "a lossless or arithmetic JPEG can't be read; convert it to a usual one");
    CHECK(error_of([] { read_image("/dev/zero"); }) ==
        "read_image: /dev/zero: it is no file that can be read, or has more than 2 GiB");
}

TEST_CASE("a damaged PNG is refused before it is decoded") {
    const std::string good = corpus("png_gray8");
    auto said = [&](std::size_t byte) {
        std::string bytes = good;
        bytes[byte] ^= 1;
        return refusal(bytes);
    };
    CHECK(said(20) == "the PNG is damaged: IHDR: CRC error; get it anew");
    CHECK(said(good.find("IDAT") + 5) == "the PNG is damaged: IDAT: CRC error; get it anew");
    CHECK(said(good.size() - 1) == "the PNG is damaged: IEND: CRC error; get it anew");
    CHECK(refusal(good.substr(0, good.size() - 1)) == "the PNG is cut short; get it anew");
    CHECK(read(good + "what stands behind").equal(read(good)));
    CHECK(refusal(png(5, 4, 8, 0, std::string(23, '\0'))) ==
        "the PNG ends after 23 of its 24 bytes of pixels; get it anew");
    CHECK(read(png(5, 4, 8, 0, std::string(30, '\0'))).shape() == Shape{1, 4, 5});
    CHECK(refusal(png(5, 4, 8, 0, std::string(70000, '\0'))) ==
        "the PNG goes on after its 24 bytes of pixels; get it anew");
    CHECK(refusal(png(1000, 1000, 8, 6, "\0\0"s)) ==
        "the PNG holds 10 bytes, which can't be its 4001000 bytes of pixels; get it anew");
    CHECK(refusal(png(23000, 23000, 8, 2, "\0\0"s)) ==
        "a picture of 23000 x 23000 is too large: it may have 178956970 pixels, and sides of 1000000; make it smaller");
    CHECK(refusal(png(2, 1, 4, 2, "\0\0\0\0"s)) ==
        "the header of the PNG is damaged: depth 4, color type 2, interlace 0; get it anew");
    CHECK(refusal(png(2, 1, 8, 3, "\0\0\0"s)) == "the PNG is damaged: its palette has 0 bytes; get it anew");
    CHECK(refusal(png(2, 1, 8, 0, "\x05\0\0"s)) == "the picture can't be decoded: invalid filter; get it anew");
    CHECK(refusal(png(2, 1, 8, 0, "\0\0\0"s, big_endian(0) + "CgBIsum?")).find("its chunk 0x43674249 is unknown") !=
        std::string::npos);
    // A code of deflate for a distance of nothing, which shows what was in memory.
    CHECK(refusal(fuzz::with_sums(replaced(png(3, 1, 8, 0, "\0\1\2\3"s), "\0\0\0\x0cIDAT"s,
                      "\0\0\0\x08IDAT\x78\x9c\x63\x02\x3d\0\0\0sum?\0\0\0\x0cIDAT"s)))
              .find("the PNG is damaged: ") == 0);
}

TEST_CASE("a JPEG that lacks what it needs is refused before it is decoded") {
    const std::string good = corpus("jpeg_420"), data = good.substr(good.find("\xff\xda") + 14);
    CHECK(refusal(good.substr(0, good.size() - 2)) ==
        "the JPEG is cut short: Image is incomplete or truncated; get it anew");
    CHECK(refusal(replaced(good, data, "\x12\xff\xd9")) ==
        "the JPEG is cut short: 1 bytes can't be 24 blocks of 8 x 8 pixels; get it anew");
    // Half of its bits, as a network leaves them, closed by somebody who meant well.
    const std::string half = data.substr(0, data.size() / 2) + "\xff\xd9";
    CHECK(refusal(replaced(good, data, half)).starts_with("the JPEG is cut short: "));
    for (const char* name : {"jpeg_420", "jpeg_422", "jpeg_444_optimized", "jpeg_gray", "jpeg_progressive"}) {
        CAPTURE(name);
        const std::string whole = corpus(name);
        for (std::size_t at = whole.find("\xff\xda"), end; at != whole.npos; at = whole.find("\xff\xda", at + 1)) {
            for (end = at + 2; whole[end] != '\xff' || whole[end + 1] == 0;) ++end;
            const std::string said = refusal(whole.substr(0, end - 2) + whole.substr(end));
            CHECK((said.starts_with("the JPEG is cut short: ") || said.find("bits that are no code") != said.npos));
        }
    }
    CHECK(refusal(jpeg(8, 8, '\xc0', scan(whole_range, "\x7f"))) ==
        "the JPEG is damaged: a scan has bits that are no code; get it anew");
    CHECK(refusal(replaced(good, "\xff\xc4", "\xff\xe5")) == "the JPEG is damaged: a scan lacks a table; get it anew");
    CHECK(refusal(replaced(good, "\xff\xdb", "\xff\xe5")) == "the JPEG is damaged: a scan lacks a table; get it anew");
    CHECK(refusal("\xff\xd8\xff\xd9") == "the JPEG is damaged: it has no frame; get it anew");
    CHECK(refusal(jpeg(8, 8, '\xc0', "")) == "the JPEG is damaged: a color has no data; get it anew");
    CHECK(refusal(jpeg(8, 8, '\xc2', scan("\1\x3f\0"s, "\x7f"))) ==
        "the JPEG is damaged: a scan refines what has not been shown; get it anew");
    CHECK(refusal(replaced(corpus("jpeg_restarts"), "\xff\xd1", "\xff\xd2")) ==
        "the JPEG is damaged: a restart is out of place; get it anew");
    CHECK(refusal(replaced(corpus("jpeg_restarts"), "\xff\xd1\x3f", "")) ==
        "the JPEG is damaged: a scan ends too early; get it anew");
    std::string codes = std::string(16, '\0') + std::string(255, '\0');
    codes[15] = '\xff';
    CHECK(refusal(jpeg(8, 8, '\xc0', segment('\xc4', "\x10" + codes) + scan(whole_range, "\0\0\0"s))) == "no error");
    codes[14] = '\xff';
    CHECK(refusal(jpeg(8, 8, '\xc0', segment('\xc4', "\x10" + codes + std::string(255, '\0')))) ==
        "the JPEG is damaged: a table has more codes than there can be; get it anew");
    codes[14] = '\0', codes[0] = '\3';
    CHECK(refusal(jpeg(8, 8, '\xc0', segment('\xc4', "\x10" + codes + std::string(3, '\0')))) ==
        "the JPEG is damaged: a table has more codes than there can be; get it anew");
}

TEST_CASE("a small JPEG can't claim much time or memory") {
    CHECK(refusal(jpeg(20000, 20000, '\xc0', scan(whole_range, "\0"s))) ==
        "a picture of 20000 x 20000 is too large: it may have 178956970 pixels, and sides of 1000000; make it smaller");
    CHECK(refusal(jpeg(13000, 13000, '\xc0', scan(whole_range, "\0"s))) ==
        "the JPEG is cut short: 1 bytes can't be 2640625 blocks of 8 x 8 pixels; get it anew");
    // Refined over and over, without a bit of it for each block.
    const std::string means = scan("\0\0\1"s, std::string(8, '\0'));
    std::string again = means;
    for (int i = 0; i < 64; ++i) again += scan("\1\x3f\1", std::string(8, '\0'));
    CHECK(refusal(jpeg(64, 64, '\xc2', means)) == "no error");
    CHECK(refusal(jpeg(64, 64, '\xc2', again)) ==
        "the JPEG shows its picture too often: it may have 64 scans and 134217728 blocks in all of them; convert it to "
        "one that is not progressive");
}
