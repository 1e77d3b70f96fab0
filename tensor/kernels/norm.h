// Normalisation by mean and variance, in as few passes over memory as there can be: values only.
#pragma once

#include <cstdint>

namespace taper {

/// x (batch, channels, pixels): each channel is normalised over batch and pixels.
struct ChannelSizes {
    std::int64_t batch, channels, pixels;
    std::int64_t count() const { return batch * pixels; }
};

/// The mean of each channel, and its variance over n. The bits of all of these do not depend on the number of threads.
/// T: float, double.
template <class T> void channel_moments(const ChannelSizes& sizes, const T* x, T* mean, T* variance);
/// y = x * scale + shift, each of one number for a channel.
template <class T> void scale_channels(const ChannelSizes& sizes, const T* x, const T* scale, const T* shift, T* y);
/// The sums of grad, and of grad * (x - mean), over each channel.
template <class T>
void channel_products(const ChannelSizes& sizes, const T* grad, const T* x, const T* mean, T* sum, T* product);
/// out = grad * of_grad + (x - mean) * of_x + shift, the four factors of one number for a channel.
template <class T> void mix_channels(const ChannelSizes& sizes, const T* grad, const T* x, const T* mean,
    const T* of_grad, const T* of_x, const T* shift, T* out);

/// Each of `rows` rows of n: y = (x - mean) / sqrt(variance + eps) * weight + bias, where weight and bias (n, or null)
/// are the same for all rows; also writes the mean and the factor 1 / sqrt(variance + eps) of each row.
template <class T> void normalize_rows(std::int64_t rows, std::int64_t n, const T* x, const T* weight, const T* bias,
    double eps, T* y, T* mean, T* factor);
/// The gradients of normalize_rows for x, weight and bias, of which each may be null.
template <class T> void normalize_rows_backward(std::int64_t rows, std::int64_t n, const T* grad, const T* x,
    const T* weight, const T* mean, const T* factor, T* grad_x, T* grad_weight, T* grad_bias);

}  // namespace taper
