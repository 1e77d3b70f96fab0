#include "warning.h"

#include <cstdio>
#include <mutex>
#include <set>
#include <tuple>
#include <utility>

#include "base/error.h"
#include "shape.h"

namespace taper {
namespace {

void print_line(const std::string& line) { fmt::print(stderr, "{}\n", line); }

// A place, and a sentence that was said there.
using Said = std::tuple<std::string, unsigned, unsigned, std::string>;

struct Channel {
    std::mutex mutex;
    bool always = false;
    WarningHandler handler = print_line;
    std::set<Said> said;
};

// Never destroyed, for destructors of static things may warn.
Channel& channel() {
    static Channel& only = *new Channel;
    return only;
}

constinit thread_local bool handling = false;

// While a handler is at work on this thread.
struct Handling {
    bool before = std::exchange(handling, true);
    ~Handling() { handling = before; }
};

}  // namespace

void warn_with(fmt::string_view format, fmt::format_args values, const std::source_location& place) {
    const std::string sentence = fmt::vformat(format, values), path = module_path();
    const Said said(place.file_name(), place.line(), place.column(), sentence);
    Channel& c = channel();
    WarningHandler handler;
    {
        const std::lock_guard lock(c.mutex);
        if (!c.said.insert(said).second && !c.always) return;
        handler = handling ? print_line : c.handler;
    }
    // Called without the lock: it may set another, or warn.
    try {
        const Handling at_work;
        handler((path.empty() ? "" : path + ": ") + "UserWarning: " + sentence);
    } catch (...) {
        const std::lock_guard lock(c.mutex);
        c.said.erase(said);
        throw;
    }
}

void warn_of_target_size(const Shape& target, const Shape& input) {
    if (target != input)
        warn(
            "Using a target size (torch.Size({})) that is different to the input size (torch.Size({})). This will "
            "likely lead to incorrect results due to broadcasting. Please ensure they have the same size.",
            target.str(), input.str());
}

TAPER_DEFINE_FUNCTION(void, set_warn_always, SetWarnAlwaysOptions, ([](bool b) {
    const std::lock_guard lock(channel().mutex);
    channel().always = b;
}(o.b)),
    1, b)

bool is_warn_always_enabled() {
    const std::lock_guard lock(channel().mutex);
    return channel().always;
}

WarningHandler set_warning_handler(WarningHandler handler) {
    if (!handler) handler = print_line;
    const std::lock_guard lock(channel().mutex);
    channel().said.clear();
    return std::exchange(channel().handler, std::move(handler));
}

}  // namespace taper
