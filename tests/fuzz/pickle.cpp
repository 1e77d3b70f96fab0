#include "targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::pickle({reinterpret_cast<const char*>(data), size});
    return 0;
}
