// Generators: a function that says co_yield gives an Iterator, as one that says yield does in Python. Not part of
// taper.h: #include <taper/datasets/generator.h> where it is wanted.
#pragma once

#include <coroutine>
#include <exception>

#include "iterate.h"

namespace taper::detail {

// The body of a generator at work.
template <class Item> struct GeneratorPromise {
    std::optional<Item> item;
    std::exception_ptr failure;

    Iterator<Item> get_return_object() {
        using Handle = std::coroutine_handle<GeneratorPromise>;
        const auto address = Handle::from_promise(*this).address();
        std::shared_ptr<void> body(address, [](void* at) { Handle::from_address(at).destroy(); });
        return Iterator<Item>([body]() -> std::optional<Item> {
            const auto handle = Handle::from_address(body.get());
            if (handle.done()) return std::nullopt;
            handle.resume();
            GeneratorPromise& promise = handle.promise();
            if (promise.failure) std::rethrow_exception(std::exchange(promise.failure, nullptr));
            return handle.done() ? std::nullopt : std::move(promise.item);
        });
    }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    template <std::convertible_to<Item> From> std::suspend_always yield_value(From&& from) {
        item.emplace(std::forward<From>(from));
        return {};
    }
    void return_void() const {}
    void unhandled_exception() { failure = std::current_exception(); }
};

}  // namespace taper::detail

template <class Item, class... Arguments> struct std::coroutine_traits<taper::Iterator<Item>, Arguments...> {
    using promise_type = taper::detail::GeneratorPromise<Item>;
};
