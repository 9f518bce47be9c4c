#include "net/wait.h"
#include "runner/tar/tar_writer.h"
#include "test/unit/agent/with_agent.h"
#include <boost/asio/this_coro.hpp>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace ysnp::agent;
using namespace ysnp::agent::test;
using ysnp::Failure;
using ysnp::in;
namespace asio = boost::asio;
namespace fs = std::filesystem;
namespace tar = ysnp::tar;
using std::chrono::seconds;

namespace {

class Bytes : public ysnp::net::BodySource {
public:
    explicit Bytes(std::string bytes, std::size_t piece = 100'000) : bytes_(std::move(bytes)), piece_(piece) {}
    std::optional<std::uint64_t> size() const override { return bytes_.size(); }
    asio::awaitable<std::string_view> next() override
    {
        const std::string_view part = std::string_view(bytes_).substr(at_, piece_);
        at_ += part.size();
        co_return part;
    }

private:
    std::string bytes_;
    std::size_t piece_, at_ = 0;
};

/// Endless, or failing after some bytes.
class Broken : public Bytes {
public:
    using Bytes::Bytes;
    asio::awaitable<std::string_view> next() override
    {
        if (++calls_ > 3) throw std::system_error(std::make_error_code(std::errc::io_error), "the git worker died");
        co_return co_await Bytes::next();
    }

private:
    int calls_ = 0;
};

struct Archive {
    Archive& add(tar::Entry entry, std::string_view content = {})
    {
        if (entry.type == tar::Type::file)
            writer.file(entry, content);
        else
            writer.begin(entry);
        return *this;
    }
    std::string end()
    {
        writer.finish();
        return bytes;
    }
    std::string bytes;
    tar::Writer writer{[this](std::string_view piece) { bytes += piece; }};
};

tar::Entry file(std::string path, unsigned mode = 0644) { return {.path = std::move(path), .mode = mode}; }
tar::Entry folder(std::string path, unsigned mode = 0755)
{
    return {.path = std::move(path), .type = tar::Type::directory, .mode = mode};
}
tar::Entry symlink_to(std::string path, std::string to)
{
    return {.path = std::move(path), .type = tar::Type::symlink, .mode = 0777, .link_target = std::move(to)};
}

std::string content(const fs::path& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

struct Unpacked : WithAgent {
    fs::path tree = process.scratch() / "builds" / "group" / "project";
    UnpackResult unpack(std::string bytes, std::size_t piece = 100'000, UnpackOptions options = {})
    {
        Bytes source(std::move(bytes), piece);
        return drive(session->unpack(tree.string(), source, options, in(seconds(50))));
    }
};

} // namespace

TEST_CASE("sources arrive with their names, modes, links and bytes")
{
    Unpacked agent;
    const std::string long_name = std::string(90, 'd') + "/" + std::string(200, 'f') + "\xc3\xa9\n";
    const std::string bytes = Archive()
                                  .add(folder("src", 0777))
                                  .add(file("src/main.c", 0666), "int main;")
                                  .add(file("run.sh", 0777), "#!/bin/sh\n")
                                  .add(symlink_to("latest", "../outside/is/allowed/as/a/target"))
                                  .add(file("made/by/the/way/x"), std::string(100'001, 'x'))
                                  .add(file("empty"))
                                  .add(file(long_name), "long")
                                  .end();
    const std::size_t piece = GENERATE(1u, 511u, 100'000u);
    if (piece == 1) agent.unpack(std::string(1024, '\0'));
    const UnpackResult result = agent.unpack(bytes, piece == 1 ? 37 : piece);
    INFO(result.message());
    REQUIRE(result.ok());
    CHECK(result.bytes == bytes.size());
    CHECK(result.files == 6);
    CHECK(mode_of(agent.tree / "src") == 0777);
    CHECK(mode_of(agent.tree / "src/main.c") == 0666);
    CHECK(mode_of(agent.tree / "run.sh") == 0777);
    CHECK(content(agent.tree / "src/main.c") == "int main;");
    CHECK(fs::read_symlink(agent.tree / "latest") == "../outside/is/allowed/as/a/target");
    CHECK(content(agent.tree / "made/by/the/way/x") == std::string(100'001, 'x'));
    CHECK(content(agent.tree / long_name) == "long");
    CHECK(fs::file_size(agent.tree / "empty") == 0);
}

TEST_CASE("what is unpacked by a user belongs to the user, with no set-uid bit")
{
    AgentProcess::Options options;
    options.uid = 1000;
    WithAgent agent(options);
    Bytes source(Archive().add(file("a", 04755), "x").end());
    const fs::path tree = agent.process.scratch() / "t";
    REQUIRE(agent.drive(agent.session->unpack(tree.string(), source, {}, in(seconds(10)))).ok());
    CHECK(mode_of(tree / "a") == 0755);
    struct stat is {};
    stat((tree / "a").c_str(), &is);
    CHECK(is.st_uid == 1000);
}

TEST_CASE("no symlink leads out of the tree")
{
    Unpacked agent;
    const fs::path outside = agent.process.scratch() / "outside";
    fs::create_directory(outside);
    const auto [bytes, error] = GENERATE_COPY(table<std::string, int>({
        {Archive().add(symlink_to("out", outside.string())).add(file("out/evil"), "x").end(), ELOOP},
        {Archive().add(symlink_to("out", "../../../outside")).add(folder("out/evil")).end(), ELOOP},
        {Archive().add(symlink_to("out", outside.string())).add(folder("out")).end(), ELOOP},
        {Archive().add(folder("d")).add(symlink_to("d/e", "..")).add(file("d/e/../../../../outside/evil"), "x").end(),
         ELOOP},
        {Archive().add(file("../../../outside/evil"), "x").end(), EINVAL},
        {Archive().add(file("a/../../../../outside/evil"), "x").end(), EINVAL},
        {Archive().add(file(outside.string() + "/evil"), "x").end(), EINVAL},
        {Archive().add(file(".."), "x").end(), EINVAL},
    }));
    const UnpackResult result = agent.unpack(bytes);
    CHECK(result.error == error);
    CHECK(fs::is_empty(outside));
    CHECK(agent.run(shell_stage("echo alive")).output == "alive\n");
}

TEST_CASE("a file replaces what is in its way, and a link is replaced, not written through")
{
    Unpacked agent;
    const fs::path victim = agent.process.scratch() / "victim";
    std::ofstream(victim) << "mine";
    const std::string bytes = Archive().add(symlink_to("f", victim.string())).add(file("f"), "new").end();
    REQUIRE(agent.unpack(bytes).ok());
    CHECK(content(victim) == "mine");
    CHECK(content(agent.tree / "f") == "new");
    REQUIRE(agent.unpack(bytes).ok());
}

TEST_CASE("an archive that is cut, broken or of a kind that is refused is an error with a path")
{
    Unpacked agent;
    const std::string good = Archive().add(file("a"), std::string(2000, 'a')).end();
    CHECK(agent.unpack(good.substr(0, 1500)).error == EBADMSG);
    CHECK(agent.unpack(good.substr(0, good.size() - 1024)).error == EBADMSG);
    CHECK(agent.unpack("").error == EBADMSG);
    CHECK(agent.unpack(std::string(512, 'x')).error == EBADMSG);
    std::string checksum = good;
    checksum[0] = 'b';
    CHECK(agent.unpack(checksum).error == EBADMSG);
    const char kind = GENERATE('1', '3', '4', '6');
    std::string device = tar::header(file("dev"));
    device[156] = kind;
    const unsigned sum = [&] {
        unsigned total = 0;
        for (std::size_t i = 0; i < 512; ++i)
            total += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(device[i]);
        return total;
    }();
    std::snprintf(device.data() + 148, 7, "%06o", sum);
    const UnpackResult refused = agent.unpack(device + std::string(1024, '\0'));
    CHECK(refused.error == ENOTSUP);
    CHECK(refused.path == "dev");
}

TEST_CASE("a full disk is told with the path while the rest still flows, and the agent lives on [AC-C03]")
{
    Unpacked agent;
    fs::create_directories(agent.tree);
    // A tmpfs of 1 MiB in the agent's mount namespace.
    const Outcome mounted = agent.run(shell_stage("mount -t tmpfs -o size=1m none " + agent.tree.string()));
    if (!mounted.result.succeeded()) SKIP("no mount: " + mounted.output);
    const std::string bytes =
        Archive().add(file("small"), "x").add(file("big"), std::string(30u << 20, 'b')).add(file("late"), "x").end();
    const UnpackResult result = agent.unpack(bytes);
    CHECK(result.error == ENOSPC);
    CHECK(result.message() == "big: No space left on device");
    CHECK(agent.run(shell_stage("echo alive; exit 2")).result.exit_code == 2);
    Stage stage = shell_stage("echo must not run");
    stage.files = {{(agent.tree / "F").string(), std::string(4u << 20, 'f'), 0600}};
    const Outcome full = agent.run(stage);
    CHECK(full.result.how == How::not_started);
    CHECK(full.result.error == ENOSPC);
}

TEST_CASE("a source that fails half way is told as it is, and the session goes on")
{
    Unpacked agent;
    Broken source(Archive().add(file("a"), std::string(5'000'000, 'a')).end(), 100'000);
    CHECK_THROWS_WITH_CODE(agent.drive(agent.session->unpack(agent.tree.string(), source, {}, in(seconds(10)))),
                           std::errc::io_error, "the git worker died");
    CHECK(agent.unpack(Archive().add(file("b"), "b").end()).ok());
    CHECK(content(agent.tree / "b") == "b");
}

TEST_CASE("times are kept only where that is asked for")
{
    Unpacked agent;
    tar::Entry old = file("old");
    old.mtime = 1'000'000'000;
    const std::string bytes = Archive().add(old, "x").end();
    REQUIRE(agent.unpack(bytes).ok());
    struct stat is {};
    stat((agent.tree / "old").c_str(), &is);
    CHECK(is.st_mtime > 1'500'000'000);
    REQUIRE(agent.unpack(bytes, 100'000, {.keep_times = true}).ok());
    stat((agent.tree / "old").c_str(), &is);
    CHECK(is.st_mtime == 1'000'000'000);
}

TEST_CASE("ten thousand files arrive quickly")
{
    Unpacked agent;
    Archive archive;
    for (int i = 0; i < 10'000; ++i)
        archive.add(file("d" + std::to_string(i / 100) + "/f" + std::to_string(i)), "content");
    const auto start = std::chrono::steady_clock::now();
    const UnpackResult result = agent.unpack(archive.end());
    CHECK(result.files == 10'000);
    CHECK(std::chrono::steady_clock::now() - start < seconds(10));
}
