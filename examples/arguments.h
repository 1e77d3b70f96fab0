// What a program reads from its command line. CLI11 does it, in arguments.cpp alone: its header takes longer to compile
// than all the rest of a program.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

/// The options of a program, which are variables of its own; their values are the defaults that --help shows.
class CommandLine {
 public:
    explicit CommandLine(const std::string& description);
    ~CommandLine();

    class Option {
     public:
        explicit Option(CLI::Option* option) : option_(option) {}
        void between(std::int64_t least, std::int64_t most);
        void at_least_0();
        void one_of(const std::vector<std::string>& values);

     private:
        CLI::Option* option_;
    };
    /// "--name VALUE", or "VALUE" for a name without dashes. T is std::string, int, std::int64_t or
    /// std::optional<std::int64_t>.
    template <class T> Option option(const std::string& name, T& value, const std::string& help);
    /// "--name"
    void flag(const std::string& name, bool& value, const std::string& help);

    /// Reads them. At --help, or if it does not understand, the program says so and ends.
    void read(int argc, const char* const* argv);
    /// The end of a program that has said all.
    struct End {
        int status;
        std::string text;
    };
    /// The same for a program that goes on.
    std::optional<End> try_read(int argc, const char* const* argv);

 private:
    std::unique_ptr<CLI::App> app_;
};
