// Pictures in files: what is written is read back, and looks as torchvision's does.
#include <doctest/doctest.h>
#include <taper/taper.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>

using namespace taper;

namespace {

struct File {
    std::string path;
    explicit File(const std::string& ending)
        : path(
              (std::filesystem::temp_directory_path() / fmt::format("taper_image_{}{}", ::getpid(), ending)).string()) {
    }
    ~File() { std::filesystem::remove(path); }
};

std::string message_of(const std::function<void()>& act) {
    try {
        act();
    } catch (const Error& error) {
        return error.what();
    }
    return "nothing was thrown";
}

std::vector<int> numbers(const Tensor& x) { return x.tolist<int>(); }

}  // namespace

TEST_CASE("a picture comes back from a file as it was") {
    Tensor picture = arange(3 * 4 * 5).mul(4).to(uint8).view(3, 4, 5);
    for (const char* ending : {".png", ".PNG"}) {
        File file(ending);
        save_image(picture, file.path);
        Tensor back = read_image(file.path);
        CHECK(back.dtype() == uint8);
        CHECK(back.shape() == Shape{3, 4, 5});
        CHECK(back.equal(picture));
        CHECK(read_image(file.path, ImageReadMode::GRAY).shape() == Shape{1, 4, 5});
        CHECK(read_image(file.path, ImageReadMode::RGB_ALPHA)[3, 0, 0].item() == 255);
    }
    File bmp(".bmp");
    save_image(picture, bmp.path);
    std::string bytes(135, '\0');
    CHECK(std::ifstream(bmp.path, std::ios::binary).read(bytes.data(), 135).gcount() == 54 + 4 * 16);
    CHECK(bytes.starts_with("BM"));
    CHECK(
        bytes.substr(54, 3) == "\xdc\x8c\x3c");  // the last row first, and blue: picture[2, 3, 0], [1, 3, 0], [0, 3, 0]
    File jpeg(".jpg");
    save_image(full({3, 16, 16}, 0.5), jpeg.path);
    CHECK(std::abs(read_image(jpeg.path)[1, 8, 8].item() - 128) <= 2);
}

TEST_CASE("save_image rounds and clamps as torchvision does one channel becoming three") {
    File file(".png");
    save_image(tensor({{-0.1, 0.0, 0.3}, {0.5, 0.999, 1.5}}), file.path);
    Tensor back = read_image(file.path);
    CHECK(back.shape() == Shape{3, 2, 3});
    CHECK(numbers(back[1].contiguous()) == std::vector<int>{0, 0, 77, 128, 255, 255});
}

TEST_CASE("make_grid puts pictures side by side as torchvision does") {
    Tensor grid = make_grid(ones(5, 1, 2, 2), {.nrow = 3, .padding = 1, .pad_value = 0.5});
    CHECK(grid.shape() == Shape{3, 7, 10});
    // torchvision.utils.make_grid(torch.ones(5, 1, 2, 2), nrow=3, padding=1, pad_value=0.5)[2], twice
    CHECK(numbers(grid[2] * 2) ==
        std::vector<int>{1, 1, 1, 1, 1, 1, 1, 1, 1, 1,  //
            1, 2, 2, 1, 2, 2, 1, 2, 2, 1,               //
            1, 2, 2, 1, 2, 2, 1, 2, 2, 1,               //
            1, 1, 1, 1, 1, 1, 1, 1, 1, 1,               //
            1, 2, 2, 1, 2, 2, 1, 1, 1, 1,               //
            1, 2, 2, 1, 2, 2, 1, 1, 1, 1,               //
            1, 1, 1, 1, 1, 1, 1, 1, 1, 1});
    Tensor scaled = make_grid(tensor({{{-1., 3.}}}), {.normalize = true});
    CHECK(scaled.shape() == Shape{3, 1, 2});
    CHECK(numbers(scaled[0].contiguous()) == std::vector<int>{0, 1});
}

TEST_CASE("files that are no pictures and pictures that fit no file are refused") {
    File file(".png");
    CHECK(message_of([&] { read_image(file.path); }) ==
        fmt::format("read_image: {}: No such file or directory", file.path));
    std::ofstream(file.path) << "no picture";
    CHECK(message_of([&] { read_image(file.path); }) ==
        fmt::format(
            "read_image: {}: Unsupported image file. Only jpeg and png are currently supported, and PNM in binary; "
            "this is no picture that is known",
            file.path));
    save_image(ones(3, 40, 40), file.path);
    std::filesystem::resize_file(file.path, 60);
    CHECK(message_of([&] { read_image(file.path); }).starts_with("read_image: "));
    CHECK(message_of([] { read_image("/"); }) == "read_image: /: Is a directory");
    CHECK(message_of([] { save_image(ones(2, 2), "picture.tiff"); }) ==
        "save_image: picture.tiff: unknown file extension: \".tiff\"; use .png, .jpg or .bmp");
    CHECK(message_of([] { save_image(ones(5, 2, 2), "picture.png"); }) ==
        "save_image: picture.png: a picture has at most 4 channels and 2 GiB, but this one is 5 x 2 x 2");
    CHECK(message_of([] { save_image(ones(2), "picture.png"); }) ==
        "make_grid: pictures are H x W, C x H x W or N x C x H x W, and not empty, but got [2]");
    CHECK(message_of([] { save_image(ones(2, 2), "/no such folder/picture.png"); }) ==
        "save_image: /no such folder/picture.png: No such file or directory");
}
