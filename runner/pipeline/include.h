#pragma once
#include "runner/pipeline/pipeline.h"
#include "runner/pipeline/value.h"
#include <string>
#include <vector>

namespace ysnp::pipeline {

struct Included {
    Value config;                          ///< all files merged, `include` removed
    std::vector<std::string> undetermined; ///< what could not be read: remote files, templates, components, …
};

/// Reads `path` and what it includes locally, at any depth; an including file lies over what it includes.
Included read_with_includes(const FileReader& read, const FileLister& list, const std::string& path);

/// GitLab's wildcards in the path of a local include: `**` stands for anything, `*` for anything but a slash.
bool matches_wildcard(std::string_view pattern, std::string_view path);

} // namespace ysnp::pipeline
