#include "docker/engine_error.h"
#include "net/failure.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp;
using namespace ysnp::docker;
constexpr auto external = FailureReason::external;
constexpr auto configuration = FailureReason::configuration;
constexpr auto image_pull = FailureReason::image_pull;

TEST_CASE("a failed pull is classified by its text [DK053] [DK054] [DK055] [DK056] [FIN-18] [FIN-19]")
{
    CHECK(classify_pull("Get \"https://r/v2/\": dial tcp 127.0.0.1:1: connect: connection refused") == external);
    CHECK(classify_pull("dial tcp: lookup r: no such host") == external);
    CHECK(classify_pull("net/http: TLS handshake timeout") == external);
    CHECK(classify_pull("read: connection reset by peer") == external);
    CHECK(classify_pull("i/o timeout") == external);
    CHECK(classify_pull("toomanyrequests: You have reached your pull rate limit") == external);
    CHECK(classify_pull("received unexpected HTTP status: 503 Service Unavailable") == external);
    CHECK(classify_pull("unexpected EOF") == external);
    CHECK(classify_pull("Get \"https://r/v2/\": EOF") == external);
    CHECK(classify_pull("manifest for x:1 not found: manifest unknown: manifest unknown") == configuration);
    CHECK(classify_pull("pull access denied for x, repository does not exist or may require 'docker login'") ==
          configuration);
    CHECK(classify_pull("Head \"https://r\": no basic auth credentials") == configuration);
    CHECK(classify_pull("unauthorized: authentication required") == configuration);
    CHECK(classify_pull("no matching manifest for linux/arm64 in the manifest list entries") == configuration);
    CHECK(classify_pull("filesystem layer verification failed for digest sha256:429502") == image_pull); // [DK060]
}

TEST_CASE("one status means different things for different calls [DK130] [DK133] [DK134] [DK135]")
{
    CHECK(classify(Call::create, 400, "invalid reference format") == configuration);
    CHECK(classify(Call::create, 404, "No such image: x") == FailureReason::system);
    CHECK(classify(Call::create, 404, "image with reference x was found but does not match the specified platform") ==
          configuration);
    CHECK(classify(Call::create, 500, "invalid --security-opt") == configuration);
    CHECK(classify(Call::create, 500, "EOF") == FailureReason::system);
    CHECK(classify(Call::start, 400, "exec: \"/nosuch\": stat /nosuch: no such file") == configuration);
    CHECK(classify(Call::start, 500, "unable to find user nobody2: no matching entries in passwd file") ==
          configuration);
    CHECK(classify(Call::start, 500, "sysctl \"net.x\" is not in a separate kernel namespace") == configuration);
    CHECK(classify(Call::start, 500, "error gathering device information while adding custom device") == configuration);
    CHECK(classify(Call::start, 500, "Decoding seccomp profile failed") == configuration);
    // privileged: true where the Engine has not the rights itself [DK148]
    CHECK(classify(Call::create, 400, "privileged mode is incompatible with user namespaces") == configuration);
    const std::string oci = "OCI runtime create failed: container_linux.go:380: starting container process caused: "
                            "apply caps: operation not permitted: unknown";
    CHECK(classify(Call::start, 500, oci) == configuration);
    CHECK(std::string(EngineError({}, "POST /containers/start", 500, oci, configuration).what()).find(oci) !=
          std::string::npos);
    CHECK(classify(Call::start, 500, "something broke") == FailureReason::system);
    CHECK(classify(Call::start, 404, "network x not found") == FailureReason::system);
    CHECK(classify(Call::start, 304, "") == FailureReason::system);
    CHECK(classify(Call::pull, 429, "slow down") == external);
    CHECK(classify(Call::pull, 0, "connection refused") == FailureReason::system); // the Engine's socket, no registry
    CHECK(classify(Call::other, 400, "x") == FailureReason::system);
}

TEST_CASE("reasons have GitLab's names")
{
    CHECK(to_string(configuration) == "runner_configuration_error");
    CHECK(to_string(external) == "runner_external_dependency_failure");
    CHECK(to_string(image_pull) == "image_pull_failure");
    CHECK(to_string(FailureReason::system) == "runner_system_failure");
}

TEST_CASE("an error holds call, status and the daemon's words on one bounded line")
{
    const EngineError error(http_status_code(409), "POST /x", 409, "a\r\nb\x1b" + std::string(5000, 'y'),
                            FailureReason::system);
    CHECK(error.code() == Failure::conflict);
    CHECK(error.message().size() < 2100);
    CHECK(error.message().starts_with("a  b y"));
    CHECK(std::string(error.what()).starts_with("POST /x: a  b y"));
    CHECK(std::string(error.what()).ends_with("... (HTTP 409)"));
    CHECK(std::string(EngineError(http_status_code(500), "GET /y", 500, "broken", external).what()) ==
          "GET /y: broken (HTTP 500)");
    CHECK(std::string(EngineError(make_error_code(Error::deadline_passed), "GET /y", 0, "", external).what()) ==
          "GET /y: " + make_error_code(Error::deadline_passed).message());
}
