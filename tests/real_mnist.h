// Where the tests that need the real MNIST find it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

/// The first of $TAPER_DATA, ./data, data/ of the source and shared/data beside it that holds MNIST's training images;
/// "" where none does, and then the test skips.
inline std::string real_mnist() {
    const char* named = std::getenv("TAPER_DATA");
    for (const std::string& root : {std::string(named ? named : ""), std::string("./data"),
             std::string(TAPER_SOURCE_DIR "/data"), std::string(TAPER_SOURCE_DIR "/../shared/data")})
        for (const char* images : {"/MNIST/raw/train-images-idx3-ubyte", "/MNIST/raw/train-images-idx3-ubyte.gz"})
            if (std::filesystem::exists(root + images)) return root;
    return "";
}

/// What such a test says when it skips.
inline constexpr const char* no_real_mnist = "skipped: MNIST is in none of $TAPER_DATA, ./data and ../shared/data";
