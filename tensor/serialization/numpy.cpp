#include "numpy.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <mutex>
#include <sstream>

#include "../native.h"
#include "bytes.h"
#include "pickle.h"
#include "write_file.h"
#include "zip.h"

namespace taper::np {
namespace {

constexpr std::string_view magic("\x93NUMPY", 6);
constexpr std::uint32_t longest_header = 1 << 16;

struct Descr {
    const char* kind;  // with its bytes, as numpy says it behind the order of these
    DType dtype;
};
constexpr Descr descrs[] = {{"b1", bool_}, {"u1", uint8}, {"i1", int8}, {"i2", int16}, {"i4", int32}, {"i8", int64},
    {"f2", float16}, {"f4", float32}, {"f8", float64}};

// ---- reading

// What a header says.
struct Header {
    DType dtype = float64;
    bool swapped = false;  // big-endian
    bool fortran_order = false;
    Shape shape;
};

// Reads the text of a dict of Python's, of names, texts, True and False, and tuples of whole numbers.
class Literal {
 public:
    explicit Literal(std::string_view text) : text_(text) {}
    void blanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
    }
    bool takes(std::string_view what) {
        blanks();
        if (!text_.substr(at_).starts_with(what)) return false;
        at_ += what.size();
        return true;
    }
    void need(std::string_view what) {
        check(takes(what), "'{}' is missing at byte {} of the header {}", what, at_, text_);
    }
    std::string text() {
        const bool single = takes("'");
        if (!single) need("\"");
        const char quote = single ? '\'' : '"';
        const std::size_t end = text_.find(quote, at_);
        check(end != std::string_view::npos, "a name in the header has no end: {}", text_);
        const std::string found(text_.substr(at_, end - at_));
        at_ = end + 1;
        return found;
    }
    std::int64_t whole() {
        blanks();
        std::int64_t number = -1;
        const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), number);
        check(error == std::errc() && number >= 0, "no size stands at byte {} of the header {}", at_, text_);
        at_ = static_cast<std::size_t>(end - text_.data());
        takes("L");  // as Python 2 wrote it
        return number;
    }
    void end() {
        blanks();
        check(at_ == text_.size(), "more than a dict stands in the header {}", text_);
    }

 private:
    std::string_view text_;
    std::size_t at_ = 0;
};

void read_descr(const std::string& descr, Header& header) {
    const std::string_view kind = std::string_view(descr).substr(std::min<std::size_t>(1, descr.size()));
    for (const Descr& known : descrs)
        if (kind == known.kind && (descr[0] == '<' || descr[0] == '>' || descr[0] == '|' || descr[0] == '=')) {
            header.dtype = known.dtype;
            header.swapped = descr[0] == '>';
            return;
        }
    fail(
        "can't convert np.ndarray of type '{}'. The only supported types are: float64, float32, float16, int64, int32, "
        "int16, int8, uint8, and bool",
        descr);
}

Header header_of(std::string_view text) {
    Literal literal(text);
    Header header;
    unsigned seen = 0;
    literal.need("{");
    while (!literal.takes("}")) {
        const std::string name = literal.text();
        literal.need(":");
        unsigned part = 0;
        if (name == "descr") {
            part = 1;
            check(!literal.takes("["), "the array is one of structures, which no tensor holds: {}", text);
            read_descr(literal.text(), header);
        } else if (name == "fortran_order") {
            part = 2;
            header.fortran_order = literal.takes("True");
            if (!header.fortran_order) literal.need("False");
        } else if (name == "shape") {
            part = 4;
            literal.need("(");
            while (!literal.takes(")")) {
                check(header.shape.size() < Shape::max_dims, "only up to {} dims are supported", Shape::max_dims);
                header.shape.push_back(literal.whole());
                if (!literal.takes(",")) {
                    literal.need(")");
                    break;
                }
            }
        }
        check(part != 0 && !(seen & part), "'{}' is unknown, or stands twice in the header {}", name, text);
        seen |= part;
        if (!literal.takes(",")) {
            literal.need("}");
            break;
        }
    }
    literal.end();
    check(seen == 7, "the header lacks one of descr, fortran_order and shape: {}", text);
    return header;
}

Tensor read(std::istream& in) {
    auto take = [&](std::size_t count) {
        std::string bytes(count, '\0');
        in.read(bytes.data(), static_cast<std::streamsize>(count));
        check(in.good(), "the file ends too early");
        return bytes;
    };
    check(take(6) == magic, "it is no file of numpy's");
    const std::string version = take(2);
    check(version[0] >= 1 && version[0] <= 3 && version[1] == 0, "the version {}.{} of the format is unknown",
        int(version[0]), int(version[1]));
    const std::string length_bytes = take(version[0] == 1 ? 2 : 4);
    ByteReader number(length_bytes);
    const std::uint32_t length = version[0] == 1 ? number.number<std::uint16_t>() : number.number<std::uint32_t>();
    check(length <= longest_header, "a header of {} bytes is longer than any", length);
    const Header header = header_of(take(length));

    const std::streamoff start = in.tellg();
    in.seekg(0, std::ios::end);
    const std::int64_t left = in.tellg() - start;
    in.seekg(start);
    double bytes = size_of(header.dtype);  // a double, which never overflows
    for (std::int64_t size : header.shape) bytes *= static_cast<double>(size);
    check(bytes <= static_cast<double>(left), "the array of shape {} needs {} bytes, and {} are left",
        header.shape.str(), bytes, left);
    Shape shape = header.shape;
    if (header.fortran_order) std::reverse(shape.begin(), shape.end());
    const Tensor x = native::empty(shape, header.dtype, Device());
    in.read(static_cast<char*>(x.data_ptr()), x.nbytes());
    check(in.good(), "the file can't be read");
    if (header.swapped) swap_bytes(x.data_ptr(), x.nbytes(), x.element_size());
    pickle::mend_bools(x.impl().storage, header.dtype);
    if (!header.fortran_order) return x;
    Strides strides = x.stride();
    std::reverse(strides.begin(), strides.end());
    return native::view(x, header.shape, strides, 0);
}

// ---- writing

std::string descr_of(DType dtype) {
    for (const Descr& known : descrs)
        if (known.dtype == dtype) return (size_of(dtype) == 1 ? "|" : "<") + std::string(known.kind);
    fail("Got unsupported ScalarType {}: numpy has no such dtype; save x.to(torch::float32)", scalar_name_of(dtype));
}

bool is_fortran(const Tensor& x) {
    std::int64_t step = 1;
    for (std::int64_t d = 0; d < x.ndim(); ++d) {
        if (x.size(d) != 1 && x.stride(d) != step) return false;
        step *= x.size(d);
    }
    return true;
}

void write(const Tensor& x, std::ostream& out) {
    check(!x.requires_grad(), "Can't call numpy() on Tensor that requires grad. Use tensor.detach() instead.");
    const bool fortran = !x.is_contiguous() && is_fortran(x);
    std::string sizes;
    for (std::int64_t size : x.shape()) sizes += fmt::format("{}{}", sizes.empty() ? "" : ", ", size);
    std::string header = fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': ({}{}), }}", descr_of(x.dtype()),
        fortran ? "True" : "False", sizes, x.ndim() == 1 ? "," : "");
    // Room for the dim that may grow to have 21 digits, and up to a multiple of 64.
    if (x.ndim() > 0) header.append(21 - std::to_string(x.size(fortran ? -1 : 0)).size(), ' ');
    const std::size_t before = magic.size() + 4;
    header.append(63 - (before + header.size()) % 64, ' ') += '\n';
    std::string start(magic);
    append(start, std::uint8_t(1), std::uint8_t(0), static_cast<std::uint16_t>(header.size()));
    out << start << header;
    Tensor laid_out = x;
    if (!fortran && !x.is_contiguous()) laid_out = native::contiguous(x);
    out.write(static_cast<const char*>(laid_out.data_ptr()), laid_out.nbytes());
}

std::string with_ending(const std::string& file, const char* ending) {
    return file.ends_with(ending) ? file : file + ending;
}

void save_archive(const char* call, const std::string& file, const StateDict& arrays, bool packed) {
    const std::string path = with_ending(file, ".npz");
    explained(fmt::format("{}: {}", call, path), [&] {
        write_file(path, [&](std::ostream& out) {
            zip_file::Writer archive(out, "");
            for (const auto& [name, x] : arrays) {
                std::ostringstream bytes;
                write(x, bytes);
                archive.add(name + ".npy", bytes.view().data(), bytes.view().size(), packed);
            }
            archive.finish();
        });
    });
}

}  // namespace

struct Array::Archive {
    explicit Archive(const std::string& path) : path(path), file(path, std::ios::binary), reader(file) {}
    Array read(const std::string& name) const {
        const zip_file::Entry* entry = reader.find(name + ".npy");
        if (!entry) entry = reader.find(name);
        check(entry, "{} is not a file in the archive", name);
        const std::lock_guard lock(mutex);
        std::istringstream bytes(reader.read(*entry));
        return Array(np::read(bytes));
    }

    std::string path;
    std::ifstream file;
    zip_file::Reader reader;
    mutable std::mutex mutex;
};

const Tensor& Array::tensor() const {
    check(!archive_, "from_numpy: a .npz has arrays by name: say which, as np::load(path)[\"name\"]");
    return x_;
}

Array Array::operator[](const std::string& name) const {
    check(archive_ != nullptr, "np.load: the array has no part '{}': it is no .npz", name);
    return explained("np.load: " + archive_->path, [&] { return archive_->read(name); });
}

std::vector<std::string> Array::files() const {
    std::vector<std::string> names;
    if (!archive_) return names;
    for (const zip_file::Entry& entry : archive_->reader.entries())
        names.push_back(entry.name.ends_with(".npy") ? entry.name.substr(0, entry.name.size() - 4) : entry.name);
    return names;
}

Array load(const std::string& file) {
    return explained("np.load: " + file, [&] {
        std::ifstream in(file, std::ios::binary);
        check(in.good(), "the file can't be opened");
        char start[2] = {};
        in.read(start, sizeof start);
        in.clear();
        in.seekg(0);
        if (start[0] == 'P' && start[1] == 'K') return Array(std::make_shared<const Array::Archive>(file));
        return Array(read(in));
    });
}

void save(const std::string& file, const Tensor& arr) {
    const std::string path = with_ending(file, ".npy");
    explained("np.save: " + path, [&] { write_file(path, [&](std::ostream& out) { write(arr, out); }); });
}

void savez(const std::string& file, const StateDict& arrays) { save_archive("np.savez", file, arrays, false); }
void savez(const std::string& file, const TensorList& arrays) {
    StateDict named;
    for (std::size_t i = 0; i < arrays.size(); ++i) named[fmt::format("arr_{}", i)] = arrays[i];
    savez(file, named);
}
void savez_compressed(const std::string& file, const StateDict& arrays) {
    save_archive("np.savez_compressed", file, arrays, true);
}

}  // namespace taper::np

namespace taper {

Tensor from_numpy(const np::Array& ndarray) { return ndarray.tensor(); }
Tensor tensor(const np::Array& data, const TensorOptions& options) {
    check(options.device->value_or(Device()).is_cpu(), "tensor: there is no device {} here",
        options.device->value_or(Device()));
    const Tensor x = native::cast(data.tensor(), options.dtype->value_or(data.dtype()));
    const Tensor copy = native::clone(native::contiguous(x));
    return options.requires_grad ? copy.requires_grad_() : copy;
}

}  // namespace taper
