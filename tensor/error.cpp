#include "error.h"

namespace taper {
namespace {

constinit thread_local const ModulePath* current = nullptr;

// The path of `name` inside `outer`: threads that look for it at once find or add the same one.
const ModulePath* path_inside(const ModulePath* outer, const std::string& name) {
    static const ModulePath root{nullptr, ""};
    std::atomic<const ModulePath*>& first = (outer ? outer : &root)->first_inner;
    const ModulePath* newest = first.load(std::memory_order_acquire);
    for (ModulePath* made = nullptr;;) {
        for (const ModulePath* path = newest; path; path = path->next)
            if (path->name == name) return delete made, path;
        if (!made) made = new ModulePath{outer, name};
        made->next = newest;
        if (first.compare_exchange_weak(newest, made)) return made;
    }
}

}  // namespace

std::string ModulePath::str() const {
    std::string before = outer ? outer->str() : "";
    return before.empty() || name.empty() ? before + name : before + "." + name;
}

const ModulePath* current_module() { return current; }

InModule::InModule(const std::string& name) : outer_(current) { current = path_inside(outer_, name); }
InModule::~InModule() { current = outer_; }

std::string module_path() { return current ? current->str() : ""; }

void fail_with(fmt::string_view format, fmt::format_args values) {
    std::string path = module_path();
    throw Error((path.empty() ? "" : path + ": ") + fmt::vformat(format, values));
}

}  // namespace taper
