#include <zlib.h>

#include <algorithm>

#include "../tensor/base/error.h"
#include "picture.h"

namespace taper::picture {
namespace {

constexpr std::string_view signature = "\x89PNG\r\n\x1a\n";

int byte_at(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
    std::uint32_t number = 0;
    for (int i = 0; i < 4; ++i) number = number << 8 | byte_at(bytes, at + i);
    return number;
}

void append_chunk(std::string& to, std::string_view name, std::string_view data) {
    for (int shift = 24; shift >= 0; shift -= 8) to += static_cast<char>(data.size() >> shift);
    to.append(name).append(data).append(4, '\0');  // stb_image looks at no sum
}

struct Header {
    std::int64_t width, height;
    int depth, color, interlaced;

    Header(const std::string& who, std::string_view bytes)
        : width(number_at(bytes, 0)),
          height(number_at(bytes, 4)),
          depth(byte_at(bytes, 8)),
          color(byte_at(bytes, 9)),
          interlaced(byte_at(bytes, 12)) {
        check_size(who, width, height);
        check(depth != 16, "{}: At most 8-bit PNG images are supported currently; convert it to 8 bits", who);
        const bool any_depth = depth == 1 || depth == 2 || depth == 4, any_color = color == 0 || color == 3;
        check((depth == 8 || (any_depth && any_color)) && (any_color || color == 2 || color == 4 || color == 6) &&
                bytes[10] == 0 && bytes[11] == 0 && (interlaced == 0 || interlaced == 1),
            "{}: the header of the PNG is damaged: depth {}, color type {}, interlace {}; get it anew", who, depth,
            color, interlaced);
    }
    int channels() const { return color == 2 ? 3 : color == 4 ? 2 : color == 6 ? 4 : 1; }

    // The bytes of the rows before compression: each has one more, for its filter.
    std::int64_t size() const {
        auto rows = [&](std::int64_t w, std::int64_t h) {
            return w == 0 ? 0 : h * (1 + (w * channels() * depth + 7) / 8);
        };
        if (!interlaced) return rows(width, height);
        constexpr int first[7][2] = {{0, 0}, {4, 0}, {0, 4}, {2, 0}, {0, 2}, {1, 0}, {0, 1}};
        constexpr int step[7][2] = {{8, 8}, {8, 8}, {4, 8}, {4, 4}, {2, 4}, {2, 2}, {1, 2}};
        std::int64_t all = 0;
        for (int pass = 0; pass < 7; ++pass)
            all += rows((width - first[pass][0] + step[pass][0] - 1) / step[pass][0],
                (height - first[pass][1] + step[pass][1] - 1) / step[pass][1]);
        return all;
    }
};

// Error unless `data` is a sound zlib stream of at least `size` bytes; a few more do no harm.
void check_stream(const std::string& who, std::string_view data, std::int64_t size) {
    constexpr std::int64_t surplus = 1 << 16, best_ratio = 1032;  // no byte can become more
    check(size <= static_cast<std::int64_t>(data.size()) * best_ratio,
        "{}: the PNG holds {} bytes, which can't be its {} bytes of pixels; get it anew", who, data.size(), size);
    z_stream stream = {};
    check(inflateInit(&stream) == Z_OK, "{}: there is no memory for zlib", who);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
    stream.avail_in = static_cast<uInt>(data.size());
    std::vector<Bytef> scratch(1 << 16);
    std::int64_t done = 0;
    int state = Z_OK;
    while (state == Z_OK && done <= size + surplus) {
        stream.next_out = scratch.data();
        stream.avail_out = static_cast<uInt>(scratch.size());
        state = inflate(&stream, Z_NO_FLUSH);
        done += static_cast<std::int64_t>(scratch.size()) - stream.avail_out;
    }
    const std::string problem = stream.msg ? stream.msg : "the compressed bytes end too early";
    inflateEnd(&stream);
    check(done <= size + surplus, "{}: the PNG goes on after its {} bytes of pixels; get it anew", who, size);
    check(state == Z_STREAM_END, "{}: the PNG is damaged: {}; get it anew", who, problem);
    check(done >= size, "{}: the PNG ends after {} of its {} bytes of pixels; get it anew", who, done, size);
}

struct Chunks {
    std::string_view header, palette, alpha;
    std::string pixels;
};

// Every chunk that matters, with its sum looked at. One that need not be known may be damaged, too.
Chunks find_chunks(const std::string& who, std::string_view bytes) {
    Chunks found;
    std::size_t at = signature.size();
    for (std::string_view name; name != "IEND";) {
        check(bytes.size() - at >= 12 && number_at(bytes, at) <= bytes.size() - at - 12,
            "{}: the PNG is cut short; get it anew", who);
        const std::size_t size = number_at(bytes, at);
        name = bytes.substr(at + 4, 4);
        const std::string_view data = bytes.substr(at + 8, size);
        const bool known = name == "IHDR" || name == "PLTE" || name == "tRNS" || name == "IDAT" || name == "IEND";
        const auto* summed = reinterpret_cast<const Bytef*>(bytes.data()) + at + 4;
        check(known || (name[0] & 32) != 0,
            "{}: the PNG is damaged, or not of the usual kind: its chunk {:#010x} is "
            "unknown; get it anew, or convert it",
            who, number_at(bytes, at + 4));
        check(!known || crc32(0, summed, static_cast<uInt>(size + 4)) == number_at(bytes, at + 8 + size),
            "{}: the PNG is damaged: {}: CRC error; get it anew", who, name);
        check((name == "IHDR") == (at == signature.size()),
            "{}: the PNG is damaged: it should begin with its header, and have but one; get it anew", who);
        if (name == "IHDR") found.header = data;
        if (name == "PLTE") found.palette = data;
        if (name == "tRNS") found.alpha = data;
        if (name == "IDAT") found.pixels += data;
        at += size + 12;
    }
    check(found.header.size() == 13, "{}: the header of the PNG is damaged: it has {} bytes; get it anew", who,
        found.header.size());
    return found;
}

}  // namespace

Png check_png(const std::string& who, std::string_view bytes) {
    const Chunks chunks = find_chunks(who, bytes);
    const Header header(who, chunks.header);
    check_stream(who, chunks.pixels, header.size());
    Png out;
    std::string ihdr(chunks.header);
    if (header.color == 3) {
        const std::size_t colors = chunks.palette.size() / 3;
        check(colors > 0 && colors <= 256 && chunks.palette.size() % 3 == 0,
            "{}: the PNG is damaged: its palette has {} bytes; get it anew", who, chunks.palette.size());
        out.has_palette = true;
        out.has_alpha = !chunks.alpha.empty() && chunks.alpha.size() <= colors;
        for (std::size_t i = 0; i < 256; ++i) {
            for (std::size_t c = 0; c < 3 && i < colors; ++c) out.palette[i][c] = chunks.palette[3 * i + c];
            out.palette[i][3] = out.has_alpha && i < chunks.alpha.size() ? chunks.alpha[i] : 255;
        }
        ihdr[9] = 0;
        out.scale = 255 / ((1 << header.depth) - 1);
    }
    out.bytes = signature;
    append_chunk(out.bytes, "IHDR", ihdr);
    append_chunk(out.bytes, "IDAT", chunks.pixels);
    append_chunk(out.bytes, "IEND", "");
    return out;
}

}  // namespace taper::picture
