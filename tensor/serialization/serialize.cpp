#include "serialize.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "mapped_file.h"
#include "pickle.h"
#include "write_file.h"
#include "zip.h"

namespace taper {
namespace {

namespace fs = std::filesystem;

// ---- writing

void write(const pickle::Written& pickled, std::ostream& out, const std::string& folder) {
    zip_file::Writer archive(out, folder);
    archive.add("data.pkl", pickled.bytes.data(), pickled.bytes.size());
    std::set<std::string> keys;  // in the order of strings: 0, 1, 10, 11, 2
    for (std::size_t i = 0; i < pickled.storages.size(); ++i) keys.insert(std::to_string(i));
    for (const std::string& key : keys) {
        const Storage& storage = *pickled.storages[std::stoul(key)];
        archive.add("data/" + key, storage.data(), storage.bytes());
        if (!out) return;
    }
    archive.add("version", "3\n", 2);
    archive.finish();
    out.flush();
}

// PyTorch's name for the folder in the archive: the file's, without its last extension.
std::string folder_for(const std::string& path) {
    std::string name = path.substr(path.find_last_of("/\\") + 1);
    name = name.substr(0, name.rfind('.'));
    return name.empty() ? "archive" : name;
}

// ---- reading

// Storages by key. The second time a pickle names one, it must be of the same type and size.
class Storages {
 public:
    struct Known {
        pickle::StorageName name;
        Ref<Storage> storage;
        bool filled;
    };

    template <class Make> Ref<Storage> find(const pickle::StorageName& name, Make make) {
        auto place = known_.find(name.key);
        if (place == known_.end()) place = known_.emplace(name.key, Known{name, make(), false}).first;
        const pickle::StorageName& first = place->second.name;
        check(first.dtype == name.dtype && first.count == name.count, "storage {} is said to be {} {} and {} {}",
            name.key, first.count, pickle::storage_name(first.dtype), name.count, pickle::storage_name(name.dtype));
        return place->second.storage;
    }
    Known& at(const std::string& key) {
        auto place = known_.find(key);
        check(place != known_.end(), "the file has a storage {} that no tensor uses", key);
        return place->second;
    }
    void check_filled() const {
        for (const auto& [key, known] : known_) check(known.filled, "the file has no storage {}", key);
    }

 private:
    std::map<std::string, Known> known_;
};

// What the values of a file may take in memory, for each of its bytes: none that is stored needs more, and none that is
// packed by the tenth part of that.
constexpr std::uint64_t most_per_byte = 512, most_per_packed_byte = 4096;

Ref<Storage> memory_for(const pickle::StorageName& name) { return Storage::make(name.count * size_of(name.dtype)); }

// The tensors among an object's attributes, and then of the objects among them, by name: its state_dict.
void collect(const Dict& object, const std::string& prefix, std::uint64_t most, Dict& state) {
    for (const auto& [name, value] : object) {
        if (value.kind() != Value::Kind::Tensor) continue;
        check(state.size() < most, "the program has more tensors than a file of this size can name");
        state[prefix + name.string()] = Value(value.tensor().detach());
    }
    for (const auto& [name, value] : object)
        if (value.kind() == Value::Kind::Dict && value.size() > 0)
            collect(value.dict(), prefix + name.string() + ".", most, state);
}

// A storage on the file's own pages; none if they can't be taken as they are.
Ref<Storage> on_pages(const std::shared_ptr<MappedFile>& file, std::uint64_t at, const pickle::StorageName& name) {
    char* const data = file->data() + at;
    if (reinterpret_cast<std::uintptr_t>(data) % size_of(name.dtype) != 0 || name.bytes() == 0) return {};
    return Storage::borrow(data, name.bytes(), [file] {});
}

Value read_archive(std::istream& in, const std::shared_ptr<MappedFile>& pages) {
    const zip_file::Reader archive(in);
    check(!archive.entries().empty(), "the archive is empty");
    const std::string& first = archive.entries()[0].name;
    const std::string folder = first.substr(0, first.find('/') + 1);
    auto text = [&](const char* name) {
        const zip_file::Entry* entry = archive.find(folder + name);
        return entry ? std::optional(archive.read(*entry)) : std::nullopt;
    };
    const zip_file::Entry* const pickle_entry = archive.find(folder + "data.pkl");
    check(pickle_entry, "the archive has no {}data.pkl: it is no PyTorch checkpoint", folder);
    const std::string order = text("byteorder").value_or("little");
    check(order == "little" || order == "big", "the byteorder of the file is '{}'", order);
    const int version = std::atoi(text("version").value_or("0").c_str());
    check(version >= 1 && version <= 10, "the file's format version {} is unknown; 1 to 10 are known", version);

    const std::uint64_t most_bytes =
        (pickle_entry->is_packed() ? most_per_packed_byte : most_per_byte) * archive.file_size();
    const std::string pickled = archive.read(*pickle_entry);
    Storages storages;
    ByteReader bytes(pickled);
    const Value value = pickle::read(
        bytes,
        [&](const pickle::StorageName& name) {
            return storages.find(name, [&] {
                const zip_file::Entry* entry = archive.find(folder + "data/" + name.key);
                check(entry, "the file has no storage {}", name.key);
                check(entry->size == static_cast<std::uint64_t>(name.bytes()),
                    "storage {} has {} bytes and should have {}", name.key, entry->size, name.bytes());
                Ref<Storage> storage;
                if (pages && !entry->is_packed()) storage = on_pages(pages, archive.start_of(*entry), name);
                if (!storage) {
                    storage = memory_for(name);
                    archive.read(*entry, storage->data());
                }
                if (order == "big") swap_bytes(storage->data(), storage->bytes(), size_of(name.dtype));
                pickle::mend_bools(storage, name.dtype);
                return storage;
            });
        },
        most_bytes);
    if (!archive.find(folder + "constants.pkl")) return value;
    Dict state;  // of a TorchScript program
    state.is_ordered = true;
    collect(value.dict(), "", archive.file_size(), state);
    return Value(std::move(state));
}

// Goes past the pickle of the magic number, of any protocol.
void read_magic(ByteReader& bytes) {
    constexpr std::string_view magic("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 13);
    constexpr const char* sentence = "this is no PyTorch checkpoint";
    check(bytes.left() > magic.size() + 11 && bytes.number<std::uint8_t>() == 0x80, sentence);
    const auto protocol = bytes.number<std::uint8_t>();
    if (protocol >= 4)
        check(bytes.number<std::uint8_t>() == 0x95 && bytes.number<std::uint64_t>() == magic.size(), sentence);
    check(protocol <= 5 && bytes.take(magic.size()) == magic, sentence);
}

// Before PyTorch 1.6: pickles of a magic number, of the version of the format, of facts about the machine, of the value
// and of the storages' keys, then the storages.
Value read_legacy(const std::string& file) {
    ByteReader bytes(file);
    read_magic(bytes);
    const pickle::FindStorage no_storage = [](const pickle::StorageName& name) -> Ref<Storage> {
        fail("storage {} is named where there is none", name.key);
    };
    const std::uint64_t most_bytes = most_per_byte * file.size();
    const auto version = pickle::read(bytes, no_storage, most_bytes).item<std::int64_t>();
    check(version == 1001, "the version {} of the file's format is unknown; 1001 is known", version);
    const Value facts = pickle::read(bytes, no_storage, most_bytes);
    check(facts.contains("little_endian"), "the file does not say what machine wrote it");

    Storages storages;
    std::size_t named = 0;
    const Value value = pickle::read(
        bytes,
        [&](const pickle::StorageName& name) {
            return storages.find(name, [&] {
                check(static_cast<std::size_t>(name.bytes()) <= file.size() - named,
                    "storage {} of {} bytes is larger than the file", name.key, name.bytes());
                named += name.bytes();
                return memory_for(name);
            });
        },
        most_bytes);
    const Value keys = pickle::read(bytes, no_storage, most_bytes);
    for (const Value& key : keys.list()) {
        Storages::Known& known = storages.at(key.string());
        const auto count = bytes.number<std::int64_t>();
        check(count == known.name.count && !known.filled, "storage {} has {} elements and should have {} once",
            key.string(), count, known.name.count);
        if (count > 0) std::memcpy(known.storage->data(), bytes.take(known.name.bytes()).data(), known.name.bytes());
        pickle::mend_bools(known.storage, known.name.dtype);
        known.filled = true;
    }
    storages.check_filled();
    return value;
}

Value read(std::istream& in, const std::shared_ptr<MappedFile>& pages = {}) {
    char start[4] = {};
    in.read(start, sizeof start);
    in.clear();
    if (std::string_view(start, sizeof start) == "PK\3\4") return read_archive(in, pages);
    check(!pages, "mmap can only be used with files saved with `torch.save(_use_new_zipfile_serialization=True)`");
    in.seekg(0, std::ios::end);
    std::string file(static_cast<std::size_t>(in.tellg()), '\0');
    in.seekg(0);
    in.read(file.data(), static_cast<std::streamsize>(file.size()));
    check(in.good(), "the file can't be read");
    return read_legacy(file);
}

}  // namespace

void save(const Value& value, const std::string& path) {
    explained("save: " + path, [&] {
        const pickle::Written pickled = pickle::write(value);
        write_file(path, [&](std::ostream& out) { write(pickled, out, folder_for(path)); });
    });
}

void save(const Value& value, std::ostream& out) {
    explained("save", [&] { write(pickle::write(value), out, "archive"); });
}

static Value load_file(const std::string& path, const std::optional<Device>& map_location, bool mmap) {
    return explained("load: " + path, [&] {
        check(map_location.value_or(Device()).is_cpu(),
            "Torch not compiled with CUDA enabled: there is no memory on {}", *map_location);
        errno = 0;
        std::ifstream in(path, std::ios::binary);
        check(in && !fs::is_directory(path), "{}", errno ? std::strerror(errno) : "this is no file");
        return read(in, mmap ? std::make_shared<MappedFile>(path) : nullptr);
    });
}
TAPER_DEFINE_FUNCTION(Value, load, LoadOptions, (load_file(o.f, o.map_location, o.mmap)), 1, f, map_location)

Value load(std::istream& in) {
    return explained("load", [&] { return read(in); });
}

}  // namespace taper
