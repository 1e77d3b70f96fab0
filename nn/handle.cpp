// Handles of modules: what a copy shares, what an assignment to a member means, and what was made as a member.
#include <pthread.h>

#include <algorithm>
#include <array>
#include <mutex>

#include "../tensor/warning.h"
#include "module.h"

namespace taper::nn {

namespace {

constinit std::mutex state_mutex;

// Of the last modules that were made, or copied or assigned, on this thread, the newest first to go: where they stand.
struct Recent {
    const ModuleBase* module = nullptr;
    std::size_t size = 0;          // of its object
    ModuleState* state = nullptr;  // made: its state
    std::ptrdiff_t from = 0;       // copied: the way to it from its original
    bool copied = false;
};
struct Recents {
    std::array<Recent, 16> entries;
    std::size_t next = 0;

    void add(const Recent& entry) {
        entries[next] = entry;
        next = (next + 1) % entries.size();
    }
    void forget(const ModuleBase* module) {
        for (Recent& entry : entries)
            if (entry.module == module) entry = {};
    }
};
thread_local Recents recents;

std::ptrdiff_t step(const void* to, const void* from) {
    return static_cast<std::ptrdiff_t>(reinterpret_cast<std::uintptr_t>(to) - reinterpret_cast<std::uintptr_t>(from));
}

bool lies_in(const Recent& entry, const void* object) {
    const std::ptrdiff_t offset = step(object, entry.module);
    return entry.module && offset >= 0 && static_cast<std::size_t>(offset) < entry.size;
}

void remember_copy(const ModuleBase* to, const ModuleBase* from, std::size_t size) {
    const Recent copy{.module = to, .size = size, .from = step(to, from), .copied = true};
    for (Recent& entry : recents.entries) {
        if (!entry.copied || entry.from != copy.from) continue;
        if (!lies_in(entry, to)) entry = copy;  // members lie as far from theirs as the whole does
        return;
    }
    recents.add(copy);
}

}  // namespace

detail::StateLock::StateLock() { state_mutex.lock(); }
detail::StateLock::~StateLock() { state_mutex.unlock(); }

bool detail::is_copied_with_module(const void* to, const void* from) {
    const std::ptrdiff_t way = step(to, from);
    return std::any_of(recents.entries.begin(), recents.entries.end(),
        [&](const Recent& entry) { return entry.copied && entry.from == way && lies_in(entry, to); });
}

void detail::suspect_member(const Registered* parameter) {
    for (const Recent& entry : recents.entries) {
        const std::ptrdiff_t offset = step(parameter, entry.module);
        if (!entry.state || offset < 0 || static_cast<std::size_t>(offset) >= entry.size) continue;
        return entry.state->suspects.push_back(offset);
    }
}

// ---- the state

ModuleState::ModuleState(const std::type_info& type, std::size_t size) : type(type), size(size) {}
ModuleState::~ModuleState() {
    {
        detail::StateLock lock;
        for (auto* list : {&parameters, &buffers, &computed})
            for (auto& [name, slot] : *list) slot->owner = nullptr;
    }
    // Parts of parts go one after the other, not each inside the end of the one around it.
    static constinit thread_local std::vector<NamedList<AnyModule>>* ending = nullptr;
    if (children.empty()) return;
    if (ending) {
        ending->push_back(std::move(children));
        return;
    }
    std::vector<NamedList<AnyModule>> left;
    ending = &left;
    left.push_back(std::move(children));
    while (!left.empty()) {
        const NamedList<AnyModule> last = std::move(left.back());
        left.pop_back();
    }
    ending = nullptr;
}

bool ModuleState::has_handle(const ModuleBase* wanted) const {
    if (!wanted) return false;
    detail::StateLock lock;
    return std::any_of(handles.rbegin(), handles.rend(),
        [&](const ModuleBase* handle) { return handle == wanted && !handle->is_any_; });
}

const ModuleBase* ModuleState::own_handle() const {
    detail::StateLock lock;
    for (const ModuleBase* handle : handles)
        if (!handle->is_any_) return handle;
    return nullptr;
}

std::string ModuleState::name_of(const Slot& wanted) const {
    for (const auto* list : {&parameters, &buffers, &computed})
        for (const auto& [name, slot] : *list)
            if (slot.get() == &wanted) return name;
    return {};
}

void ModuleState::make_parameter(const Slot& slot) {
    for (auto* list : {&buffers, &computed}) {
        auto at =
            std::find_if(list->begin(), list->end(), [&](const auto& item) { return item.second.get() == &slot; });
        if (at == list->end()) continue;
        at->second->is_parameter = true;
        parameters.add(at->first, at->second);
        list->erase(at);
        return list->renamed();
    }
}

// ---- handles

ModuleBase::ModuleBase(const std::type_info& type, std::size_t size)
    : state_(std::make_shared<ModuleState>(type, size)) {
    link();
    recents.add({.module = this, .size = size, .state = state_.get()});
}
ModuleBase::ModuleBase(const std::type_info& type, Called)
    : state_(std::make_shared<ModuleState>(type, sizeof(ModuleBase))), is_any_(true) {
    link();
}
ModuleBase::ModuleBase(const ModuleBase& other, Called) : state_(other.state_), place_(other.place_), is_any_(true) {
    link();
}

static std::shared_ptr<ModuleState> copied(const std::shared_ptr<ModuleState>& state) {
    auto* copying = detail::DeepCopy::current();
    return copying ? copying->state(state) : state;
}
ModuleBase::ModuleBase(const ModuleBase& other) : state_(copied(other.state_)), is_any_(other.is_any_) {
    link();
    settle(other, false);
}
ModuleBase::ModuleBase(ModuleBase&& other) : state_(copied(other.state_)), is_any_(other.is_any_) {
    link();
    settle(other, true);
}
ModuleBase::~ModuleBase() {
    unlink();
    recents.forget(this);
}

void ModuleBase::link() {
    detail::StateLock lock;
    state_->handles.push_back(this);
}
void ModuleBase::unlink() {
    detail::StateLock lock;
    auto& handles = state_->handles;
    auto at = std::find(handles.rbegin(), handles.rend(), this);
    *at = handles.back();
    handles.pop_back();
}

// A new copy: finds the place where it stands.
void ModuleBase::settle(const ModuleBase& other, bool moved) {
    if (!is_any_) remember_copy(this, &other, state_->size);
    if (!other.place_) return;
    auto place = other.place_;
    if (auto* copying = detail::DeepCopy::current()) {
        auto parent = place->parent.lock();
        auto new_parent = parent ? std::static_pointer_cast<ModuleState>(copying->find(parent.get())) : nullptr;
        if (!new_parent) return;
        place = copying->once(std::const_pointer_cast<detail::Place>(place), [&] {
            return std::make_shared<detail::Place>(detail::Place{place->name, new_parent, place->member});
        });
    }
    place_ = place;
    if (other.is_new_ && settle_at(place, other.home_)) return;
    if (settle_at(place, detail::shifted(other.home_, this, &other))) return;
    if (moved && other.is_on_its_way()) settle_at(place, other.home_);
}

bool ModuleBase::settle_at(const std::shared_ptr<const detail::Place>& place, const ModuleBase* home) {
    auto parent = place && home ? place->parent.lock() : nullptr;
    if (!parent || !parent->has_handle(home)) return false;
    place_ = place;
    home_ = home;
    return true;
}
bool ModuleBase::stands_in_member() const {
    auto parent = place_ && home_ ? place_->parent.lock() : nullptr;
    return parent && parent->has_handle(home_);
}

// Whether it is what register_module gave, not yet in the member.
bool ModuleBase::is_on_its_way() const {
    auto parent = place_ && home_ ? place_->parent.lock() : nullptr;
    if (!parent) return false;
    const std::ptrdiff_t offset = step(this, home_);
    return offset < 0 || static_cast<std::size_t>(offset) >= parent->size;
}

void ModuleBase::become(const ModuleBase& other) {
    if (state_ == other.state_) return;
    unlink();
    state_ = other.state_;
    link();
    ++detail::changes_of_parts;
}

void ModuleBase::assign(const ModuleBase& other) {
    if (this == &other) return;
    if (!is_any_) remember_copy(this, &other, state_->size);
    // A member of a handle that was itself assigned another module follows it.
    if (home_ && !stands_in_member()) place_ = nullptr, home_ = nullptr;
    if (settle_at(other.place_, detail::shifted(other.home_, this, &other))) return become(other);
    if (home_ && state_ != other.state_ && place_->member) {
        // model.fc = nn::Linear(2, 3)
        home_->add_child(place_->name, place_->member->wrap(other), place_->member);
        return become(other);
    }
    if (!home_ && other.is_on_its_way() && settle_at(other.place_, other.home_)) return become(other);
    become(other);
    if (!place_)
        place_ = other.place_;
    else
        state_->registered = true;
}

// ---- at work

void detail::look_at_stack(std::uintptr_t here) {
    constexpr std::size_t kept = 256 << 10;  // for what is called by the innermost
    pthread_attr_t about;
    if (pthread_getattr_np(pthread_self(), &about) != 0) return static_cast<void>(end_of_stack = 0);
    void* start = nullptr;
    std::size_t size = 0;
    pthread_attr_getstack(&about, &start, &size);
    pthread_attr_destroy(&about);
    const auto first = reinterpret_cast<std::uintptr_t>(start);
    end_of_stack = first + std::min(kept, size / 2);
    const bool is_its_own = here - first < size;  // not one that the program gave itself
    check(!is_its_own || here >= end_of_stack,
        "RecursionError: maximum recursion depth exceeded: modules stand so deep in one another that the stack of {} "
        "bytes is full; run it in a thread with a larger one",
        size);
}

const std::string& ModuleBase::name() const {
    static const std::string none;
    return place_ ? place_->name : none;
}

namespace {
constinit thread_local const detail::AtWork* innermost = nullptr;
}

detail::AtWork::AtWork(const ModuleBase& module, std::size_t size)
    : inside_(module.name()),
      module_(&module),
      state_(module.shared_state().get()),
      size_(size),
      outer_(innermost),
      hooks_(state_->hooks && state_->hooks->at_calls() ? state_->hooks.get() : nullptr) {
    check_stack();
    if ((!state_->registered && outer_) || !state_->suspects.empty()) [[unlikely]]
        look();
    innermost = this;
}
detail::AtWork::~AtWork() { innermost = outer_; }

void detail::AtWork::look() const {
    const auto inside = [](const AtWork& outer, const void* object, std::size_t size) {
        const std::ptrdiff_t offset = step(object, outer.module_);
        return offset >= 0 && static_cast<std::size_t>(offset) + size <= outer.size_;
    };
    if (outer_ && !state_->registered && inside(*outer_, module_, 1))
        warn(
            "{}: a {} that is a member was never registered, so it is not trained, saved or moved with the model: "
            "write "
            "register_module(\"...\", ...) at the member",
            type_name(outer_->state_->type), type_name(state_->type));
    for (std::ptrdiff_t offset : state_->suspects) {
        const auto* member = reinterpret_cast<const Registered*>(reinterpret_cast<const char*>(module_) + offset);
        if (!inside(*this, member, sizeof(Registered)) || member->is_registered()) continue;
        const auto& known = state_->parameters;
        if (std::any_of(known.begin(), known.end(),
                [&](const auto& item) { return item.second->tensor.ref().get() == member->ref().get(); }))
            continue;
        warn(
            "{}: a Parameter that is a member was never registered, so it is not trained, saved or moved with the "
            "model: write register_parameter(\"...\", ...) at the member",
            type_name(state_->type));
    }
    state_->suspects.clear();
}

template class Setting<bool>;
template class Setting<double>;
template class Setting<std::int64_t>;
template class Setting<std::string>;

}  // namespace taper::nn
