#include "arguments.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <sstream>

CommandLine::CommandLine(const std::string& description) : app_(std::make_unique<CLI::App>(description)) {}
CommandLine::~CommandLine() = default;

void CommandLine::Option::between(std::int64_t least, std::int64_t most) { option_->check(CLI::Range(least, most)); }
void CommandLine::Option::at_least_0() {
    option_->check([](const std::string& text) {
        std::int64_t value = 0;
        return CLI::detail::lexical_cast(text, value) && value >= 0
            ? std::string()
            : "expects a whole number of at least 0, got '" + text + "'";
    });
}
void CommandLine::Option::one_of(const std::vector<std::string>& values) { option_->check(CLI::IsMember(values)); }

template <class T>
CommandLine::Option CommandLine::option(const std::string& name, T& value, const std::string& help) {
    CLI::Option* made = app_->add_option(name, value, help);
    if constexpr (!std::is_same_v<T, std::optional<std::int64_t>>) made->capture_default_str();
    return Option(made);
}
template CommandLine::Option CommandLine::option(const std::string&, std::string&, const std::string&);
template CommandLine::Option CommandLine::option(const std::string&, int&, const std::string&);
template CommandLine::Option CommandLine::option(const std::string&, std::int64_t&, const std::string&);
template CommandLine::Option CommandLine::option(const std::string&, std::optional<std::int64_t>&, const std::string&);

void CommandLine::flag(const std::string& name, bool& value, const std::string& help) {
    app_->add_flag(name, value, help);
}

std::optional<CommandLine::End> CommandLine::try_read(int argc, const char* const* argv) {
    try {
        app_->parse(argc, argv);
        return {};
    } catch (const CLI::ParseError& error) {
        std::ostringstream said;
        const int status = app_->exit(error, said, said);
        return End{status, said.str()};
    }
}

void CommandLine::read(int argc, const char* const* argv) {
    if (const std::optional<End> end = try_read(argc, argv)) {
        std::fputs(end->text.c_str(), end->status == 0 ? stdout : stderr);
        std::exit(end->status);
    }
}
