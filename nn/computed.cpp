#include "computed.h"

#include "../tensor/random/generator.h"

namespace taper::nn {

namespace {

using Table = NamedTable<std::shared_ptr<Slot>>;

// Takes the slot of that name out of a list; none: it is not there.
std::shared_ptr<Slot> taken(Table& table, const std::string& name) {
    const std::size_t at = table.place_of(name);
    if (at == table.size()) return nullptr;
    std::shared_ptr<Slot> slot = table[at].second;
    table.erase(table.begin() + static_cast<std::ptrdiff_t>(at));
    table.renamed();
    return slot;
}

}  // namespace

void compute_before_forward(const AnyModule& module, const std::string& name, Computed how, const Tensor& value) {
    ModuleState& state = *module.shared_state();
    std::shared_ptr<Slot> slot = taken(state.parameters, name);
    how.was_parameter = static_cast<bool>(slot);
    if (!slot) slot = taken(state.buffers, name);
    module.register_forward_pre_hook([name](AnyModule& m, const TensorList&) { compute_now(*m.shared_state(), name); });
    how.hook = state.hooks->next - 1;
    slot->is_parameter = false;
    slot->computed = std::make_shared<const Computed>(std::move(how));
    state.computed.add(name, slot);
    slot->set(value);
}

void compute_no_more(const AnyModule& module, const std::string& name, const Tensor& value) {
    ModuleState& state = *module.shared_state();
    std::shared_ptr<Slot> slot = taken(state.computed, name);
    state.hooks->before.erase(slot->computed->hook);
    slot->is_parameter = slot->computed->was_parameter;
    slot->computed = nullptr;
    (slot->is_parameter ? state.parameters : state.buffers).add(name, slot);
    slot->set(value);
}

std::shared_ptr<const Computed> computed_by(const ModuleState& module, const std::string& name) {
    const std::size_t at = module.computed.place_of(name);
    return at == module.computed.size() ? nullptr : module.computed[at].second->computed;
}

void compute_now(ModuleState& module, const std::string& name) {
    Slot& slot = **module.computed.find_name(name);
    if (slot.computed) slot.set(slot.computed->value(module));
}

static Tensor found(std::initializer_list<const Table*> tables, const std::string& name) {
    for (const Table* table : tables)
        if (const std::size_t at = table->place_of(name); at < table->size()) return (*table)[at].second->tensor;
    return {};
}
Tensor registered(const ModuleState& module, const std::string& name) {
    return found({&module.parameters, &module.buffers}, name);
}
Tensor tensor_named(const ModuleState& module, const std::string& name) {
    return found({&module.parameters, &module.buffers, &module.computed}, name);
}

std::vector<std::uint8_t> random_state() { return default_generator().state_bytes(); }
void draw_further(ModuleState& module, const std::vector<std::uint8_t>& start, std::function<void()> more) {
    if (!module.initial_draw || module.initial_draw->after != start) return;
    Draw& draw = *module.initial_draw;
    draw.again = [first = std::move(draw.again), more = std::move(more)] { first(), more(); };
    draw.after = random_state();
}

void unregister(ModuleState& module, const std::string& name) {
    for (Table* table : {&module.parameters, &module.buffers})
        if (std::shared_ptr<Slot> slot = taken(*table, name)) slot->owner = nullptr;
}

}  // namespace taper::nn
