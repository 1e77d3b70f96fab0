// Saved files: torch.save and torch.load.
#pragma once

#include <iosfwd>

#include "value.h"

namespace taper {

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

struct LoadOptions {
    Keywords _ = Keywords();
    Arg<std::string> f = required;
    Arg<std::optional<Device>> map_location = Default(none);  // absent: the cpu, wherever the tensors were
    Arg<bool> weights_only = Default(true), mmap = Default(false);
};

/// torch.load: reads a .pth file of any PyTorch, of any protocol and order of bytes, the old kind included, and of a
/// TorchScript program the state_dict. Error with the file's name and what is wrong with it; no file can make this run
/// code, so that weights_only changes nothing. mmap: the tensors stand on the file's own pages, which are read when
/// they are looked at; what is written to them does not reach the file, which must not change while they are there.
/// Time and memory go by the file's size, whatever it says of itself. Storages take what they hold, once; the values
/// beside them take up to 512 bytes for each byte of the file, 4096 if they are packed in it (as PyTorch never does:
/// its own take about 30); lists and dicts stand up to 200 deep in one another.
TAPER_FUNCTION(Value, load, LoadOptions, 1, f, map_location)
Value load(std::istream& in);

}  // namespace taper
