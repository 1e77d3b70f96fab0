// The files of the safetensors package: tensors by name, and a header that says where each lies.
#pragma once

#include "state_dict.h"

namespace taper::safetensors {

/// What a file says of itself: text by name, as {{"format", "pt"}}.
struct Metadata : std::map<std::string, std::string> {
    using map::map;
};
struct SaveOptions {
    Keywords _ = Keywords();
    Metadata metadata = {};
};

struct OpenFile;
struct Entry;

/// A tensor of a file, of which only what is asked for is read: f.get_slice("weight")[Slice(0, 10), all].
class SafeSlice {
 public:
    std::vector<std::int64_t> get_shape() const;
    /// As the file says it: "F32".
    std::string get_dtype() const;
    /// Reads the rows that the first index names, an int or a Slice, and of these what the others do.
    template <class... I>
        requires(sizeof...(I) > 0)
    Tensor operator[](const I&... index) const {
        return read({Index(index)...});
    }

 private:
    friend class safe_open;
    SafeSlice(std::shared_ptr<const OpenFile> file, const Entry& entry) : file_(std::move(file)), entry_(&entry) {}
    Tensor read(std::vector<Index> indices) const;

    std::shared_ptr<const OpenFile> file_;
    const Entry* entry_;
};

struct SafeOpenOptions {
    Keywords _ = Keywords();
    Arg<std::string> filename = required, framework = Default("pt");
    Arg<Device> device = Default(Device());
};
/// safetensors.safe_open: an open file whose header was read and found to be right: every byte behind it belongs to one
/// tensor. Error otherwise, with the file's name and what is wrong. framework: "pt", which torch::Tensor is.
class safe_open {
 public:
    TAPER_CONSTRUCTORS(safe_open, SafeOpenOptions, 1, filename, framework, device)
    safe_open(Called, const SafeOpenOptions& o);
    /// In the order of names.
    std::vector<std::string> keys() const;
    /// Reads this one only. Error if there is none, or PyTorch 1.13 has no such dtype (U16, U32, U64).
    Tensor get_tensor(const std::string& name) const;
    SafeSlice get_slice(const std::string& name) const;
    Metadata metadata() const;

 private:
    std::shared_ptr<const OpenFile> file_;
};

/// The module safetensors.torch.
namespace torch {

/// Writes a file that any safetensors reader opens, whole or not at all (see taper::save). Error, as in Python, for a
/// tensor that is not contiguous, and for tensors that share memory.
void save_file(const StateDict& tensors, const std::string& filename, const SaveOptions& options = {});
/// The bytes of such a file.
std::string save(const StateDict& tensors, const SaveOptions& options = {});

struct LoadFileOptions {
    Keywords _ = Keywords();
    Arg<std::string> filename = required;
    Arg<Device> device = Default(Device());
};
/// All tensors of a file, in the order of names; of all files that a "model.safetensors.index.json" lists.
TAPER_FUNCTION(StateDict, load_file, LoadFileOptions, 1, filename, device)
/// All tensors of a file's bytes.
StateDict load(const std::string& data);

/// Writes the tensors into as many files as it takes for none to have more than `max_shard_size` bytes (but one
/// tensor), "model-00001-of-00003.safetensors" and so on in `folder`, and the index that load_file reads; one that
/// needs no second file is model.safetensors, without an index.
void save_sharded(
    const StateDict& tensors, const std::string& folder, std::int64_t max_shard_size, const SaveOptions& options = {});

}  // namespace torch
}  // namespace taper::safetensors
