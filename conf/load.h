#pragma once
#include "conf/config.h"
#include "conf/environment.h"
#include "conf/report.h"
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::conf {

/// A configuration, or nothing and everything that is wrong with it. Warnings come with a configuration too.
struct Loaded {
    std::optional<Config> config;
    std::vector<Problem> problems;
};

/// Reads `file` and `runners.d/*.yml` beside it, each of which holds one entry of `runners`. Reads only: no file is
/// created, no name resolved, nothing connected to. Credentials in files of their own are read.
Loaded load(const std::filesystem::path& file, const Environment& environment);
/// The same for a text without runners.d; `name` stands in the findings.
Loaded load_text(std::string_view text, const std::string& name, const Environment& environment);
/// What applies where there is no file at all: `exec` on a developer's machine; or as long as `file` is still empty.
Config defaults(const Environment& environment, const std::filesystem::path& file = {});

/// One line per finding.
std::string to_string(const std::vector<Problem>& problems);

} // namespace ysnp::conf
