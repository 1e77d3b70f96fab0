// What a C++ type is called.
#pragma once

#include <string>
#include <typeinfo>

namespace taper {

/// The C++ type's name without its namespaces: type(m).__name__
std::string type_name(const std::type_info& type);

}  // namespace taper
