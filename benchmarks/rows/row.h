// What every program of rows has: rows by name, and MNIST's files.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

/// Registers all rows of a program; serve.cpp's main calls it.
void register_rows();

/// A benchmark: prepare() gives what is timed. It has run once when the clock starts.
template <class Prepare> void row(const std::string& name, Prepare prepare) {
    benchmark::RegisterBenchmark(name.c_str(), [prepare](benchmark::State& state) {
        auto timed = prepare();
        timed();
        for (auto _ : state) timed();
    });
}

/// Whether $MNIST_RAW names the folder of the four uncompressed files.
inline bool mnist_is_there() { return std::getenv("MNIST_RAW"); }

/// The bytes of one of them behind its head.
inline std::vector<unsigned char> idx(const std::string& name, std::size_t head) {
    std::ifstream file(std::getenv("MNIST_RAW") + ("/" + name), std::ios::binary);
    file.ignore(static_cast<std::streamsize>(head));
    return {std::istreambuf_iterator<char>(file), {}};
}
inline std::vector<unsigned char> mnist_images() { return idx("train-images-idx3-ubyte", 16); }
inline std::vector<unsigned char> mnist_labels() { return idx("train-labels-idx1-ubyte", 8); }
