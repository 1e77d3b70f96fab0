#include "serialize.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

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

Value read_archive(std::istream& in) {
    const zip_file::Reader archive(in);
    check(!archive.entries().empty(), "the archive is empty");
    const std::string& first = archive.entries()[0].name;
    const std::string folder = first.substr(0, first.find('/') + 1);
    auto text = [&](const char* name) {
        const zip_file::Entry* entry = archive.find(folder + name);
        return entry ? std::optional(archive.read(*entry)) : std::nullopt;
    };
    check(!archive.find(folder + "constants.pkl"),
        "this is a TorchScript program, not a checkpoint; save its state_dict() in Python");
    const zip_file::Entry* const pickle_entry = archive.find(folder + "data.pkl");
    check(pickle_entry, "the archive has no {}data.pkl: it is no PyTorch checkpoint", folder);
    check(text("byteorder").value_or("little") == "little", "the numbers in the file are big-endian");
    const int version = std::atoi(text("version").value_or("0").c_str());
    check(version >= 1 && version <= 10, "the file's format version {} is unknown; 1 to 10 are known", version);

    const std::uint64_t most_bytes =
        (pickle_entry->is_packed() ? most_per_packed_byte : most_per_byte) * archive.file_size();
    const std::string pickled = archive.read(*pickle_entry);
    Storages storages;
    ByteReader bytes(pickled);
    return pickle::read(
        bytes,
        [&](const pickle::StorageName& name) {
            return storages.find(name, [&] {
                const zip_file::Entry* entry = archive.find(folder + "data/" + name.key);
                check(entry, "the file has no storage {}", name.key);
                check(entry->size == static_cast<std::uint64_t>(name.bytes()),
                    "storage {} has {} bytes and should have {}", name.key, entry->size, name.bytes());
                Ref<Storage> storage = memory_for(name);
                archive.read(*entry, storage->data());
                pickle::mend_bools(storage, name.dtype);
                return storage;
            });
        },
        most_bytes);
}

// The magic number and the protocol 1001, as two pickles.
constexpr std::string_view legacy_start(
    "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.", 21);

// Before PyTorch 1.6: a pickle of facts about the machine, one of the value, one of the storages' keys, then the
// storages.
Value read_legacy(const std::string& file) {
    check(file.starts_with(legacy_start), "this is no PyTorch checkpoint");
    ByteReader bytes(file, legacy_start.size());
    const pickle::FindStorage no_storage = [](const pickle::StorageName& name) -> Ref<Storage> {
        fail("storage {} is named where there is none", name.key);
    };
    const std::uint64_t most_bytes = most_per_byte * file.size();
    const Value facts = pickle::read(bytes, no_storage, most_bytes);
    check(facts["little_endian"].item<bool>(), "the numbers in the file are big-endian");

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

Value read(std::istream& in) {
    char start[4] = {};
    in.read(start, sizeof start);
    in.clear();
    if (std::string_view(start, sizeof start) == "PK\3\4") return read_archive(in);
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

Value load(const std::string& path, const LoadOptions& options) {
    return explained("load: " + path, [&] {
        check(options.map_location.value_or(Device()).is_cpu(),
            "Torch not compiled with CUDA enabled: there is no memory on {}", *options.map_location);
        errno = 0;
        std::ifstream in(path, std::ios::binary);
        check(in && !fs::is_directory(path), "{}", errno ? std::strerror(errno) : "this is no file");
        return read(in);
    });
}

Value load(std::istream& in, const LoadOptions& options) {
    return explained("load", [&] {
        check(options.map_location.value_or(Device()).is_cpu(),
            "Torch not compiled with CUDA enabled: there is no memory on {}", *options.map_location);
        return read(in);
    });
}

}  // namespace taper
