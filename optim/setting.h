// For the library: the numbers of optimizers and schedulers by PyTorch's names, as a state_dict holds them.
#pragma once

#include <variant>

#include "../tensor/serialization/value.h"
#include "optimizer.h"

namespace taper::optim {

/// A setting, by PyTorch's name.
struct NamedSetting {
    const char* name;
    std::variant<double*, std::int64_t*, bool*, std::optional<bool>*, std::optional<std::int64_t>*,
        std::optional<std::string>*, Betas*, std::string*, std::vector<double>*>
        value;
    bool is_whole = false;  // a number without fraction shows as an int, as PyTorch's default does

    Value get() const;
    /// Error unless it is a value of this kind.
    void set(const Value& value) const;
};

Dict values_of(const std::vector<NamedSetting>& settings);
/// Sets those that the dict has, then validates; on an Error all are as before.
void set_values(
    const std::vector<NamedSetting>& settings, const Dict& dict, const std::function<void()>& validate = [] {});

}  // namespace taper::optim
