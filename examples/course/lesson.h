// The frame of the course's lessons: what a lesson prints is remembered, so that its pages can be written by it.
//
// pages/00.en.md and pages/00.zh.md hold the prose of lesson 00; docs/course/00.md and docs/course/zh/00.md are what
// the program makes of them. In the prose,
//     {{code 00_scalar.h | inline void backward}}  is the item of that file that begins with these words,
//     {{code 00_scalar.h | struct Edge | struct Node}}  all from one item to another,
//     {{printed losses}}  what was printed after `begin("losses")`,
//     {{picture losses | what is to be seen}}  the picture `picture("losses")`,
//     {{lines 00_scalar.h}}  how many lines of code it has,
//     {{name}}  the text or number given by `let("name", ...)`.
// Nothing else on a page comes from the program, and the pages are never changed by hand: a test compares them.
#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <functional>
#include <map>
#include <string>

class Lesson {
 public:
    /// `--page FOLDER` on the command line asks for the pages; FOLDER is docs/course.
    Lesson(int argc, const char* const* argv, const std::string& number);

    /// Prints, and remembers it for {{printed ...}}.
    template <class... T> void print(fmt::format_string<T...> text, T&&... values) {
        say(fmt::format(text, std::forward<T>(values)...));
    }
    /// What is printed from here on is {{printed name}}.
    void begin(const std::string& name) { current_ = name; }
    /// {{name}} on the pages.
    template <class T> void let(const std::string& name, const T& value) { values_[name] = fmt::format("{}", value); }
    /// Where a picture is to be written: among the pages, or where the program runs.
    std::string picture(const std::string& name, const std::string& extension = "svg");

    /// Writes the pages, if they were asked for, and says what is on them.
    void finish() const;

 private:
    struct Counts {
        int code = 0, printed = 0, numbers = 0, pictures = 0;
    };
    void say(const std::string& text);
    void write(const std::string& language, const std::filesystem::path& folder, const std::string& pictures) const;
    std::string fill(const std::string& mark, const std::string& pictures, Counts& counts) const;

    std::string number_, folder_, current_;
    std::map<std::string, std::string> printed_, values_, pictures_;
};

/// The text as a file's.
std::string read_text(const std::filesystem::path& path);
/// The item of a source that begins with these words, its indentation taken away: to its end if it ends on the line,
/// else to the line that closes it.
std::string code_of(const std::string& source, const std::string& from, const std::string& to);

/// The main of a lesson: an Error is a sentence on stderr.
int run_lesson(
    int argc, const char* const* argv, const std::string& number, const std::function<void(Lesson&)>& program);
