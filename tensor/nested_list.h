// Numbers in nested braces, as torch.tensor takes them.
#pragma once

#include "dtype.h"
#include "options.h"
#include "scalar.h"
#include "shape.h"

namespace taper {

class Tensor;

struct TensorOptions {
    Keywords _ = Keywords();
    Arg<std::optional<DType>> dtype = Default(none);
    Arg<bool> requires_grad = Default(false);
    Arg<std::optional<Device>> device = Default(none);
};

namespace detail {
/// A number in a list of several kinds. (Nothing in braces is none.)
struct ListedNumber : Scalar {
    template <Number N> ListedNumber(N value) : Scalar(value) {}
    ListedNumber(Scalar value) : Scalar(value) {}
};
}  // namespace detail

/// Numbers in nested braces, or in (nested) vectors: what torch.tensor takes.
class NestedList {
 public:
    NestedList(EmptyList) : is_list_(true) {}
    template <Number N> NestedList(N value) : value_(value) {}
    NestedList(Scalar value) : value_(value) {}
    template <class T> NestedList(const std::initializer_list<T>& items) : is_list_(true) {
        for (const T& item : items) items_.emplace_back(item);
    }
    template <class T, std::size_t n> NestedList(const T (&items)[n]) : is_list_(true) {
        for (const T& item : items) items_.emplace_back(item);
    }
    template <class T> NestedList(const std::vector<T>& items) : is_list_(true) {
        for (const auto& item : items) items_.emplace_back(static_cast<const T&>(item));
    }

    Shape shape() const;
    /// bool, int64 or the default floating dtype, whichever the numbers need.
    DType dtype() const;
    /// `dim`: how deep it stands in the whole.
    void write(const Tensor& to, int dim = 0) const;

 private:
    DType kind() const;

    Scalar value_ = 0;
    std::vector<NestedList> items_;
    bool is_list_ = false;
};

namespace detail {
// What tensor and x.new_tensor make of the numbers; `like` says what is not in the options.
Tensor tensor(const NestedList& data, const TensorOptions& options);
Tensor tensor_of_tensor(const Tensor& data, const TensorOptions& options);
Tensor new_tensor(const Tensor& like, const NestedList& data, const TensorOptions& options);
}  // namespace detail

// The forms of a call whose first argument is such numbers. Lists of one kind of number are std::initializer_lists,
// spelled out, for by an alias Clang 16 does not find N; lists of several kinds are arrays, for a
// std::initializer_list<Scalar> would take {.misspelt = {1, 2}} from GCC 12.
#define TAPER_NESTED_LISTS(name, q)                                                                                   \
    template <Number N> Tensor name(N data, const TensorOptions& options = {}) q {                                    \
        return TAPER_NESTED_LIST_##name(data, options);                                                               \
    }                                                                                                                 \
    template <class E> Tensor name(const std::vector<E>& data, const TensorOptions& options = {}) q {                 \
        return TAPER_NESTED_LIST_##name(data, options);                                                               \
    }                                                                                                                 \
    template <Number N> Tensor name(std::initializer_list<N> data, const TensorOptions& options = {}) q {             \
        return TAPER_NESTED_LIST_##name(data, options);                                                               \
    }                                                                                                                 \
    template <Number N>                                                                                               \
    Tensor name(std::initializer_list<std::initializer_list<N>> data, const TensorOptions& options = {}) q {          \
        return TAPER_NESTED_LIST_##name(data, options);                                                               \
    }                                                                                                                 \
    template <Number N> Tensor name(std::initializer_list<std::initializer_list<std::initializer_list<N>>> data,      \
        const TensorOptions& options = {}) q {                                                                        \
        return TAPER_NESTED_LIST_##name(data, options);                                                               \
    }                                                                                                                 \
    template <Number N>                                                                                               \
    Tensor name(std::initializer_list<std::initializer_list<std::initializer_list<std::initializer_list<N>>>> data,   \
        const TensorOptions& options = {}) q {                                                                        \
        return TAPER_NESTED_LIST_##name(data, options);                                                               \
    }                                                                                                                 \
    template <Number N>                                                                                               \
    Tensor name(std::initializer_list<                                                                                \
                    std::initializer_list<std::initializer_list<std::initializer_list<std::initializer_list<N>>>>>    \
                    data,                                                                                             \
        const TensorOptions& options = {}) q {                                                                        \
        return TAPER_NESTED_LIST_##name(data, options);                                                               \
    }                                                                                                                 \
    template <std::size_t a> Tensor name(const detail::ListedNumber(&data)[a], const TensorOptions& options = {}) q { \
        return TAPER_NESTED_LIST_##name(data, options);                                                               \
    }                                                                                                                 \
    template <std::size_t a, std::size_t b>                                                                           \
    Tensor name(const detail::ListedNumber(&data)[a][b], const TensorOptions& options = {}) q {                       \
        return TAPER_NESTED_LIST_##name(data, options);                                                               \
    }                                                                                                                 \
    template <std::size_t a, std::size_t b, std::size_t c>                                                            \
    Tensor name(const detail::ListedNumber(&data)[a][b][c], const TensorOptions& options = {}) q {                    \
        return TAPER_NESTED_LIST_##name(data, options);                                                               \
    }                                                                                                                 \
    Tensor name(EmptyList, const TensorOptions& options = {}) q;                                                      \
    template <std::size_t a> Tensor name(const EmptyList(&data)[a], const TensorOptions& options = {}) q {            \
        return TAPER_NESTED_LIST_##name(data, options);                                                               \
    }                                                                                                                 \
    template <std::size_t a, std::size_t b>                                                                           \
    Tensor name(const EmptyList(&data)[a][b], const TensorOptions& options = {}) q {                                  \
        return TAPER_NESTED_LIST_##name(data, options);                                                               \
    }
#define TAPER_NESTED_LIST_tensor(data, options) detail::tensor(data, options)
#define TAPER_NESTED_LIST_new_tensor(data, options) detail::new_tensor(*this, data, options)

}  // namespace taper
