#include "write_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <ostream>
#include <random>
#include <streambuf>
#include <utility>

#include "../base/error.h"

namespace taper {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_as(int error) { fail("{}", error ? std::strerror(error) : "the file can't be written"); }

class Descriptor {
 public:
    explicit Descriptor(int number = -1) : number_(number) {}
    ~Descriptor() { close(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    operator int() const { return number_; }
    void open(int number) { close(), number_ = number; }
    /// What the system says of it.
    int close() { return number_ < 0 || ::close(std::exchange(number_, -1)) == 0 ? 0 : errno; }

 private:
    int number_;
};

/// Writes to a file; counts only, where there is none.
class Output final : public std::streambuf {
 public:
    explicit Output(int file = -1) : file_(file) { setp(buffer_.data(), buffer_.data() + buffer_.size()); }
    std::uint64_t size() const { return size_; }
    /// What the system said first; 0: nothing.
    int error() const { return error_; }

 private:
    bool put(const char* bytes, std::size_t count) {
        size_ += count;
        while (file_ >= 0 && count > 0 && error_ == 0) {
            const ssize_t written = ::write(file_, bytes, std::min<std::size_t>(count, 1 << 30));
            if (written > 0)
                bytes += written, count -= static_cast<std::size_t>(written);
            else if (written == 0 || errno != EINTR)
                error_ = written == 0 ? EIO : errno;
        }
        return error_ == 0;
    }
    int sync() override {
        const auto count = static_cast<std::size_t>(pptr() - pbase());
        setp(buffer_.data(), buffer_.data() + buffer_.size());
        return put(buffer_.data(), count) ? 0 : -1;
    }
    int overflow(int byte) override {
        if (sync() != 0) return traits_type::eof();
        return traits_type::eq_int_type(byte, traits_type::eof()) ? 0 : sputc(static_cast<char>(byte));
    }
    std::streamsize xsputn(const char* bytes, std::streamsize count) override {
        if (count < epptr() - pptr()) {
            std::memcpy(pptr(), bytes, static_cast<std::size_t>(count));
            pbump(static_cast<int>(count));
            return count;
        }
        return sync() == 0 && put(bytes, static_cast<std::size_t>(count)) ? count : 0;
    }

    int file_, error_ = 0;
    std::uint64_t size_ = 0;
    std::array<char, 1 << 16> buffer_;
};

using Write = std::function<void(std::ostream&)>;

// What has been written, in bytes.
std::uint64_t write_to(int file, const Write& write) {
    const auto output = std::make_unique<Output>(file);
    std::ostream out(output.get());
    write(out);
    out.flush();
    if (!out) fail_as(output->error());
    return output->size();
}

void to_disk(int file) {
    if (fsync(file) != 0 && errno != EINVAL && errno != ENOTSUP) fail_as(errno);
}

/// While it stands a file that grows beyond the limit of its process is an error of the system's, and kills nobody.
class NoSignal {
 public:
    NoSignal() {
        sigemptyset(&size_);
        sigaddset(&size_, SIGXFSZ);
        pthread_sigmask(SIG_BLOCK, &size_, &before_);
    }
    ~NoSignal() {
        const timespec at_once{};
        if (!sigismember(&before_, SIGXFSZ)) sigtimedwait(&size_, nullptr, &at_once);
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    NoSignal(const NoSignal&) = delete;
    NoSignal& operator=(const NoSignal&) = delete;

 private:
    sigset_t size_, before_;
};

// What a path of links leads to, be it there or not.
fs::path followed(fs::path path) {
    std::error_code ignored;
    for (int links = 0; fs::is_symlink(fs::symlink_status(path, ignored)); ++links) {
        if (links == 40) fail_as(ELOOP);
        path = path.parent_path() / fs::read_symlink(path);
    }
    return path;
}

// Room is found before anything is changed.
void overwrite(int file, const struct stat& old, const Write& write) {
    const std::uint64_t size = write_to(-1, write);
    const int error = posix_fallocate(file, 0, static_cast<off_t>(size));
    if (error == ENOSPC || error == EFBIG || error == EDQUOT) {
        if (ftruncate(file, old.st_size) != 0) fail_as(errno);
        fail_as(error);
    }
    write_to(file, write);
    if (ftruncate(file, static_cast<off_t>(size)) != 0) fail_as(errno);
    to_disk(file);
}

// ---- a new file in the place of an old one

constexpr std::string_view ending = ".taper.tmp";
constexpr std::size_t random_digits = 16, most_name = 255;

std::string random_name() {
    std::random_device random;
    return fmt::format("{:08x}{:08x}", random(), random());
}

// How the names of temporaries for this file begin; a long name is cut, and told from others like it by a number.
std::string stem_for(const std::string& name) {
    constexpr std::size_t most = most_name - ending.size() - random_digits;
    if (name.size() < most) return name + ".";
    std::uint64_t number = 0xcbf29ce484222325;  // FNV-1a
    for (const char c : name) number = (number ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return fmt::format("{}~{:016x}.", name.substr(0, most - 18), number);
}

bool is_temporary(std::string_view name, std::string_view stem) {
    if (name.size() != stem.size() + random_digits + ending.size()) return false;
    if (!name.starts_with(stem) || !name.ends_with(ending)) return false;
    return name.substr(stem.size(), random_digits).find_first_not_of("0123456789abcdef") == name.npos;
}

// Takes away what saves of this file that were killed have left. Those at work hold a lock.
void clear_stale(int folder, std::string_view stem) {
    const int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (copy < 0) return;
    const std::unique_ptr<DIR, int (*)(DIR*)> names(fdopendir(copy), closedir);
    if (!names) return static_cast<void>(::close(copy));
    while (const dirent* entry = readdir(names.get())) {
        if (!is_temporary(entry->d_name, stem)) continue;
        const Descriptor file(openat(folder, entry->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
        struct stat about;
        if (file < 0 || fstat(file, &about) != 0 || !S_ISREG(about.st_mode) || about.st_uid != geteuid()) continue;
        if (flock(file, LOCK_EX | LOCK_NB) == 0) unlinkat(folder, entry->d_name, 0);
    }
}

/// A new file beside the one it is for, gone with this unless it took its place.
class Temporary {
 public:
    Temporary(int folder, const std::string& stem) : folder_(folder) {
        for (int tries = 0; tries < 100; ++tries) {
            name_ = stem + random_name() + std::string(ending);
            file_.open(openat(folder, name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
            if (file_ < 0 && errno == EEXIST) continue;
            if (file_ < 0) {
                error_ = errno;
                return;
            }
            flock(file_, LOCK_EX | LOCK_NB);
            struct stat about;
            if (fstat(file_, &about) == 0 && about.st_nlink > 0) return;
            file_.close();  // another save took it for stale before it was locked
        }
    }
    ~Temporary() {
        if (file_ >= 0) unlinkat(folder_, name_.c_str(), 0);
    }
    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;

    int file() const { return file_; }
    /// Why it could not be made, or not take the place.
    int error() const { return error_; }
    bool take_owner_and_mode(const struct stat& old) {
        struct stat own;
        const bool is_same = fstat(file_, &own) == 0 && own.st_uid == old.st_uid && own.st_gid == old.st_gid;
        if ((is_same || fchown(file_, old.st_uid, old.st_gid) == 0) && fchmod(file_, old.st_mode & 07777) == 0)
            return true;
        error_ = errno;
        return false;
    }
    bool take_place_of(const std::string& name) {
        if (renameat(folder_, name_.c_str(), folder_, name.c_str()) != 0) return error_ = errno, false;
        if (const int error = file_.close()) fail_as(error);
        return true;
    }

 private:
    int folder_, error_ = EEXIST;
    std::string name_;
    Descriptor file_;
};

// 0, or why there can't be a new file in this one's place. `old`: what is there, if anything.
int replace(const fs::path& path, const struct stat* old, const Write& write) {
    const std::string name = path.filename().string(), parent = path.parent_path().string();
    const char* const at = parent.empty() ? "." : parent.c_str();
    Descriptor folder(open(at, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder < 0) folder.open(open(at, O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (folder < 0) return errno;
    if (name.empty()) return EISDIR;
    if (name.size() > most_name) return ENAMETOOLONG;
    const std::string stem = stem_for(name);
    clear_stale(folder, stem);
    Temporary temporary(folder, stem);
    if (temporary.file() < 0 || (old && !temporary.take_owner_and_mode(*old))) return temporary.error();
    write_to(temporary.file(), write);
    to_disk(temporary.file());
    if (!temporary.take_place_of(name)) return temporary.error();
    fsync(folder);  // a system that can't has said all it can
    return 0;
}

}  // namespace

void write_file(const std::string& path, const Write& write) {
    const NoSignal no_signal;
    const fs::path target = followed(path);
    const Descriptor file(open(path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC));
    if (file < 0 && errno != ENOENT) fail_as(errno);
    if (file < 0) {
        if (const int error = replace(target, nullptr, write)) fail_as(error);
        return;
    }
    struct stat old, found;
    if (fstat(file, &old) != 0) fail_as(errno);
    if (!S_ISREG(old.st_mode)) return static_cast<void>(write_to(file, write));  // a device, a pipe
    const bool has_one_name = old.st_nlink == 1 && stat(target.c_str(), &found) == 0 && found.st_dev == old.st_dev &&
        found.st_ino == old.st_ino;
    if (has_one_name && replace(target, &old, write) == 0) return;
    overwrite(file, old, write);
}

}  // namespace taper
