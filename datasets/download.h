// Fetching files over the network, each checked before it gets its name.
#pragma once

#include <string>
#include <vector>

namespace taper {

/// Fetches a gzip-compressed file from the first of `urls` that gives it, and writes it uncompressed to `path`, whose
/// folder is made if need be. The name is given to it last, when the MD5 sum of its bytes is the one expected, so that
/// no half of a file is ever found there. Progress goes to stderr. An Error, which begins with `who`, tells what each
/// URL said.
void download_gz(
    const std::string& who, const std::vector<std::string>& urls, const std::string& path, const std::string& md5);

}  // namespace taper
