#include "type_name.h"

#include <cxxabi.h>

#include <cstdlib>

namespace taper {

std::string type_name(const std::type_info& type) {
    char* text = abi::__cxa_demangle(type.name(), nullptr, nullptr, nullptr);
    std::string name = text ? text : type.name();
    std::free(text);
    std::size_t start = 0;
    int depth = 0;  // within brackets: the arguments of a template, or of the function that a local type is in
    for (std::size_t i = 0; i + 1 < name.size(); ++i) {
        if (name[i] == '<' || name[i] == '(' || name[i] == '{') ++depth;
        if (name[i] == '>' || name[i] == ')' || name[i] == '}') --depth;
        if (depth == 0 && name[i] == ':' && name[i + 1] == ':') start = i + 2;
    }
    return name.substr(start);
}

}  // namespace taper
