// Asks the machine, once, which instruction sets it has.
#include "simd.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "error.h"

namespace taper {

constinit std::atomic<int> detail::simd_level = -1;

Level best_simd_level() {
#ifdef __x86_64__
    __builtin_cpu_init();
    bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
        __builtin_cpu_supports("bmi2");
    bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd");
    if (avx2) return avx512 ? Level::avx512 : Level::avx2;
#endif
    return Level::baseline;
}

Level detail::choose_simd_level() {
    Level level = best_simd_level();
    if (const char* wanted = std::getenv("TAPER_SIMD")) {
        std::string_view name = wanted;
        check(name == "baseline" || name == "avx2" || name == "avx512",
            "TAPER_SIMD: expected baseline, avx2 or avx512, but got '{}'", name);
        level = std::min(level, name == "baseline" ? Level::baseline : name == "avx2" ? Level::avx2 : Level::avx512);
    }
    simd_level.store(static_cast<int>(level), std::memory_order_relaxed);
    return level;
}

void set_simd_level(Level level) {
    check(level <= best_simd_level(), "set_simd_level: this machine does not have that instruction set");
    detail::simd_level.store(static_cast<int>(level), std::memory_order_relaxed);
}

}  // namespace taper
