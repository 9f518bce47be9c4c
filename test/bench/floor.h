#pragma once
#include "docker/engine.h"
#include <string>
#include <vector>

namespace ysnp::bench {

/// What the bare Engine needs, on a user-defined network that exists and with the settings that jobs get.
class Floor {
public:
    Floor(boost::asio::any_io_executor executor, std::string socket_path, std::string image);

    /// Makes the network.
    boost::asio::awaitable<void> open();
    boost::asio::awaitable<void> close();
    /// Create, start, wait, remove one container that does nothing: milliseconds.
    boost::asio::awaitable<double> cycle();
    /// So many of them, so many at once: containers a second.
    boost::asio::awaitable<double> rate(int count, int at_once);
    struct Delivery {
        double ms = 0;
        std::uint64_t bytes = 0;
    };
    /// Create, attach, start, read all that the shell command prints, wait, remove.
    boost::asio::awaitable<Delivery> delivery(std::string command);

private:
    docker::ContainerSpec spec(std::vector<std::string> command) const;
    boost::asio::awaitable<void> run_one();
    boost::asio::awaitable<void> run_some(int& left);

    boost::asio::any_io_executor executor_;
    docker::Engine engine_;
    std::string image_;
    docker::ImageId image_id_;
    docker::NetworkId network_;
};

/// Milliseconds since then.
double since(std::chrono::steady_clock::time_point begin);

} // namespace ysnp::bench
