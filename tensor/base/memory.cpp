#include "memory.h"

#include <pthread.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <mutex>

#include "error.h"

#ifndef __has_feature  // Clang's way to ask; GCC has the macros
#define __has_feature(name) 0
#endif

namespace taper {
namespace {

// The sanitizers see what happens to a block only if it comes from the system and goes back there.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || __has_feature(address_sanitizer) || \
    __has_feature(thread_sanitizer)
constexpr bool keeps_blocks = false;
#else
constexpr bool keeps_blocks = true;
#endif

// Size classes: steps of 32 bytes up to 1 KiB, then four steps an octave. Small blocks are cut from slabs.
constexpr std::size_t small_step = 32, small_limit = 1024, small_classes = small_limit / small_step;
constexpr std::size_t classes = small_classes + 4 * (48 - 10);
constexpr std::size_t most_bytes = std::size_t(1) << 47;  // there are no more addresses
constexpr std::size_t slab_bytes = 64 << 10, huge_page = 2 << 20;
constexpr std::int64_t keep_at_least = 64 << 20;  // what may be kept however little is in use
constexpr std::size_t thread_limit = 4 << 20;     // larger blocks go straight to the shared lists

std::size_t index_of(std::size_t bytes) {
    if (bytes <= small_limit) return bytes == 0 ? 0 : (bytes - 1) / small_step;
    std::size_t octave = std::bit_width(bytes - 1) - 1;  // 2^octave < bytes <= 2^(octave + 1)
    return small_classes + 4 * (octave - 10) + (((bytes - 1) >> (octave - 2)) & 3);
}

std::size_t bytes_of(std::size_t index) {
    if (index < small_classes) return (index + 1) * small_step;
    std::size_t octave = 10 + (index - small_classes) / 4, step = (index - small_classes) % 4 + 1;
    return (std::size_t(1) << octave) + (step << (octave - 2));
}

// How many blocks of a class one thread keeps to itself before it shares half of them: about 1 MiB, and 2 to 1024
// blocks.
int thread_keeps(std::size_t index) { return std::clamp<int>((1 << 20) / bytes_of(index), 2, 1024); }

struct Block {
    Block* next;
};

struct List {
    Block* first = nullptr;
    int count = 0;
    void push(void* block) {
        first = new (block) Block{first};
        ++count;
    }
    void* pop() {
        --count;
        return std::exchange(first, first->next);
    }
    void move_to(List& other, int blocks) {
        for (; blocks > 0 && first; --blocks) other.push(pop());
    }
};

std::atomic<std::int64_t> in_use = 0, kept = 0;  // of blocks over small_limit, and of slabs

// nullptr if the system has no more.
void* from_system(std::size_t bytes) {
    std::size_t alignment = bytes >= 2 * huge_page ? huge_page : 64;
    void* block = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
    if (block && alignment == huge_page) madvise(block, bytes, MADV_HUGEPAGE);
    return block;
}
[[noreturn]] void no_memory(std::size_t bytes) {
    fail(
        "allocate: DefaultCPUAllocator: can't allocate memory: you tried to allocate {} bytes. Error code 12 (Cannot "
        "allocate memory)",
        bytes);
}

// What the threads share: the overflow of their own lists, and slabs. Constant-initialised and never destroyed, since
// global tensors may be freed after every destructor here would have run.
struct Shared {
    std::mutex mutex;
    std::array<List, classes> lists;

    // Moves some blocks of the class into an empty list of the calling thread; false if there are none.
    bool refill(std::size_t index, List& own) {
        std::lock_guard lock(mutex);
        if (!lists[index].first && index < small_classes) {
            auto* slab = static_cast<char*>(from_system(slab_bytes));
            if (!slab) trim(0), slab = static_cast<char*>(from_system(slab_bytes));
            if (!slab) no_memory(slab_bytes);
            in_use += slab_bytes;
            for (std::size_t at = 0; at + bytes_of(index) <= slab_bytes; at += bytes_of(index))
                lists[index].push(slab + at);
        }
        lists[index].move_to(own, std::max(1, thread_keeps(index) / 4));
        return own.first != nullptr;
    }

    void take_over(std::size_t index, List& own, int blocks) {
        std::lock_guard lock(mutex);
        own.move_to(lists[index], blocks);
        // Memory is bounded: what is kept is at most what was in use before this block came back, or a small constant.
        const std::int64_t bound = std::max(keep_at_least, in_use + static_cast<std::int64_t>(bytes_of(index)));
        if (kept > bound) trim(bound / 2);
    }

    void trim(std::int64_t most) {
        for (std::size_t index = classes; index-- > small_classes && kept > most;)
            while (lists[index].first && kept > most) {
                std::free(lists[index].pop());
                kept -= bytes_of(index);
            }
    }
};
constinit Shared shared;

// A thread's own lists, trivially destructible: the Closer hands them over when the thread ends, and what is freed
// still later goes straight to the shared ones.
struct Own {
    List lists[classes];
    bool closed = false;
};
constinit thread_local Own own;

struct Closer {
    bool open = true;
    ~Closer() {
        own.closed = true;
        for (std::size_t index = 0; index < classes; ++index)
            if (own.lists[index].first) shared.take_over(index, own.lists[index], own.lists[index].count);
    }
};
thread_local Closer closer;

// Where the system has no more, what this thread and all threads together keep is given back first.
void* from_system_or_kept(std::size_t bytes) {
    void* block = from_system(bytes);
    if (!block) {
        for (std::size_t index = small_classes; index < classes; ++index)
            shared.take_over(index, own.lists[index], own.lists[index].count);
        std::lock_guard lock(shared.mutex);
        shared.trim(0);
        block = from_system(bytes);
    }
    if (!block) no_memory(bytes);
    return block;
}

// A child of fork finds the lists whole and unlocked, whatever other threads were doing.
[[maybe_unused]] const int forks =
    pthread_atfork([] { shared.mutex.lock(); }, [] { shared.mutex.unlock(); }, [] { shared.mutex.unlock(); });

}  // namespace

// Where the thread has no small block at hand.
static void* allocate_other(std::size_t bytes) {
    if (bytes > most_bytes) no_memory(bytes);
    std::size_t index = index_of(bytes);
    bool large = index >= small_classes;
    void* block;
    if (!keeps_blocks) {
        block = from_system_or_kept(std::max<std::size_t>(bytes, 1));
    } else {
        List& list = own.lists[index];
        bool found = list.first || shared.refill(index, list);
        if (found && large) kept.fetch_sub(bytes_of(index), std::memory_order_relaxed);
        block = found || !large ? list.pop() : from_system_or_kept(bytes_of(index));
    }
    if (large) in_use.fetch_add(bytes_of(index), std::memory_order_relaxed);
    return block;
}

void* allocate(std::size_t bytes) {
    if (!keeps_blocks || bytes > small_limit) return allocate_other(bytes);
    List& list = own.lists[index_of(bytes)];
    return list.first ? list.pop() : allocate_other(bytes);
}

void release(void* block, std::size_t bytes) noexcept {
    std::size_t index = index_of(bytes);
    bool large = index >= small_classes;
    if (large) in_use.fetch_sub(bytes_of(index), std::memory_order_relaxed);
    if (!keeps_blocks) return std::free(block);
    List& list = own.lists[index];
    list.push(block);
    if (large) kept.fetch_add(bytes_of(index), std::memory_order_relaxed);
    bool overflows = list.count > thread_keeps(index) || bytes > thread_limit;
    if (own.closed || !closer.open)
        shared.take_over(index, list, list.count);
    else if (overflows)
        shared.take_over(index, list, bytes > thread_limit ? list.count : list.count / 2);
}

MemoryStats memory_stats() { return {in_use.load(), kept.load()}; }

}  // namespace taper
