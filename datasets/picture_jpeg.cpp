#include <algorithm>

#include "../tensor/base/error.h"
#include "picture.h"
#include "picture_scan.h"

namespace taper::picture {
namespace {

struct Component {
    int id, across, down, quantization;  // across, down: blocks of it in a unit of the interleaved picture
    std::int64_t width_in_blocks, height_in_blocks;
    std::int64_t scans = 0;
    bool shown = false;  // whether a scan has brought its mean values
    std::vector<std::uint64_t> seen = {};
};

// Goes from marker to marker. What is decoded after it finds no table missing, no color untold and all bits that its
// blocks need.
class Walk {
 public:
    Walk(const std::string& who, std::string_view bytes) : who_(who), bytes_(bytes) {}

    void run() {
        at_ = 2;  // behind the start of the picture
        for (int marker; (marker = next_marker()) != 0xd9;) {
            const std::string_view segment = next_segment();
            if (marker == 0xda) {
                const Scan scan = read_scan(segment);
                check_data(scan);
            } else if (0xc0 <= marker && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
                read_frame(marker, segment);
            } else {
                read_tables(marker, segment);
            }
        }
        expect(!components_.empty(), "it has no frame");
        for (const Component& component : components_) expect(component.shown, "a color has no data");
    }

 private:
    void expect(bool condition, const char* otherwise) const {
        check(condition, "{}: the JPEG is damaged: {}; get it anew", who_, otherwise);
    }
    int byte_at(std::size_t at) const {
        check(at < bytes_.size(), "{}: the JPEG is cut short: Image is incomplete or truncated; get it anew", who_);
        return static_cast<unsigned char>(bytes_[at]);
    }
    static int number_at(std::string_view segment, std::size_t at) {
        return static_cast<unsigned char>(segment[at]) << 8 | static_cast<unsigned char>(segment[at + 1]);
    }

    // Past fill bytes, and past padding before the first of them.
    int next_marker() {
        while (byte_at(at_) != 0xff) ++at_;
        while (byte_at(at_) == 0xff) ++at_;
        return byte_at(at_++);
    }
    std::string_view next_segment() {
        const std::size_t size = byte_at(at_) << 8 | byte_at(at_ + 1);
        expect(size >= 2, "a segment has no size");
        byte_at(at_ + size - 1);
        at_ += size;
        return bytes_.substr(at_ - size + 2, size - 2);
    }

    void read_tables(int marker, std::string_view segment) {
        const bool of_no_concern = (0xe0 <= marker && marker <= 0xef) || marker == 0xfe || marker == 0xdc;
        if (marker == 0xc4) return read_codes(segment);
        if (marker == 0xdb) return read_quantization(segment);
        expect(marker == 0xdd || of_no_concern, "it has an unknown segment");
        if (of_no_concern) return;
        expect(segment.size() == 2, "its restart interval has another size");
        restart_ = number_at(segment, 0);
    }

    // Huffman tables: at most 256 codes, of which none begins another, and sizes of mean values that can be.
    void read_codes(std::string_view segment) {
        while (!segment.empty()) {
            expect(segment.size() >= 17, "a table of codes is cut");
            const int kind = static_cast<unsigned char>(segment[0]);
            expect(kind >> 4 <= 1 && (kind & 15) <= 3, "a table of codes has an unknown number");
            std::int64_t count = 0, left = 1;
            for (int size = 1; size <= 16; ++size) {
                const int codes = static_cast<unsigned char>(segment[size]);
                count += codes;
                left = 2 * left - codes;
                expect(left >= 0 && count <= 256, "a table has more codes than there can be");
            }
            expect(segment.size() >= 17 + static_cast<std::size_t>(count), "a table of codes is cut");
            for (char symbol : segment.substr(17, count))
                expect(kind >> 4 == 1 || static_cast<unsigned char>(symbol) <= 15, "a code stands for no size");
            (kind >> 4 == 0 ? mean_codes_ : codes_)[kind & 3].set(
                reinterpret_cast<const unsigned char*>(segment.data()) + 1, segment.substr(17, count));
            segment.remove_prefix(17 + count);
        }
    }
    void read_quantization(std::string_view segment) {
        while (!segment.empty()) {
            const int kind = static_cast<unsigned char>(segment[0]);
            const std::size_t size = kind >> 4 == 0 ? 65 : 129;
            expect(kind >> 4 <= 1 && (kind & 15) <= 3 && segment.size() >= size, "a table of quantization is cut");
            has_quantization_[kind & 3] = true;
            segment.remove_prefix(size);
        }
    }

    void read_frame(int marker, std::string_view segment) {
        check(marker <= 0xc2, "{}: a lossless or arithmetic JPEG can't be read; convert it to a usual one", who_);
        expect(components_.empty(), "it has two frames");
        expect(segment.size() >= 6, "its frame is cut");
        const int depth = static_cast<unsigned char>(segment[0]), count = static_cast<unsigned char>(segment[5]);
        check(depth == 8, "{}: a JPEG of {} bits can't be read; convert it to one of 8", who_, depth);
        check(count != 4, "{}: a JPEG of 4 colors, CMYK, can't be read; convert it to RGB", who_);
        expect(count == 1 || count == 3, "it has neither 1 color nor 3");
        expect(segment.size() == 6 + 3 * static_cast<std::size_t>(count), "its frame has another size");
        const std::int64_t height = number_at(segment, 1), width = number_at(segment, 3);
        check_size(who_, width, height);
        progressive_ = marker == 0xc2;
        int most_across = 1, most_down = 1;
        for (int c = 0; c < count; ++c) {
            const auto* p = reinterpret_cast<const unsigned char*>(segment.data()) + 6 + 3 * c;
            const Component& component = components_.emplace_back(Component{p[0], p[1] >> 4, p[1] & 15, p[2], 0, 0});
            expect(component.across >= 1 && component.across <= 4 && component.down >= 1 && component.down <= 4 &&
                    component.quantization <= 3,
                "a color is sampled in no way that can be");
            most_across = std::max(most_across, component.across);
            most_down = std::max(most_down, component.down);
        }
        auto blocks = [](std::int64_t pixels, int part, int whole) {
            return ((pixels * part + whole - 1) / whole + 7) / 8;
        };
        for (Component& c : components_) {
            expect(most_across % c.across == 0 && most_down % c.down == 0, "a color is sampled in no whole ratio");
            c.width_in_blocks = blocks(width, c.across, most_across);
            c.height_in_blocks = blocks(height, c.down, most_down);
        }
        units_ = blocks(width, 1, most_across) * blocks(height, 1, most_down);
    }

    Scan read_scan(std::string_view segment) {
        expect(!components_.empty(), "it has a scan before its frame");
        const std::size_t count = segment.empty() ? 0 : static_cast<unsigned char>(segment[0]);
        expect(count >= 1 && count <= components_.size() && segment.size() == 4 + 2 * count, "a scan has another size");
        const auto* tail = reinterpret_cast<const unsigned char*>(segment.data()) + 1 + 2 * count;
        const int first = tail[0], last = tail[1], before = tail[2] >> 4;
        const bool means = first == 0, refines = progressive_ && before != 0;
        expect(!progressive_ || (means ? last == 0 : first <= last && last <= 63 && count == 1),
            "a scan has another range of coefficients");
        expect(progressive_ || (means && tail[2] == 0), "a scan has another range of coefficients");
        Scan scan{progressive_, first, last, tail[2] & 15, refines, {}, units_};
        std::int64_t most_scans_of_one = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const int id = static_cast<unsigned char>(segment[1 + 2 * i]);
            const int tables = static_cast<unsigned char>(segment[2 + 2 * i]);
            auto component = std::ranges::find(components_, id, &Component::id);
            expect(component != components_.end(), "a scan is of an unknown color");
            for (const Part& part : scan.parts) expect(part.seen != &component->seen, "a scan has a color twice");
            expect(tables >> 4 <= 3 && (tables & 15) <= 3 && has_quantization_[component->quantization] &&
                    (!means || refines || !mean_codes_[tables >> 4].empty()) &&
                    ((progressive_ && means) || !codes_[tables & 15].empty()),
                "a scan lacks a table");
            expect(means || component->shown, "a scan refines what has not been shown");
            component->shown = component->shown || (means && !refines);
            expect(component->shown, "a scan refines what has not been shown");
            const std::int64_t blocks = component->width_in_blocks * component->height_in_blocks;
            most_scans_of_one = std::max(most_scans_of_one, ++component->scans);
            scan.parts.push_back({count == 1 ? 1 : component->across * component->down, &mean_codes_[tables >> 4],
                &codes_[tables & 15], &component->seen});
            if (count == 1) scan.units = blocks;
            if (!means && component->seen.empty()) component->seen.resize(blocks);
            if (means && !refines) component->seen.clear();
        }
        blocks_ += scan.units * blocks_in_unit(scan);
        check(blocks_ <= most_blocks && most_scans_of_one <= most_scans,
            "{}: the JPEG shows its picture too often: it may have {} scans and {} blocks in all of them; convert it "
            "to one that is not progressive",
            who_, most_scans, most_blocks);
        return scan;
    }

    static std::int64_t blocks_in_unit(const Scan& scan) {
        std::int64_t blocks = 0;
        for (const Part& part : scan.parts) blocks += part.blocks;
        return blocks;
    }

    // The compressed bits of a scan, up to the next marker that is not a restart.
    void check_data(const Scan& scan) {
        const std::int64_t in_interval = restart_ > 0 ? restart_ : scan.units;
        std::int64_t unit = 0;
        for (int restarts = 0;; ++restarts) {
            const std::size_t begin = at_;
            std::size_t name = at_;
            do {  // 0xff 0 is a byte of 0xff
                at_ = std::min(bytes_.find('\xff', name), bytes_.size());
                name = std::min(bytes_.find_first_not_of('\xff', at_), bytes_.size());
            } while (byte_at(name) == 0);
            const std::int64_t units = std::min(scan.units - unit, in_interval);
            const std::string_view interval = bytes_.substr(begin, at_ - begin);
            const int marker = byte_at(name);
            const bool is_restart = 0xd0 <= marker && marker <= 0xd7;
            Bits bits = check_interval(scan, unit, units, interval);
            unit += units;
            expect(is_restart || unit == scan.units, "a scan ends too early");
            if (!is_restart) return;
            expect(restart_ > 0 && marker - 0xd0 == restarts % 8 && units > 0 && !bits.has_more(),
                "a restart is out of place");
            at_ = name + 1;
        }
    }
    Bits check_interval(const Scan& scan, std::int64_t unit, std::int64_t units, std::string_view interval) const {
        const std::int64_t blocks = units * blocks_in_unit(scan), each = scan.is_progressive ? scan.first == 0 : 2;
        Bits bits(interval);
        // First whether they can be there at all.
        const bool can_be = 8 * std::ssize(interval) >= std::max<std::int64_t>(blocks * each, units > 0);
        expect(!can_be || scan.run(bits, unit, units), "a scan has bits that are no code");
        check(can_be && !bits.is_cut(),
            "{}: the JPEG is cut short: {} bytes can't be {} blocks of 8 x 8 pixels; get it anew", who_,
            std::ssize(interval), blocks);
        return bits;
    }

    const std::string& who_;
    std::string_view bytes_;
    std::size_t at_ = 0;
    std::vector<Component> components_;
    std::int64_t units_ = 0, restart_ = 0, blocks_ = 0;
    bool progressive_ = false;
    bool has_quantization_[4] = {};
    Codes mean_codes_[4], codes_[4];
};

}  // namespace

void check_jpeg(const std::string& who, std::string_view bytes) { Walk(who, bytes).run(); }

}  // namespace taper::picture
