#include "test/bench/site_files.h"
#include "test/double/process.h"
#include "test/integration/engine.h"
#include "test/integration/program.h"
#include <ctime>
#include <random>

namespace ysnp::bench {
namespace {

std::string day_in_a_month()
{
    const std::time_t then = std::time(nullptr) + 30 * 86400;
    char text[16];
    std::strftime(text, sizeof text, "%Y-%m-%d", std::gmtime(&then));
    return text;
}

std::string our_config(const std::filesystem::path& folder, const std::string& url, const std::string& socket,
                       const SiteOptions& options)
{
    const std::string below = folder.string();
    return "concurrent: " + std::to_string(options.concurrent) + "\ncheck_interval: 1s\nstate_dir: " + below +
           "/state\ngate: { mode: learn, learn_until: " + day_in_a_month() + ", store: file, file: { path: " + below +
           "/policy } }\naudit: { file: " + below + "/audit.jsonl }\nrunners:\n  - name: " + options.name +
           "\n    url: " + url + "\n    token: " + options.token + "\n    output_limit: " + options.output_limit +
           "\n    docker: { host: \"unix://" + socket + "\", image: \"" + test::busybox +
           "\", pull_policy: [if-not-present], network_mode: job }\n";
}

/// The keys of gitlab-runner's config.toml for the same job: https://docs.gitlab.com/runner/configuration/
std::string foreign_config(const std::string& url, const std::string& socket, const SiteOptions& options)
{
    return "concurrent = " + std::to_string(options.concurrent) + "\ncheck_interval = 1\n[[runners]]\n  name = \"" +
           options.name + "\"\n  url = \"" + url + "\"\n  token = \"" + options.token +
           "\"\n  executor = \"docker\"\n  output_limit = 4096\n  [runners.docker]\n" + "    host = \"unix://" +
           socket + "\"\n    image = \"" + test::busybox +
           "\"\n    pull_policy = [\"if-not-present\"]\n    network_mode = \"bridge\"\n";
}

} // namespace

std::string random_token()
{
    std::random_device random;
    std::string token = "glrt-";
    while (token.size() < 29) token += "abcdefghijkmnpqrstuvwxyz23456789"[random() % 32];
    return token;
}

std::filesystem::path runtime_folder(const std::filesystem::path& folder)
{
    return std::filesystem::path("/dev/shm") / folder.filename();
}

Launch launch_ours(const std::filesystem::path& folder, const std::string& url, const std::string& socket,
                   const SiteOptions& options)
{
    const std::filesystem::path config = folder / "config.yml", runtime = runtime_folder(folder);
    test::write_text(config, our_config(folder, url, socket, options));
    std::filesystem::create_directories(folder / "policy");
    std::filesystem::create_directories(runtime);
    std::filesystem::permissions(runtime, std::filesystem::perms::owner_all);
    return {{test::program().string(), "run", "-c", config.string()},
            {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/nonexistent", "RUNTIME_DIRECTORY=" + runtime.string()}};
}

Launch launch_foreign(const std::filesystem::path& folder, const std::string& url, const std::string& socket,
                      const SiteOptions& options)
{
    const std::filesystem::path config = folder / "config.toml";
    test::write_text(config, foreign_config(url, socket, options));
    return {{options.foreign, "run", "--config", config.string()},
            {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=" + folder.string()}};
}

std::filesystem::path make_repository(const std::filesystem::path& folder)
{
    const std::filesystem::path bare = folder / "hello.git", work = folder / "clone";
    test::git(folder, {"init", "-q", "--bare", "-b", "main", bare.string()});
    test::git(folder, {"init", "-q", "-b", "main", work.string()});
    for (const char* name : {"README.md", "src/a.c", "src/b.c", "doc/guide.md"})
        test::write_text(work / name, std::string(name) + "\n", 0644);
    test::git(work, {"add", "-A"});
    test::git(work, {"-c", "user.name=ada", "-c", "user.email=ada@example.com", "commit", "-q", "-m", "first"});
    test::git(work, {"push", "-q", bare.string(), "HEAD:main"});
    return bare;
}

} // namespace ysnp::bench
