#include "test/integration/gate/registry.h"
#include "test/double/http_server.h"
#include "test/integration/engine.h"
#include "test/integration/loopback.h"
#include <csignal>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace ysnp::test {
namespace {

using namespace std::chrono_literals;

int free_port()
{
    boost::asio::io_context io;
    const HttpServer server(io.get_executor(), {});
    return server.port();
}

} // namespace

Registry& Registry::here()
{
    need_loopback();
    static Registry registry;
    return registry;
}

Registry::Registry() : port_(free_port())
{
    make_images();
    serve();
    approved_ = push("1", {"CMD [\"/bin/sh\"]"});
}

Registry::~Registry()
{
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

std::string Registry::repository() const { return "127.0.0.1:" + std::to_string(port_) + "/ysnp-test/gate"; }

void Registry::serve()
{
    const std::string config = (folder_ / "registry.yml").string(), log = (folder_ / "log").string();
    write_text(config,
               "version: 0.1\nlog: { accesslog: { disabled: true } }\nstorage: { filesystem: { rootdirectory: " +
                   (folder_ / "data").string() + " } }\nhttp: { addr: 127.0.0.1:" + std::to_string(port_) + " }\n");
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("fork failed");
    if (pid_ > 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL); // whatever ends the tests
    if (std::freopen(log.c_str(), "w", stdout) == nullptr || ::dup2(1, 2) < 0) ::_exit(126);
    ::execlp("docker-registry", "docker-registry", "serve", config.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
}

std::string Registry::push(const std::string& tag, const std::vector<std::string>& changes) const
{
    const std::string name = repository() + ":" + tag;
    make_image(name, changes);
    for (int attempt = 0;; ++attempt) {
        try {
            docker("push -q " + name);
            break;
        } catch (const std::exception&) {
            if (attempt == 50) throw;
            std::this_thread::sleep_for(100ms); // it may still be starting
        }
    }
    const std::string digests = docker("image inspect --format '{{join .RepoDigests \" \"}}' " + name);
    const auto at = digests.find(repository() + "@");
    if (at == std::string::npos) throw std::runtime_error(name + " has no digest: " + digests);
    return digests.substr(at, digests.find(' ', at) - at);
}

} // namespace ysnp::test
