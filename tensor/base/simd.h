// One loop, compiled for three instruction sets, of which the best that the machine has is chosen at run time.
#pragma once

#include <atomic>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "inline.h"

#ifdef __clang__
#define TAPER_VECTORISE _Pragma("clang loop vectorize(assume_safety)")
#define TAPER_CALL [[clang::always_inline]]
#else
#define TAPER_VECTORISE _Pragma("GCC ivdep")
#define TAPER_CALL
#endif

namespace taper {

/// Instruction sets, each with all of those before it; beside an x86 machine there is only the baseline.
enum class Level { baseline, avx2, avx512 };

namespace detail {
extern std::atomic<int> simd_level;  // -1 until it is first asked for
Level choose_simd_level();
}  // namespace detail

/// The instruction set in use: the machine's best, or what TAPER_SIMD=baseline|avx2|avx512 lowers it to.
inline Level simd_level() {
    int level = detail::simd_level.load(std::memory_order_relaxed);
    return level >= 0 ? static_cast<Level>(level) : detail::choose_simd_level();
}

/// The best instruction set that the machine has.
Level best_simd_level();

/// Sets the instruction set in use; Error if the machine does not have it. It is for tests: results do not depend on
/// it, except that convolutions and products of few rows are summed in another order at the baseline
/// (direct_convolution.h, packed_gemm.h).
void set_simd_level(Level level);

namespace detail {

// Features by name: GCC inlines a body of the default target into these functions only then, not with arch=.
#ifdef __clang__
#define TAPER_WIDE ""
#else
#define TAPER_WIDE ",prefer-vector-width=512"
#endif

#ifdef __x86_64__
template <class Body> [[gnu::target("avx512f,avx512bw,avx512dq,avx512vl,avx512cd,avx2,fma,bmi,bmi2,f16c" TAPER_WIDE),
    gnu::flatten, gnu::noinline]] void
run_avx512(Body body) {
    body();
}
template <class Body> [[gnu::target("avx2,fma,bmi,bmi2,f16c"), gnu::flatten, gnu::noinline]] void run_avx2(Body body) {
    body();
}
#endif
template <class Body> [[gnu::flatten, gnu::noinline]] void run_baseline(Body body) { body(); }

#undef TAPER_WIDE
}  // namespace detail

/// Calls body(), compiled for the instruction set in use. Everything it calls should be inline; its loops carry
/// TAPER_VECTORISE.
template <class Body> void dispatch(Body body) {
#ifdef __x86_64__
    switch (simd_level()) {
        case Level::avx512:
            return detail::run_avx512(body);
        case Level::avx2:
            return detail::run_avx2(body);
        case Level::baseline:
            break;
    }
#endif
    detail::run_baseline(body);
}

/// The same without AVX-512, where its vectors are not worth their code.
template <class Body> void dispatch_two(Body body) {
#ifdef __x86_64__
    if (simd_level() >= Level::avx2) return detail::run_avx2(body);
#endif
    detail::run_baseline(body);
}

/// Calls f(std::integral_constant<int, n>), for an n from 1 to `most`: what is known to the compiler stays in
/// registers.
template <int most, class F> TAPER_INLINE void with_constant(std::int64_t n, F f) {
    [&]<int... i> [[gnu::always_inline]] (std::integer_sequence<int, i...>) {
        ((n == i + 1 ? f(std::integral_constant<int, i + 1>()) : void()), ...);
    }(std::make_integer_sequence<int, most>());
}

}  // namespace taper
