// The examples' matplotlib: what is asked for is in the picture, and a label is only ever a label.
#include "../examples/plt.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

namespace fs = std::filesystem;

// A folder of its own for each test.
struct Folder {
    fs::path path = fs::temp_directory_path() / fmt::format("taper_plt_{}", std::random_device()());
    Folder() {
        fs::create_directory(path);
        plt::detail::figures.clear();
    }
    ~Folder() { fs::remove_all(path); }
    std::string operator/(const char* name) const { return path / name; }
};

static std::string contents(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

TEST_CASE("digits behind a sign stay in a label") {
    Folder folder;
    plt::plot({1, 2}, {.label = "LeakyReLU(0.01), lr 0.1"});
    plt::title("a bias of -3");
    plt::legend();
    plt::savefig(folder / "a.svg");
    std::string picture = contents(folder / "a.svg");
    CHECK(picture.find("LeakyReLU(0.01), lr 0.1") != picture.npos);
    CHECK(picture.find("a bias of -3") != picture.npos);
}

TEST_CASE("a figure has its curves and labels and legend in matplotlib's colours") {
    Folder folder;
    plt::plot({0.7, 0.5, 0.4}, {.label = "Sigmoid"});
    plt::plot(std::vector<float>{0.6f, 0.3f, 0.1f}, {.label = "ReLU"});
    plt::xlabel("Epochs");
    plt::legend();
    plt::savefig(folder / "a.svg");
    std::string picture = contents(folder / "a.svg");
    for (const char* text : {"Sigmoid", "ReLU", "Epochs", "rgb( 31, 119, 180)", "rgb(255, 127,  14)"}) {
        CAPTURE(text);
        CHECK(picture.find(text) != picture.npos);
    }
    plt::savefig(folder / "a.png");
    CHECK(contents(folder / "a.png").substr(0, 4) == "\x89PNG");
}

TEST_CASE("a label runs no command") {
    Folder folder;
    std::string evil = fmt::format("'\"; system 'touch {0}'; `touch {0}` \\ \n @a $1", folder / "seen");
    plt::plot({1, 2}, {.label = evil});
    plt::title(evil);
    plt::legend();
    plt::savefig(folder / "a.svg");
    CHECK(contents(folder / "a.svg").find("`touch") != std::string::npos);
    CHECK(!fs::exists(folder / "seen"));
    plt::savefig(folder / "|touch seen.png");
    CHECK(fs::exists(folder / "|touch seen.png"));
}

TEST_CASE("what gnuplot finds hard is drawn too: no points and one point and NaN and one pixel") {
    Folder folder;
    plt::subplot(2, 2, 1);
    plt::title("empty");
    plt::subplot(2, 2, 2);
    plt::scatter({1}, {1}, {.c = {1}});
    plt::subplot(223);
    plt::plot({NAN, 1, INFINITY}, {.color = "C3", .linestyle = "--", .marker = "o"});
    plt::subplot(224);
    plt::imshow(std::vector<std::vector<int>>{{7}}, {.cmap = "gray"});
    plt::savefig(folder / "a.png");
    CHECK(fs::file_size(folder / "a.png") > 1000);
}

TEST_CASE("a figure that can't be drawn or written is an Error") {
    Folder folder;
    CHECK_THROWS_WITH_AS(plt::plot({1, 2}, {1, 2, 3}),
        "plot: x and y must have same first dimension, but have shapes (2,) and (3,)", taper::Error);
    CHECK_THROWS_WITH_AS(
        plt::plot({1, 2}, {.color = "mauvish"}), "plt: 'mauvish' is not a valid value for color", taper::Error);
    CHECK_THROWS_WITH_AS(plt::subplot(2, 2, 5), "subplot: num must be 1 <= num <= 4, not 5", taper::Error);
    CHECK_THROWS_WITH_AS(
        plt::savefig("a.bmp"), "savefig: Format 'bmp' is not supported (supported formats: png, svg)", taper::Error);
    CHECK_THROWS_WITH_AS(
        plt::savefig("/dev/full/a.png"), "savefig: cannot write '/dev/full/a.png': Not a directory", taper::Error);
    fs::create_symlink("/dev/full", folder / "full.png");
    CHECK_THROWS_AS(plt::savefig(folder / "full.png"), taper::Error);
}
