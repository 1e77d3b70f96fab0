#include "safetensors.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "../native.h"
#include "bytes.h"
#include "pickle.h"
#include "safetensors_dtypes.h"

namespace taper::safetensors {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// Where a tensor lies, in bytes from the end of the header.
struct Entry {
    std::string name, dtype;
    std::vector<std::uint64_t> shape;
    std::uint64_t begin, end;
};

namespace {

constexpr std::uint64_t longest_header = 100'000'000;

const DTypeName& named(const std::string& name) {
    for (const DTypeName& known : dtype_names)
        if (name == known.name) return known;
    fail("there is no dtype '{}'", name);
}
// ---- the header

// JSON in which no object has a name twice.
Json parsed(const std::string& text, const char* what) {
    std::vector<std::set<std::string>> names;
    try {
        return Json::parse(text, [&](int depth, Json::parse_event_t event, Json& value) {
            check(depth <= 4, "lists and objects stand too deep in one another");
            if (event == Json::parse_event_t::object_start) names.emplace_back();
            if (event == Json::parse_event_t::object_end) names.pop_back();
            if (event == Json::parse_event_t::key)
                check(names.back().insert(value.get<std::string>()).second, "the name '{}' stands there twice",
                    value.get<std::string>());
            return true;
        });
    } catch (const Json::exception& error) {
        fail("the {} is no JSON: {}", what, error.what());
    }
}

std::uint64_t whole(const Json& number, const std::string& name, const char* what) {
    check(number.is_number_unsigned(), "'{}': {} of {} are no whole numbers from 0 on", name, what, number.dump());
    return number.get<std::uint64_t>();
}

Entry entry_of(const std::string& name, const Json& about) {
    check(about.is_object(), "'{}' is described by no object", name);
    for (const char* part : {"dtype", "shape", "data_offsets"})
        check(about.contains(part), "'{}' has no {}", name, part);
    check(about["dtype"].is_string() && about["shape"].is_array(), "'{}': its dtype is no name or its shape no list",
        name);
    Entry entry{name, about["dtype"].get<std::string>(), {}, 0, 0};
    std::uint64_t bytes = named(entry.dtype).bytes;
    bool fits = true;
    for (const Json& size : about["shape"]) {
        entry.shape.push_back(whole(size, name, "sizes"));
        fits = fits && entry.shape.back() < std::uint64_t{1} << 63 &&
            !__builtin_mul_overflow(bytes, entry.shape.back(), &bytes);
    }
    check(fits, "'{}': the size of shape {} is beyond any file", name, about["shape"].dump());
    const Json& offsets = about["data_offsets"];
    check(offsets.is_array() && offsets.size() == 2, "'{}': data_offsets {} are no two numbers", name, offsets.dump());
    entry.begin = whole(offsets[0], name, "data_offsets"), entry.end = whole(offsets[1], name, "data_offsets");
    check(entry.begin <= entry.end && entry.end - entry.begin == bytes,
        "'{}': data_offsets {} do not span the {} bytes of {} elements of shape {}", name, offsets.dump(), bytes,
        entry.dtype, about["shape"].dump());
    return entry;
}

struct Header {
    Metadata metadata;
    std::map<std::string, Entry> entries;
};

// Error unless the tensors follow on each other and end where the file does.
void check_places(const Header& header, std::uint64_t size) {
    std::vector<const Entry*> order;
    for (const auto& [name, entry] : header.entries) order.push_back(&entry);
    std::sort(order.begin(), order.end(),
        [](const Entry* a, const Entry* b) { return std::pair(a->begin, a->end) < std::pair(b->begin, b->end); });
    std::uint64_t at = 0;
    for (const Entry* entry : order) {
        check(entry->begin == at, "'{}' begins at byte {}, and what stands before it ends at {}", entry->name,
            entry->begin, at);
        at = entry->end;
    }
    check(at == size, "the tensors end at byte {} of {}", at, size);
}

Header header_of(const std::string& text, std::uint64_t data_size) {
    check(text.starts_with('{'), "the header does not begin with an opening brace");
    const Json described = parsed(text, "header");
    Header header;
    for (const auto& [name, about] : described.items()) {
        if (name != "__metadata__") {
            header.entries.emplace(name, entry_of(name, about));
            continue;
        }
        check(about.is_object(), "__metadata__ is no object");
        for (const auto& [key, value] : about.items()) {
            check(value.is_string(), "__metadata__ '{}' is no text: {}", key, value.dump());
            header.metadata[key] = value.get<std::string>();
        }
    }
    check_places(header, data_size);
    return header;
}

Shape shape_of(const Entry& entry) {
    check(entry.shape.size() <= Shape::max_dims, "'{}': only tensors with up to {} dims are supported, not {}",
        entry.name, Shape::max_dims, entry.shape.size());
    Shape shape;
    for (std::uint64_t size : entry.shape) shape.push_back(static_cast<std::int64_t>(size));
    return shape;
}

}  // namespace

/// A file, or its bytes.
struct OpenFile {
    OpenFile(std::unique_ptr<std::istream> stream, std::string path) : path(std::move(path)), in_(std::move(stream)) {
        check(in_->good(), "the file can't be opened");
        in_->seekg(0, std::ios::end);
        const auto size = static_cast<std::uint64_t>(in_->tellg());
        check(in_->good() && size >= 8, "of {} bytes, it is no safetensors file", size);
        std::uint64_t length = 0;
        in_->seekg(0);
        in_->read(reinterpret_cast<char*>(&length), sizeof length);
        check(in_->good() && length <= longest_header && length <= size - 8,
            "a header of {} bytes is said to stand in a file of {}; the most is {}", length, size, longest_header);
        std::string text(length, '\0');
        in_->read(text.data(), static_cast<std::streamsize>(length));
        check(in_->good(), "the header can't be read");
        start_ = 8 + length;
        header = header_of(text, size - start_);
    }
    const Entry& find(const std::string& name) const {
        const auto place = header.entries.find(name);
        check(place != header.entries.end(), "File does not contain tensor {}", name);
        return place->second;
    }
    /// The rows from `first` on of this many, or all of a tensor without dims.
    Tensor read(const Entry& entry, std::int64_t first, std::int64_t rows) const {
        const DTypeName& type = named(entry.dtype);
        check(type.dtype.has_value(), "'{}': no tensor here has elements of {}", entry.name, entry.dtype);
        Shape shape = shape_of(entry);
        if (shape.size() > 0) shape[0] = rows;
        const Tensor x = native::empty(shape, *type.dtype, Device());
        if (x.numel() == 0) return x;
        const std::int64_t row = shape.size() > 0 ? x.nbytes() / rows : 0;
        const std::lock_guard lock(mutex_);
        in_->clear();
        in_->seekg(static_cast<std::streamoff>(start_ + entry.begin) + first * row);
        in_->read(static_cast<char*>(x.data_ptr()), x.nbytes());
        check(in_->good(), "'{}' can't be read", entry.name);
        pickle::mend_bools(x.impl().storage, *type.dtype);
        return x;
    }
    Tensor read(const Entry& entry) const {
        return read(entry, 0, entry.shape.empty() ? 1 : static_cast<std::int64_t>(entry.shape[0]));
    }

    std::string path;
    Header header;

 private:
    std::unique_ptr<std::istream> in_;
    mutable std::mutex mutex_;
    std::uint64_t start_ = 0;
};

// ---- reading

static void only_cpu(const Device& device) {
    check(device.is_cpu(), "there is no device '{}' here; leave it out, or say \"cpu\"", device.str());
}

TAPER_DEFINE_CONSTRUCTORS(safe_open, SafeOpenOptions, 1, filename, framework, device)
safe_open::safe_open(Called, const SafeOpenOptions& o) {
    file_ = explained("safe_open: " + *o.filename, [&] {
        check(*o.framework == "pt" || *o.framework == "pytorch" || *o.framework == "torch",
            "framework={} is invalid: here it is \"pt\"", *o.framework);
        only_cpu(o.device);
        return std::make_shared<const OpenFile>(
            std::make_unique<std::ifstream>(*o.filename, std::ios::binary), o.filename);
    });
}
std::vector<std::string> safe_open::keys() const {
    std::vector<std::string> names;
    for (const auto& [name, entry] : file_->header.entries) names.push_back(name);
    return names;
}
Tensor safe_open::get_tensor(const std::string& name) const {
    return explained("safe_open: " + file_->path, [&] { return file_->read(file_->find(name)); });
}
SafeSlice safe_open::get_slice(const std::string& name) const {
    return explained("safe_open: " + file_->path, [&] { return SafeSlice(file_, file_->find(name)); });
}
Metadata safe_open::metadata() const { return file_->header.metadata; }

std::vector<std::int64_t> SafeSlice::get_shape() const { return {entry_->shape.begin(), entry_->shape.end()}; }
std::string SafeSlice::get_dtype() const { return entry_->dtype; }
Tensor SafeSlice::read(std::vector<Index> indices) const {
    return explained("get_slice: " + file_->path, [&] {
        Index& first = indices[0];
        const auto rows = entry_->shape.empty() ? 0 : static_cast<std::int64_t>(entry_->shape[0]);
        std::int64_t begin = 0, end = rows;
        if (first.kind == Index::Kind::Slice) {
            auto bound = [&](const std::optional<std::int64_t>& at, std::int64_t absent) {
                if (!at) return absent;
                return std::clamp(*at < 0 ? *at + rows : *at, std::int64_t{0}, rows);
            };
            begin = bound(first.slice.start, 0), end = std::max(begin, bound(first.slice.stop, rows));
            first.slice.start = first.slice.stop = std::nullopt;
        } else {
            check(first.kind == Index::Kind::Int && !entry_->shape.empty(),
                "'{}': the first index must be an int or a Slice of the rows", entry_->name);
            begin = first.at < 0 ? first.at + rows : first.at, end = begin + 1;
            check(0 <= begin && begin < rows, "'{}': index {} is out of bounds for {} rows", entry_->name, first.at,
                rows);
            first.at = 0;
        }
        return index_view(file_->read(*entry_, begin, end - begin), indices);
    });
}

namespace {

// The files of a "model.safetensors.index.json", which stand beside it.
StateDict load_sharded(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    check(in.good(), "the file can't be opened");
    std::string text(std::istreambuf_iterator<char>(in), {});
    const Json index = parsed(text, "index");
    check(index.is_object() && index.contains("weight_map") && index["weight_map"].is_object(),
        "the index has no weight_map");
    std::map<std::string, safe_open> files;
    StateDict tensors;
    for (const auto& [name, file] : index["weight_map"].items()) {
        check(file.is_string(), "the weight_map's '{}' is no file name", name);
        const auto shard = file.get<std::string>();
        check(!shard.empty() && fs::path(shard).filename() == shard && shard != "..",
            "the file '{}' of '{}' does not stand beside the index", shard, name);
        auto place = files.find(shard);
        if (place == files.end())
            place = files.emplace(shard, safe_open((fs::path(path).parent_path() / shard).string())).first;
        tensors[name] = place->second.get_tensor(name);
    }
    return tensors;
}

StateDict all_of(const OpenFile& file) {
    StateDict tensors;
    for (const auto& [name, entry] : file.header.entries) tensors[name] = file.read(entry);
    return tensors;
}

}  // namespace

namespace torch {

TAPER_DEFINE_FUNCTION(StateDict, load_file, LoadFileOptions,
    (explained("load_file: " + *o.filename,
        [&]() -> StateDict {
            only_cpu(o.device);
            if (o.filename->ends_with(".index.json")) return load_sharded(o.filename);
            return all_of(OpenFile(std::make_unique<std::ifstream>(*o.filename, std::ios::binary), o.filename));
        })),
    1, filename, device)

StateDict load(const std::string& data) {
    return explained("load", [&] { return all_of(OpenFile(std::make_unique<std::istringstream>(data), "bytes")); });
}

}  // namespace torch
}  // namespace taper::safetensors
