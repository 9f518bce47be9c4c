#include "test/integration/jobs/checks.h"

namespace ysnp::test {
namespace {

/// Runs in the new image's root.
constexpr const char* copy_programs = R"sh({
bring() { mkdir -p .$(dirname $1) && cp -L $1 .$1; }
for program in /bin/bash /usr/bin/git /usr/lib/git-core/git-remote-http; do
  bring $program
  for library in $(ldd $program | grep -o '/[^ ]*'); do [ -e .$library ] || bring $library; done
done
cp bin/bash bin/root-bash && chmod 4755 bin/root-bash
})sh";

} // namespace

std::string filter_of(World& world)
{
    // The label holds the short token: what follows the prefix, cut (GitLab shows it as the runner's name).
    return "--filter label=ysnp.runner=" + world.gitlab().runner_tokens().front().substr(5, 9);
}

std::vector<std::string> remains_of(World& world)
{
    const std::string label = filter_of(world);
    std::vector<std::string> found;
    for (const char* what : {"ps -aq ", "volume ls -q ", "network ls -q "}) {
        const std::string names = docker(what + label);
        if (!names.empty()) found.push_back(what + names);
    }
    return found;
}

void make_bash_and_git()
{
    static const bool made = [] {
        make_image(bash_and_git, {"CMD [\"/bin/sh\"]"}, copy_programs);
        return true;
    }();
    (void)made;
}

} // namespace ysnp::test
