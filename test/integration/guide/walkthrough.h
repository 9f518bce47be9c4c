#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace ysnp::test {

/// One `sh` block of a document, and the lines that the `text` block right below it promises.
struct Step {
    std::string shell;
    std::vector<std::string> promised; ///< `…` stands for any text; a line `…` alone for any lines
    int line = 0;                      ///< in the document
};

std::vector<Step> steps_of(const std::filesystem::path& document);
/// The script that runs all steps in one bash, each after a line that `printed` finds.
std::string script_of(const std::vector<Step>& steps);
/// What each step printed, from the script's output.
std::vector<std::string> printed(const std::string& output, std::size_t steps);
/// Whether these lines were printed and no others, but for where a line `…` stands. No promise is kept always.
bool keeps(const std::string& output, const std::vector<std::string>& promised);

} // namespace ysnp::test
