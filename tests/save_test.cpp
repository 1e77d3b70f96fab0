// What torch.save does to files that are there, and to those it leaves.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <taper/tensor/native.h>
#include <taper/tensor/serialization/serialize.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "error_of.h"

using namespace taper;
namespace fs = std::filesystem;

namespace {

struct Folder {
    fs::path path = fs::temp_directory_path() / fmt::format("taper_save_{}", getpid());
    Folder() { fs::create_directories(path); }
    ~Folder() {
        chmod(path.c_str(), 0700);
        fs::remove_all(path);
    }
    std::string operator/(const std::string& name) const { return (path / name).string(); }
    std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const auto& entry : fs::directory_iterator(path)) all.push_back(entry.path().filename().string());
        std::sort(all.begin(), all.end());
        return all;
    }
};
using Names = std::vector<std::string>;

double first(const std::string& path) { return load(path).tensor().tolist()[0]; }
Tensor number(double value, std::int64_t count = 1) { return native::full({count}, value, float32); }

struct stat about(const std::string& path) {
    struct stat found {};
    REQUIRE(stat(path.c_str(), &found) == 0);
    return found;
}

// What a child process ends with that does this; root, if it is that, becomes nobody before.
template <class F> int in_child(F f) {
    const pid_t child = fork();
    if (child == 0) {
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) _exit(99);
        try {
            f();
        } catch (const Error& error) {
            const std::string text = error.what();
            _exit(text.find("Permission denied") != text.npos ? 13 : text.find("No space left") != text.npos ? 28 : 1);
        }
        _exit(0);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

TEST_CASE("a checkpoint that is write-protected is not replaced") {
    Folder folder;
    const std::string path = folder / "model.pth";
    save(number(1), path);
    REQUIRE(chmod(folder.path.c_str(), 0777) == 0);
    REQUIRE(chmod(path.c_str(), 0444) == 0);
    CHECK(in_child([&] { save(number(2), path); }) == 13);
    CHECK(first(path) == 1);
    CHECK(folder.names() == Names{"model.pth"});
}

TEST_CASE("a file that can be written is written where its folder cannot") {
    Folder folder;
    const std::string path = folder / "model.pth";
    save(number(1, 1000), path);
    REQUIRE(chmod(path.c_str(), 0666) == 0);
    REQUIRE(chmod(folder.path.c_str(), 0555) == 0);
    const auto before = about(path);
    CHECK(in_child([&] { save(number(2, 10), path); }) == 0);
    CHECK(in_child([&] { save(number(2), folder / "new.pth"); }) == 13);
    CHECK(first(path) == 2);
    CHECK(about(path).st_ino == before.st_ino);
    CHECK(about(path).st_mode == before.st_mode);
    CHECK(about(path).st_uid == before.st_uid);
    CHECK(folder.names() == Names{"model.pth"});
}

TEST_CASE("a file of another owner stays that owner's") {
    Folder folder;
    if (geteuid() != 0) {
        MESSAGE("skipped: only root can give files away");
        return;
    }
    const std::string path = folder / "model.pth";
    save(number(1), path);
    REQUIRE(chown(path.c_str(), 1234, 4321) == 0);
    save(number(2), path);  // root can give the new file to the owner
    CHECK(about(path).st_uid == 1234);
    CHECK(about(path).st_gid == 4321);
    REQUIRE(chmod(path.c_str(), 0666) == 0);
    REQUIRE(chmod(folder.path.c_str(), 0777) == 0);
    CHECK(in_child([&] { save(number(3), path); }) == 0);  // nobody can't, and writes into the file
    CHECK(about(path).st_uid == 1234);
    CHECK(first(path) == 3);
    CHECK(folder.names() == Names{"model.pth"});
}

TEST_CASE("the target of a link is written, be it there or not") {
    Folder folder;
    fs::create_directory(folder / "far");
    fs::create_symlink("far/model.pth", folder / "near.pth");
    fs::create_symlink(folder / "near.pth", folder / "nearer.pth");
    for (const double value : {1, 2}) {
        save(number(value), folder / "nearer.pth");
        CHECK(fs::is_symlink(folder / "nearer.pth"));
        CHECK(fs::is_symlink(folder / "near.pth"));
        CHECK(!fs::is_symlink(folder / "far/model.pth"));
        CHECK(first(folder / "far/model.pth") == value);
    }
    fs::create_symlink("none/model.pth", folder / "lost.pth");
    CHECK(error_of([&] { save(number(1), folder / "lost.pth"); }).ends_with("lost.pth: No such file or directory"));
    fs::create_symlink("round.pth", folder / "round.pth");
    CHECK(error_of([&] {
        save(number(1), folder / "round.pth");
    }).ends_with("round.pth: Too many levels of symbolic links"));
}

TEST_CASE("a file of two names is written under both, as PyTorch writes it") {
    Folder folder;
    save(number(1, 1000), folder / "model.pth");
    fs::create_hard_link(folder / "model.pth", folder / "other.pth");
    save(number(2), folder / "model.pth");
    CHECK(first(folder / "other.pth") == 2);
    save(number(3, 100000), folder / "other.pth");
    CHECK(first(folder / "model.pth") == 3);
    CHECK(folder.names() == Names{"model.pth", "other.pth"});
}

TEST_CASE("a name may be as long as names can be") {
    Folder folder;
    for (const std::size_t size : {200, 228, 229, 250, 255}) {
        const std::string name = std::string(size - 4, 'n') + ".pth";
        for (const double value : {1, 2}) save(number(value), folder / name);
        CHECK(first(folder / name) == 2);
    }
    CHECK(folder.names().size() == 5);
    CHECK(error_of([&] { save(number(1), folder / std::string(256, 'n')); }).ends_with("nnn: File name too long"));
    CHECK(error_of([&] { save(number(1), folder / ""); }).ends_with(": Is a directory"));
    CHECK(error_of([&] { save(number(1), ""); }).starts_with("save: : "));
}

TEST_CASE("the mode is what the process gives to files, or what it was") {
    Folder folder;
    const std::string path = folder / "model.pth";
    const mode_t before = umask(027);
    save(number(1), path);
    CHECK((about(path).st_mode & 07777) == 0640);
    REQUIRE(chmod(path.c_str(), 0604) == 0);
    save(number(2), path);
    CHECK((about(path).st_mode & 07777) == 0604);
    umask(before);
}

TEST_CASE("what a killed save leaves goes with the next one, and what another is writing stays") {
    Folder folder;
    REQUIRE(chmod(folder.path.c_str(), 0777) == 0);
    const std::string path = folder / "model.pth";
    auto* memory = static_cast<char*>(mmap(nullptr, 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    REQUIRE(memory != MAP_FAILED);
    auto killed_in_mid_save = [&] {
        signal(SIGSEGV, SIG_DFL);
        Tensor gone = native::empty({2048}, float32);
        gone.impl().storage = Storage::borrow(memory, 8192);
        save({{"here", number(2, 100000)}, {"gone", gone}}, path);
    };
    for (const bool is_new : {true, false}) {
        if (!is_new) REQUIRE(in_child([&] { save(number(1), path); }) == 0);
        REQUIRE(in_child(killed_in_mid_save) == 128 + SIGSEGV);
        CHECK(folder.names().size() == (is_new ? 1 : 2));
        CHECK(folder.names().back().ends_with(".taper.tmp"));
    }
    CHECK(first(path) == 1);

    const Names own = {folder.names()[0], "model.pth.0123456789abcdef.taper", "model.pth.0123456789abcdeg.taper.tmp",
        "other.pth.0123456789abcdef.taper.tmp"};
    for (const std::string& name : {own[1], own[2], own[3]}) std::ofstream(folder / name) << "x";
    const std::string at_work = folder / "model.pth.fedcba9876543210.taper.tmp";
    const int held = open(at_work.c_str(), O_CREAT | O_RDWR, 0666);
    REQUIRE(flock(held, LOCK_EX) == 0);
    if (geteuid() == 0) REQUIRE(chown(at_work.c_str(), 65534, 65534) == 0);
    CHECK(in_child([&] { save(number(3), path); }) == 0);
    CHECK(folder.names() == Names{"model.pth", own[1], own[2], "model.pth.fedcba9876543210.taper.tmp", own[3]});
    close(held);
    CHECK(in_child([&] { save(number(4), path); }) == 0);
    CHECK(folder.names() == Names{"model.pth", own[1], own[2], own[3]});
    CHECK(first(path) == 4);
    munmap(memory, 8192);
}

TEST_CASE("a save that outgrows a limit of the process is an Error and leaves the file as it was") {
    Folder folder;
    save(number(1), folder / "model.pth");
    save(number(1), folder / "linked.pth");
    fs::create_hard_link(folder / "linked.pth", folder / "other.pth");
    const auto size = about(folder / "linked.pth").st_size;
    rlimit before{};
    REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
    const rlimit small{100000, before.rlim_max};
    REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
    for (const char* name : {"model.pth", "new.pth", "linked.pth"})
        CHECK(error_of([&] { save(number(2, 100000), folder / name); }) ==
            fmt::format("save: {}: File too large", folder / name));
    REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
    CHECK(first(folder / "model.pth") == 1);
    CHECK(first(folder / "other.pth") == 1);
    CHECK(about(folder / "linked.pth").st_size == size);
    CHECK(folder.names() == Names{"linked.pth", "model.pth", "other.pth"});
}

TEST_CASE("two threads that save the same file leave one of the two") {
    Folder folder;
    const std::string path = folder / "model.pth";
    auto saves = [&](double value) {
        for (int i = 0; i < 50; ++i) save(number(value, 1000), path);
    };
    std::thread other(saves, 1);
    saves(2);
    other.join();
    CHECK((first(path) == 1 || first(path) == 2));
    CHECK(folder.names() == Names{"model.pth"});
}
