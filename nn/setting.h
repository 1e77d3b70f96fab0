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
    Setting(T value);
    Setting(const Setting& other);
    Setting& operator=(const Setting& other);
    Setting& operator=(T value);
    operator const T&() const { return *value_; }
    operator double() const
        requires(std::same_as<T, Real>)
    {
        return *value_;
    }
    const T& operator*() const { return *value_; }
    friend bool operator==(const Setting& setting, const T& value) { return *setting.value_ == value; }
    template <class U>
        requires((std::is_arithmetic_v<T> || std::same_as<T, Real>) && std::is_arithmetic_v<U> && !std::same_as<T, U>)
    friend bool operator==(const Setting& setting, U value) {
        return *setting.value_ == value;
    }

 private:
    bool shared_with(const Setting& other) const {
        return !detail::DeepCopy::current() && detail::is_copied_with_module(this, &other);
    }
    static std::shared_ptr<T> own_of(const Setting& other);

    std::shared_ptr<T> value_;
};

template <class T> Setting<T>::Setting(T value) : value_(std::make_shared<T>(std::move(value))) {}
template <class T> Setting<T>::Setting(const Setting& other)
    : value_(shared_with(other) ? other.value_ : own_of(other)) {}
template <class T> Setting<T>& Setting<T>::operator=(const Setting& other) {
    if (shared_with(other))
        value_ = other.value_;
    else
        *value_ = T(*other.value_);
    return *this;
}
template <class T> Setting<T>& Setting<T>::operator=(T value) {
    *value_ = std::move(value);
    return *this;
}
template <class T> std::shared_ptr<T> Setting<T>::own_of(const Setting& other) {
    auto make = [&] { return std::make_shared<T>(*other.value_); };
    auto* copying = detail::DeepCopy::current();
    return copying ? copying->once(other.value_, make) : make();
}

extern template class Setting<bool>;
extern template class Setting<double>;
extern template class Setting<std::int64_t>;
extern template class Setting<std::string>;

}  // namespace taper::nn

template <class T> struct fmt::formatter<taper::nn::Setting<T>> : fmt::formatter<T> {
    auto format(const taper::nn::Setting<T>& setting, fmt::format_context& context) const {
        return fmt::formatter<T>::format(*setting, context);
    }
};
