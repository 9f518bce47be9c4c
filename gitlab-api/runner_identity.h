#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::gitlab {

/// What we tell GitLab about ourselves, the same on verify and on every request (`info`).
struct RunnerIdentity {
    std::string name = "ysnprunner";
    std::string version; ///< MAJOR.MINOR.PATCH
    std::string revision;
    std::string platform = "linux";
    std::string architecture = "amd64";
    std::string executor = "docker";
    std::string shell = "bash";
    std::map<std::string, std::string> labels; ///< at most 32, see label_problem
};

struct Feature {
    std::string_view name;
    bool works;
};
/// Every key of `info.features`, true only for what works.
const std::vector<Feature>& features();

/// Why GitLab would not accept these labels; empty when it would.
std::string label_problem(const std::map<std::string, std::string>& labels);

/// The JSON text of `info`.
std::string info_json(const RunnerIdentity& identity);
/// "ysnprunner 0.1.0 (rev; c++20; linux/amd64)"
std::string user_agent(const RunnerIdentity& identity);

} // namespace ysnp::gitlab
