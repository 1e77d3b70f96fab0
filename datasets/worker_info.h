// What a worker of a DataLoader knows of itself.
#pragma once

#include <cstdint>
#include <optional>
#include <type_traits>
#include <typeinfo>

namespace taper {

namespace detail {
// What every iterable dataset derives from.
struct IterableBase {};
}  // namespace detail

/// The number of a worker, how many there are, and the seed of its draws.
class WorkerInfo {
 public:
    WorkerInfo(std::int64_t id, std::int64_t num_workers, std::int64_t seed, void* dataset, const std::type_info& type)
        : id(id), num_workers(num_workers), seed(seed), dataset_(dataset), type_(&type) {}

    const std::int64_t id, num_workers, seed;
    /// The dataset that it goes through, which is a D: of an iterable one its own copy, to be changed at will; of
    /// another the loader's. Error if it is no D.
    template <class D> auto& dataset() const {
        using Held = std::conditional_t<std::is_base_of_v<detail::IterableBase, D>, D, const D>;
        check_type(typeid(D));
        return *static_cast<Held*>(dataset_);
    }

 private:
    void check_type(const std::type_info& wanted) const;
    void* dataset_;
    const std::type_info* type_;
};

namespace detail {
// Of the worker whose batches this thread makes; null: it is none.
inline constinit thread_local const WorkerInfo* this_worker = nullptr;
}  // namespace detail

/// That of the worker that this is called in; none outside of workers. torch.utils.data.get_worker_info
inline std::optional<WorkerInfo> get_worker_info() {
    return detail::this_worker ? std::optional(*detail::this_worker) : std::nullopt;
}

}  // namespace taper
