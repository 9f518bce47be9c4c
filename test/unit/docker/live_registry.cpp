#include "docker/credentials.h"
#include "docker/image.h"
#include "live_engine.h"
#include "net/failure.h"
#include <csignal>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace ysnp;
using namespace ysnp::docker;

namespace {

constexpr const char* program = "/usr/bin/docker-registry";
constexpr const char* password = "?>~pass"; // in base64 this needs both characters in which the alphabets differ
constexpr const char* password_hash = "$2b$04$Y8cnSox7ET4nU2.svL85feFvKFzBv7pHuSj07Yo0aqx8QRVD6ql7e";

Deadline soon() { return in(std::chrono::seconds(60)); }

std::uint16_t free_port()
{
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bind(listener, reinterpret_cast<sockaddr*>(&address), size);
    getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    close(listener);
    return ntohs(address.sin_port);
}

/// A registry of our own that demands a password, as a child process; the Engine may use plain HTTP on loopback.
class LiveRegistry {
public:
    explicit LiveRegistry(LiveEngine& live) : live_(live), host("127.0.0.1:" + std::to_string(port_))
    {
        if (access(program, X_OK) != 0) SKIP(std::string("no ") + program + " (package docker-registry)");
        std::ofstream(dir_ / "htpasswd") << "user:" << password_hash << "\n";
        std::ofstream(dir_ / "config.yml")
            << "version: 0.1\nlog: { level: error }\nstorage: { filesystem: { rootdirectory: "
            << (dir_ / "data").string() << " } }\nhttp: { addr: \"" << host
            << "\" }\nauth: { htpasswd: { realm: unit, path: " << (dir_ / "htpasswd").string() << " } }\n";
        const std::string config = (dir_ / "config.yml").string();
        const int log = open((dir_ / "log").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        pid_ = fork();
        if (pid_ == 0) {
            dup2(log, STDOUT_FILENO);
            dup2(log, STDERR_FILENO);
            execl(program, program, "serve", config.c_str(), nullptr);
            _exit(127);
        }
        close(log);
        await_answer();
    }
    ~LiveRegistry()
    {
        if (pid_ <= 0) return;
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }

    Credentials login(const char* with) const
    {
        Credentials credentials;
        credentials.add_login(host, "user", Secret(with), "job payload (GitLab Registry)");
        return credentials;
    }

    /// Tags the test's image as `repository`:1 of this registry and pushes it; the local names go.
    void push(const std::string& repository)
    {
        const std::string name = host + "/" + repository;
        call("POST", "/images/ysnp-unit-test:1/tag?repo=" + name + "&tag=1", nullptr);
        const Credentials credentials = login(password);
        const RegistryAuth auth = credentials.for_image(parse_reference(name));
        const std::string log = call("POST", "/images/" + name + "/push?tag=1", &auth.header);
        INFO(log);
        REQUIRE(log.find("errorDetail") == std::string::npos);
        forget(repository);
    }
    /// Removes the local name.
    void forget(const std::string& repository) { call("DELETE", "/images/" + host + "/" + repository + ":1", nullptr); }

private:
    std::string call(const char* method, const std::string& path, const Secret* auth)
    {
        net::ClientOptions options;
        options.origin = {"unix", live_.socket, 0};
        net::Client client(live_.context.get_executor(), options);
        net::Request request;
        request.method = method;
        request.target = "/v1.41" + path;
        if (auth) request.credentials.emplace_back("X-Registry-Auth", auth);
        const net::Response response = live_.run(client.send(std::move(request), soon()));
        INFO(method << " " << path << ": " << response.body);
        REQUIRE(response.ok());
        return response.body;
    }
    void await_answer()
    {
        net::ClientOptions options;
        options.origin = {"http", "127.0.0.1", port_};
        net::Client client(live_.context.get_executor(), options);
        for (int i = 0; i < 400; ++i) {
            try {
                net::Request request;
                request.method = "GET";
                request.target = "/v2/";
                const net::Response response = live_.run(client.send(std::move(request), soon()));
                if (response.status == 401) return;
            } catch (const std::system_error&) { // not there yet
            }
            live_.run(sleep_until(in(std::chrono::milliseconds(25))));
        }
        FAIL("the registry did not start: " << read_file(dir_ / "log"));
    }

    LiveEngine& live_;
    test::TempDir dir_;
    std::uint16_t port_ = free_port();
    pid_t pid_ = -1;

public:
    std::string host;
};

class Resolving {
public:
    explicit Resolving(LiveEngine& live) : live_(live), resolver_(live.context.get_executor(), live.engine, {1, {}, {}})
    {
    }
    ~Resolving() { live_.run(resolver_.stop()); }

    ResolvedImage resolve(ImageRequest request, const Credentials& credentials)
    {
        return live_.run(resolver_.resolve(
            std::move(request), credentials, [this](Tone, std::string_view line) { lines += std::string(line) + "\n"; },
            soon()));
    }
    FailureReason refused(ImageRequest request, const Credentials& credentials)
    {
        try {
            resolve(std::move(request), credentials);
        } catch (const EngineError& error) {
            lines += error.what();
            return error.reason();
        }
        FAIL("it was resolved");
        throw std::logic_error("unreachable");
    }
    std::string lines;

private:
    LiveEngine& live_;
    ImageResolver resolver_;
};

constexpr auto always = PullPolicy::always;
constexpr auto if_not_present = PullPolicy::if_not_present;

} // namespace

TEST_CASE(
    "live: a private image is pulled with the job's password, by tag and by digest, and runs by id [DK041] [DK082]")
{
    LiveEngine live;
    LiveRegistry registry(live);
    registry.push("group/app");
    const std::string name = registry.host + "/group/app";
    const Credentials good = registry.login(password);
    Resolving job(live);

    const ResolvedImage by_tag = job.resolve({name + ":1", {}, {always}}, good);
    CHECK(by_tag.info.id == live.image);
    CHECK(by_tag.digest.starts_with("sha256:"));
    CHECK(job.lines.find("Authenticating with credentials from job payload (GitLab Registry)\n") !=
          std::string::npos); // [JOB-026]
    const ResolvedImage by_digest = job.resolve({name + "@" + by_tag.digest, {}, {always}}, good);
    CHECK(by_digest.info.id == live.image);
    CHECK(by_digest.digest == by_tag.digest);
    CHECK(job.lines.find(" with digest " + name + "@" + by_tag.digest + " ...") != std::string::npos);
    CHECK(job.lines.find(password) == std::string::npos); // [DK085]
    registry.forget("group/app");
}

TEST_CASE("live: without the right to an image its local copy does not run [DK044] [DK053] [DK054] [AC-M13] [AC-M14]")
{
    LiveEngine live;
    LiveRegistry registry(live);
    registry.push("group/secret");
    const std::string name = registry.host + "/group/secret";
    const Credentials good = registry.login(password), bad = registry.login("wr0ng-pass"), none;
    Resolving job(live);
    CHECK(job.refused({name + ":1", {}, {always}}, bad) == FailureReason::configuration);
    CHECK(job.refused({name + ":1", {}, {always}}, none) == FailureReason::configuration);
    CHECK(job.refused({name + ":2", {}, {always}}, good) == FailureReason::configuration);

    const ResolvedImage present = job.resolve({name + ":1", {}, {always}}, good);
    CHECK(job.resolve({name + ":1", {}, {if_not_present}, true}, good).digest == present.digest);
    CHECK(job.refused({name + ":1", {}, {if_not_present}, true}, bad) == FailureReason::configuration);
    CHECK(job.refused({name + ":1", {}, {if_not_present}, true}, none) == FailureReason::configuration);
    const std::string other = name + "@sha256:" + std::string(64, '0');
    CHECK(job.refused({other, {}, {if_not_present}}, good) == FailureReason::configuration);
    CHECK(job.lines.find("wr0ng-pass") == std::string::npos);
    registry.forget("group/secret");
}
