// Saved files: torch.save and torch.load.
#pragma once

#include <iosfwd>

#include "value.h"

namespace taper {

struct LoadOptions {
    std::optional<Device> map_location = {};  // absent: the cpu, wherever the tensors were
};

/// torch.save: writes a file that torch.load opens, byte for byte the one of PyTorch 1.13 for a state_dict. Error with
/// what the system says, as when the disk is full or the file is write-protected.
/// A file that is there is replaced when the new one is whole and on the disk, and stays as it was if that fails or the
/// process is killed; what a killed save leaves ("model.pth.0123456789abcdef.taper.tmp") goes with the next save of
/// that file. Mode and owner stay, and of a link its target is written. PyTorch writes into the file itself. So does
/// this where that makes a difference, in a file that has several names (hard links), and where it is the only way, in
/// a folder that cannot be written or a file of another owner: then a full disk still leaves the file as it was, but a
/// kill leaves it in part.
void save(const Value& value, const std::string& path);
/// Errors show in the stream's state.
void save(const Value& value, std::ostream& out);

/// torch.load(weights_only=True): reads a .pth file of any PyTorch, the old kind included. float16 and bfloat16 are
/// read as float32, int8 and int16 as int32. Error with the file's name and what is wrong with it; no file can make
/// this run code.
/// Time and memory go by the file's size, whatever it says of itself. Storages take what they hold, once; the values
/// beside them take up to 512 bytes for each byte of the file, 4096 if they are packed in it (as PyTorch never does:
/// its own take about 30); lists and dicts stand up to 200 deep in one another.
Value load(const std::string& path, const LoadOptions& options = {});
Value load(std::istream& in, const LoadOptions& options = {});

}  // namespace taper
