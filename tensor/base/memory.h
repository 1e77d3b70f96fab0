// Blocks of memory that are kept and reused: a training step that has run once asks the system for nothing more.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace taper {

/// A block of at least `bytes` bytes, aligned to 16 bytes (64 from 1 KiB on). Throws Error when the system has no more.
void* allocate(std::size_t bytes);
/// Gives back a block of allocate(bytes), from any thread.
void release(void* block, std::size_t bytes) noexcept;

/// Elements without a value, for as long as a function works on them.
template <class T> class Buffer {
 public:
    explicit Buffer(std::int64_t size) : size_(size), data_(static_cast<T*>(allocate(size * sizeof(T)))) {}
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    ~Buffer() { release(data_, size_ * sizeof(T)); }
    T* data() const { return data_; }
    std::int64_t size() const { return size_; }

 private:
    std::int64_t size_;
    T* data_;
};

/// What the library holds, in bytes: in use by tensors and graphs, and kept for reuse.
struct MemoryStats {
    std::int64_t in_use, kept;
};
MemoryStats memory_stats();

/// An object that counts its owners; the last one to leave disposes of it.
class Counted {
 public:
    Counted() = default;
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    virtual ~Counted() = default;

    static void* operator new(std::size_t bytes) { return allocate(bytes); }
    static void* operator new(std::size_t, void* place) { return place; }
    static void operator delete(void* block, std::size_t bytes) { release(block, bytes); }

    void retain() const { owners_.fetch_add(1, std::memory_order_relaxed); }
    /// The same for an object that may be new, which nobody else has seen: then without an atomic addition.
    void retain_first() const {
        if (owners_.load(std::memory_order_relaxed) == 0)
            owners_.store(1, std::memory_order_relaxed);
        else
            retain();
    }
    /// An only owner need not subtract: nobody is left to become a second one.
    void drop() const {
        if (owners_.load(std::memory_order_acquire) == 1 || owners_.fetch_sub(1, std::memory_order_acq_rel) == 1)
            const_cast<Counted*>(this)->dispose();
    }
    int owners() const { return owners_.load(std::memory_order_acquire); }

 private:
    virtual void dispose() { delete this; }

    mutable std::atomic<int> owners_ = 0;
};

/// A counted pointer. T may be incomplete until get() is called.
template <class T> class Ref {
 public:
    Ref() = default;
    Ref(std::nullptr_t) {}
    explicit Ref(Counted* object) : object_(object) {
        if (object_) object_->retain_first();
    }
    Ref(const Ref& other) : object_(other.object_) { retain(); }
    Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    Ref& operator=(Ref other) noexcept {
        std::swap(object_, other.object_);
        return *this;
    }
    ~Ref() {
        if (object_) object_->drop();
    }

    T* get() const { return static_cast<T*>(object_); }
    T* operator->() const { return get(); }
    T& operator*() const { return *get(); }
    Counted* counted() const { return object_; }
    explicit operator bool() const { return object_ != nullptr; }
    friend bool operator==(const Ref& a, const Ref& b) { return a.object_ == b.object_; }

 private:
    void retain() const {
        if (object_) object_->retain();
    }
    Counted* object_ = nullptr;
};

template <class T, class... Arguments> Ref<T> make_ref(Arguments&&... arguments) {
    return Ref<T>(new T(std::forward<Arguments>(arguments)...));
}

}  // namespace taper
