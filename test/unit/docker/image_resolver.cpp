#include "docker/image.h"
#include "fake_engine.h"
#include "net/failure.h"
#include "net/task_group.h"

using namespace ysnp;
using namespace ysnp::docker;
constexpr auto always = PullPolicy::always;
constexpr auto if_not_present = PullPolicy::if_not_present;

namespace {

const std::string digest = "sha256:" + std::string(64, '1');
const std::string image_id = "sha256:" + std::string(64, 'f');
const std::string inspect_tag = "GET /images/docker.io/library/alpine:latest/json";
const std::string inspect_digest = "GET /images/docker.io/library/alpine@" + digest + "/json";

Reply image(const std::string& with = digest, const char* arch = "amd64")
{
    return json(200, "{\"Id\":\"" + image_id + R"(","Os":"linux","Architecture":")" + arch +
                         R"(","RepoDigests":["alpine@)" + with + "\"]}");
}
Reply absent() { return json(404, R"({"message":"no such image"})"); }
Reply stream(std::string lines)
{
    return raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + test::chunk(lines) + test::chunk({}));
}
Reply pulled(const std::string& what = digest)
{
    return stream("{\"status\":\"Digest: " + what + "\"}\r\n{\"status\":\"Status: Image is up to date for x\"}\r\n");
}

std::string sign_of(Tone tone) { return tone == Tone::plain ? "" : tone == Tone::notice ? "(green) " : "WARNING: "; }

class Fixture {
public:
    FakeEngine fake;
    Engine engine = fake.engine(std::chrono::seconds(1));
    ImageResolver resolver{
        fake.context.get_executor(), engine, {3, std::chrono::milliseconds(1), std::chrono::milliseconds(3)}};
    Credentials credentials;
    std::vector<std::string> lines; // with a sign for their tone

    boost::asio::awaitable<ResolvedImage> call(ImageRequest request, Deadline until = soon())
    {
        return resolver.resolve(
            std::move(request), credentials,
            [this](Tone tone, std::string_view line) { lines.push_back(sign_of(tone) + std::string(line)); }, until);
    }
    ResolvedImage resolve(std::vector<PullPolicy> policies, std::string name = "alpine")
    {
        return fake.run(call({std::move(name), {}, std::move(policies)}));
    }
    EngineError refused(std::vector<PullPolicy> policies, std::string name = "alpine")
    {
        return error_of(fake, call({std::move(name), {}, std::move(policies)}));
    }
    std::size_t pulls() const { return fake.count("POST /images/create"); }
    ~Fixture() { fake.run(resolver.stop()); }
};

} // namespace

TEST_CASE("always pulls, looks the image up by the pulled digest and runs it by id [DK041] [DK051] [DK067] [AC-M21]")
{
    Fixture t;
    t.fake.on("POST /images/create", pulled());
    t.fake.on(inspect_digest, image());
    const ResolvedImage resolved = t.resolve({always});
    CHECK(resolved.info.id.value == image_id);
    CHECK(resolved.digest == digest);
    CHECK(t.fake.request("POST /images/create").target ==
          "/v1.41/images/create?fromImage=docker.io%2Flibrary%2Falpine&tag=latest");
    CHECK(t.lines == std::vector<std::string>{"Using effective pull policy of [always] for container alpine",
                                              "Pulling docker image alpine ...",
                                              "Using docker image " + image_id + " for alpine with digest alpine@" +
                                                  digest + " ..."});
}

TEST_CASE("never uses what is there and makes no pull call [DK045] [DK046]")
{
    Fixture t;
    t.fake.on(inspect_tag, image());
    CHECK(t.resolve({PullPolicy::never}).info.id.value == image_id);
    t.fake.replace(inspect_tag, absent());
    const EngineError error = t.refused({PullPolicy::never});
    CHECK(error.reason() == FailureReason::configuration);
    CHECK(t.pulls() == 0);
}

TEST_CASE("never names the platform of the image that is here where the job asks for another [DK070]")
{
    Fixture t;
    t.fake.on(inspect_tag, image());
    const EngineError error = error_of(t.fake, t.call({"alpine", "linux/arm64", {PullPolicy::never}}));
    CHECK(error.reason() == FailureReason::configuration);
    CHECK(std::string(error.what()).find("asked for platform linux/arm64, the image on this host is linux/amd64") !=
          std::string::npos);
    CHECK(t.pulls() == 0);
}

TEST_CASE("if-not-present uses the local image and says so, else pulls [JOB-121]")
{
    Fixture t;
    t.fake.on(inspect_tag, image());
    t.resolve({if_not_present});
    CHECK(t.lines.at(1) == "Using locally found image version due to \"if-not-present\" pull policy");
    CHECK(t.pulls() == 0);
    t.fake.replace(inspect_tag, absent());
    t.fake.on("POST /images/create", pulled());
    t.fake.on(inspect_digest, image());
    t.resolve({if_not_present});
    CHECK(t.pulls() == 1);
}

TEST_CASE("with the re-check on, a local image needs the registry's yes [DK044] [AC-M13]")
{
    Fixture t;
    t.fake.on(inspect_tag, image());
    const std::string distribution = "GET /distribution/docker.io/library/alpine@" + digest + "/json";
    t.fake.on(distribution, json(200, "{\"Descriptor\":{\"digest\":\"" + digest + "\"}}"));
    t.fake.on(distribution, json(500, R"({"message":"unauthorized: authentication required"})"));
    CHECK(t.fake.run(t.call({"alpine", {}, {if_not_present}, true})).digest == digest);
    const EngineError error = error_of(t.fake, t.call({"alpine", {}, {if_not_present}, true}));
    CHECK(error.reason() == FailureReason::configuration);
}

TEST_CASE("an unreachable registry is tried three times, then the next policy [DK042] [DK043] [DK055] [JOB-123]")
{
    Fixture t;
    t.fake.on("POST /images/create", json(500, R"({"message":"Get \"https://r/v2/\": dial tcp: connection refused"})"));
    t.fake.on(inspect_tag, image());
    CHECK(t.resolve({always, if_not_present}).info.id.value == image_id);
    CHECK(t.pulls() == 3);
    CHECK(t.lines.at(2).starts_with("WARNING: Failed to pull image with policy \"always\": "));
    CHECK(t.lines.at(3) == "(green) Attempt #2: Trying \"if-not-present\" pull policy");
    CHECK(t.lines.at(4) == "Using locally found image version due to \"if-not-present\" pull policy");
    CHECK(t.refused({always}).reason() == FailureReason::external);
    CHECK(t.pulls() == 6);
}

TEST_CASE("what the registry refuses is not asked again [DK053] [DK054]")
{
    Fixture t;
    t.fake.on("POST /images/create",
              json(404, R"({"message":"manifest for alpine:latest not found: manifest unknown"})"));
    CHECK(t.refused({always}).reason() == FailureReason::configuration);
    t.fake.replace("POST /images/create", json(500, R"({"message":"Get x: unauthorized: authentication required"})"));
    t.credentials.add_login("docker.io", "user", Secret("pa55word"), "job payload (GitLab Registry)");
    const EngineError error = t.refused({always});
    CHECK(error.reason() == FailureReason::configuration);
    CHECK(t.pulls() == 2);
    for (const std::string& line : t.lines) CHECK(line.find("pa55word") == std::string::npos); // [DK085]
    CHECK(std::string(error.what()).find("pa55word") == std::string::npos);
    CHECK(t.lines.at(5) == "Authenticating with credentials from job payload (GitLab Registry)");
}

TEST_CASE("duplicates of a policy are attempts of their own [DK049]")
{
    Fixture t;
    t.fake.on("POST /images/create", json(404, R"({"message":"manifest unknown"})"));
    t.fake.on("POST /images/create", pulled());
    t.fake.on(inspect_digest, image());
    CHECK(t.resolve({always, always}).digest == digest);
}

TEST_CASE("an error inside the stream fails the pull; a broken layer is fetched once more [DK057] [DK060]")
{
    Fixture t;
    t.fake.on("POST /images/create", stream(R"({"errorDetail":{"message":"filesystem layer verification failed"}})"));
    CHECK(t.refused({always}).reason() == FailureReason::image_pull);
    CHECK(t.pulls() == 2);
    t.fake.replace("POST /images/create", stream(R"({"errorDetail":{"message":"toomanyrequests: slow down"}})"));
    CHECK(t.refused({always}).reason() == FailureReason::external); // [DK056]
    CHECK(t.pulls() == 5);
}

TEST_CASE("a pull that ends without a confirmation is none, unless the digest is there [DK059]")
{
    Fixture t;
    t.fake.on("POST /images/create", stream("{\"status\":\"Downloading\"}\r\n"));
    t.fake.on(inspect_tag, image());
    CHECK(t.refused({always}).reason() == FailureReason::image_pull);
    t.fake.on(inspect_digest, image());
    CHECK(t.resolve({always}, "alpine@" + digest).digest == digest);
    t.fake.replace(inspect_digest, absent());
    CHECK(t.refused({always}, "alpine@" + digest).reason() == FailureReason::image_pull);
}

TEST_CASE("an image without the pulled or asked digest does not run [DK068] [AC-M14]")
{
    Fixture t;
    t.fake.on("POST /images/create", pulled());
    t.fake.on(inspect_digest, image("sha256:" + std::string(64, '9')));
    CHECK(t.refused({always}).reason() == FailureReason::image_pull);
    CHECK(t.refused({if_not_present}, "alpine@" + digest).reason() == FailureReason::image_pull);
    CHECK(t.pulls() == 1);
}

TEST_CASE("an image of another platform is refused with both [DK070] [AC-M11]")
{
    Fixture t;
    t.fake.on("POST /images/create", pulled());
    t.fake.on(inspect_digest, image());
    const EngineError error = error_of(t.fake, t.call({"alpine", "linux/arm64", {always}}));
    CHECK(error.reason() == FailureReason::configuration);
    CHECK(error.message().find("linux/arm64") != std::string::npos);
    CHECK(error.message().find("linux/amd64") != std::string::npos);
    CHECK(t.fake.request("POST /images/create").target.ends_with("&platform=linux%2Farm64"));
    CHECK(t.fake.run(t.call({"alpine", "linux/amd64", {always}})).digest == digest);
}

TEST_CASE("a pull that stalls is given up as the registry's fault [DK064]")
{
    Fixture t;
    t.fake.on("POST /images/create", silence());
    ImageResolver once(t.fake.context.get_executor(), t.engine, {1, {}, {}});
    const EngineError error = error_of(t.fake, once.resolve(
                                                   {"alpine", {}, {always}}, t.credentials, [](auto, auto) {}, soon()));
    CHECK(error.reason() == FailureReason::external);
    t.fake.run(once.stop());
}

TEST_CASE("jobs that want the same image share a pull, with other credentials they do not [DK065]")
{
    Fixture t;
    t.fake.on("POST /images/create",
              [](test::Peer& peer, const test::Recorded& request) -> boost::asio::awaitable<void> {
                  co_await sleep_until(in(std::chrono::milliseconds(100)));
                  co_await pulled()(peer, request);
              });
    t.fake.on(inspect_digest, image());
    Credentials other;
    other.add_login("docker.io", "u", Secret("p"), "job");
    int resolved = 0;
    TaskGroup group(t.fake.context.get_executor());
    const auto job = [](Fixture& from, const Credentials& by, int& count) -> boost::asio::awaitable<void> {
        const ResolvedImage image = co_await from.resolver.resolve(
            {"alpine", {}, {always}}, by, [](auto, auto) {}, soon());
        count += image.digest == digest;
    };
    for (int i = 0; i < 3; ++i) group.spawn(job(t, t.credentials, resolved));
    group.spawn(job(t, other, resolved));
    t.fake.run(group.join());
    CHECK(resolved == 4);
    CHECK(t.pulls() == 2);
}

TEST_CASE("a cancelled job leaves a shared pull to the others; the last one ends it [DK062]")
{
    FakeEngine fake;
    Engine engine = fake.engine();
    SharedPulls pulls(fake.context.get_executor(), engine);
    bool closed = false;
    fake.on("POST /images/create", [&](test::Peer& peer, const test::Recorded&) -> boost::asio::awaitable<void> {
        closed = co_await peer.closed(in(std::chrono::seconds(10)));
    });
    fake.run(engine.negotiate(soon()));
    const RegistryAuth anonymous;
    const auto job = [](SharedPulls& from, const RegistryAuth& auth) -> boost::asio::awaitable<void> {
        const PullResult result = co_await from.pull(parse_reference("alpine"), {}, auth, never());
        (void)result;
    };
    TaskGroup first(fake.context.get_executor()), second(fake.context.get_executor());
    first.spawn(job(pulls, anonymous));
    second.spawn(job(pulls, anonymous));
    fake.run(sleep_until(in(std::chrono::milliseconds(50))));
    first.cancel();
    fake.run(first.join());
    fake.run(sleep_until(in(std::chrono::milliseconds(20))));
    CHECK(pulls.running() == 1);
    CHECK(!closed);
    second.cancel();
    fake.run(second.join());
    fake.run(sleep_until(in(std::chrono::milliseconds(50))));
    CHECK(pulls.running() == 0);
    CHECK(closed);
    fake.run(pulls.stop());
}

TEST_CASE("a job's deadline ends its wait for a pull [DK063]")
{
    Fixture t;
    t.fake.on("POST /images/create", silence());
    t.fake.run(t.engine.negotiate(soon()));
    const EngineError error =
        error_of(t.fake, t.call({"alpine", {}, {always, if_not_present}}, in(std::chrono::milliseconds(50))));
    CHECK(error.code() == Failure::timed_out);
}
