#include "runner/cli/terminal.h"
#include <cstdlib>
#include <cstring>

namespace ysnp::cli {

checks::Charset terminal_charset()
{
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const char* value = std::getenv(name);
        if (!value || *value == 0) continue;
        return std::strstr(value, "UTF-8") || std::strstr(value, "utf8") ? checks::Charset::utf8
                                                                         : checks::Charset::ascii;
    }
    return checks::Charset::ascii;
}

} // namespace ysnp::cli
