#include "training_state.h"

#include <chrono>
#include <cmath>
#include <filesystem>

#include "../native.h"
#include "../warning.h"
#include "bytes.h"
#include "serialize.h"

namespace taper {

namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;
constexpr const char* best_name = "best.pth";
constexpr const char* format_name = "taper.TrainingState";

// The step in a name such as "step-00000100.pth"; -1 in any other.
std::int64_t step_in(const std::string& name) {
    constexpr std::string_view begin = "step-", end = ".pth";
    if (!name.starts_with(begin) || !name.ends_with(end) || name.size() == begin.size() + end.size()) return -1;
    std::int64_t step = 0;
    for (char digit : name.substr(begin.size(), name.size() - begin.size() - end.size())) {
        if (digit < '0' || digit > '9' || step > (std::int64_t{1} << 58)) return -1;
        step = 10 * step + (digit - '0');
    }
    return step;
}

// The saved states in a folder, the newest first.
std::vector<fs::path> saved_in(const std::string& folder) {
    std::vector<std::pair<std::int64_t, fs::path>> found;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder, none))
        if (const std::int64_t step = step_in(entry.path().filename().string()); step >= 0)
            found.emplace_back(step, entry.path());
    std::sort(found.rbegin(), found.rend());
    std::vector<fs::path> paths;
    for (auto& [step, path] : found) paths.push_back(std::move(path));
    return paths;
}

}  // namespace

struct TrainingState::State {
    using Generators = std::map<std::string, Generator>;
    struct AddedPass {
        std::shared_ptr<Pass> pass;
        Dict before;              // the generators' states when it began
        std::optional<Dict> now;  // and those to go on with, while it begins in the middle
    };

    std::string folder;
    std::optional<std::int64_t> every_n_steps;
    std::optional<double> every_n_seconds;
    std::int64_t keep_last;
    bool least;

    std::vector<std::pair<std::string, Part>> parts;
    Generators generators{{"torch.default_generator", default_generator()}};
    std::map<std::string, AddedPass> passes;
    std::int64_t steps = 0;
    std::optional<double> best;
    Clock::time_point saved = Clock::now();

    bool has(const std::string& name) const {
        const auto same = [&](const auto& part) { return part.first == name; };
        return std::any_of(parts.begin(), parts.end(), same) || generators.contains(name) || passes.contains(name);
    }

    Dict drawn() const {
        Dict states;
        for (const auto& [name, generator] : generators) states[name] = Value(generator.get_state());
        return states;
    }
    void draw_from(const Dict& states) {
        for (auto& [name, generator] : generators) generator.set_state(states.at(name).tensor());
    }

    Value value() const {
        Dict whole, saved_parts, saved_passes;
        for (const auto& [name, part] : parts) saved_parts[name] = part.save();
        for (const auto& [name, added] : passes) {
            Dict place;
            place["runs"] = added.pass->runs;
            place["taken"] = added.pass->taken;
            place["generators"] = added.before;
            place["base_seed"] = added.pass->base_seed;
            Value::List streams;
            for (const auto& bytes : added.pass->streams) {
                Tensor state = native::empty({static_cast<std::int64_t>(bytes.size())}, uint8);
                std::copy(bytes.begin(), bytes.end(), state.data_ptr<std::uint8_t>());
                streams.emplace_back(state);
            }
            place["streams"] = Value(streams);
            saved_passes[name] = place;
        }
        whole["format"] = format_name;
        whole["step"] = steps;
        whole["best"] = best ? Value(*best) : Value();
        whole["parts"] = saved_parts;
        whole["generators"] = drawn();
        whole["passes"] = saved_passes;
        return whole;
    }

    // Error unless the names are those of what was added.
    void check_names(const Value& whole) const {
        const Dict &saved_parts = whole["parts"].dict(), &saved_generators = whole["generators"].dict();
        for (const auto& [name, part] : parts)
            check(saved_parts.contains(name), "it has no '{}', which was added", name);
        for (const auto& [name, value] : saved_parts)
            check(has(name.string()), "it has '{}', which was not added", name.string());
        for (const auto& [name, generator] : generators)
            check(saved_generators.contains(name), "it has no generator '{}', which was added", name);
        for (const auto& [name, place] : whole["passes"].dict())
            check(passes.contains(name.string()), "it has the loader '{}', which was not added", name.string());
    }

    void take(const Value& whole) {
        check_names(whole);
        for (const auto& named : parts)
            explained(fmt::format("'{}'", named.first), [&] { named.second.load(whole["parts"][named.first]); });
        draw_from(whole["generators"].dict());
        steps = whole["step"].item<std::int64_t>();
        if (!whole["best"].is_none()) best = whole["best"].item();
        for (const auto& [name, place] : whole["passes"].dict()) {
            AddedPass& added = passes.at(name.string());
            added.pass->base_seed = place["base_seed"].item<std::int64_t>();
            added.pass->streams.clear();
            for (const Value& state : place["streams"].list()) {
                const Tensor bytes = state.tensor();
                const auto* first = bytes.data_ptr<std::uint8_t>();
                added.pass->streams.emplace_back(first, first + bytes.numel());
            }
            if (!place["runs"].item<bool>()) continue;
            added.before = place["generators"].dict();
            added.now = Dict();
            added.pass->leave_out = place["taken"].item<std::int64_t>();
        }
        saved = Clock::now();
    }

    void prune() const {
        const std::vector<fs::path> paths = saved_in(folder);
        std::error_code none;
        for (std::size_t i = static_cast<std::size_t>(keep_last); i < paths.size(); ++i) fs::remove(paths[i], none);
    }
};

TAPER_DEFINE_CONSTRUCTORS(TrainingState, TrainingStateOptions, 1, folder)
TrainingState::TrainingState(Called, const TrainingStateOptions& o) {
    check(!o.folder->empty(), "TrainingState: the folder has no name");
    check(o.every_n_steps->value_or(1) > 0 && o.every_n_seconds->value_or(1) >= 0,
        "TrainingState: every_n_steps and every_n_seconds should be positive");
    check(o.keep_last > 0, "TrainingState: keep_last should be positive, but got {}", *o.keep_last);
    check(*o.mode == "min" || *o.mode == "max", "TrainingState: mode should be \"min\" or \"max\", but got \"{}\"",
        *o.mode);
    state_ = std::make_shared<State>();
    state_->folder = o.folder;
    state_->every_n_steps = o.every_n_steps, state_->every_n_seconds = o.every_n_seconds;
    state_->keep_last = o.keep_last;
    state_->least = *o.mode == "min";
}

void TrainingState::add_part(const std::string& name, Part part) {
    check(!state_->has(name), "TrainingState: there is a '{}' already", name);
    state_->parts.emplace_back(name, std::move(part));
}
void TrainingState::add_generator(const std::string& name, const Generator& generator) {
    check(!state_->has(name), "TrainingState: there is a '{}' already", name);
    state_->generators.emplace(name, generator);
}
void TrainingState::add_pass(const std::string& name, std::shared_ptr<Pass> pass) {
    check(!state_->has(name), "TrainingState: there is a '{}' already", name);
    State::AddedPass& added = state_->passes[name];
    added.pass = std::move(pass);
    // (The loader may outlive this, and this the loader.)
    std::weak_ptr<State> state = state_;
    added.pass->begins = [state, name] {
        if (const auto here = state.lock()) {
            State::AddedPass& begun = here->passes.at(name);
            if (begun.now) {
                begun.now = here->drawn();
                here->draw_from(begun.before);
            } else {
                begun.before = here->drawn();
            }
        }
    };
    added.pass->began = [state, name] {
        if (const auto here = state.lock()) {
            State::AddedPass& begun = here->passes.at(name);
            if (begun.now) here->draw_from(*begun.now);
            begun.now = std::nullopt;
        }
    };
}

bool TrainingState::resume() {
    for (const fs::path& path : saved_in(state_->folder)) {
        Value whole;
        try {
            whole = load(path.string());
            check(whole.kind() == Value::Kind::Dict && whole.contains("format") &&
                    whole["format"].string() == format_name,
                "it is no saved training state");
        } catch (const Error& error) {
            warn("resume: {} is left out, and the one before it taken: {}", path.string(), error.what());
            continue;
        }
        explained("resume: " + path.string(), [&] { state_->take(whole); });
        return true;
    }
    return false;
}

void TrainingState::step() {
    State& state = *state_;
    ++state.steps;
    const std::chrono::duration<double> since = Clock::now() - state.saved;
    if ((state.every_n_steps && state.steps % *state.every_n_steps == 0) ||
        (state.every_n_seconds && since.count() >= *state.every_n_seconds))
        save();
}

void TrainingState::step(double metric) {
    State& state = *state_;
    const bool better =
        !std::isnan(metric) && (!state.best || (state.least ? metric < *state.best : metric > *state.best));
    if (better) {
        state.best = metric;
        ++state.steps;  // the best one is of this step too
        fs::create_directories(state.folder);
        taper::save(state.value(), (fs::path(state.folder) / best_name).string());
        --state.steps;
    }
    step();
}

void TrainingState::save() {
    State& state = *state_;
    std::error_code error;
    fs::create_directories(state.folder, error);
    check(!error, "TrainingState: {}: {}", state.folder, error.message());
    taper::save(state.value(), (fs::path(state.folder) / fmt::format("step-{:08}.pth", state.steps)).string());
    state.saved = Clock::now();
    state.prune();
}

std::int64_t TrainingState::steps() const { return state_->steps; }

}  // namespace taper
