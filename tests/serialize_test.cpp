// Checkpoints: PyTorch's files are read and written back, and damaged ones are refused.
#include <doctest/doctest.h>
#include <taper/taper.h>
#include <taper/tensor/serialization/pickle.h>
#include <taper/tensor/serialization/zip.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

using namespace taper;
using doctest::Contains;
using json = nlohmann::ordered_json;
namespace fs = std::filesystem;

namespace {

const std::string data = TAPER_SOURCE_DIR "/tests/data/";

std::string bytes_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    REQUIRE_MESSAGE(file, path);
    return {std::istreambuf_iterator<char>(file), {}};
}

Value load_bytes(const std::string& bytes) {
    std::istringstream stream(bytes);
    return load(stream);
}

std::string saved(const Value& value) {
    std::ostringstream stream;
    save(value, stream);
    return stream.str();
}

// A folder of this test's own, gone when it ends.
struct Folder {
    fs::path path = fs::temp_directory_path() / fmt::format("taper_serialize_{}", getpid());
    Folder() { fs::create_directories(path); }
    ~Folder() { fs::remove_all(path); }
    std::string operator/(const char* name) const { return (path / name).string(); }
};

// Whether real PyTorch is at hand.
bool python(const std::string& program) {
    return std::system(fmt::format("/usr/bin/python3 -W ignore -c '{}'", program).c_str()) == 0;
}
bool has_pytorch() {
    return python("import importlib.util, sys; sys.exit(importlib.util.find_spec(\"torch\") is None)");
}

// Whether a Value is what the golden file says.
void check_equal(const Value& value, const json& golden) {
    if (golden.is_object() && golden.contains("stride")) {
        const Tensor x = value;
        const std::string dtype = golden["dtype"];
        CHECK(name_of(x.dtype()) == dtype);
        CHECK(x.shape().vec() == golden["shape"].get<std::vector<std::int64_t>>());
        CHECK(x.stride().vec() == golden["stride"].get<std::vector<std::int64_t>>());
        CHECK(x.storage_offset() == golden["storage_offset"].get<std::int64_t>());
        std::vector<double> numbers;
        for (const json& number : golden["data"]) {
            const double v = number.is_boolean() ? number.get<bool>() : number.get<double>();
            numbers.push_back(x.dtype() == float32 ? static_cast<float>(v) : v);
        }
        CHECK(x.tolist() == numbers);
    } else if (golden.is_object()) {
        CHECK(value.size() == golden.size());
        auto item = value.dict().begin();
        for (const auto& [key, expected] : golden.items()) {
            CHECK((item->first.kind() == Value::Kind::String ? item->first.string()
                                                             : fmt::format("{}", item->first.item<int>())) == key);
            check_equal((item++)->second, expected);
        }
    } else if (golden.is_array()) {
        CHECK(value.size() == golden.size());
        for (std::size_t i = 0; i < golden.size(); ++i) check_equal(value[i], golden[i]);
    } else if (golden.is_string()) {
        CHECK(value.string() == golden.get<std::string>());
    } else if (golden.is_boolean()) {
        CHECK(value.kind() == Value::Kind::Bool);
        CHECK(value.item<bool>() == golden.get<bool>());
    } else if (golden.is_number()) {
        CHECK(value.kind() == (golden.is_number_integer() ? Value::Kind::Int : Value::Kind::Float));
        CHECK(value.item() == golden.get<double>());
    } else {
        CHECK(value.is_none());
    }
}

// For each tensor, the first one that it shares its storage with.
std::vector<std::size_t> sharing(const StateDict& state) {
    std::map<const Storage*, std::size_t> first;
    std::vector<std::size_t> shared;
    for (const auto& [name, x] : state)
        shared.push_back(first.emplace(x.impl().storage.get(), shared.size()).first->second);
    return shared;
}

}  // namespace

TEST_CASE("PyTorch's checkpoints are read and equal to the last bit when saved and read again") {
    for (const char* name : {"mlp", "mlp_legacy", "convbn", "convbn_2x", "training", "views"}) {
        CAPTURE(name);
        const std::string described = std::string(name) == "convbn_2x" ? "convbn" : name;
        const json golden = json::parse(bytes_of(data + described + ".json"));
        const Value value = load(data + name + ".pth");
        check_equal(value, golden["values"]);
        check_equal(load_bytes(saved(value)), golden["values"]);
    }
}

TEST_CASE("a file that PyTorch wrote is saved byte for byte under the same name") {
    Folder folder;
    for (const char* name : {"mlp.pth", "convbn.pth", "training.pth"}) {
        CAPTURE(name);
        const Value value = load(data + name);
        save(value, folder / name);
        CHECK(bytes_of(folder / name) == bytes_of(data + name));
    }
    const StateDict state = load(data + "convbn.pth");
    CHECK(state.versions.size() == 6);
    CHECK(state.versions[2] == std::pair<std::string, std::int64_t>("bn", 2));
    save(state, folder / "convbn.pth");
    CHECK(bytes_of(folder / "convbn.pth") == bytes_of(data + "convbn.pth"));
    CHECK(load(data + "mlp_legacy.pth").state_dict().versions == load(data + "mlp.pth").state_dict().versions);
}

TEST_CASE("views of one storage share it again when read") {
    const StateDict state = load(data + "views.pth"), again = load_bytes(saved(state));
    const std::vector<std::size_t> shared = sharing(state);
    CHECK(std::vector(shared.begin(), shared.begin() + 7) == std::vector<std::size_t>{0, 0, 0, 0, 4, 4, 6});
    CHECK(sharing(again) == shared);
    native::fill(again.at("base"), 3);
    CHECK(again.at("transposed").tolist() == std::vector<double>(12, 3));
}

TEST_CASE("values of every kind are saved and read back") {
    Tensor x = tensor({{1.5, 2.5}, {3.5, 4.5}}), y = tensor({true, false}), w = ones({2}, {.requires_grad = true});
    StateDict state{{"w", x}, {"n", tensor(7)}};
    state.versions = {{"", 1}};
    const Value value = load_bytes(saved({{"epoch", 3}, {"model", state}, {"name", "demo"}, {"rates", {0.5, 2}},
        {"none", none}, {"big", -(std::int64_t(1) << 40)}, {"w", w}, {"pair", Value::tuple({true, x})}}));
    CHECK(value["epoch"].item<int>() == 3);
    CHECK(value["model"].state_dict().at("w").tolist() == x.tolist());
    CHECK(value["model"].state_dict().versions == state.versions);
    CHECK(value["name"].string() == "demo");
    CHECK(value["rates"].list()[0].item() == 0.5);
    CHECK(value["rates"][-1].item<int>() == 2);
    CHECK(value["none"].is_none());
    CHECK(value["big"].item<std::int64_t>() == -(std::int64_t(1) << 40));
    CHECK(value["w"].tensor().requires_grad());
    CHECK(value["pair"].kind() == Value::Kind::Tuple);
    CHECK(value["pair"][0].item<bool>());
    CHECK(value.contains("epoch"));
    CHECK(!value.contains("loss"));

    Tensor alone = load_bytes(saved(x));
    CHECK(alone.tolist() == x.tolist());
    const Value list = load_bytes(saved({x, y}));
    CHECK(list.kind() == Value::Kind::List);
    CHECK(list[1].tensor().dtype() == bool_);
    CHECK(load_bytes(saved(std::vector<Tensor>{x, y, x})).size() == 3);
    int names = 0;
    for (auto& [name, tensor] : load_bytes(saved(state)).state_dict()) names += tensor.defined();
    CHECK(names == 2);
    Dict numbered;
    for (int i = 0; i < 2500; ++i) numbered[i] = i * 1000;
    CHECK(load_bytes(saved(numbered)).dict().at(2499).item<int>() == 2499000);
}

TEST_CASE("parameters come back as parameters and the same tensor as the same tensor") {
    Tensor w = ones({2}, {.requires_grad = true});
    w.impl().is_parameter = true;
    const Value value = load_bytes(saved({w, w, w.detach()}));
    Tensor a = value[0], b = value[1], c = value[2];
    CHECK(a.impl().is_parameter);
    CHECK(a.requires_grad());
    CHECK(&a.impl() == &b.impl());
    CHECK(!c.requires_grad());
    CHECK(c.impl().storage == a.impl().storage);
}

TEST_CASE("narrow dtypes are what their bytes say") {
    // 1, -2, the smallest and the largest finite, infinity
    const std::uint16_t half[] = {0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00},
                        brain[] = {0x3f80, 0xc000, 0x0001, 0x7f7f, 0xff80};
    auto read = [](const char* type, const void* elements, std::int64_t count) {
        Tensor x = native::empty({count}, pickle::storage_dtype(type));
        std::memcpy(x.data_ptr(), elements, x.nbytes());
        pickle::mend_bools(x.impl().storage, x.dtype());
        return x.tolist();
    };
    const double infinity = std::numeric_limits<double>::infinity();
    CHECK(read("HalfStorage", half, 5) == std::vector<double>{1, -2, 0x1p-24, 65504, infinity});
    CHECK(read("BFloat16Storage", brain, 5) == std::vector<double>{1, -2, 0x1p-133, 0x1.fep127, -infinity});
    const std::uint16_t nan = 0x7e00;
    CHECK(std::isnan(read("HalfStorage", &nan, 1)[0]));
    const std::uint8_t bytes[] = {0, 2, 255};
    CHECK(read("BoolStorage", bytes, 3) == std::vector<double>{0, 1, 1});
    CHECK(read("CharStorage", bytes, 3) == std::vector<double>{0, 2, -1});
}

TEST_CASE("a value asked for what it is not says what it is") {
    const Value value = {{"epoch", 3}, {"loss", 0.5}, {"x", tensor({1, 2})}};
    CHECK_THROWS_WITH_AS(value["step"], Contains("KeyError: 'step'; it has 3 keys: 'epoch', 'loss', 'x'"), Error);
    CHECK_THROWS_WITH_AS(value["loss"].item<int>(), Contains("0.5 is not a whole number"), Error);
    CHECK_THROWS_WITH_AS(Value(1000).item<std::uint8_t>(), Contains("1000 does not fit"), Error);
    CHECK_THROWS_WITH_AS(value["epoch"].tensor(), Contains("expected a Tensor but found an int"), Error);
    CHECK_THROWS_WITH_AS(value.state_dict(), Contains("expected Tensors by name, but 'epoch' is an int"), Error);
    CHECK_THROWS_WITH_AS(value.list(), Contains("found a dict"), Error);
    CHECK_THROWS_WITH_AS((Value{1, 2, 3}[3]), Contains("index 3 out of range"), Error);
    CHECK_THROWS_WITH_AS((Dict{{Value(std::vector<int>{1}), 2}}), Contains("unhashable key: a list"), Error);
    Value nested = 1;
    CHECK_THROWS_WITH_AS(([&] {
        for (int i = 0; i < 1000; ++i) nested = Value::tuple({nested});
    }()),
        Contains("nested more than 200 deep"), Error);
}

TEST_CASE("a failed save leaves the file as it was and says why") {
    Folder folder;
    const std::string path = folder / "model.pth";
    save(tensor({1, 2}), path);
    const std::string before = bytes_of(path);
    std::vector<double> big(1 << 16);
    CHECK_THROWS_WITH_AS(
        save(tensor({1}), (folder / "none") + "/model.pth"), Contains("model.pth: No such file or directory"), Error);
    CHECK_THROWS_WITH_AS(save(tensor(big), "/dev/full"), Contains("save: /dev/full: No space left on device"), Error);
    CHECK_THROWS_WITH_AS(save(Value(tensor({1}, {.dtype = int32})), folder.path.string()), Contains("save: "), Error);
    save(tensor({3}), path);
    CHECK(bytes_of(path) != before);
    CHECK(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()) == 1);
    fs::create_symlink("model.pth", folder / "link.pth");
    save(tensor({1, 2}), folder / "link.pth");
    CHECK(fs::is_symlink(folder / "link.pth"));
    CHECK(load(path).tensor().numel() == 2);
}

// ---- files that are none

namespace {

// An archive with this pickle and one storage "0" of 16 zero bytes.
std::string archive_of(const std::string& pickle, const std::string& version = "3\n") {
    std::ostringstream out;
    zip_file::Writer archive(out, "archive");
    const std::string zeros(16, '\0');
    archive.add("data.pkl", pickle.data(), pickle.size());
    archive.add("data/0", zeros.data(), zeros.size());
    archive.add("version", version.data(), version.size());
    archive.finish();
    return out.str();
}

// The pickle of a float tensor on the storage "0", its parts given as opcodes.
std::string tensor_pickle(const std::string& count, const std::string& offset, const std::string& size,
    const std::string& stride, const std::string& key = "0", const std::string& type = "FloatStorage") {
    return fmt::format(
        "ctorch._utils\n_rebuild_tensor_v2\n((U\x07storagectorch\n{}\nU{}{}U\x03{}{}tQ{}{}{}\x89{}\n)RtR.", type,
        static_cast<char>(key.size()), key, "cpu", count, offset, size, stride, "ccollections\nOrderedDict");
}

std::string refusal(const std::string& file) {
    try {
        load_bytes(file);
    } catch (const Error& error) {
        return error.what();
    }
    return "nothing";
}

}  // namespace

TEST_CASE("a tensor must lie inside its storage and the storage must be whole") {
    const std::string four = "K\x04";
    const std::string none("K\0", 2), huge("\x8a\x05\0\0\0\0\1", 7), sizes_4 = "(K\x04t", stride_1 = "(K\x01t";
    CHECK(load_bytes(archive_of(tensor_pickle(four, none, sizes_4, stride_1))).tensor().numel() == 4);
    CHECK(load_bytes(archive_of(tensor_pickle(four, none, "(J\xff\xff\xff\x7ft", "(" + none + "t"))).tensor().numel() ==
        0x7fffffff);
    CHECK(refusal(archive_of(tensor_pickle(four, "K\x01", sizes_4, stride_1))) ==
        "load: a tensor of size [4], stride [1] and offset 1 reaches outside its storage of 4 elements");
    for (const auto& [offset, size, stride] :
        std::vector<std::array<std::string, 3>>{{none, "(K\x05t", stride_1}, {none, sizes_4, "(K\x02t"},
            {"J\xff\xff\xff\xff", sizes_4, stride_1}, {none, "(J\xff\xff\xff\xfft", stride_1},
            {none, sizes_4, "(J\xff\xff\xff\xfft"}, {none, sizes_4, "(K\x01K\x01t"},
            {none, "(\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7ft", "(\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7ft"},
            {none, "(" + huge + huge + "t", "(" + none + none + "t"},
            {none, "(" + none + none + none + none + none + none + none + none + none + "t", "(t"}}) {
        CAPTURE(size);
        CHECK_THROWS_AS(load_bytes(archive_of(tensor_pickle(four, offset, size, stride))), Error);
    }
    CHECK(refusal(archive_of(tensor_pickle("K\x05", none, sizes_4, stride_1))) ==
        "load: storage 0 has 16 bytes and should have 20");
    CHECK(refusal(archive_of(tensor_pickle("\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f", none, sizes_4, stride_1))) ==
        "load: a storage is said to have 9223372036854775807 elements");
    CHECK(refusal(archive_of(tensor_pickle(four, none, sizes_4, stride_1, "1"))) == "load: the file has no storage 1");
    CHECK(refusal(archive_of(tensor_pickle(four, none, sizes_4, stride_1, "0", "ComplexFloatStorage"))) ==
        "load: no tensor here has elements of torch.ComplexFloatStorage");
}

TEST_CASE("a pickle can ask for nothing but tensors") {
    CHECK(refusal(archive_of("\x80\x02"
                             "cos\nsystem\n(U\x04lstR.")) ==
        "load: os.system is refused: a checkpoint of tensors has no need of it");
    CHECK(refusal(archive_of("\x80\x02"
                             "i.")) == "load: the pickle has an opcode 0x69 that no checkpoint of tensors needs");
    CHECK(refusal(archive_of("h\x05.")) == "load: the pickle fetches number 5 from its memo, where nothing is");
    CHECK(refusal(archive_of("X\xff\xff\xff\xff"
                             "abc"))
              .starts_with("load: the file ends too early: 4294967295 bytes are wanted"));
    CHECK(refusal(archive_of("K\x01(\x85.")) == "load: the pickle takes from an empty stack");
    CHECK(refusal(archive_of("(a.")) == "load: the pickle takes from an empty stack");
    CHECK(refusal(archive_of("]e.")) == "load: the pickle has a tuple or list without a beginning");
    CHECK(refusal(archive_of("K\x01K\x02"
                             "a.")) == "load: the pickle appends to what is no list");
    CHECK(refusal(archive_of("}]K\x02s.")) ==
        "load: dict: unhashable key: a list; a key here is None, a number or a string");
    CHECK(refusal(archive_of("U\x01\xff.")) == "load: a string at byte 2 is not UTF-8");
    CHECK(refusal(archive_of("]q\x01h\x01"
                             "a.")) == "load: a list or dict holds itself");
    CHECK(refusal(archive_of("]q\x01h\x01"
                             "a0.")) == "load: the pickle has an opcode 0x30 that no checkpoint of tensors needs");
    CHECK(refusal(archive_of(std::string(1000000, ']') + std::string(999999, 'a') + ".")) ==
        "load: lists and dicts are nested more than 200 deep");
    CHECK(refusal(archive_of("K\x01" + std::string(1000000, '\x85') + ".")) ==
        "load: lists and dicts are nested more than 200 deep");
    std::string laughs = "]";  // each list holds the one before twice: 2^150 in all, of which 150 are stored
    for (int i = 0; i < 150; ++i)
        laughs += std::string("q\x01") +
            "]h\x01"
            "ah\x01"
            "a";
    CHECK(load_bytes(archive_of(laughs + ".")).size() == 2);
}

TEST_CASE("an archive must be whole") {
    const std::string good = archive_of("K\x01.");
    CHECK(load_bytes(good).item<int>() == 1);
    CHECK(refusal("") == "load: this is no PyTorch checkpoint");
    CHECK(refusal("PK\3\4") == "load: the archive has no directory: it is damaged or cut short");
    CHECK(refusal(archive_of("K\x01.", "11\n")) == "load: the file's format version 11 is unknown; 1 to 10 are known");
    std::string damaged = good;
    damaged[good.find("K\x01.") + 1] = '\x02';
    CHECK(refusal(damaged) == "load: archive/data.pkl: the checksum is wrong: the file is damaged");
    Folder folder;
    std::ofstream(folder / "cut.pth") << good.substr(0, good.size() / 2);
    CHECK_THROWS_WITH_AS(load(folder / "cut.pth"), Contains("cut.pth: the archive has no directory"), Error);
    CHECK_THROWS_WITH_AS(load(folder / "none.pth"), Contains("none.pth: No such file or directory"), Error);
    CHECK_THROWS_WITH_AS(load(folder.path.string()), Contains("load: "), Error);
    CHECK_THROWS_WITH_AS(load(folder / "cut.pth", {.map_location = "cuda"}), Contains("not compiled with CUDA"), Error);
}

TEST_CASE("no damage to a file does more than make it refused") {
    for (const char* name : {"mlp.pth", "views.pth", "training.pth", "mlp_legacy.pth"}) {
        const std::string good = bytes_of(data + name);
        std::mt19937 random(1);
        for (int i = 0; i < 2000; ++i) {
            std::string bad = good;
            if (i % 4 == 0) bad.resize(random() % good.size());
            for (int changes = i % 3; changes >= 0 && !bad.empty(); --changes)
                bad[random() % bad.size()] = static_cast<char>(random());
            try {
                (void)saved(load_bytes(bad));
            } catch (const Error&) {
            }
        }
    }
    // The same within the pickle, behind a checksum that fits.
    for (const char* name : {"mlp", "views", "training"}) {
        std::istringstream in(bytes_of(data + name + ".pth"));
        const zip_file::Reader archive(in);
        std::mt19937 random(2);
        for (int i = 0; i < 4000; ++i) {
            std::ostringstream out;
            zip_file::Writer writer(out, name);
            for (const zip_file::Entry& entry : archive.entries()) {
                std::string bytes = archive.read(entry);
                if (entry.name.ends_with("data.pkl"))
                    for (int changes = i % 3; changes >= 0; --changes)
                        bytes[random() % bytes.size()] = static_cast<char>(random());
                writer.add(entry.name.substr(entry.name.find('/') + 1), bytes.data(), bytes.size());
            }
            writer.finish();
            try {
                (void)saved(load_bytes(out.str()));
            } catch (const Error&) {
            }
        }
    }
}

// ---- real PyTorch

TEST_CASE("PyTorch reads what is saved here and what it compresses or saves the old way is read here") {
    if (!has_pytorch()) {
        MESSAGE("skipped: no PyTorch in /usr/bin/python3");
        return;
    }
    Folder folder;
    Tensor x = arange(6.0).reshape(2, 3), w = ones({2}, {.requires_grad = true});
    w.impl().is_parameter = true;
    StateDict state{{"0.weight", x.t()}, {"0.bias", x[1]}, {"n", tensor(7)}, {"empty", zeros({0, 3})},
        {"flags", tensor({true, false})}};
    for (DType dtype : {int8, int16, float16, bfloat16}) state[name_of(dtype)] = tensor({1, -2, 3}, {.dtype = dtype});
    state.versions = {{"", 1}, {"0", 1}};
    save(state, folder / "state.pth");
    save({{"epoch", 3}, {"model", state}, {"w", w}, {"sizes", Value::tuple({1, 2.5, none})},
             {"big", std::int64_t(1) << 40}},
        folder / "all.pth");
    const std::string program = R"(
import torch, os, zipfile
os.chdir("FOLDER")
for only in (True, False):
    s = torch.load("state.pth", weights_only=only)
    narrow = ["int8", "int16", "float16", "bfloat16"]
    assert list(s) == ["0.weight", "0.bias", "n", "empty", "flags"] + narrow, s
    assert all(s[n].dtype == getattr(torch, n) and s[n].tolist() == [1, -2, 3] for n in narrow)
    assert s["0.weight"].stride() == (1, 3) and s["0.weight"].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert s["0.bias"].tolist() == [3, 4, 5] and s["0.bias"].storage().data_ptr() == s["0.weight"].storage().data_ptr()
    assert s["n"].item() == 7 and s["empty"].shape == (0, 3) and s["flags"].tolist() == [True, False]
    assert s._metadata == {"": {"version": 1}, "0": {"version": 1}}
d = torch.load("all.pth")
assert d["epoch"] == 3 and d["big"] == 2 ** 40 and d["sizes"] == (1, 2.5, None) and type(d["w"]) is torch.nn.Parameter
assert d["w"].requires_grad and list(d["model"]) == list(s)
torch.save(s, "theirs.pth")
torch.save(s, "old.pth", _use_new_zipfile_serialization=False)
with zipfile.ZipFile("theirs.pth") as z, zipfile.ZipFile("packed.pth", "w", zipfile.ZIP_DEFLATED) as packed:
    for name in z.namelist(): packed.writestr(name, z.read(name))
torch.save({"h": torch.tensor([0.1, 65504.]).half(), "b": torch.tensor([0.1, 3e38]).bfloat16(), "s": torch.tensor([-3], dtype=torch.int16)}, "small.pth")
net = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Sequential(torch.nn.BatchNorm1d(2), torch.nn.ReLU()), torch.nn.Linear(2, 2))
torch.save(net.state_dict(), "net.pth")
big = torch.nn.ModuleList([torch.nn.Linear(1, 1) for _ in range(600)]).state_dict()
torch.save(big, "big.pth")
torch.save(torch.nn.Linear(2, 300).state_dict(), "linear.tar.pth")
torch.save(list(net.parameters()), "parameters.pth")
)";
    std::string text = program;
    text.replace(text.find("FOLDER"), 6, folder.path.string());
    REQUIRE(python(text));
    for (const char* name : {"theirs.pth", "old.pth", "packed.pth"}) {
        CAPTURE(name);
        const StateDict theirs = load(folder / name);
        CHECK(theirs.size() == 9);
        CHECK(theirs.versions == state.versions);
        CHECK(sharing(theirs) == sharing(state));
        for (const auto& [key, tensor] : state) CHECK(theirs.at(key).tolist() == tensor.tolist());
    }
    const StateDict small = load(folder / "small.pth");
    CHECK(small.at("h").tolist() == std::vector<double>{0.0999755859375, 65504});
    CHECK(small.at("b").tolist() == std::vector<double>{0.10009765625, 0x1.c4p127});
    CHECK(small.at("s").tolist() == std::vector<double>{-3});
    for (const char* name : {"net.pth", "big.pth", "linear.tar.pth", "parameters.pth"}) {
        CAPTURE(name);
        const std::string theirs = bytes_of(folder / name);
        const Value value = load(folder / name);
        if (std::string(name) == "parameters.pth")
            save(value, folder / name);
        else
            save(value.state_dict(), folder / name);
        CHECK(bytes_of(folder / name) == theirs);
    }
}
