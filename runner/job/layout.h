#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace ysnp::job {

/// Which of the runner's and the project's slots a job holds: CI_CONCURRENT_ID and CI_CONCURRENT_PROJECT_ID.
struct Slot {
    int runner = 0;
    int project = 0;
};

/// Where a job's files lie inside its container, and how its Engine objects are called.
struct Layout {
    std::string builds_dir;  ///< "/builds"
    std::string project_dir; ///< "/builds/group/project"
    std::string temp_dir;    ///< "/builds/group/project.tmp"
    std::string hostname;    ///< "runner-abcdefgh-project-7-concurrent-0", at most 63 of [a-z0-9-]
    std::string name;        ///< of the container and the volume: the host name, job id and some random digits
};

/// `project_path` is "group/project" from typed fields; it has been checked by the gate.
Layout make_layout(std::string_view builds_dir, std::string_view project_path, std::string_view short_token,
                   std::int64_t project_id, std::int64_t job_id, Slot slot);
/// The same layout with another project folder (GIT_CLONE_PATH, or "-empty").
Layout with_project_dir(Layout layout, std::string project_dir);

/// 16 random hex digits.
std::string random_suffix();

} // namespace ysnp::job
