// Tables in CSV files, as pandas reads them.
#include <doctest/doctest.h>
#include <taper/taper.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "error_of.h"

namespace torch = taper;
namespace datasets = taper::datasets;
namespace fs = std::filesystem;
using torch::Tensor;
using Texts = std::vector<std::string>;

namespace {

struct File {
    std::string path = (fs::temp_directory_path() / fmt::format("taper_{}.csv", getpid())).string();
    explicit File(const std::string& text) { std::ofstream(path, std::ios::binary) << text; }
    ~File() { fs::remove(path); }
};

}  // namespace

TEST_CASE("a table has columns of whole numbers, of reals, of truth values and of text") {
    File file(
        "\xef\xbb\xbfid,height,\"name, full\",member,city\r\n1,1.5,\"Smith, \"\"Jo\"\"\",True,Rome\r\n\r\n"
        "2,,\"two\nlines\",False,Oslo\r\n3, -2e-1 ,,True,Rome\r\n4,nan,x\n");
    const datasets::CSV table(file.path);
    CHECK(table.columns() == Texts{"id", "height", "name, full", "member", "city"});
    CHECK(table.size() == 4);
    CHECK(table["id"].equal(torch::tensor({1, 2, 3, 4})));
    const Tensor height = table["height"];
    CHECK(height.dtype() == torch::float64);
    CHECK(height[0].item() == 1.5);
    CHECK(std::isnan(height[1].item()));
    CHECK(height[2].item() == -0.2);
    CHECK(std::isnan(height[3].item()));
    CHECK(table.text("name, full") == Texts{"Smith, \"Jo\"", "two\nlines", "", "x"});
    const auto [codes, cities] = table.factorize("city");
    CHECK(codes.equal(torch::tensor({0, 1, 0, -1})));
    CHECK(cities == Texts{"Rome", "Oslo"});
    const Tensor both = table.tensor({"height", "id"});
    CHECK(both.dtype() == torch::float32);
    CHECK(both.shape() == torch::Shape{4, 2});
    CHECK(both[2].tolist() == std::vector<double>{-0.2f, 3});
    CHECK(table.tensor({"id"}, torch::int64).flatten().equal(table["id"]));
    CHECK(error_of([&] { table["city"]; }) ==
        fmt::format(
            "CSV: {}: column 'city' has text, as 'Rome' in row 0: ask for its text() or factorize() it", file.path));
    CHECK(
        error_of([&] { table["town"]; }).find("there is no column 'town'; there are: id, height") != std::string::npos);
    CHECK(error_of([&] { table["member"]; }).find("as 'True' in row 0") != std::string::npos);  // for one is unknown
}

TEST_CASE("a table may have other delimiters, no header, doubled names and its own word for what is unknown") {
    File file("a;b;a;a.1\n1;?;true;9223372036854775808\n2;5;FALSE;1\n");
    const datasets::CSV table(file.path, {.delimiter = ";", .na_values = {"?"}});
    CHECK(table.columns() == Texts{"a", "b", "a.2", "a.1"});
    CHECK(std::isnan(table["b"][0].item()));
    CHECK(table["a.2"].equal(torch::tensor({true, false})));
    CHECK(table["a.1"].dtype() == torch::float64);
    File plain("1,2\n3,4");
    CHECK(datasets::CSV(plain.path, {.header = false})["1"].equal(torch::tensor({2, 4})));
    CHECK(datasets::CSV(plain.path, ",", false).size() == 2);
    CHECK(datasets::CSV(plain.path).size() == 1);
}

TEST_CASE("what is no table is refused with its line") {
    auto refusal = [](const std::string& text) {
        File file(text);
        const std::string error = error_of([&] { datasets::CSV table(file.path); });
        return error.substr(std::min(error.size(), error.find(".csv: ") + 6));
    };
    CHECK(refusal("a,b\n1,2\n\n1,2,3\n") == "Expected 2 fields in line 4, saw 3");
    CHECK(refusal("a,b\n1,\"2\n3") == "the quote that begins on line 2 has no end");
    CHECK(refusal("") == "No columns to parse from file");
    CHECK(error_of([] { datasets::CSV table("/nowhere/x.csv"); }) == "CSV: /nowhere/x.csv: the file can't be read");
    CHECK(error_of([] { datasets::CSV table("x.csv", ",,"); }).find("is not one character") != std::string::npos);
}
