// No include of the library runs against the arrows between its folders, and no header asks for more than it may.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <regex>
#include <string>
#include <vector>

namespace fs = std::filesystem;

// What each folder may include, besides itself. A folder within another is a room of its own.
static const std::map<std::string, std::vector<std::string>> arrows{
    {"tensor/base", {}},
    {"tensor/kernels", {"tensor/base"}},
    {"tensor/random", {"tensor/base"}},
    {"tensor", {"tensor/base", "tensor/kernels", "tensor/random"}},
    {"tensor/serialization", {"tensor", "tensor/base"}},
    {"autograd", {"tensor", "tensor/base", "tensor/random"}},
    {"autograd/ops", {"autograd", "tensor", "tensor/base", "tensor/kernels", "tensor/random"}},
    {"nn", {"autograd", "autograd/ops", "tensor", "tensor/base", "tensor/random", "tensor/serialization"}},
    {"optim", {"autograd", "tensor", "tensor/base", "tensor/serialization"}},
    {"datasets", {"tensor", "tensor/base", "tensor/random"}},
};

static std::vector<fs::path> sources(const fs::path& folder) {
    std::vector<fs::path> files;
    if (fs::is_directory(folder))
        for (const auto& entry : fs::directory_iterator(folder))
            if (entry.path().extension() == ".h" || entry.path().extension() == ".cpp") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

static std::vector<std::string> lines(const fs::path& file) {
    std::ifstream in(file);
    REQUIRE_MESSAGE(in, file);
    std::vector<std::string> all;
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
}

// What is wrong with `#include "name"` or `<name>` in this file, or nothing.
static std::string objection(const fs::path& root, const fs::path& file, char bracket, const std::string& name) {
    std::string folder = file.parent_path().lexically_relative(root).string();
    if (bracket == '<') {
        if (name.starts_with("taper/")) return "the library includes itself by relative path";
        bool standard = std::regex_match(name, std::regex("[a-z0-9_]+")), fmt = name.starts_with("fmt/");
        return file.extension() == ".h" && !standard && !fmt ? "a header needs only the standard library and fmt" : "";
    }
    fs::path target = (file.parent_path() / name).lexically_normal();
    std::string to = target.parent_path().lexically_relative(root).string();
    const auto& allowed = arrows.at(folder);
    if (to != folder && std::find(allowed.begin(), allowed.end(), to) == allowed.end()) return "against the arrows";
    return fs::exists(target) ? "" : "no such file";
}

static std::vector<std::string> objections(const fs::path& root) {
    static const std::regex include(R"(\s*#\s*include\s*([<"])([^>"]+)[>"].*)");
    std::vector<std::string> found;
    for (const auto& [folder, allowed] : arrows)
        for (const fs::path& file : sources(root / folder)) {
            int number = 0;
            for (const std::string& line : lines(file)) {
                ++number;
                std::smatch match;
                if (!std::regex_match(line, match, include)) continue;
                std::string why = objection(root, file, *match[1].first, match[2]);
                if (!why.empty())
                    found.push_back(
                        fmt::format("{}:{}: {}: {}", file.lexically_relative(root).string(), number, line, why));
            }
        }
    return found;
}

TEST_CASE("no include runs against the arrows between the folders") {
    for (const std::string& found : objections(TAPER_SOURCE_DIR)) FAIL_CHECK(found);
}

TEST_CASE("an include against the arrows is found in headers and in .cpp files") {
    fs::path root = fs::temp_directory_path() / fmt::format("taper_arrows_{}", std::random_device()());
    auto write = [&](const char* file, const char* text) {
        fs::create_directories((root / file).parent_path());
        std::ofstream(root / file) << text << '\n';
    };
    write("tensor/tensor.h", "#include <vector>\n#include <fmt/format.h>");
    write("autograd/node.h", "#include \"../tensor/tensor.h\"");
    write("nn/nn.cpp", "#include <cblas.h>\n#include \"../autograd/node.h\"");
    write("taper.h", "#include \"nn/nn.h\"");
    CHECK(objections(root).empty());

    write("tensor/up.cpp", "#include \"../autograd/node.h\"");
    write("tensor/kernels/up.cpp", "#include \"../tensor.h\"");
    write("optim/aside.h", "#include \"../nn/nn.h\"");
    write("datasets/aside.cpp", "  #  include\t\"../nn/../autograd/node.h\"");
    write("nn/umbrella.h", "#include \"../taper.h\"");
    write("nn/own.cpp", "#include <taper/tensor/tensor.h>");
    write("tensor/heavy.h", "#include <cblas.h>");
    write("tensor/gone.cpp", "#include \"gone.h\"");
    std::vector<std::string> found = objections(root);
    CHECK(found.size() == 8);
    CHECK(found[0].starts_with("datasets/aside.cpp:1: "));
    CHECK(found[0].ends_with("against the arrows"));
    fs::remove_all(root);
}

TEST_CASE("the size of the library in lines") {
    size_t total = 0;
    for (const auto& [folder, allowed] : arrows) {
        size_t count = 0;
        for (const fs::path& file : sources(fs::path(TAPER_SOURCE_DIR) / folder)) count += lines(file).size();
        MESSAGE(fmt::format("{:<21}{:>7} lines", folder, count));
        total += count;
    }
    MESSAGE(fmt::format("{:<21}{:>7} lines", "all", total));
    CHECK(total > 0);
}
