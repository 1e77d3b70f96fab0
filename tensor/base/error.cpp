#include "error.h"

#include <array>
#include <functional>
#include <vector>

namespace taper {
namespace {

constinit thread_local const ModulePath* current = nullptr;

// All paths that there are, in chains by a hash of theirs: however many parts a module has, each is found at once.
constinit std::array<std::atomic<const ModulePath*>, 1 << 14> chains{};

// The path of `name` inside `outer`: threads that look for it at once find or add the same one.
const ModulePath* path_inside(const ModulePath* outer, const std::string& name) {
    const std::size_t hash =
        std::hash<std::string_view>()(name) ^ reinterpret_cast<std::uintptr_t>(outer) / 16 * 0x9e3779b1;
    std::atomic<const ModulePath*>& first = chains[(hash ^ hash >> 20) % chains.size()];
    const ModulePath* newest = first.load(std::memory_order_acquire);
    for (ModulePath* made = nullptr;;) {
        for (const ModulePath* path = newest; path; path = path->next)
            if (path->outer == outer && path->name == name) return delete made, path;
        if (!made) made = new ModulePath{outer, name};
        made->next = newest;
        if (first.compare_exchange_weak(newest, made)) return made;
    }
}

// The same. A program enters its modules in one order, again and again.
const ModulePath* entered(const ModulePath* outer, const std::string& name) {
    static constinit thread_local const ModulePath* last = nullptr;
    const ModulePath* likely = last ? last->following.load(std::memory_order_acquire) : nullptr;
    if (likely && likely->outer == outer && likely->name == name) return last = likely;
    const ModulePath* path = path_inside(outer, name);
    if (last) last->following.store(path, std::memory_order_release);
    return last = path;
}

}  // namespace

std::string ModulePath::str() const {
    std::vector<const ModulePath*> paths;
    for (const ModulePath* path = this; path; path = path->outer)
        if (!path->name.empty()) paths.push_back(path);
    std::string text;
    for (auto path = paths.rbegin(); path != paths.rend(); ++path) text += (text.empty() ? "" : ".") + (*path)->name;
    return text;
}

const ModulePath* current_module() { return current; }

InModule::InModule(const std::string& name) : outer_(current) { current = entered(outer_, name); }
InModule::~InModule() { current = outer_; }

std::string module_path() { return current ? current->str() : ""; }

void fail_with(fmt::string_view format, fmt::format_args values) {
    std::string path = module_path();
    throw Error((path.empty() ? "" : path + ": ") + fmt::vformat(format, values));
}

}  // namespace taper
