#pragma once
#include "runner/git/oid.h"
#include <map>
#include <string>
#include <vector>

namespace ysnp::git {

/// A ref of the job's repository.
using Refs = std::map<std::string, Oid>;

/// .git/config: the origin without credentials, and what keeps `git` quick and quiet inside a job.
std::string config_file(const std::string& origin_url);
/// .git/packed-refs, sorted; git finds peeled values by itself.
std::string packed_refs_file(const Refs& refs);
/// .git/shallow.
std::string shallow_file(const std::vector<Oid>& commits);
/// .git/HEAD: detached at the commit.
std::string detached_head_file(const Oid& commit);
/// .git/HEAD where nothing is checked out: a branch that does not exist.
std::string unborn_head_file();

} // namespace ysnp::git
