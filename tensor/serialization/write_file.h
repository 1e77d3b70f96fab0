// Files that are written whole or not at all.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>

namespace taper {

/// Lets `write` say what the file holds (it may be asked twice), and goes by what opening the file for writing would: a
/// link's target is written, and what is there keeps its owner and mode. A new file takes the place of the old one when
/// it is whole and on the disk. Where there cannot be a new one (a folder that cannot be written, a file of several
/// names or of another's) the old one is overwritten, after the disk has given the room. Error with what the system
/// says; the file is then as it was.
void write_file(const std::string& path, const std::function<void(std::ostream&)>& write);

}  // namespace taper
