// What a checkpoint holds: None, numbers, strings, tensors, and lists and dicts of such, as Python has them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "state_dict.h"

namespace taper {

class Dict;

/// One thing of a checkpoint, as a cheap handle; what it points to does not change.
class Value {
 public:
    enum class Kind { None, Bool, Int, Float, String, Tensor, List, Tuple, Dict };
    using List = std::vector<Value>;
    /// How deep lists and dicts may stand in one another.
    static constexpr int max_height = 200;

    Value() = default;
    Value(std::nullopt_t) {}
    template <Number N> Value(N number) {
        if constexpr (std::is_same_v<N, bool>)
            data_ = number;
        else if constexpr (std::is_floating_point_v<N>)
            data_ = static_cast<double>(number);
        else
            data_ = static_cast<std::int64_t>(number);
    }
    Value(std::string text) : data_(std::make_shared<const std::string>(std::move(text))) {}
    Value(const char* text) : Value(std::string(text)) {}
    /// A Tensor() counts as None.
    Value(const taper::Tensor& tensor);
    Value(const StateDict& state_dict);
    Value(taper::Dict dict);
    /// {x, y} is a list; {{"epoch", 3}, {"model", d}}, a list of pairs that begin with a string, is a dict.
    Value(std::initializer_list<Value> items);
    template <class T> Value(const std::vector<T>& items) {
        List list;
        for (const auto& item : items) list.emplace_back(static_cast<const T&>(item));
        *this = sequence(std::move(list), false);
    }
    static Value tuple(List items) { return sequence(std::move(items), true); }

    Kind kind() const;
    bool is_none() const { return kind() == Kind::None; }

    // Each is an Error for a value of another kind.
    /// A number, also that of a Tensor of one element. Error if a T can't hold it.
    template <Number T = double> T item() const;
    const std::string& string() const&;
    std::string string() const&& { return string(); }
    taper::Tensor tensor() const;
    /// The items of a list or a tuple.
    const List& list() const&;
    List list() const&& { return list(); }
    const taper::Dict& dict() const&;
    taper::Dict dict() const&&;
    /// A dict of Tensors by name.
    StateDict state_dict() const;
    operator StateDict() const { return state_dict(); }
    operator taper::Tensor() const { return tensor(); }

    /// The value of a dict's key; Error if there is none.
    Value operator[](const std::string& key) const;
    /// The item of a list, counted from the back if negative, or the value of a dict's key.
    Value operator[](std::int64_t at) const;
    bool contains(const std::string& key) const;
    /// Of a list or a dict.
    std::size_t size() const;

    // ---- for the library
    struct Sequence;
    explicit Value(std::shared_ptr<Sequence> items) : data_(std::move(items)) {}
    explicit Value(std::shared_ptr<taper::Dict> dict) : data_(std::move(dict)) {}
    Sequence* as_sequence() const;
    taper::Dict* as_dict() const;
    /// 0 for what holds no values, otherwise one more than the highest of them.
    int height() const;

 private:
    static Value sequence(List items, bool is_tuple);
    Scalar number() const;

    std::variant<std::monostate, bool, std::int64_t, double, std::shared_ptr<const std::string>, taper::Tensor,
        std::shared_ptr<Sequence>, std::shared_ptr<taper::Dict>>
        data_;
};

struct Value::Sequence {
    List items;
    bool is_tuple = false;
    int height = 0;
};

/// Values by key, in the order they came in. A key is None, a number or a string.
class Dict {
 public:
    Dict() = default;
    Dict(std::initializer_list<std::pair<Value, Value>> items) {
        for (const auto& [key, value] : items) (*this)[key] = value;
    }

    /// The value of this key, a new None at the end if there was none.
    Value& operator[](const Value& key);
    /// Null if there is none.
    const Value* find(const Value& key) const;
    /// Error if there is none.
    const Value& at(const Value& key) const;
    bool contains(const Value& key) const { return find(key) != nullptr; }
    std::size_t size() const { return items_.size(); }
    auto begin() const { return items_.begin(); }
    auto end() const { return items_.end(); }

    bool is_ordered = false;  // a collections.OrderedDict; otherwise a plain dict
    Value attributes = {};    // of the OrderedDict: None, or a dict such as {"_metadata": ...}
    int height = 1;           // see Value::height; kept by whoever fills the dict

 private:
    std::vector<std::pair<Value, Value>> items_;
    std::map<std::string, std::size_t> places_;  // not by a hash, for which a file's keys could be chosen
};

/// Sets the heights in a Value that was put together piece by piece, and gives them by the places of its lists and
/// dicts. Error where one holds itself, or too many stand in one another.
std::unordered_map<const void*, int> measure(const Value& value);

template <Number T> T Value::item() const {
    const Scalar value = number();
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
        const double real = value.to<double>();
        check(value.kind() != DType::Float64 ||
                (real >= -0x1p63 && real < 0x1p63 && real == static_cast<double>(static_cast<std::int64_t>(real))),
            "item: {} is not a whole number", real);
        check(std::in_range<T>(value.to<std::int64_t>()), "item: {} does not fit into {} bytes",
            value.to<std::int64_t>(), sizeof(T));
    }
    return value.to<T>();
}

}  // namespace taper
