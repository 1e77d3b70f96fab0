#include "value.h"

namespace taper {
namespace {

const char* name_of(Value::Kind kind) {
    constexpr const char* names[] = {
        "None", "a bool", "an int", "a float", "a string", "a Tensor", "a list", "a tuple", "a dict"};
    return names[static_cast<int>(kind)];
}

// Distinct for keys that Python would tell apart, as far as saved files have them.
std::string identity(const Value& key) {
    switch (key.kind()) {
        case Value::Kind::None:
            return "n";
        case Value::Kind::Bool:
        case Value::Kind::Int:
            return fmt::format("i{}", key.item<std::int64_t>());
        case Value::Kind::Float:
            return fmt::format("f{}", key.item());
        case Value::Kind::String:
            return "s" + key.string();
        default:
            fail("dict: unhashable key: {}; a key here is None, a number or a string", name_of(key.kind()));
    }
}

std::string text(const Value& key) {
    std::string id = identity(key);
    return key.kind() == Value::Kind::String ? "'" + key.string() + "'" : key.is_none() ? "None" : id.substr(1);
}

int height_above(int highest) {
    check(highest < Value::max_height, "lists and dicts are nested more than {} deep", Value::max_height);
    return highest + 1;
}

int measure(const Value& value, std::unordered_map<const void*, int>& heights, int depth) {
    const void* place = value.as_sequence();
    if (value.as_dict()) place = value.as_dict();
    if (!place) return 0;
    auto [known, is_new] = heights.try_emplace(place, 0);
    check(is_new || known->second > 0, "a list or dict holds itself");
    if (!is_new) return known->second;
    height_above(depth);
    int highest = 0;
    if (const Value::Sequence* items = value.as_sequence()) {
        for (const Value& item : items->items) highest = std::max(highest, measure(item, heights, depth + 1));
    } else {
        highest = measure(value.as_dict()->attributes, heights, depth + 1);
        for (const auto& item : *value.as_dict()) highest = std::max(highest, measure(item.second, heights, depth + 1));
    }
    int& height = value.as_sequence() ? value.as_sequence()->height : value.as_dict()->height;
    return heights[place] = height = height_above(highest);
}

bool is_pair(const Value& value) {
    const auto* items = value.as_sequence();
    return items && !items->is_tuple && items->items.size() == 2 && items->items[0].kind() == Value::Kind::String;
}

}  // namespace

Value::Value(const taper::Tensor& tensor) {
    if (!tensor.defined()) return;
    kind_ = Kind::Tensor;
    object_ = std::make_shared<taper::Tensor>(tensor);
}

Value::Value(std::string text) : kind_(Kind::String), object_(std::make_shared<std::string>(std::move(text))) {}
Value::Value(const char* text) : Value(std::string(text)) {}
Value::Value(std::shared_ptr<Sequence> items)
    : kind_(items->is_tuple ? Kind::Tuple : Kind::List), object_(std::move(items)) {}
Value::Value(std::shared_ptr<taper::Dict> dict) : kind_(Kind::Dict), object_(std::move(dict)) {}

Value::Value(taper::Dict dict) {
    int highest = dict.attributes.height();
    for (const auto& [key, value] : dict) highest = std::max(highest, value.height());
    dict.height = height_above(highest);
    kind_ = Kind::Dict;
    object_ = std::make_shared<taper::Dict>(std::move(dict));
}

Value::Value(const StateDict& state_dict) {
    taper::Dict dict, versions, attributes;
    for (const auto& [name, tensor] : state_dict) dict[name] = tensor;
    for (const auto& [module, version] : state_dict.versions) versions[module] = taper::Dict{{"version", version}};
    dict.is_ordered = versions.is_ordered = true;
    if (versions.size() > 0) {
        attributes["_metadata"] = std::move(versions);
        dict.attributes = std::move(attributes);
    }
    *this = Value(std::move(dict));
}

Value::Value(std::initializer_list<Value> items) {
    bool pairs = items.size() > 0;
    for (const Value& item : items) pairs = pairs && is_pair(item);
    if (!pairs) {
        *this = sequence(items, false);
        return;
    }
    taper::Dict dict;
    for (const Value& item : items) dict[item[0]] = item[1];
    *this = Value(std::move(dict));
}

Value Value::tuple(List items) { return sequence(std::move(items), true); }

Value Value::sequence(List items, bool is_tuple) {
    int highest = 0;
    for (const Value& item : items) highest = std::max(highest, item.height());
    return Value(std::make_shared<Sequence>(Sequence{std::move(items), is_tuple, height_above(highest)}));
}

std::unordered_map<const void*, int> measure(const Value& value) {
    std::unordered_map<const void*, int> heights;
    measure(value, heights, 0);
    return heights;
}

Value::Sequence* Value::as_sequence() const {
    return kind_ == Kind::List || kind_ == Kind::Tuple ? static_cast<Sequence*>(object_.get()) : nullptr;
}

taper::Dict* Value::as_dict() const { return kind_ == Kind::Dict ? static_cast<taper::Dict*>(object_.get()) : nullptr; }

int Value::height() const {
    if (const Sequence* items = as_sequence()) return items->height;
    return as_dict() ? as_dict()->height : 0;
}

Scalar Value::number() const {
    switch (kind()) {
        case Kind::Bool:
        case Kind::Int:
        case Kind::Float:
            return number_;
        case Kind::Tensor:
            return tensor().item_scalar();
        default:
            fail("item: expected a number but found {}", name_of(kind()));
    }
}

std::int64_t Value::whole_number() const {
    const Scalar value = number();
    if (value.kind() != DType::Float64) return value.to<std::int64_t>();
    const double real = value.to<double>();
    check(real >= -0x1p63 && real < 0x1p63 && real == static_cast<double>(static_cast<std::int64_t>(real)),
        "item: {} is not a whole number", real);
    return static_cast<std::int64_t>(real);
}

void Value::does_not_fit(std::int64_t number, std::size_t bytes) {
    fail("item: {} does not fit into {} bytes", number, bytes);
}

const std::string& Value::string() const& {
    check(kind() == Kind::String, "string: expected a string but found {}", name_of(kind()));
    return *static_cast<const std::string*>(object_.get());
}
std::string Value::string() const&& { return string(); }

taper::Tensor Value::tensor() const {
    check(kind() == Kind::Tensor, "tensor: expected a Tensor but found {}", name_of(kind()));
    return *static_cast<const taper::Tensor*>(object_.get());
}
Value::operator taper::Tensor() const { return tensor(); }

const Value::List& Value::list() const& {
    check(as_sequence(), "list: expected a list or a tuple but found {}", name_of(kind()));
    return as_sequence()->items;
}
Value::List Value::list() const&& { return list(); }

const taper::Dict& Value::dict() const& {
    check(as_dict(), "dict: expected a dict but found {}", name_of(kind()));
    return *as_dict();
}
taper::Dict Value::dict() const&& { return dict(); }

StateDict Value::state_dict() const {
    StateDict state;
    for (const auto& [key, value] : dict()) {
        check(key.kind() == Kind::String && value.kind() == Kind::Tensor,
            "state_dict: expected Tensors by name, but {} is {}", text(key), name_of(value.kind()));
        state[key.string()] = value.tensor();
    }
    const taper::Dict* attributes = dict().attributes.as_dict();
    const Value* metadata = attributes ? attributes->find("_metadata") : nullptr;
    if (!metadata || !metadata->as_dict()) return state;
    for (const auto& [module, about] : metadata->dict()) {
        const Value* version = about.as_dict() ? about.as_dict()->find("version") : nullptr;
        if (version && version->kind() == Kind::Int && module.kind() == Kind::String)
            state.versions.emplace_back(module.string(), version->item<std::int64_t>());
    }
    return state;
}

Value::operator StateDict() const { return state_dict(); }

Value Value::operator[](const std::string& key) const { return dict().at(key); }

Value Value::operator[](std::int64_t at) const {
    if (as_dict()) return dict().at(at);
    const std::int64_t count = std::ssize(list());
    check(at >= -count && at < count, "list: index {} out of range: it has {} items", at, count);
    return list()[at < 0 ? at + count : at];
}

bool Value::contains(const std::string& key) const { return dict().contains(key); }

std::size_t Value::size() const { return as_dict() ? dict().size() : list().size(); }

Dict::Dict(std::initializer_list<std::pair<Value, Value>> items) {
    for (const auto& [key, value] : items) (*this)[key] = value;
}

Value& Dict::operator[](const Value& key) {
    auto [place, is_new] = places_.try_emplace(identity(key), items_.size());
    if (is_new) items_.emplace_back(key, Value());
    return items_[place->second].second;
}

const Value* Dict::find(const Value& key) const {
    auto place = places_.find(identity(key));
    return place == places_.end() ? nullptr : &items_[place->second].second;
}

const Value& Dict::at(const Value& key) const {
    const Value* value = find(key);
    if (value) return *value;
    std::vector<std::string> keys;
    for (const auto& item : items_)
        if (keys.size() < 8) keys.push_back(text(item.first));
    fail("dict: KeyError: {}; it has {} keys: {}{}", text(key), size(), joined(keys, ", "), size() > 8 ? ", ..." : "");
}

}  // namespace taper
