#include "runner/policy/windows.h"
#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>

namespace ysnp::policy {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_files = 10'000;

/// v1 takes names of checks in any case.
bool speaks_of_time(std::string text)
{
    std::ranges::transform(text, text.begin(), [](unsigned char letter) { return std::tolower(letter); });
    return text.find("datetimecheck") != std::string::npos;
}

bool has_windows(const checks::Document& document) { return document.text && speaks_of_time(*document.text); }

} // namespace

bool has_windows(const checks::Documents& documents)
{
    return has_windows(documents.namespace_config) || has_windows(documents.project_config) ||
           has_windows(documents.project_policy) ||
           std::ranges::any_of(documents.parent_policies,
                               [](const checks::Document& document) { return has_windows(document); });
}

bool has_windows(const fs::path& folder)
{
    std::error_code error;
    std::size_t seen = 0;
    for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end && seen < most_files;
         entry.increment(error), ++seen) {
        if (entry->path().extension() != ".json" || !entry->is_regular_file(error)) continue;
        std::ifstream file(entry->path());
        if (speaks_of_time({std::istreambuf_iterator<char>(file), {}})) return true;
    }
    return false;
}

} // namespace ysnp::policy
