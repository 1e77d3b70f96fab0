// The generator: its stream, its seed, and its state as PyTorch's bytes.
#include "generator.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <random>
#include <utility>

#include "../base/error.h"
#include "../base/simd.h"
#include "stream.h"

namespace taper {

using Stream = Generator::Stream;

void Stream::start(std::uint64_t from) {
    seed = from;
    words[0] = static_cast<std::uint32_t>(from);
    for (std::uint32_t i = 1; i < size; ++i) words[i] = 1812433253u * (words[i - 1] ^ words[i - 1] >> 30) + i;
    position = size;
    fresh = true;
    kept_normal.reset();
}

TAPER_INLINE static std::uint32_t twisted(std::uint32_t word, std::uint32_t next, std::uint32_t far) {
    std::uint32_t mixed = (word & 0x80000000u) | (next & 0x7fffffffu);
    return far ^ mixed >> 1 ^ ((0u - (next & 1u)) & 0x9908b0dfu);
}

TAPER_INLINE static std::uint32_t tempered(std::uint32_t word) {
    word ^= word >> 11;
    word ^= word << 7 & 0x9d2c5680u;
    word ^= word << 15 & 0xefc60000u;
    return word ^ word >> 18;
}

void Stream::twist() {
    constexpr int ahead = 397, wrapped = size - ahead;  // a word depends on one 227 back: vectors are far shorter
    dispatch([this]() {
        for (int i = 0; i < wrapped; ++i) words[i] = twisted(words[i], words[i + 1], words[i + ahead]);
        for (int i = wrapped; i < size - 1; ++i) words[i] = twisted(words[i], words[i + 1], words[i - wrapped]);
    });
    words[size - 1] = twisted(words[size - 1], words[0], words[ahead - 1]);
    temper();
    position = 0;
    fresh = false;
}

void Stream::temper() {
    dispatch([this]() {
        TAPER_VECTORISE for (int i = 0; i < size; ++i)
            outputs[i] = tempered(words[i]);
    });
}

void Stream::take(std::uint32_t* into, std::int64_t count) {
    while (count > 0) {
        if (position == size) twist();
        int now = static_cast<int>(std::min<std::int64_t>(count, size - position));
        std::memcpy(into, outputs.data() + position, now * sizeof(std::uint32_t));
        position += now;
        into += now;
        count -= now;
    }
}

double Stream::normal() {
    if (kept_normal) return *std::exchange(kept_normal, std::nullopt);
    double turn = unit(random64()), height = unit(random64());
    double radius = std::sqrt(-2.0 * std::log(1.0 - height)), angle = 2.0 * std::numbers::pi * turn;
    kept_normal = radius * std::sin(angle);
    return radius * std::cos(angle);
}

Generator::Generator() : stream_(std::make_shared<Stream>()) { stream_->start(67280421310721); }

Generator& Generator::manual_seed(std::uint64_t seed) {
    std::lock_guard turn(stream_->mutex);
    stream_->start(seed);
    return *this;
}

std::uint64_t Generator::seed() {
    std::random_device device;
    std::uint64_t high = device(), seed = high << 32 | device();
    manual_seed(seed);
    return seed;
}

std::uint64_t Generator::initial_seed() const {
    std::lock_guard turn(stream_->mutex);
    return stream_->seed;
}

std::uint32_t Generator::random32() {
    std::lock_guard turn(stream_->mutex);
    return stream_->random32();
}

std::uint64_t Generator::random64() {
    std::lock_guard turn(stream_->mutex);
    return stream_->random64();
}

float Generator::uniform24() { return unit(random32()); }
double Generator::uniform53() { return unit(random64()); }

double Generator::normal() {
    std::lock_guard turn(stream_->mutex);
    return stream_->normal();
}

static constinit thread_local Generator* used_here = nullptr;

Generator& default_generator() {
    if (used_here) return *used_here;
    static Generator generator = [] {
        Generator fresh;
        fresh.seed();
        return fresh;
    }();
    return generator;
}

UseGenerator::UseGenerator(const Generator& generator)
    : generator_(generator), before_(std::exchange(used_here, &generator_)) {}
UseGenerator::~UseGenerator() { used_here = before_; }

// The bytes of PyTorch's state: before the first twist `left` is 1 and `next` 0, afterwards left + next is 625.
struct SavedStream {
    std::uint64_t seed = 0;
    std::int32_t left = 1, seeded = 1;
    std::uint64_t next = 0;
    std::uint64_t words[Stream::size] = {};
    double unused_x = 0, kept_normal = 0, unused_rho = 0;
    std::int32_t has_kept_normal = 0, unused[3] = {};
};
static_assert(sizeof(SavedStream) == 5056);

std::vector<std::uint8_t> Generator::state_bytes() const {
    std::lock_guard turn(stream_->mutex);
    SavedStream saved;
    saved.seed = stream_->seed;
    if (!stream_->fresh) {
        saved.left = Stream::size + 1 - stream_->position;
        saved.next = stream_->position;
    }
    std::copy(stream_->words.begin(), stream_->words.end(), saved.words);
    saved.kept_normal = stream_->kept_normal.value_or(0.0);
    saved.has_kept_normal = stream_->kept_normal.has_value();
    std::vector<std::uint8_t> bytes(sizeof saved);
    std::memcpy(bytes.data(), &saved, sizeof saved);
    return bytes;
}

void Generator::set_state_bytes(const std::vector<std::uint8_t>& state) {
    SavedStream saved;
    check(state.size() == sizeof saved,
        "set_state: expected a CPUGeneratorImplState of size {} but the input RNG state size is {}; pass get_state's",
        sizeof saved, state.size());
    std::memcpy(&saved, state.data(), sizeof saved);
    bool fresh = saved.left == 1 && saved.next == 0;
    bool running = saved.left >= 1 && saved.next <= Stream::size && saved.left + saved.next == Stream::size + 1;
    check(saved.seeded == 1 && (fresh || running), "set_state: Invalid mt19937 state; pass what get_state gave");
    std::lock_guard turn(stream_->mutex);
    stream_->seed = saved.seed;
    std::transform(saved.words, std::end(saved.words), stream_->words.begin(),
        [](std::uint64_t word) { return static_cast<std::uint32_t>(word); });
    stream_->temper();
    stream_->position = fresh ? Stream::size : static_cast<int>(saved.next);
    stream_->fresh = fresh;
    stream_->kept_normal.reset();
    if (saved.has_kept_normal) stream_->kept_normal = saved.kept_normal;
}

}  // namespace taper
