// Runs the blocks of docs/porting.md in the order of the page; with arguments, those that stand at these lines.
#include "show.h"

namespace porting {

static std::map<int, void (*)()>& blocks() {
    static std::map<int, void (*)()> all;
    return all;
}
int add(int line, void (*run)()) {
    blocks()[line] = run;
    return line;
}
void at(const char* key) {
    std::cout.flush();
    fmt::print("\x1e{}\n", key);
    std::fflush(stdout);
}

}  // namespace porting

int main(int count, char** arguments) {
    std::set<std::string> wanted(arguments + 1, arguments + count);
    for (const auto& [line, run] : porting::blocks()) {
        if (!wanted.empty() && !wanted.contains(std::to_string(line))) continue;
        run();
    }
}
