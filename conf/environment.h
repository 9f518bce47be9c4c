#pragma once
#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace ysnp::conf {

/// What loading may ask of the process it runs in; tests give their own.
struct Environment {
    /// A variable of the service's own environment.
    std::function<std::optional<std::string>(const std::string&)> variable;
    std::chrono::system_clock::time_point now;

    static Environment of_process();
    /// $HOME; empty where there is none.
    std::filesystem::path home() const;
};

/// $VAR and ${VAR} replaced by the environment; a name that is not set becomes empty and is added to `missing`.
/// Only `url` and `token` are expanded, as in gitlab-runner. "$$" stands for "$".
std::string expand(std::string_view text, const Environment& environment, std::string& missing);

/// The configuration used where no -c names one: ~/.config/ysnprunner/config.yml, then /etc/ysnprunner/config.yml.
std::optional<std::filesystem::path> find_config(const Environment& environment);
/// Where `register` begins a configuration that does not exist yet: /etc for root, ~/.config for everybody else.
std::filesystem::path default_config(const Environment& environment, bool root);

} // namespace ysnp::conf
