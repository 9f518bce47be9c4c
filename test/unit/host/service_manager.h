#pragma once
#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace ysnp::test {

/// The service manager's end of the socket.
class Manager {
public:
    explicit Manager(const std::string& path) : descriptor_(::socket(AF_UNIX, SOCK_DGRAM, 0))
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strcpy(address.sun_path, path.c_str());
        REQUIRE(::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    }
    ~Manager() { ::close(descriptor_); }
    std::string heard()
    {
        char buffer[4096];
        const ssize_t size = ::recv(descriptor_, buffer, sizeof buffer, MSG_DONTWAIT);
        return size < 0 ? std::string() : std::string(buffer, static_cast<std::size_t>(size));
    }

private:
    int descriptor_;
};

} // namespace ysnp::test
