#include "download.h"

#include <curl/curl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "../tensor/base/error.h"
#include "gunzip.h"
#include "md5.h"

namespace taper {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_bytes = std::size_t(1) << 30;  // of a file, however long the server goes on

struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};

// A file of our own that is gone at the end, unless it has been renamed.
class TemporaryFile {
 public:
    explicit TemporaryFile(const std::string& path)
        : path_(fmt::format("{}.part{}", path, ::getpid())), file_(std::fopen(path_.c_str(), "wb")) {
        check(file_ != nullptr, "{}: {}", path_, std::strerror(errno));
    }
    ~TemporaryFile() {
        std::error_code ignored;
        fs::remove(path_, ignored);
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    const std::string& path() const { return path_; }
    std::size_t written() const { return written_; }
    bool write(const void* bytes, std::size_t n) {
        written_ += n;
        if (written_ > most_bytes) errno = EFBIG;
        return written_ <= most_bytes && std::fwrite(bytes, 1, n, file_.get()) == n;
    }
    void finish() {
        check(std::fflush(file_.get()) == 0, "{}: {}", path_, std::strerror(errno));
        file_.reset();
    }

 private:
    std::string path_;
    std::unique_ptr<std::FILE, Close> file_;
    std::size_t written_ = 0;
};

std::size_t take_bytes(char* bytes, std::size_t, std::size_t n, void* to) {
    return static_cast<TemporaryFile*>(to)->write(bytes, n) ? n : 0;
}

// One line that counts up on a terminal; nothing in a log.
int show_progress(void*, curl_off_t total, curl_off_t now, curl_off_t, curl_off_t) {
    if (total > 0 && ::isatty(STDERR_FILENO))
        fmt::print(stderr, "\r  {:3}% of {:.1f} MB", 100 * now / total, static_cast<double>(total) / 1e6);
    return 0;
}

void fetch(const std::string& url, TemporaryFile& to) {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    std::unique_ptr<CURL, Close> curl(started == CURLE_OK ? curl_easy_init() : nullptr);
    check(curl != nullptr, "libcurl can't be started");
    char problem[CURL_ERROR_SIZE] = "";
    auto set = [&](CURLoption option, auto value) { curl_easy_setopt(curl.get(), option, value); };
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "https,http,file");
    set(CURLOPT_REDIR_PROTOCOLS_STR, "https,http");
    set(CURLOPT_FOLLOWLOCATION, 1L);
    set(CURLOPT_MAXREDIRS, 10L);
    set(CURLOPT_FAILONERROR, 1L);
    set(CURLOPT_CONNECTTIMEOUT, 20L);
    set(CURLOPT_LOW_SPEED_LIMIT, 1000L);  // slower than 1 kB a second for 30 seconds counts as dead
    set(CURLOPT_LOW_SPEED_TIME, 30L);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_USERAGENT, "taper");
    set(CURLOPT_ERRORBUFFER, problem);
    set(CURLOPT_WRITEFUNCTION, take_bytes);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&to));
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, show_progress);
    CURLcode result = curl_easy_perform(curl.get());
    if (::isatty(STDERR_FILENO)) fmt::print(stderr, "\n");
    check(result == CURLE_OK, "{}", problem[0] ? problem : curl_easy_strerror(result));
    to.finish();
}

// Returns the MD5 sum of what was compressed.
std::string uncompress(const std::string& from, TemporaryFile& to) {
    Gunzip file(from);
    std::vector<char> buffer(1 << 18);
    Md5 md5;
    auto read = [&] {
        try {
            return file.read(buffer.data(), std::ssize(buffer));
        } catch (const Error& error) {
            fail("what came is damaged: {}", error.what());
        }
    };
    for (std::int64_t got; (got = read()) != 0;) {
        check(to.write(buffer.data(), got), "{}: {}", to.path(), std::strerror(errno));
        md5.add(buffer.data(), got);
    }
    to.finish();
    return md5.hex();
}

void download_from(const std::string& url, const std::string& path, const std::string& md5) {
    TemporaryFile compressed(path + ".gz"), plain(path);
    fetch(url, compressed);
    std::string sum = uncompress(compressed.path(), plain);
    check(sum == md5, "the MD5 sum of what came is {}, but should be {}", sum, md5);
    fs::rename(plain.path(), path);
}

}  // namespace

void download_gz(
    const std::string& who, const std::vector<std::string>& urls, const std::string& path, const std::string& md5) {
    std::error_code problem;
    fs::create_directories(fs::path(path).parent_path(), problem);
    check(!problem, "{}: the folder for {} can't be made: {}", who, path, problem.message());
    std::string said;
    for (const std::string& url : urls) try {
            fmt::print(stderr, "Downloading {} to {}\n", url, path);
            return download_from(url, path, md5);
        } catch (const std::exception& error) {
            fmt::print(stderr, "Failed to download: {}\n", error.what());
            said += fmt::format("\n  {}: {}", url, error.what());
        }
    fail("{}: Error downloading {}; without a network, put the file there by hand. What was tried:{}", who, path,
        said.empty() ? " nothing, there are no mirrors" : said);
}

}  // namespace taper
