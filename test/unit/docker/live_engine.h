#pragma once
#include "docker/container.h"
#include "docker/engine.h"
#include "docker/labels.h"
#include "net/http.h"
#include "test/double/run.h"
#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace ysnp::docker {

inline std::string read_file(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// An uncompressed archive of one folder, by the system's tar.
inline std::string archive_of(const std::filesystem::path& folder)
{
    const test::TempDir dir;
    const auto path = dir / "x.tar";
    const std::string command = "tar -C '" + folder.string() + "' --format=ustar -cf '" + path.string() + "' .";
    if (std::system(command.c_str()) != 0) throw std::runtime_error("tar failed");
    return read_file(path);
}

class OnePiece final : public net::BodySource {
public:
    explicit OnePiece(std::string bytes) : bytes_(std::move(bytes)) {}
    std::optional<std::uint64_t> size() const override { return std::nullopt; }
    boost::asio::awaitable<std::string_view> next() override
    {
        co_return std::exchange(done_, true) ? std::string_view() : std::string_view(bytes_);
    }

private:
    std::string bytes_;
    bool done_ = false;
};

/// The Engine of this machine ($DOCKER_HOST, else /var/run/docker.sock) with a busybox image of our own; skips the
/// test, loudly, where none answers. What the test makes carries `owner`'s labels and is removed at the end.
class LiveEngine {
public:
    LiveEngine() : socket(socket_path()), engine(context.get_executor(), {socket})
    {
        if (!std::filesystem::exists(socket)) SKIP("no Docker Engine at " + socket);
        try {
            run(engine.negotiate(in(std::chrono::seconds(20))));
        } catch (const EngineError& error) {
            SKIP(std::string("no usable Docker Engine: ") + error.what());
        }
        import_busybox();
    }

    template <class T>
    T run(boost::asio::awaitable<T> task)
    {
        return test::run(context, std::move(task));
    }

    ContainerSpec spec(std::vector<std::string> command)
    {
        ContainerSpec result;
        result.name = random_name("unit");
        result.image = image;
        result.command = std::move(command);
        result.input = Input::once;
        result.labels = owner_labels(owner);
        result.host = host_settings(Options{});
        return result;
    }

    boost::asio::io_context context{1};
    std::string socket;
    Engine engine;
    ImageId image;
    Owner owner{"unit", random_name("system")};

private:
    static std::string socket_path()
    {
        const char* host = std::getenv("DOCKER_HOST");
        const std::string text = host ? host : "";
        return text.starts_with("unix://") ? text.substr(7) : "/var/run/docker.sock";
    }

    void import_busybox()
    {
        const std::string name = "ysnp-unit-test:1";
        auto found = run(engine.inspect_image(name, soon()));
        if (!found) {
            const test::TempDir root;
            const std::string where = root.path().string();
            const std::string command =
                "mkdir -p " + where + "/bin " + where + "/tmp " + where + "/etc && cp /bin/busybox " + where +
                "/bin/ && for t in sh cat sleep head id echo dd true ls; do ln -s busybox " + where + "/bin/$t; done";
            if (!std::filesystem::exists("/bin/busybox") || std::system(command.c_str()) != 0)
                SKIP("no /bin/busybox to make a test image from (package busybox-static)");
            net::ClientOptions options;
            options.origin = {"unix", socket, 0};
            net::Client client(context.get_executor(), options);
            net::Request request;
            request.method = "POST";
            request.target = "/v1.41/images/create?fromSrc=-&repo=ysnp-unit-test&tag=1";
            request.body = archive_of(root.path());
            const net::Response response = run(client.send(std::move(request), soon()));
            REQUIRE(response.ok());
            found = run(engine.inspect_image(name, soon()));
        }
        REQUIRE(found);
        image = found->id;
    }

    static Deadline soon() { return in(std::chrono::seconds(60)); }
};

} // namespace ysnp::docker
