// Python's pickles, as far as saved files need them: a machine of 41 opcodes that builds Values, and their writer.
#pragma once

#include <limits>

#include "bytes.h"
#include "value.h"

namespace taper::pickle {

/// A storage that a pickle names: the elements stand elsewhere in the file.
struct StorageName {
    DType dtype;
    std::string key;
    std::int64_t count;       // elements
    std::int64_t offset = 0;  // where the elements begin, for those who share the storage
    std::int64_t bytes() const { return count * size_of(dtype); }
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

/// Reads the pickle that begins here, and goes past it. Error for whatever a saved file of tensors doesn't need: no
/// class but OrderedDict, Size, Parameter and the storages is known (of a TorchScript program its own, as dicts of
/// their attributes), and nothing is ever called; and if what is made would take more than `most_bytes`, strings copied
/// for keys and all.
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

/// The dtype of a class of torch's storages, such as "FloatStorage"; Error if it is unknown.
DType storage_dtype(std::string_view name);
const char* storage_name(DType dtype);
/// Makes bools of the bytes that a file gave for them: one above 1 is none.
void mend_bools(const Ref<Storage>& storage, DType dtype);

}  // namespace taper::pickle
