#pragma once
#include "runner/job/run.h"
#include "runner/pipeline/pipeline.h"
#include <filesystem>
#include <string>

namespace ysnp::cli {

enum class Files {
    commit,      ///< of the commit at HEAD
    working_tree ///< as they lie there, but for what .gitignore names
};

/// A project in a folder of this machine.
struct LocalProject {
    pipeline::Context context;
    pipeline::FileReader read;
    pipeline::FileLister list;
    /// Brings the files, and the repository where there is one, to where the job's project lies.
    std::function<job::Sources(const job::Run&)> sources;
};

/// The project that `folder` lies in. `path`: "group/project", as GitLab calls it; empty: the folder's name below
/// "local". Throws CommandError (configuration) where there is no repository and Files::commit is wanted.
LocalProject open_project(const std::filesystem::path& folder, const std::string& path, Files files);

} // namespace ysnp::cli
