#include "docker/shared_pulls.h"
#include "net/failure.h"
#include "net/wait.h"
#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>

namespace ysnp::docker {

namespace asio = boost::asio;

struct SharedPulls::Pull {
    Pull(asio::any_io_executor executor, Reference what, std::string for_platform, const RegistryAuth& by)
        : image(std::move(what)), platform(std::move(for_platform)), auth{by.header.copy(), by.source}, done(executor),
          abandoned(executor)
    {
    }
    Reference image;
    std::string platform;
    RegistryAuth auth;
    Event done, abandoned;
    int interested = 0;
    PullResult result;
    std::exception_ptr failure;
};

namespace {

/// Never throws: of two operations side by side, one that throws does not stop the other.
asio::awaitable<std::exception_ptr> keep_result(asio::awaitable<PullResult> pull, PullResult& into)
{
    try {
        into = co_await std::move(pull);
    } catch (...) {
        co_return std::current_exception();
    }
    co_return nullptr;
}

} // namespace

SharedPulls::SharedPulls(asio::any_io_executor executor, Engine& engine)
    : executor_(executor), engine_(engine), tasks_(executor)
{
}

SharedPulls::~SharedPulls() = default;

std::shared_ptr<SharedPulls::Pull> SharedPulls::join(Reference image, std::string platform, const RegistryAuth& auth)
{
    const auto found = std::find_if(running_.begin(), running_.end(), [&](const auto& pull) {
        return pull->image == image && pull->platform == platform && pull->auth.header.reveal() == auth.header.reveal();
    });
    if (found != running_.end()) return *found;
    auto pull = std::make_shared<Pull>(executor_, std::move(image), std::move(platform), auth);
    running_.push_back(pull);
    tasks_.spawn(run(pull));
    return pull;
}

void SharedPulls::leave(const std::shared_ptr<Pull>& pull) noexcept
{
    if (--pull->interested > 0) return;
    running_.remove(pull); // nobody may join a pull that is being cancelled
    pull->abandoned.set();
}

asio::awaitable<void> SharedPulls::run(std::shared_ptr<Pull> pull)
{
    using namespace asio::experimental::awaitable_operators;
    try {
        auto pulling =
            keep_result(engine_.pull_image(pull->image, pull->platform, pull->auth, {}, never()), pull->result);
        auto waiting = pull->abandoned.wait(never());
        const auto first = co_await (std::move(pulling) || std::move(waiting));
        if (first.index() == 0) pull->failure = std::get<0>(first);
    } catch (...) {
        pull->failure = std::current_exception();
    }
    running_.remove(pull);
    pull->done.set();
}

asio::awaitable<PullResult> SharedPulls::pull(Reference image, std::string platform, const RegistryAuth& auth,
                                              Deadline until)
{
    const auto pull = join(std::move(image), std::move(platform), auth);
    ++pull->interested;
    const std::unique_ptr<Pull, std::function<void(Pull*)>> interest(pull.get(), [&](Pull*) { leave(pull); });
    const bool done = co_await pull->done.wait(until);
    if (!done)
        throw EngineError(make_error_code(Error::deadline_passed), "pull of " + pull->image.to_string(), 0,
                          "the time for it was over", FailureReason::external);
    if (pull->failure) std::rethrow_exception(pull->failure);
    co_return pull->result;
}

asio::awaitable<void> SharedPulls::stop()
{
    tasks_.cancel();
    co_await tasks_.join();
}

} // namespace ysnp::docker
