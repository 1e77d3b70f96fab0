#include "lesson.h"

#include <taper/tensor/base/error.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <vector>

#include "../arguments.h"

using taper::check;
namespace fs = std::filesystem;

static const fs::path sources = fs::path(TAPER_SOURCE_DIR) / "examples/course";

std::string read_text(const fs::path& path) {
    std::ifstream in(path);
    check(in.good(), "cannot read '{}'", path.string());
    return {std::istreambuf_iterator<char>(in), {}};
}

static void write_text(const fs::path& path, const std::string& text) {
    std::ofstream out(path);
    out << text << std::flush;
    check(out.good(), "cannot write '{}'", path.string());
}

static std::size_t indentation(const std::string& line) { return std::min(line.find_first_not_of(' '), line.size()); }

// The number of the item's last line.
static std::size_t end_of(const std::vector<std::string>& lines, std::size_t first) {
    const std::size_t depth = indentation(lines[first]);
    for (std::size_t i = first; i < lines.size(); ++i) {
        const std::string& line = lines[i];
        const std::string code = line.substr(0, line.find("  //"));
        if (code.empty() || indentation(line) > depth) continue;
        if (i == first ? code.ends_with(';') || code.ends_with('}') : code[depth] == '}') return i;
        if (i > first && code.ends_with(';')) return i;
    }
    taper::check(false, "the code that begins with '{}' has no end", lines[first]);
    return first;
}

std::string code_of(const std::string& source, const std::string& from, const std::string& to) {
    std::vector<std::string> lines;
    std::istringstream in(source);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    auto find = [&](const std::string& words, std::size_t begin) {
        for (std::size_t i = begin; i < lines.size(); ++i)
            if (lines[i].compare(indentation(lines[i]), words.size(), words) == 0) return i;
        check(false, "no line begins with '{}'", words);
        return begin;
    };
    const std::size_t first = find(from, 0), last = end_of(lines, to.empty() ? first : find(to, first));
    const std::size_t depth = indentation(lines[first]);
    std::string out;
    for (std::size_t i = first; i <= last; ++i) out += (lines[i].empty() ? "" : lines[i].substr(depth)) + '\n';
    return out;
}

Lesson::Lesson(int argc, const char* const* argv, const std::string& number) : number_(number) {
    CommandLine line("A lesson of the course: docs/course/" + number + ".md");
    line.option("--page", folder_, "the folder, docs/course, for its pages and pictures");
    line.read(argc, argv);
}

void Lesson::say(const std::string& text) {
    fmt::print("{}", text);
    printed_[current_] += text;
}

std::string Lesson::picture(const std::string& name, const std::string& extension) {
    const std::string file = fmt::format("{}_{}.{}", number_, name, extension);
    pictures_[name] = file;
    return folder_.empty() ? file : (fs::path(folder_) / file).string();
}

// How many lines of code there are: neither blank nor a comment.
static std::string lines_of(const std::string& source) {
    int count = 0;
    std::istringstream in(source);
    for (std::string line; std::getline(in, line);) {
        const std::string code = line.substr(indentation(line));
        count += !code.empty() && !code.starts_with("//");
    }
    return std::to_string(count);
}

static std::vector<std::string> words_of(const std::string& text) {
    std::vector<std::string> parts;
    for (std::size_t begin = 0, end = 0; end != text.npos; begin = end + 3) {
        end = text.find(" | ", begin);
        parts.push_back(text.substr(begin, end - begin));
    }
    return parts;
}

std::string Lesson::fill(const std::string& mark, const std::string& pictures, Counts& counts) const {
    auto known = [&](const std::map<std::string, std::string>& table, const std::string& name) {
        const auto found = table.find(name);
        check(found != table.end(), "lesson {}: nothing is there for '{{{{{}}}}}'", number_, mark);
        return found->second;
    };
    if (mark.starts_with("code ")) {
        const auto parts = words_of(mark.substr(5));
        check(parts.size() == 2 || parts.size() == 3, "lesson {}: '{}' is not 'code file | from | to'", number_, mark);
        ++counts.code;
        const std::string code = code_of(read_text(sources / parts[0]), parts[1], parts.size() == 3 ? parts[2] : "");
        return fmt::format("```cpp\n{}```", code);
    }
    if (mark.starts_with("printed ")) {
        ++counts.printed;
        std::string text = known(printed_, mark.substr(8));
        text.erase(text.find_last_not_of('\n') + 1);
        return fmt::format("```text\n{}\n```", text);
    }
    if (mark.starts_with("picture ")) {
        const auto parts = words_of(mark.substr(8));
        check(parts.size() == 2, "lesson {}: '{}' is not 'picture name | caption'", number_, mark);
        ++counts.pictures;
        return fmt::format("![{}]({}{})", parts[1], pictures, known(pictures_, parts[0]));
    }
    ++counts.numbers;
    if (mark.starts_with("lines ")) return lines_of(read_text(sources / mark.substr(6)));
    return known(values_, mark);
}

void Lesson::write(const std::string& language, const fs::path& folder, const std::string& pictures) const {
    const std::string prose = read_text(sources / "pages" / fmt::format("{}.{}.md", number_, language));
    std::string page;
    Counts counts;
    std::size_t at = 0;
    for (std::size_t open; (open = prose.find("{{", at)) != prose.npos;) {
        const std::size_t close = prose.find("}}", open);
        check(close != prose.npos, "lesson {}: a '{{{{' of its page is not closed", number_);
        page += prose.substr(at, open - at) + fill(prose.substr(open + 2, close - open - 2), pictures, counts);
        at = close + 2;
    }
    fs::create_directories(folder);
    write_text(folder / (number_ + ".md"), page + prose.substr(at));
    fmt::print("{}: code {}, output {}, numbers {}, pictures {}\n",
        (folder / (number_ + ".md")).string(), counts.code, counts.printed, counts.numbers, counts.pictures);
}

void Lesson::finish() const {
    if (folder_.empty()) return;
    write("en", folder_, "");
    write("zh", fs::path(folder_) / "zh", "../");
}

int run_lesson(
    int argc, const char* const* argv, const std::string& number, const std::function<void(Lesson&)>& program) {
    try {
        Lesson lesson(argc, argv, number);
        program(lesson);
        lesson.finish();
        return 0;
    } catch (const taper::Error& error) {
        fmt::print(stderr, "{}: {}\n", argv[0], error.what());
        return 1;
    }
}
