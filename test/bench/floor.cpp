#include "test/bench/floor.h"
#include "docker/labels.h"
#include "net/task_group.h"
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <stdexcept>

namespace ysnp::bench {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;

constexpr auto patience = 10min;

double since(std::chrono::steady_clock::time_point begin)
{
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

Floor::Floor(asio::any_io_executor executor, std::string socket_path, std::string image)
    : executor_(executor), engine_(executor, {.socket_path = std::move(socket_path)}), image_(std::move(image))
{
}

asio::awaitable<void> Floor::open()
{
    const auto found = co_await engine_.inspect_image("docker.io/" + image_, in(patience));
    if (!found) throw std::runtime_error("the Engine does not have the image " + image_);
    image_id_ = found->id;
    docker::NetworkSpec network;
    network.name = docker::random_name("bench");
    network_ = co_await engine_.create_network(std::move(network), in(patience));
}

asio::awaitable<void> Floor::close()
{
    if (network_.empty()) co_return;
    const docker::Removal removal = co_await engine_.remove_network(network_, in(patience));
    (void)removal;
}

docker::ContainerSpec Floor::spec(std::vector<std::string> command) const
{
    docker::ContainerSpec spec;
    spec.name = docker::random_name("bench");
    spec.image = image_id_;
    spec.command = std::move(command);
    spec.input = docker::Input::none;
    spec.network = docker::JoinNetwork{network_.value, {}};
    return spec;
}

static asio::awaitable<void> start_when(docker::Engine& engine, docker::ContainerId id, Event& registered)
{
    co_await registered.wait(in(patience));
    co_await engine.start(id, in(patience));
}

asio::awaitable<void> Floor::run_one()
{
    const docker::Created created = co_await engine_.create(spec({"true"}), in(patience));
    Event registered(executor_);
    const docker::Exit exit =
        co_await (engine_.wait(created.id, registered, in(patience)) && start_when(engine_, created.id, registered));
    if (exit.code != 0) throw std::runtime_error("a bare container ended with " + std::to_string(exit.code));
    const docker::Removal removal = co_await engine_.remove(created.id, in(patience));
    (void)removal;
}

asio::awaitable<double> Floor::cycle()
{
    const auto begin = std::chrono::steady_clock::now();
    co_await run_one();
    co_return since(begin);
}

asio::awaitable<void> Floor::run_some(int& left)
{
    while (left-- > 0) co_await run_one();
}

asio::awaitable<double> Floor::rate(int count, int at_once)
{
    TaskGroup workers(executor_);
    int left = count;
    const auto begin = std::chrono::steady_clock::now();
    for (int index = 0; index < at_once; ++index) workers.spawn(run_some(left));
    co_await workers.join();
    co_return count / (since(begin) / 1000);
}

static asio::awaitable<std::uint64_t> start_and_read(docker::Engine& engine, docker::ContainerId id,
                                                     docker::AttachedStream& output, Event& registered)
{
    co_await start_when(engine, id, registered);
    std::uint64_t bytes = 0;
    for (;;) {
        const docker::Piece piece = co_await output.read(in(patience));
        if (piece.bytes.empty()) co_return bytes;
        bytes += piece.bytes.size();
    }
}

asio::awaitable<Floor::Delivery> Floor::delivery(std::string command)
{
    const auto begin = std::chrono::steady_clock::now();
    const docker::Created created = co_await engine_.create(spec({"/bin/sh", "-c", std::move(command)}), in(patience));
    docker::AttachedStream output = co_await engine_.attach(created.id, in(patience));
    Event registered(executor_);
    const auto both = co_await (engine_.wait(created.id, registered, in(patience)) &&
                                start_and_read(engine_, created.id, output, registered));
    const docker::Removal removal = co_await engine_.remove(created.id, in(patience));
    (void)removal;
    co_return Delivery{since(begin), std::get<1>(both)};
}

} // namespace ysnp::bench
