// The one error of the library, and the sentence it carries.
#pragma once

#include <fmt/format.h>

#include <atomic>
#include <stdexcept>
#include <string>

namespace taper {

/// What every bad input gives. `what()` names the op, then says PyTorch's own sentence where it has one, with the
/// values.
class Error : public std::runtime_error {
 public:
    using std::runtime_error::runtime_error;
};

/// A module at work inside another. Paths are made once and kept for good, so that whatever is made meanwhile can point
/// to where that was.
struct ModulePath {
    const ModulePath* const outer;  // none: not inside another
    const std::string name;
    /// "layers.0"
    std::string str() const;

    // For those who look for one: the next of a chain, and the one that was entered after this the last time.
    const ModulePath* next = nullptr;
    mutable std::atomic<const ModulePath*> following = nullptr;
};

/// The module at work on this thread; none outside any.
const ModulePath* current_module();

/// Names the module at work on this thread while it stands; an Error thrown meanwhile begins with the path of all such
/// names.
class InModule {
 public:
    explicit InModule(const std::string& name);
    ~InModule();
    InModule(const InModule&) = delete;
    InModule& operator=(const InModule&) = delete;

 private:
    const ModulePath* outer_;
};

/// Whether a module is at work on this thread.
inline bool in_module() { return current_module() != nullptr; }
/// The path of modules at work on this thread, such as "layers.0"; empty outside any module.
std::string module_path();

[[noreturn]] void fail_with(fmt::string_view format, fmt::format_args values);

/// Throws Error with the formatted sentence.
template <class... Values> [[noreturn]] void fail(fmt::format_string<Values...> format, Values&&... values) {
    fail_with(format, fmt::make_format_args(values...));
}

/// Throws Error with the formatted sentence unless the condition holds.
template <class... Values>
inline void check(bool condition, fmt::format_string<Values...> format, const Values&... values) {
    if (!condition) [[unlikely]]
        fail_with(format, fmt::make_format_args(values...));
}

}  // namespace taper
