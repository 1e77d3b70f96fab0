// Checkpoints: torch.save and torch.load.
#pragma once

#include <iosfwd>

#include "value.h"

namespace taper {

struct LoadOptions {
    std::optional<Device> map_location = {};  // absent: the cpu, wherever the tensors were
};

/// torch.save: writes a file that torch.load opens, byte for byte the one of PyTorch 1.13 for a state_dict. An existing
/// file is replaced when all is written, and stays as it was if that fails. Error with what the system says, as when
/// the disk is full.
void save(const Value& value, const std::string& path);
/// Errors show in the stream's state.
void save(const Value& value, std::ostream& out);

/// torch.load(weights_only=True): reads a .pth file of any PyTorch, the old kind included. float16 and bfloat16 are
/// read as float32, int8 and int16 as int32. Error with the file's name and what is wrong with it; no file can make
/// this run code.
Value load(const std::string& path, const LoadOptions& options = {});
Value load(std::istream& in, const LoadOptions& options = {});

}  // namespace taper
