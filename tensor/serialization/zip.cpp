#include "zip.h"

#include <zlib.h>

#include <algorithm>
#include <istream>
#include <limits>
#include <memory>
#include <ostream>

#include "../base/parallel.h"
#include "bytes.h"

namespace taper::zip_file {
namespace {

constexpr std::uint32_t local_header = 0x04034b50, data_descriptor = 0x08074b50, directory_header = 0x02014b50,
                        end_record = 0x06054b50, end_record_64 = 0x06064b50, end_locator_64 = 0x07064b50;
constexpr std::uint64_t max32 = 0xffffffff, max16 = 0xffff;
constexpr std::uint64_t alignment = 64;
constexpr std::uint16_t stored = 0, deflated = 8;
constexpr std::uint16_t encrypted_flag = 1, descriptor_flag = 8, utf8_flag = 0x800;

// Of pieces, side by side; put together by what each would be behind those before it.
std::uint32_t crc_of(const void* data, std::uint64_t size) {
    constexpr std::int64_t piece = 1 << 18;
    const auto* bytes = static_cast<const Bytef*>(data);
    const auto total = static_cast<std::int64_t>(size);
    std::vector<uLong> sums(static_cast<std::size_t>((total + piece - 1) / piece));
    parallel_for(total, piece, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t at = begin; at < end; at += piece)
            sums[static_cast<std::size_t>(at / piece)] =
                crc32_z(0, bytes + at, static_cast<std::size_t>(std::min(end - at, piece)));
    });
    uLong sum = 0;
    for (std::size_t i = 0; i < sums.size(); ++i) {
        const auto at = static_cast<std::int64_t>(i) * piece;
        sum = i == 0 ? sums[0] : crc32_combine(sum, sums[i], static_cast<z_off_t>(std::min(total - at, piece)));
    }
    return static_cast<std::uint32_t>(sum);
}

std::uint32_t up_to_max32(std::uint64_t value) { return static_cast<std::uint32_t>(std::min(value, max32)); }

// The extra field with what 32 bits don't hold; empty if all fits.
std::string extra_64(const Entry& entry) {
    std::string values, field;
    if (entry.size >= max32) append(values, entry.size, entry.packed_size);
    if (entry.offset >= max32) append(values, entry.offset);
    if (!values.empty()) append(field, std::uint16_t(1), static_cast<std::uint16_t>(values.size()));
    return field + values;
}

// Takes from the extra fields what the directory's 32 bits didn't hold.
void widen_sizes(Entry& entry, std::string_view extra) {
    for (ByteReader fields(extra); fields.left() >= 4;) {
        const auto id = fields.number<std::uint16_t>();
        ByteReader values(fields.take(fields.number<std::uint16_t>()));
        if (id != 1) continue;
        for (std::uint64_t* value : {&entry.size, &entry.packed_size, &entry.offset})
            if (*value == max32) *value = values.number<std::uint64_t>();
    }
}

// The bytes packed, without a header of their own.
std::string deflate(const void* data, std::uint64_t size) {
    z_stream stream{};
    check(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK,
        "zlib has no memory");
    std::unique_ptr<z_stream, int (*)(z_stream*)> owner(&stream, deflateEnd);
    constexpr std::uint64_t piece = 1 << 20;
    std::string packed, part(piece, '\0');
    std::uint64_t at = 0;
    for (int state = Z_OK; state == Z_OK;) {
        if (stream.avail_in == 0) {
            const std::uint64_t next = std::min(piece, size - at);
            stream.next_in = const_cast<Bytef*>(static_cast<const Bytef*>(data) + at);
            stream.avail_in = static_cast<uInt>(next);
            at += next;
        }
        stream.next_out = reinterpret_cast<Bytef*>(part.data());
        stream.avail_out = static_cast<uInt>(piece);
        state = ::deflate(&stream, at == size ? Z_FINISH : Z_NO_FLUSH);
        packed.append(part, 0, piece - stream.avail_out);
    }
    return packed;
}

std::string read_at(std::istream& in, std::uint64_t at, std::uint64_t size) {
    std::string bytes(size, '\0');
    in.seekg(static_cast<std::streamoff>(at));
    in.read(bytes.data(), static_cast<std::streamsize>(size));
    check(in.good(), "the file can't be read at byte {}", at);
    return bytes;
}

}  // namespace

Reader::Reader(std::istream& in) : in_(in) {
    in.seekg(0, std::ios::end);
    const std::uint64_t file_size = file_size_ = in.tellg();
    const std::uint64_t tail_size = std::min<std::uint64_t>(file_size, 22 + max16);
    const std::string tail = read_at(in, file_size - tail_size, tail_size);
    std::size_t place = tail.rfind("PK\5\6");
    check(place != std::string::npos && tail.size() - place >= 22,
        "the archive has no directory: it is damaged or cut short");

    ByteReader record(tail, place + 8);
    record.number<std::uint16_t>();  // the number of entries on this disk
    std::uint64_t count = record.number<std::uint16_t>();
    std::uint64_t size = record.number<std::uint32_t>(), start = record.number<std::uint32_t>();
    end_ = file_size - tail_size + place;
    if ((count == max16 || size == max32 || start == max32) && end_ >= 20) {
        const std::string before = read_at(in, end_ - 20, 20);
        ByteReader locator(before);
        if (locator.number<std::uint32_t>() == end_locator_64) {
            locator.number<std::uint32_t>();
            const auto at = locator.number<std::uint64_t>();
            check(end_ - 20 >= 56 && at <= end_ - 20 - 56, "the archive's directory is said to end at byte {} of {}",
                at, file_size);
            const std::string end_64 = read_at(in, at, 56);
            ByteReader wide(end_64);
            check(wide.number<std::uint32_t>() == end_record_64, "the archive's directory has no end at byte {}", at);
            wide.take(28);
            count = wide.number<std::uint64_t>(), size = wide.number<std::uint64_t>(),
            start = wide.number<std::uint64_t>();
        }
    }
    check(start <= end_ && size <= end_ - start, "the archive's directory of {} bytes is said to be at byte {} of {}",
        size, start, file_size);
    read_directory(count, start, size);
}

void Reader::read_directory(std::uint64_t count, std::uint64_t start, std::uint64_t size) {
    const std::string bytes = read_at(in_, start, size);
    ByteReader directory(bytes);
    std::uint64_t occupied = 0;
    end_ = start;
    for (std::uint64_t i = 0; i < count; ++i) {
        check(
            directory.number<std::uint32_t>() == directory_header, "entry {} of the archive's directory is damaged", i);
        directory.take(4);  // versions
        Entry entry;
        entry.flags = directory.number<std::uint16_t>();
        entry.method = directory.number<std::uint16_t>();
        directory.take(4);  // time and date
        entry.crc = directory.number<std::uint32_t>();
        entry.packed_size = directory.number<std::uint32_t>();
        entry.size = directory.number<std::uint32_t>();
        const auto name_size = directory.number<std::uint16_t>(), extra_size = directory.number<std::uint16_t>(),
                   comment_size = directory.number<std::uint16_t>();
        directory.take(8);  // disk and attributes
        entry.offset = directory.number<std::uint32_t>();
        entry.name = directory.take(name_size);
        widen_sizes(entry, directory.take(extra_size));
        directory.take(comment_size);

        check(entry.packed_size <= end_ && (occupied += entry.packed_size) <= end_,
            "{}: the archive's entries are said to be larger than the file", entry.name);
        check(entry.method == stored ? entry.size == entry.packed_size : entry.size / 1100 <= entry.packed_size,
            "{}: {} bytes can't hold {}", entry.name, entry.packed_size, entry.size);
        check(places_.emplace(entry.name, entries_.size()).second, "{}: the archive has two entries of this name",
            entry.name);
        entries_.push_back(std::move(entry));
    }
}

const Entry* Reader::find(const std::string& name) const {
    auto place = places_.find(name);
    return place == places_.end() ? nullptr : &entries_[place->second];
}

std::string Reader::read(const Entry& entry) const {
    std::string bytes(entry.size, '\0');
    read(entry, bytes.data());
    return bytes;
}

std::uint64_t Reader::start_of(const Entry& entry) const {
    check(!(entry.flags & encrypted_flag), "{}: the entry is encrypted", entry.name);
    check(entry.method == stored || entry.method == deflated, "{}: unknown compression method {}", entry.name,
        entry.method);
    check(end_ >= 30 && entry.offset <= end_ - 30, "{}: the entry is said to be at byte {}, past the end", entry.name,
        entry.offset);
    const std::string bytes = read_at(in_, entry.offset, 30);
    ByteReader header(bytes);
    check(header.number<std::uint32_t>() == local_header, "{}: the entry's header is damaged", entry.name);
    header.take(22);
    const auto name_size = header.number<std::uint16_t>(), extra_size = header.number<std::uint16_t>();
    const std::uint64_t start = entry.offset + 30 + name_size + extra_size;
    check(start <= end_ && entry.packed_size <= end_ - start, "{}: the entry of {} bytes is cut short", entry.name,
        entry.packed_size);
    check(read_at(in_, entry.offset + 30, name_size) == entry.name, "{}: the entry's header has another name",
        entry.name);
    return start;
}

void Reader::read(const Entry& entry, void* to) const {
    const std::uint64_t start = start_of(entry);
    if (entry.method == deflated) {
        inflate(start, entry, to);
    } else {
        in_.seekg(static_cast<std::streamoff>(start));
        in_.read(static_cast<char*>(to), static_cast<std::streamsize>(entry.size));
        check(in_.good(), "{}: the entry can't be read", entry.name);
    }
    check(crc_of(to, entry.size) == entry.crc, "{}: the checksum is wrong: the file is damaged", entry.name);
}

void Reader::inflate(std::uint64_t at, const Entry& entry, void* to) const {
    constexpr std::uint64_t piece = 1 << 20;
    z_stream stream{};
    check(inflateInit2(&stream, -MAX_WBITS) == Z_OK, "{}: zlib has no memory", entry.name);
    std::unique_ptr<z_stream, int (*)(z_stream*)> owner(&stream, inflateEnd);
    std::uint64_t to_read = entry.packed_size, to_write = entry.size;
    std::string packed;
    Bytef nowhere;
    stream.next_out = entry.size > 0 ? static_cast<Bytef*>(to) : &nowhere;
    int state = Z_OK;
    while (state == Z_OK) {
        if (stream.avail_in == 0 && to_read > 0) {
            packed = read_at(in_, at, std::min(piece, to_read));
            at += packed.size(), to_read -= packed.size();
            stream.next_in = reinterpret_cast<Bytef*>(packed.data());
            stream.avail_in = static_cast<uInt>(packed.size());
        }
        if (stream.avail_out == 0) {
            stream.avail_out = static_cast<uInt>(std::min(piece, to_write));
            to_write -= stream.avail_out;
        }
        state = ::inflate(&stream, Z_NO_FLUSH);
    }
    check(state == Z_STREAM_END && stream.avail_out == 0 && to_write == 0, "{}: the compressed data are damaged",
        entry.name);
}

void Writer::write(const std::string& bytes) {
    out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    at_ += bytes.size();
}

void Writer::add(const std::string& name, const void* data, std::uint64_t size, bool packed) {
    Entry entry{folder_.empty() ? name : folder_ + "/" + name, size, 0, at_};  // PyTorch's header knows no packed size
    check(entry.name.size() <= 1024, "{}...: the name is too long for an archive", entry.name.substr(0, 80));
    entry.crc = crc_of(data, size);
    entry.method = packed && size > 0 ? deflated : stored;
    const std::string smaller = entry.is_packed() ? deflate(data, size) : "";
    entry.flags = utf8_flag | (size > 0 ? descriptor_flag : 0);
    const std::string wide = extra_64(entry);
    const std::uint64_t unpadded = at_ + 30 + entry.name.size() + wide.size() + 4;
    const std::string padding((alignment - unpadded % alignment) % alignment, 'Z');

    std::string header;
    append(header, local_header, std::uint16_t(0), entry.flags, entry.method, std::uint32_t(0), std::uint32_t(0),
        std::uint32_t(0), std::uint32_t(0), static_cast<std::uint16_t>(entry.name.size()),
        static_cast<std::uint16_t>(wide.size() + 4 + padding.size()));
    header += entry.name + wide + "FB";
    append(header, static_cast<std::uint16_t>(padding.size()));
    write(header + padding);
    entry.packed_size = entry.is_packed() ? smaller.size() : size;
    out_.write(entry.is_packed() ? smaller.data() : static_cast<const char*>(data),
        static_cast<std::streamsize>(entry.packed_size));
    at_ += entry.packed_size;

    if (size > 0) {
        std::string descriptor;
        append(descriptor, data_descriptor, entry.crc);
        if (wide.empty())
            append(descriptor, static_cast<std::uint32_t>(entry.packed_size), static_cast<std::uint32_t>(size));
        else
            append(descriptor, entry.packed_size, size);
        write(descriptor);
    }
    entries_.push_back(std::move(entry));
}

void Writer::finish() {
    const std::uint64_t start = at_, count = entries_.size();
    for (const Entry& entry : entries_) {
        const std::string wide = extra_64(entry);
        std::string header;
        append(header, directory_header, std::uint16_t(0), std::uint16_t(0), entry.flags, entry.method,
            std::uint32_t(0), entry.crc, up_to_max32(entry.packed_size), up_to_max32(entry.size),
            static_cast<std::uint16_t>(entry.name.size()), static_cast<std::uint16_t>(wide.size()), std::uint16_t(0),
            std::uint16_t(0), std::uint16_t(0), std::uint32_t(0), up_to_max32(entry.offset));
        write(header + entry.name + wide);
    }
    const std::uint64_t end = at_, size = end - start;
    std::string record;
    append(record, end_record_64, std::uint64_t(44), std::uint16_t(0x031e), std::uint16_t(0x002d), std::uint32_t(0),
        std::uint32_t(0), count, count, size, start);
    append(record, end_locator_64, std::uint32_t(0), end, std::uint32_t(1));
    const auto count_16 = static_cast<std::uint16_t>(std::min(count, max16));
    append(record, end_record, std::uint32_t(0), count_16, count_16, up_to_max32(size), up_to_max32(start),
        std::uint16_t(0));
    write(record);
}

}  // namespace taper::zip_file
