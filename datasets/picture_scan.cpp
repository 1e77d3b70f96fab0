#include "picture_scan.h"

#include <algorithm>
#include <bit>

namespace taper::picture {

void Codes::set(const unsigned char* counts, std::string_view symbols) {
    std::copy_n(counts, 16, counts_ + 1);
    symbols_.assign(symbols.begin(), symbols.end());
    std::ranges::fill(quick_, 0);
    std::size_t index = 0;
    for (int size = 1, code = 0; size <= quick_bits; ++size, code <<= 1)
        for (int i = 0; i < counts_[size]; ++i, ++index, ++code) {
            const int shift = quick_bits - size;
            std::fill_n(quick_ + (code << shift), 1 << shift, static_cast<std::uint16_t>(size << 8 | symbols_[index]));
        }
}

void Bits::fill() {
    while (held_ <= 56) {
        std::uint64_t byte = 0;
        if (at_ < bytes_.size()) {
            byte = static_cast<unsigned char>(bytes_[at_++]);
            if (byte == 0xff) at_ = std::min(bytes_.find_first_not_of('\xff', at_), bytes_.size() - 1) + 1;
        } else {
            missing_ += 8;
        }
        bits_ |= byte << (56 - held_);
        held_ += 8;
    }
}

int Bits::symbol(const Codes& codes) {
    if (held_ < 16) fill();
    const std::uint16_t quick = codes.quick_[bits_ >> (64 - Codes::quick_bits)];
    if (quick != 0) {
        bits_ <<= quick >> 8;
        held_ -= quick >> 8;
        return quick & 255;
    }
    int first = 0, index = 0;
    for (int size = 1; size <= 16; ++size) {
        const int place = static_cast<int>(bits_ >> (64 - size)) - first, count = codes.counts_[size];
        if (place < count) {
            bits_ <<= size;
            held_ -= size;
            return codes.symbols_[index + place];
        }
        index += count;
        first = (first + count) << 1;
    }
    return -1;
}

int Bits::take(int count) {
    if (count == 0) return 0;
    if (held_ < count) fill();
    const int number = static_cast<int>(bits_ >> (64 - count));
    bits_ <<= count;
    held_ -= count;
    return number;
}

void Bits::skip(std::int64_t count) {
    for (; count > 0; count -= 16) take(static_cast<int>(std::min<std::int64_t>(count, 16)));
}

namespace {

constexpr int zero_run = 0xf0;  // 16 zeros

bool skip_mean(Bits& bits, const Codes& codes) {
    const int size = bits.symbol(codes);
    if (size >= 0) bits.skip(size);
    return size >= 0;
}

// The other coefficients of a block of a JPEG that is not progressive.
bool skip_rest(Bits& bits, const Codes& codes) {
    for (int k = 1; k < 64;) {
        const int symbol = bits.symbol(codes);
        if (symbol < 0) return false;
        if ((symbol & 15) == 0 && symbol != zero_run) break;
        k += (symbol >> 4) + 1;
        bits.skip(symbol & 15);
    }
    return true;
}

// The progressive ones: `left` is how many blocks are still to end without a code.
bool skip_band(Bits& bits, const Scan& scan, std::uint64_t& seen, std::int64_t& left) {
    const Codes& codes = *scan.parts[0].codes;
    for (int k = scan.first; k <= scan.last; ++k) {
        const int symbol = bits.symbol(codes), size = symbol & 15, run = symbol >> 4;
        if (symbol < 0 || (size > 0 && size + scan.low > 15)) return false;
        if (size == 0 && run < 15) {
            left = (1 << run) - 1 + bits.take(run);
            break;
        }
        k += run;
        bits.skip(size);
        if (size > 0) seen |= std::uint64_t(1) << std::min(k, 63);
    }
    return true;
}

// How many of the coefficients from k on, up to the last of the scan, have been seen.
int seen_from(const Scan& scan, std::uint64_t seen, int k) {
    return k > scan.last ? 0 : std::popcount(seen >> k & ~std::uint64_t(0) >> (63 - (scan.last - k)));
}

bool refine_band(Bits& bits, const Scan& scan, std::uint64_t& seen, std::int64_t& left) {
    const Codes& codes = *scan.parts[0].codes;
    for (int k = scan.first; k <= scan.last;) {
        const int symbol = bits.symbol(codes), size = symbol & 15;
        int run = symbol >> 4;
        if (symbol < 0 || size > 1) return false;
        if (size == 0 && run < 15) {
            left = (1 << run) - 1 + bits.take(run);
            bits.skip(seen_from(scan, seen, k));
            break;
        }
        bits.skip(size);
        for (; k <= scan.last; ++k) {
            if ((seen >> k & 1) != 0)
                bits.skip(1);
            else if (run-- == 0)
                break;
        }
        if (k <= scan.last && size == 1) seen |= std::uint64_t(1) << k;
        ++k;
    }
    return true;
}

}  // namespace

bool Scan::run(Bits& bits, std::int64_t unit, std::int64_t count) const {
    if (is_progressive && first > 0) {
        std::int64_t left = 0;
        for (const std::int64_t end = unit + count; unit < end && !bits.is_cut(); ++unit) {
            std::uint64_t& seen = (*parts[0].seen)[unit];
            if (left > 0) {
                --left;
                if (refines) bits.skip(seen_from(*this, seen, first));
            } else if (!(refines ? refine_band : skip_band)(bits, *this, seen, left)) {
                return false;
            }
        }
        return true;
    }
    for (; count > 0 && !bits.is_cut(); --count)
        for (const Part& part : parts)
            for (int block = 0; block < part.blocks; ++block) {
                if (refines)
                    bits.skip(1);
                else if (!skip_mean(bits, *part.mean_codes) || (!is_progressive && !skip_rest(bits, *part.codes)))
                    return false;
            }
    return true;
}

}  // namespace taper::picture
