// What an Error says.
#pragma once

#include <taper/tensor/base/error.h>

#include <string>

/// The sentence of the Error that f throws; "no error" if it throws none.
template <class F> std::string error_of(F f) {
    try {
        f();
    } catch (const taper::Error& error) {
        return error.what();
    }
    return "no error";
}
