#include "graph.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include "multi_output.h"
#include "ops.h"

namespace taper::autograd {
namespace {

std::string shapes_of(const MultiOutputNode& joint) {
    std::string text;
    for (const MultiOutputNode::Result& result : joint.results())
        text += fmt::format("{}{}", text.empty() ? "" : ", ", result.shape.str());
    return text;
}

// The steps behind a tensor, the oldest first, and what they are called.
struct Graph {
    struct Use {
        const Node* step;
        int input;
    };
    std::vector<const Node*> nodes;
    std::unordered_map<const Node*, std::size_t> number;
    std::unordered_map<const Node*, std::string> shape, name;
    std::unordered_map<const Node*, std::vector<Use>> uses;

    Graph(const Tensor& root, const Names& names) {
        std::unordered_set<const Node*> seen;
        auto reach = [&](const Edge& edge) {
            if (!edge) return;
            const Node& step = step_of(*edge.node);
            if (!seen.insert(&step).second) return;
            nodes.push_back(&step);
            const auto* joint = dynamic_cast<const MultiOutputNode*>(&step);
            shape[&step] = joint ? shapes_of(*joint) : fmt::format("{}", edge.shape.str());
        };
        reach(edge_to(root));
        for (std::size_t at = 0; at < nodes.size(); ++at)
            for (int i = 0; i < nodes[at]->inputs; ++i) {
                const Edge& edge = nodes[at]->edges[i];
                reach(edge);
                if (edge) uses[&step_of(*edge.node)].push_back({nodes[at], i});
            }
        std::sort(nodes.begin(), nodes.end(), [](const Node* a, const Node* b) { return a->number < b->number; });
        for (const auto& [text, x] : names)
            if (x.defined() && needs_gradient(x)) name[history(x).get()] = text;
        std::size_t count = 0;
        for (const Node* node : nodes) {
            if (!node->is_leaf()) number[node] = ++count;
            if (!name.contains(node)) name[node] = node->is_leaf() ? "a leaf" : node->name;
        }
    }
};

std::string module_of(const Node& node) { return node.made_in ? node.made_in->str() : ""; }

// ---- the picture

// The modules as folders: what each made, and those inside it.
struct Folder {
    std::vector<std::string> lines;
    std::map<std::string, Folder> inner;

    Folder& at(const std::string& path) {
        if (path.empty()) return *this;
        auto dot = path.find('.');
        Folder& first = inner[path.substr(0, dot)];
        return dot == std::string::npos ? first : first.at(path.substr(dot + 1));
    }
    void write(std::string& out, const std::string& path, int depth) const {
        const std::string indent(4 * depth, ' ');
        for (const std::string& line : lines) out += fmt::format("{}{}\n", indent, line);
        for (const auto& [name, folder] : inner) {
            const std::string whole = path.empty() ? name : path + "." + name;
            out += fmt::format("{}subgraph \"cluster_{}\" {{\n{}    label=\"{}\"\n", indent, whole, indent, name);
            folder.write(out, whole, depth + 1);
            out += indent + "}\n";
        }
    }
};

std::string quoted(const std::string& text) {
    std::string out;
    for (char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

// ---- what became of the gradients

enum class State { None, Fine, Zero, Infinite, NaN };

const char* name_of(State state) {
    constexpr const char* names[] = {"None", "fine", "zero", "infinite", "NaN"};
    return names[static_cast<int>(state)];
}

double largest(const Tensor& x) { return x.numel() ? x.detach().abs().max().item() : 0; }

State state_of(const Tensor& x) {
    if (!x.defined()) return State::None;
    const double most = x.numel() ? largest(x) : 1;
    return std::isnan(most) ? State::NaN : std::isinf(most) ? State::Infinite : most == 0 ? State::Zero : State::Fine;
}

class Gradients final : public Observer {
 public:
    explicit Gradients(const Graph& graph) : graph_(graph) {}

    void received(const Node& node, const Tensor& grad) override {
        const Node& step = step_of(node);
        if (step.is_leaf()) leaves_[&step] = grad;
        if (&step == &node || !received_.contains(&step)) received_[&step] = state_of(grad);
    }
    void gave(const Node& node, int i, const Tensor& grad) override {
        if (&step_of(node) == &node) given_[{&node, i}] = state_of(grad);
    }

    std::string of(const Node& leaf) const {
        auto at = leaves_.find(&leaf);
        const Tensor grad = at == leaves_.end() ? Tensor() : at->second;
        const State state = state_of(grad);
        if (state == State::Fine) return grad.numel() ? fmt::format("up to {:.6g}", largest(grad)) : "of no elements";
        return fmt::format("{}, {}", name_of(state), since(leaf, state));
    }

 private:
    State received_by(const Node* step) const {
        auto at = received_.find(step);
        return at == received_.end() ? State::None : at->second;
    }
    State given_by(const Graph::Use& use) const {
        auto at = given_.find({use.step, use.input});
        return at == given_.end() ? State::None : at->second;
    }

    // Follows a state from the leaf towards the loss, to the step that received another.
    std::string since(const Node& leaf, State state) const {
        for (const Node* node = &leaf;;) {
            const Graph::Use* from = nullptr;
            auto uses = graph_.uses.find(node);
            if (uses != graph_.uses.end())
                for (const Graph::Use& use : uses->second) {
                    if (given_by(use) != state) continue;
                    if (received_by(use.step) != state) return "since " + place(*use.step);
                    from = &use;
                }
            if (!from)
                return fmt::format("since the gradients of {} were added up, or by a hook", graph_.name.at(node));
            node = from->step;
        }
    }
    std::string place(const Node& step) const {
        const std::string module = module_of(step);
        return fmt::format("{} ({}){}", step.name, graph_.number.at(&step),
            module.empty() ? "" : fmt::format(" in module '{}'", module));
    }

    const Graph& graph_;
    std::unordered_map<const Node*, State> received_;
    std::map<std::pair<const Node*, int>, State> given_;
    std::unordered_map<const Node*, Tensor> leaves_;
};

std::string listing(const Graph& graph) {
    std::string text;
    for (auto at = graph.nodes.rbegin(); at != graph.nodes.rend(); ++at) {
        const Node& node = **at;
        if (node.is_leaf()) continue;
        const std::string module = module_of(node);
        std::string of;
        for (int i = 0; i < node.inputs; ++i) {
            const Edge& edge = node.edges[i];
            const Node* input = edge ? &step_of(*edge.node) : nullptr;
            of += i ? ", " : "";
            of += !input ? "data" : input->is_leaf() ? graph.name.at(input) : fmt::format("{}", graph.number.at(input));
        }
        text += fmt::format("{:>3}  {} {}{}  of {}\n", graph.number.at(&node), node.name, graph.shape.at(&node),
            module.empty() ? "" : "  in " + module, of);
    }
    return text;
}

std::string gradients(const Tensor& loss, const Graph& graph, const Names& names) {
    Gradients gradients(graph);
    try {
        observe(loss, gradients);
    } catch (const Error& error) {
        return fmt::format("not known: {}\n", error.what());
    }
    std::string text;
    std::unordered_set<const Node*> told;
    for (const auto& [name, x] : names) {
        if (!x.defined()) continue;
        const Node* node = history(x).get();
        told.insert(node);
        text += fmt::format("  {} {}: {}\n", name, x.shape().str(),
            !node ? "None, since it does not require grad"
                : !graph.shape.contains(node)
                ? "None, since no path leads to it from here: it was not used, or detached"
                : gradients.of(*node));
    }
    for (const Node* node : graph.nodes)
        if (node->is_leaf() && !told.contains(node))
            text += fmt::format("  {} {}: {}\n", graph.name.at(node), graph.shape.at(node), gradients.of(*node));
    return text;
}

}  // namespace

std::string to_dot(const Tensor& root, const Names& names) {
    const Graph graph(root, names);
    Folder whole;
    std::string arrows;
    std::unordered_map<const Node*, std::size_t> id;
    for (const Node* node : graph.nodes) {
        id.emplace(node, id.size());
        const std::string& name = graph.name.at(node);
        std::string module = module_of(*node);
        if (node->is_leaf()) module = name.find('.') == std::string::npos ? "" : name.substr(0, name.rfind('.'));
        whole.at(module).lines.push_back(fmt::format("n{} [label=\"{}\\n{}\", fillcolor=\"{}\"]", id[node],
            quoted(name), graph.shape.at(node), node->is_leaf() ? "#cfe2f3" : "#eeeeee"));
        for (int i = 0; i < node->inputs; ++i)
            if (const Edge& edge = node->edges[i])
                arrows += fmt::format("    n{} -> n{}\n", id.at(&step_of(*edge.node)), id[node]);
    }
    std::string out =
        "digraph {\n    node [shape=box, style=\"filled,rounded\", fontname=\"sans-serif\", fontsize=11]\n"
        "    graph [style=\"rounded\", labeljust=\"l\", color=\"#999999\", fontname=\"sans-serif\", fontsize=11]\n";
    whole.write(out, "", 1);
    return out + arrows + "}\n";
}

std::string explain(const Tensor& loss, const Names& names) {
    check(loss.defined(), "explain: an undefined Tensor() has no graph");
    if (!loss.requires_grad()) return "It does not require grad: nothing that led to it was recorded.\n";
    const Graph graph(loss, names);
    return fmt::format("{}graph, the newest first\n{}gradients\n{}",
        loss.numel() == 1 ? fmt::format("value {:.6g}\n", loss.item()) : "", listing(graph),
        gradients(loss, graph, names));
}

}  // namespace taper::autograd
