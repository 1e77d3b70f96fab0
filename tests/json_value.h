// What PyTorch wrote as JSON, with a tensor as {"tensor": [...], "dtype": "float32"}, beside Values.
#pragma once

#include <doctest/doctest.h>
#include <taper/taper.h>

#include <fstream>
#include <nlohmann/json.hpp>

using nlohmann::json;

inline json read_data(const char* name) {
    std::ifstream file(std::string(TAPER_SOURCE_DIR "/tests/data/") + name);
    return json::parse(file);
}

inline taper::DType dtype_named(const std::string& name) { return name == "float64" ? taper::float64 : taper::float32; }

inline taper::Tensor tensor_of(const json& about) {
    const taper::TensorOptions options{.dtype = dtype_named(about["dtype"])};
    const json& numbers = about["tensor"];
    return numbers.is_array() ? taper::tensor(numbers.get<std::vector<double>>(), options)
                              : taper::tensor(numbers.get<double>(), options);
}

// Keys that are whole numbers in Python are strings in JSON.
inline taper::Value key_of(const std::string& key) {
    return key.find_first_not_of("0123456789") == key.npos ? taper::Value(std::stoll(key)) : taper::Value(key);
}

inline taper::Value value_of(const json& from) {
    if (from.is_object() && from.contains("tensor")) return tensor_of(from);
    if (from.is_object()) {
        taper::Dict dict;
        for (const auto& [key, item] : from.items()) dict[key_of(key)] = value_of(item);
        return dict;
    }
    if (from.is_array()) {
        taper::Value::List list;
        for (const json& item : from) list.push_back(value_of(item));
        return list;
    }
    if (from.is_boolean()) return from.get<bool>();
    if (from.is_number_integer()) return from.get<std::int64_t>();
    if (from.is_number()) return from.get<double>();
    if (from.is_string()) return from.get<std::string>();
    return {};
}

// Everything in `expected` must be in `value`, with the same bits, and of a tensor also the dtype.
inline void check_holds(const taper::Value& value, const json& expected) {
    using Kind = taper::Value::Kind;
    CAPTURE(expected.dump());
    if (expected.is_object() && expected.contains("tensor")) {
        REQUIRE(value.kind() == Kind::Tensor);
        CHECK(value.tensor().dtype() == dtype_named(expected["dtype"]));
        CHECK(value.tensor().equal(tensor_of(expected)));
    } else if (expected.is_object()) {
        for (const auto& [key, item] : expected.items()) {
            const taper::Value* found = value.dict().find(key_of(key));
            CAPTURE(key);
            REQUIRE(found);
            check_holds(*found, item);
        }
    } else if (expected.is_array()) {
        REQUIRE(value.size() == expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) check_holds(value.list()[i], expected[i]);
    } else if (expected.is_null()) {
        CHECK(value.is_none());
    } else if (expected.is_boolean()) {
        CHECK(value.kind() == Kind::Bool);
        CHECK(value.item<bool>() == expected.get<bool>());
    } else if (expected.is_string()) {
        CHECK(value.string() == expected.get<std::string>());
    } else {
        CHECK(value.item() == expected.get<double>());
    }
}
