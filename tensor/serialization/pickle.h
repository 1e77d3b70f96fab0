// Python's pickles, as far as checkpoints need them: a machine of 32 opcodes that builds Values, and their writer.
#pragma once

#include <limits>

#include "bytes.h"
#include "value.h"

namespace taper::pickle {

/// A class of torch's storages: how elements stand in a file, and the dtype they are read as.
struct StorageType {
    std::string_view name;
    int bytes;
    DType dtype;
    /// Turns `count` elements of a file into those of memory; not called where they are the same.
    void (*widen)(const char* from, void* to, std::int64_t count);
};

/// A storage that a pickle names: the elements stand elsewhere in the file.
struct StorageName {
    const StorageType* type;
    std::string key;
    std::int64_t count;       // elements
    std::int64_t offset = 0;  // where the elements begin, for those who share the storage
    std::int64_t bytes() const { return count * type->bytes; }
};

/// Memory that a tensor may be a view of: `count` elements from `offset` on.
struct Elements {
    Ref<Storage> storage;
    DType dtype;
    std::int64_t offset, count;
};

/// The tensor of these elements; size and stride are lists. Error if it would reach outside them.
Tensor make_tensor(const Elements& elements, std::int64_t offset, const Value& size, const Value& stride);

/// Finds or makes the memory of a storage.
using FindStorage = std::function<Ref<Storage>(const StorageName&)>;

/// Reads the pickle that begins here, and goes past it. Error for whatever a checkpoint of tensors doesn't need: no
/// class but OrderedDict, Size, Parameter and the storages is known, and nothing is ever called; and if what is made
/// would take more than `most_bytes`, strings copied for keys and all.
Value read(ByteReader& bytes, const FindStorage& find_storage,
    std::uint64_t most_bytes = std::numeric_limits<std::uint64_t>::max());

/// Whether the bytes are text, as every string of a pickle is.
bool is_utf8(std::string_view text);

/// A pickle, and the storages it names: "0", "1" and so on.
struct Written {
    std::string bytes;
    std::vector<Ref<Storage>> storages;
};
Written write(const Value& value);

/// The type of this name; Error if it is unknown.
const StorageType& storage_type(std::string_view name);
const StorageType& storage_type(DType dtype);
/// Writes the elements of a file into a storage of their dtype.
void read_elements(const StorageType& type, const char* from, const Ref<Storage>& to, std::int64_t count);

}  // namespace taper::pickle
