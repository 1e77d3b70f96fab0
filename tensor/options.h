// The parameters of Tensor's methods, which stand before the Tensor itself.
#pragma once

#include "calls.h"
#include "storage.h"

namespace taper {

/// A Tensor as a parameter: anything that converts to one; none or None is Tensor().
template <> class Arg<Tensor> : public detail::ArgBase {
 public:
    Arg() : ArgBase(detail::Given::yes) {}
    Arg(Required) : ArgBase(detail::Given::must_be) {}
    Arg(Default<std::nullopt_t>) : ArgBase(detail::Given::no) {}
    Arg(std::nullopt_t) : Arg() {}
    Arg(const NewAxis&) : Arg() {}
    template <class U>
        requires(std::convertible_to<U, Tensor>)
    Arg(const U& value);

    Tensor operator*() const;
    operator Tensor() const;
    bool defined() const { return static_cast<bool>(body_); }

    /// As of any Arg.
    void put(const Arg& value, const char* call, const char* parameter) {
        if (given()) [[unlikely]]
            detail::given_twice(call, parameter);
        *this = value;
    }

 private:
    Ref<Body> body_;
};

}  // namespace taper
