#include "test/double/run.h"
#include <boost/asio/co_spawn.hpp>
#include <cerrno>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <system_error>

namespace ysnp::test {

void drive(boost::asio::io_context& context, boost::asio::awaitable<void> task, std::chrono::seconds limit)
{
    std::exception_ptr failure;
    bool done = false;
    const auto finish = [&](std::exception_ptr error) {
        failure = error;
        done = true;
        context.stop();
    };
    context.restart();
    boost::asio::co_spawn(context, std::move(task), finish);
    context.run_for(limit);
    if (!done) throw std::runtime_error("run(): the coroutine did not end in time");
    if (failure) std::rethrow_exception(failure);
}

TempDir::TempDir()
{
    std::string name = (std::filesystem::temp_directory_path() / "ysnp-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::system_error(errno, std::generic_category(), "mkdtemp");
    path_ = name;
}

TempDir::~TempDir()
{
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

} // namespace ysnp::test
