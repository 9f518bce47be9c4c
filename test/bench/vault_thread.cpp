#include "test/bench/vault_thread.h"
#include "test/bench/usage.h"
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <future>

namespace ysnp::bench {

namespace asio = boost::asio;

VaultThread::VaultThread()
    : vault_(std::make_unique<test::FakeVault>(io_.get_executor())), thread_([this] {
          const auto until_stopped = asio::make_work_guard(io_);
          io_.run();
      })
{
}

VaultThread::~VaultThread()
{
    with([](test::FakeVault& vault) { vault.stop(); });
    io_.stop();
    thread_.join();
}

void VaultThread::with(const std::function<void(test::FakeVault&)>& call)
{
    std::promise<void> done;
    asio::post(io_, [&] {
        call(*vault_);
        done.set_value();
    });
    done.get_future().get();
}

double VaultThread::cpu_seconds()
{
    double seconds = 0;
    with([&seconds](test::FakeVault&) { seconds = own_cpu_seconds(Of::thread); });
    return seconds;
}

} // namespace ysnp::bench
