// Settings of a module that its copies share.
#pragma once

#include <fmt/format.h>

#include "../tensor/real.h"
#include "copy.h"

namespace taper::nn {

namespace detail {
/// Whether `to` is made or assigned as a member of a module that is made or assigned as the one `from` is a member of.
bool is_copied_with_module(const void* to, const void* from);
}  // namespace detail

/// A setting that the copies of a module share: reads as a T; what is assigned reaches every copy. A copy that stands
/// elsewhere (auto p = layer.p) is a variable of its own.
template <class T> class Setting {
 public:
    Setting(T value) : value_(std::make_shared<T>(std::move(value))) {}
    Setting(const Setting& other) : value_(shared_with(other) ? other.value_ : own_of(other)) {}
    Setting& operator=(const Setting& other) {
        if (shared_with(other))
            value_ = other.value_;
        else
            *value_ = T(*other.value_);
        return *this;
    }
    Setting& operator=(T value) {
        *value_ = std::move(value);
        return *this;
    }
    operator const T&() const { return *value_; }
    operator double() const
        requires(std::same_as<T, Real>)
    {
        return *value_;
    }
    const T& operator*() const { return *value_; }
    friend bool operator==(const Setting& setting, const T& value) { return *setting.value_ == value; }

 private:
    bool shared_with(const Setting& other) const {
        return !detail::DeepCopy::current() && detail::is_copied_with_module(this, &other);
    }
    static std::shared_ptr<T> own_of(const Setting& other) {
        auto make = [&] { return std::make_shared<T>(*other.value_); };
        auto* copying = detail::DeepCopy::current();
        return copying ? copying->once(other.value_, make) : make();
    }

    std::shared_ptr<T> value_;
};

}  // namespace taper::nn

template <class T> struct fmt::formatter<taper::nn::Setting<T>> : fmt::formatter<T> {
    auto format(const taper::nn::Setting<T>& setting, fmt::format_context& context) const {
        return fmt::formatter<T>::format(*setting, context);
    }
};
