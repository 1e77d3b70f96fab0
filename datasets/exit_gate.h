// What threads that nobody waits for pass before they destroy what they hold.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

namespace taper {

/// Open until the process ends: then threads that were left behind destroy nothing more. (Never destroyed itself.)
class ExitGate {
 public:
    static ExitGate& only() {
        static ExitGate& gate = *new ExitGate;
        return gate;
    }
    /// For std::atexit. Waits for what is being destroyed.
    static void close() {
        ExitGate& gate = only();
        std::unique_lock lock(gate.mutex_);
        gate.closed_ = true;
        gate.changed_.wait(lock, [&] { return gate.passing_ == 0; });
    }
    /// Destroys the object, or stays here until the process is gone.
    template <class T> void pass(std::shared_ptr<T> object) {
        {
            std::unique_lock lock(mutex_);
            while (closed_) changed_.wait(lock);
            ++passing_;
        }
        object = nullptr;
        std::lock_guard lock(mutex_);
        --passing_;
        changed_.notify_all();
    }

 private:
    ExitGate() = default;

    std::mutex mutex_;
    std::condition_variable changed_;
    int passing_ = 0;
    bool closed_ = false;
};

}  // namespace taper
