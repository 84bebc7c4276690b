// Files of interactions, plain or gzipped, as evaluations read them (learn/evaluate/touch_file.h).
#pragma once

#include "base/result.h"
#include "learn/evaluate/touch_file.h"

#include <string>

namespace attune::app {

[[nodiscard]] Result<learn::Touches> read_touches(const std::string& path,
                                                  learn::Vocabulary& vocabulary,
                                                  learn::TouchFile::Shape shape = {});

}  // namespace attune::app
