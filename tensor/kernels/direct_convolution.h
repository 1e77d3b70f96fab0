// Convolution that reads the image where it is, instead of making a matrix of all its windows for BLAS.
#pragma once

#include "convolution.h"

namespace taper::direct_convolution {

/// What the function of the same name in convolution.h does; or false, and nothing done, where BLAS is the better way:
/// volumes, windows of one pixel or far wider than the image, few channels, and machines without fused multiply-add.
/// Beyond the sides of an image are zeros, which make NaN of what is infinite; beyond top and bottom is nothing. The
/// bits do not depend on the number of threads, nor, from AVX2 on, on the instruction set.
template <class T> bool convolve(const ConvSizes& sizes, const T* x, const T* weight, const T* bias, T* y);
template <class T> bool convolve_transposed(const ConvSizes& sizes, const T* y, const T* weight, const T* bias, T* x);
template <class T> bool convolve_weight(const ConvSizes& sizes, const T* y, const T* x, T* weight);

}  // namespace taper::direct_convolution
