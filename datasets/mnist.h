// MNIST and the data sets that came after it in the same files: images of 28 x 28 bytes in ten classes.
#pragma once

#include "dataset.h"
#include "transforms.h"

namespace taper::datasets {

/// The parameters of MNIST and FashionMNIST. By position, `download` is the last, as in torchvision.
struct MNISTOptions {
    Keywords _ = Keywords();
    /// The folder that holds MNIST/raw, as torchvision lays it out.
    Arg<std::string> root = required;
    Arg<bool> train = Default(true);
    /// Whether the four files are fetched if they are not there.
    Arg<bool> download = Default(false);
    Arg<std::optional<Transform>> transform = Default(none);
    Arg<std::optional<Transform>> target_transform = Default(none);
    /// Where to fetch them from, in this order; the usual places by default. A mirror is an URL to which "/<file>.gz"
    /// is added.
    Arg<std::vector<std::string>> mirrors = Default(std::vector<std::string>());
};

namespace detail {
/// One of the four files: its name, and the MD5 sum of its uncompressed bytes.
struct IdxFile {
    std::string name, md5;
};
struct IdxSource {
    std::string name;
    std::vector<std::string> mirrors;
    std::vector<IdxFile> files;  // training images and labels, test images and labels
    std::vector<std::string> classes;
};
}  // namespace detail

/// 60,000 or 10,000 handwritten digits. A sample is an image, uint8 of 28 x 28 before its transform, and its label, a
/// 0-dim int64. The files are <root>/MNIST/raw/*-ubyte, compressed (.gz) or not. Error if they are absent and not to be
/// downloaded, or damaged. torchvision.datasets.MNIST.
class MNIST : public Dataset<MNIST> {
 public:
    TAPER_CONSTRUCTORS(MNIST, MNISTOptions, 1, root, train, transform, target_transform, download)

    std::int64_t size() const { return held_->data.size(0); }
    std::tuple<Tensor, Tensor> get(std::int64_t index) const;
    /// As stacking the samples; a ToTensor with Normalizes behind it is applied while the bytes are gathered.
    std::tuple<Tensor, Tensor> get_batch(std::span<const std::int64_t> indices) const;

    /// All images, uint8 of n x 28 x 28, and all labels, int64.
    Tensor data() const { return held_->data; }
    Tensor targets() const { return held_->targets; }
    const std::vector<std::string>& classes() const { return held_->classes; }
    bool train() const { return held_->train; }

 protected:
    MNIST(Called, const MNISTOptions& options);
    MNIST(Called, const MNISTOptions& options, const detail::IdxSource& source);

 private:
    struct Held {
        Tensor data, targets, table;  // table: what a transform that treats pixels alike makes of each byte
        Transform transform, target_transform;
        std::vector<std::string> classes;
        bool train;
    };
    std::shared_ptr<const Held> held_;
};

/// Zalando's clothes, in MNIST's format and number, below <root>/FashionMNIST/raw. torchvision.datasets.FashionMNIST.
class FashionMNIST : public MNIST {
 public:
    TAPER_CONSTRUCTORS(FashionMNIST, MNISTOptions, 1, root, train, transform, target_transform, download)

 private:
    FashionMNIST(Called, const MNISTOptions& options);
};

}  // namespace taper::datasets
