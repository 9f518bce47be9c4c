#pragma once
#include "runner/pipeline/context.h"
#include "runner/pipeline/pipeline_error.h"
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::pipeline {

/// Gives the text of a file by its path relative to the project's root ("ci/build.yml"), or nothing when there is none.
/// A commit's tree, or a folder on disk.
using FileReader = std::function<std::optional<std::string>(const std::string& path)>;

/// Names the project's files, in any order, for wildcards in `include`.
using FileLister = std::function<std::vector<std::string>()>;

/// Reads from `folder`: regular files of at most 1 MiB below it, no symbolic links. Throws (Failure::invalid) for
/// others.
FileReader folder_reader(std::filesystem::path folder);

/// A keyword that stands in the file and has no effect on a local run: always told, never ignored in silence.
struct Notice {
    std::string where;   ///< ".gitlab-ci.yml:12:3"
    std::string keyword; ///< "build:rules"
    std::string text;    ///< what a local run does instead
};

struct LocalJob {
    std::string payload;         ///< JSON, as GitLab would hand the job out: for gitlab::decode
    std::vector<Notice> notices; ///< to be printed
    std::vector<std::string>
        undetermined; ///< not empty: GitLab's job differs from this one in ways that we cannot know
};

/// A `.gitlab-ci.yml` with its local includes, evaluated as GitLab does (https://docs.gitlab.com/ci/yaml/): include,
/// extends, default, !reference, anchors and merge keys, variables, inherit. Everything that goes wrong is a
/// PipelineError with file, line and column. Sizes, depths and the growth by aliases are bounded.
class Pipeline {
public:
    /// Reads, includes and extends. Without `list` an include with a wildcard makes every job undetermined. Throws
    /// PipelineError; what `read` and `list` throw passes through.
    static Pipeline load(const FileReader& read, const FileLister& list = {},
                         const std::string& path = ".gitlab-ci.yml");
    ~Pipeline();
    Pipeline(Pipeline&&) noexcept;

    /// Names of the jobs that can run, in the order of the file; no hidden ones.
    std::vector<std::string> jobs() const;
    /// The stage of a job of jobs(). Throws PipelineError.
    std::string stage(std::string_view job) const;
    /// Throws PipelineError when there is no such job, or its definition is wrong.
    LocalJob build(std::string_view job, const Context& context) const;

private:
    struct Impl;
    explicit Pipeline(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace ysnp::pipeline
