// Training that goes on where it was: what a program must know for that, saved now and then, and found again.
#pragma once

#include <functional>

#include "../base/pass.h"
#include "value.h"

namespace taper {

/// `every_n_steps`, `every_n_seconds`: when step() saves; with neither, save() alone does. keep_last: how many saved
/// states stay, the newest; beside them the best one, where step(metric) is told of it: the one of the least metric
/// ("min"), or of the highest ("max").
struct TrainingStateOptions {
    Keywords _ = Keywords();
    Arg<std::string> folder = required;
    Arg<std::optional<std::int64_t>> every_n_steps = Default(none);
    Arg<std::optional<double>> every_n_seconds = Default(none);
    Arg<std::int64_t> keep_last = Default(3);
    Arg<std::string> mode = Default("min");
};

/// All that a run of training consists of, in files of a folder: "step-00000100.pth", and "best.pth". A run that was
/// ended at any instant, power cuts included, goes on bit for bit as one that never was, if everything that changes was
/// added. torch.load reads the files too.
///     torch::TrainingState state("runs/1", {.every_n_steps = 100});
///     state.add("model", model), state.add("optimizer", optimizer), state.add("loader", train_loader);
///     state.add("epoch", epoch);
///     state.resume();
///     for (; epoch < 10; ++epoch)
///         for (auto [data, target] : train_loader) { ...; optimizer.step(); state.step(); }
class TrainingState {
 public:
    TAPER_CONSTRUCTORS(TrainingState, TrainingStateOptions, 1, folder)
    TrainingState(Called, const TrainingStateOptions& o);

    /// What has a state_dict and takes one (modules, optimizers, schedulers), a generator, a DataLoader, whose pass
    /// goes on after the batch it was at, or a variable of numbers, text or tensors, which must outlive this. Error if
    /// the name is taken.
    template <class P> void add(const std::string& name, P& part) {
        if constexpr (requires { part.pass_position(); })
            add_pass(name, part.pass_position());
        else if constexpr (std::derived_from<P, Generator>)
            add_generator(name, part);
        else if constexpr (requires(const Value& value) { part.load_state_dict(value); })
            add_part(name,
                {[part] { return Value(part.state_dict()); },
                    [part](const Value& value) mutable { part.load_state_dict(value); }});
        else
            add_part(name, {[&part] { return Value(part); }, [&part](const Value& value) { put(value, part); }});
    }

    /// Takes over the newest saved state that is whole, and says whether there was one. What can't be read is warned
    /// of, with the reason, and the one before it taken. Error if a whole one does not fit what was added.
    bool resume();
    /// One more step of training; saves where it is time to.
    void step();
    /// The same, and saves it as the best if its metric is better than any before.
    void step(double metric);
    /// Saves now. Error with what the system says, as when the disk is full: what was saved before is then still there.
    void save();
    /// How many steps were taken, those before a resume included.
    std::int64_t steps() const;

 private:
    struct Part {
        std::function<Value()> save;
        std::function<void(const Value&)> load;
    };
    struct State;

    template <class T> static void put(const Value& value, T& variable) {
        if constexpr (Number<T>)
            variable = value.item<T>();
        else if constexpr (std::same_as<T, std::string>)
            variable = value.string();
        else if constexpr (std::same_as<T, Tensor>)
            variable = value.tensor();
        else {
            variable.clear();
            for (const Value& item : value.list()) put(item, variable.emplace_back());
        }
    }
    void add_part(const std::string& name, Part part);
    void add_generator(const std::string& name, const Generator& generator);
    void add_pass(const std::string& name, std::shared_ptr<Pass> pass);

    std::shared_ptr<State> state_;
};

}  // namespace taper
