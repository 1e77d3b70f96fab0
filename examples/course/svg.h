// Pictures of boxes, arrows and words, as SVG text: the same bytes on every machine.
#pragma once

#include <fmt/format.h>
#include <taper/tensor/base/error.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

/// Lengths are pixels, from the upper left corner; colours are SVG's.
class Svg {
 public:
    Svg(int width, int height) : width_(width), height_(height) {}

    void box(double x, double y, double width, double height, const std::string& fill, double round = 4) {
        out_ += fmt::format(
            "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"{}\" fill=\"{}\" "
            "stroke=\"#444\"/>\n",
            x, y, width, height, round, fill);
    }
    void blank(double x, double y, double width, double height) {
        out_ += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"white\"/>\n", x, y, width, height);
    }
    /// Words around (x, y), or with anchor "start" from there on.
    void text(double x, double y, const std::string& words, const std::string& color = "#111",
        const std::string& anchor = "middle", int size = 13) {
        std::string safe;
        for (char c : words) safe += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
        out_ += fmt::format(
            "<text x=\"{:.1f}\" y=\"{:.1f}\" fill=\"{}\" text-anchor=\"{}\" font-size=\"{}\">{}</text>\n", x, y + 4.5,
            color, anchor, size, safe);
    }
    void arrow(double x, double y, double to_x, double to_y, const std::string& color = "#444") {
        const double length = std::hypot(to_x - x, to_y - y), dx = (to_x - x) / length, dy = (to_y - y) / length;
        out_ += fmt::format(
            "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\" stroke-width=\"1.4\"/>\n", x,
            y, to_x - 6 * dx, to_y - 6 * dy, color);
        out_ += fmt::format("<polygon points=\"{:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f}\" fill=\"{}\"/>\n", to_x, to_y,
            to_x - 8 * dx + 4 * dy, to_y - 8 * dy - 4 * dx, to_x - 8 * dx - 4 * dy, to_y - 8 * dy + 4 * dx, color);
    }
    void save(const std::string& path) const {
        std::ofstream out(path);
        out << fmt::format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
            "font-family=\"DejaVu Sans, Noto Sans CJK SC, Microsoft YaHei, sans-serif\">\n<rect width=\"{0}\" "
            "height=\"{1}\" fill=\"white\"/>\n{2}</svg>\n",
            width_, height_, out_);
        taper::check(out.flush().good(), "cannot write '{}'", path);
    }

 private:
    int width_, height_;
    std::string out_;
};

/// A graph as its picture wants it: nodes by their columns, from left to right.
struct Drawn {
    struct Box {
        int column;
        std::vector<std::string> lines;
        std::string fill = "#eef3fb";
        double x = 0, y = 0, height = 0;
    };
    struct Line {
        std::size_t from, to;
        std::string label = {};
    };
    std::vector<Box> boxes = {};
    std::vector<Line> lines = {};

    void save(const std::string& path, int box_width = 130, int gap = 70) {
        int columns = 0, most = 0;
        std::vector<int> count(64, 0);
        for (const Box& box : boxes) columns = std::max(columns, box.column + 1);
        for (const Box& box : boxes) most = std::max(most, ++count[box.column]);
        const int lines_of_text = static_cast<int>(
            std::ranges::max(boxes, {}, [](const Box& box) { return box.lines.size(); }).lines.size());
        const int row = 18 * lines_of_text + 34, height = most * row + 16;
        Svg svg(columns * (box_width + gap) - gap + 40, height);
        std::vector<int> seen(64, 0);
        for (Box& box : boxes) {
            box.height = 18. * static_cast<double>(box.lines.size()) + 8;
            box.x = 20 + box.column * (box_width + gap);
            box.y = height * (seen[box.column]++ + 0.5) / count[box.column] - box.height / 2;
        }
        for (const Line& line : lines) {
            const Box &from = boxes[line.from], &to = boxes[line.to];
            const double x = from.x + box_width, y = from.y + from.height / 2, end = to.y + to.height / 2;
            svg.arrow(x, y, to.x, end);
            if (line.label.empty()) continue;
            const double width = 7.5 * static_cast<double>(line.label.size());
            svg.blank((x + to.x) / 2 - width / 2, (y + end) / 2 - 9, width, 18);
            svg.text((x + to.x) / 2, (y + end) / 2, line.label, "#b03a2e", "middle", 12);
        }
        for (const Box& box : boxes) {
            svg.box(box.x, box.y, box_width, box.height, box.fill);
            for (std::size_t i = 0; i < box.lines.size(); ++i)
                svg.text(box.x + box_width / 2., box.y + 13 + 18. * static_cast<double>(i), box.lines[i],
                    i ? "#555" : "#111");
        }
        svg.save(path);
    }
};
