#pragma once
#include "checks/report.h"

namespace ysnp::cli {

/// Whether the person's terminal shows UTF-8 (locale(7): LC_ALL before LC_CTYPE before LANG).
checks::Charset terminal_charset();

} // namespace ysnp::cli
