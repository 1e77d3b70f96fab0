#include "mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "../base/error.h"

namespace taper {

MappedFile::MappedFile(const std::string& path) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    check(file >= 0, "{}", std::strerror(errno));
    struct stat about {};
    void* mapped = MAP_FAILED;
    if (fstat(file, &about) == 0 && about.st_size > 0) {
        size_ = static_cast<std::uint64_t>(about.st_size);
        mapped = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
    }
    const int error = errno;
    close(file);
    check(mapped != MAP_FAILED, "the file can't be mapped: {}", size_ ? std::strerror(error) : "it is empty");
    data_ = static_cast<char*>(mapped);
}

MappedFile::~MappedFile() { munmap(data_, size_); }

}  // namespace taper
