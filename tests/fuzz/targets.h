// What the readers are fuzzed with: each takes any bytes, and lets nothing out but taper::Error, which it catches.
#pragma once

#include <sys/mman.h>
#include <taper/datasets/idx.h>
#include <taper/datasets/image.h>
#include <taper/tensor/serialization/numpy.h>
#include <taper/tensor/serialization/pickle.h>
#include <taper/tensor/serialization/safetensors.h>
#include <taper/tensor/serialization/serialize.h>
#include <unistd.h>
#include <zlib.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>

namespace fuzz {

/// A file that lies in memory; opened by its path.
class File {
 public:
    explicit File(std::string_view bytes) : number_(::memfd_create("fuzz", 0)) {
        if (number_ < 0 || ::write(number_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
            std::abort();
    }
    ~File() { ::close(number_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    std::string path() const { return "/proc/self/fd/" + std::to_string(number_); }

 private:
    int number_;
};

/// The sum of all bytes, so that each is looked at.
inline std::int64_t sum_of(const taper::Tensor& x) {
    const auto* bytes = x.data_ptr<std::uint8_t>();
    std::int64_t sum = 0;
    for (std::int64_t i = 0; i < x.numel(); ++i) sum += bytes[i];
    return sum;
}

/// Whether there was no Error.
template <class F> bool runs(F f) {
    try {
        f();
        return true;
    } catch (const taper::Error&) {
        return false;
    }
}

inline bool load(std::string_view bytes) {
    return runs([&] {
        std::istringstream in{std::string(bytes)};
        taper::load(in);
    });
}

/// The machine alone, with storages as large as a megabyte.
inline bool pickle(std::string_view bytes) {
    return runs([&] {
        taper::ByteReader reader(bytes);
        taper::pickle::read(reader, [](const taper::pickle::StorageName& name) {
            constexpr std::int64_t largest = 1 << 20;
            taper::check(name.count >= 0 && name.count <= largest / 8, "a storage of {} elements", name.count);
            return taper::Storage::make(name.count * taper::size_of(name.dtype));
        });
    });
}

inline bool safetensors(std::string_view bytes) {
    return runs([&] { taper::safetensors::torch::load(std::string(bytes)); });
}

inline bool numpy(std::string_view bytes) {
    const File file(bytes);
    return runs([&] {
        const auto read = taper::np::load(file.path());
        for (const std::string& name : read.files()) read[name].tensor();
    });
}

inline bool table(std::string_view bytes) {
    const File file(bytes);
    runs([&] { taper::np::genfromtxt(file.path(), {.delimiter = ","}); });
    return runs([&] { taper::np::loadtxt(file.path()); });
}

inline bool idx(std::string_view bytes) {
    const File file(bytes);
    const auto read = [&](int dims) { return runs([&] { sum_of(taper::read_idx(file.path(), dims)); }); };
    return read(3) || read(1);
}

inline void append_number(std::string& to, std::size_t number) {
    for (int shift = 24; shift >= 0; shift -= 8) to += static_cast<char>(number >> shift);
}

/// A PNG with the sums of its chunks made right, and pixels that are not compressed, compressed: few changes of a file
/// would get past them.
inline std::string with_sums(std::string_view png) {
    constexpr std::size_t signature = 8;
    std::string out(png.substr(0, signature));
    for (std::size_t at = signature; png.size() - at >= 12;) {
        std::size_t size = 0;
        for (int i = 0; i < 4; ++i) size = size << 8 | static_cast<unsigned char>(png[at + i]);
        if (size > png.size() - at - 12) break;
        std::string data(png.substr(at + 4, size + 4));
        if (data.starts_with("IDAT") && size > 0 && (data[4] & 15) != 8) {
            uLongf room = compressBound(size);
            std::string packed(room, '\0');
            if (compress(reinterpret_cast<Bytef*>(packed.data()), &room, reinterpret_cast<Bytef*>(data.data()) + 4,
                    size) != Z_OK)
                std::abort();
            data.replace(4, size, packed, 0, room);
        }
        append_number(out, data.size() - 4);
        out += data;
        append_number(out, ::crc32(0, reinterpret_cast<Bytef*>(data.data()), static_cast<uInt>(data.size())));
        at += size + 12;
    }
    return out;
}

inline bool image(std::string_view bytes) {
    using taper::ImageReadMode;
    const auto read = [](std::string_view all, ImageReadMode mode) {
        const File file(all);
        return runs([&] { sum_of(taper::read_image(file.path(), mode)); });
    };
    const bool any = read(bytes, ImageReadMode::UNCHANGED);
    if (any)
        for (auto mode : {ImageReadMode::GRAY, ImageReadMode::RGB_ALPHA})
            if (!read(bytes, mode)) std::abort();
    if (!any && bytes.starts_with("\x89PNG\r\n\x1a\n")) read(with_sums(bytes), ImageReadMode::RGB_ALPHA);
    return any;
}

/// Runs a target, and says at the end how many runs there were and how long the slowest took.
inline int timed(bool (*target)(std::string_view), const std::uint8_t* data, std::size_t size) {
    using Clock = std::chrono::steady_clock;
    struct Worst {
        double seconds = 0;
        std::size_t size = 0;
        std::int64_t runs = 0, read = 0;
        ~Worst() {
            std::fprintf(stderr, "%lld runs, %lld of them read; the slowest took %.3f s, for %zu bytes\n",
                static_cast<long long>(runs), static_cast<long long>(read), seconds, size);
        }
    };
    static Worst worst;
    const auto began = Clock::now();
    worst.read += target({reinterpret_cast<const char*>(data), size});
    const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
    if (seconds > worst.seconds) worst.seconds = seconds, worst.size = size;
    ++worst.runs;
    return 0;
}

}  // namespace fuzz
