// The compressed bits of a JPEG's scans, gone through without making pixels of them: are they all there, and codes?
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace taper::picture {

/// A Huffman table.
class Codes {
 public:
    bool empty() const { return symbols_.empty(); }
    /// `counts` says how many codes there are of 1 to 16 bits, and no code begins another.
    void set(const unsigned char* counts, std::string_view symbols);

 private:
    friend class Bits;
    static constexpr int quick_bits = 9;
    unsigned char counts_[17] = {};
    std::vector<unsigned char> symbols_;
    std::uint16_t quick_[1 << quick_bits] =
        {};  // by the next 9 bits: the size of a code and its symbol; 0 if it is longer
};

/// The bits between two markers; zeros behind them.
class Bits {
 public:
    explicit Bits(std::string_view bytes) : bytes_(bytes) {}
    /// -1 if the next bits are no code.
    int symbol(const Codes& codes);
    int take(int count);
    void skip(std::int64_t count);
    /// Whether more was taken than there is.
    bool is_cut() const { return held_ < missing_; }
    /// Whether a byte and more is left.
    bool has_more() { return fill(), held_ - missing_ >= 8; }

 private:
    void fill();
    std::string_view bytes_;
    std::size_t at_ = 0;
    std::uint64_t bits_ = 0;  // the next one is the highest
    std::int64_t held_ = 0, missing_ = 0;
};

/// A component in a scan. `seen` has a bit for each coefficient of its blocks that is not 0.
struct Part {
    int blocks;  // in a unit
    const Codes *mean_codes, *codes;
    std::vector<std::uint64_t>* seen;
};

/// A scan: coefficients from `first` to `last`, and whether it refines them; without `is_progressive`, all of them.
struct Scan {
    bool is_progressive;
    int first, last, low;
    bool refines;
    std::vector<Part> parts;
    std::int64_t units;

    /// Goes through `count` units from `unit` on. False if something there is no code.
    bool run(Bits& bits, std::int64_t unit, std::int64_t count) const;
};

}  // namespace taper::picture
