// Windows of signal processing: torch.hann_window and its like.
#pragma once

#include "functions.h"

namespace taper {

struct WindowOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> window_length = required;
    Arg<bool> periodic = Default(true);
    Arg<std::optional<DType>> dtype = Default(none);
    Arg<bool> requires_grad = Default(false);
    Arg<std::optional<Device>> device = Default(none);
};
struct HammingWindowOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> window_length = required;
    Arg<bool> periodic = Default(true);
    Arg<double> alpha = Default(0.54), beta = Default(0.46);
    Arg<std::optional<DType>> dtype = Default(none);
    Arg<bool> requires_grad = Default(false);
    Arg<std::optional<Device>> device = Default(none);
};
struct KaiserWindowOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> window_length = required;
    Arg<bool> periodic = Default(true);
    Arg<double> beta = Default(12);
    Arg<std::optional<DType>> dtype = Default(none);
    Arg<bool> requires_grad = Default(false);
    Arg<std::optional<Device>> device = Default(none);
};

/// torch.bartlett_window: rises and falls evenly. If `periodic`, it lacks the last point of the symmetric one that is
/// longer by one.
TAPER_FUNCTION(Tensor, bartlett_window, WindowOptions, 1, window_length, periodic)
/// torch.hann_window: (1 - cos) / 2
TAPER_FUNCTION(Tensor, hann_window, WindowOptions, 1, window_length, periodic)
/// torch.blackman_window: 0.42 - 0.5 cos + 0.08 cos of twice the angle
TAPER_FUNCTION(Tensor, blackman_window, WindowOptions, 1, window_length, periodic)
/// torch.hamming_window: alpha - beta cos
TAPER_FUNCTION(Tensor, hamming_window, HammingWindowOptions, 1, window_length, periodic, alpha, beta)
/// torch.kaiser_window: Bessel's I0 of beta times the height of a half circle, over I0 of beta.
TAPER_FUNCTION(Tensor, kaiser_window, KaiserWindowOptions, 1, window_length, periodic, beta)

}  // namespace taper
