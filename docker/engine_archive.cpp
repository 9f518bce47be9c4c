#include "docker/engine.h"
#include "docker/engine_impl.h"
#include "docker/tar_guard.h"
#include "net/url.h"

namespace ysnp::docker {

namespace asio = boost::asio;

namespace {

Ask archive_call(const char* method, const ContainerId& container, const std::string& path)
{
    return {.method = method,
            .path = "/containers/" + segment(container.value) + "/archive?path=" + net::percent_encode(path),
            .name = std::string(method) + " /containers/archive"};
}

} // namespace

/// Counted before its event can come; one that fails has none.
asio::awaitable<void> Engine::Impl::archive(const ContainerId& container, Ask call, Deadline until, net::BodySink* sink)
{
    ++archive_calls[container];
    try {
        const net::Response response = co_await ask(std::move(call), until, sink);
        (void)response;
    } catch (const EngineError& error) {
        if (error.status() >= 400) --archive_calls[container];
        throw;
    }
}

asio::awaitable<void> Engine::put_archive(ContainerId container, std::string path,
                                          std::function<std::unique_ptr<net::BodySource>()> tar, Deadline until)
{
    impl_->expect_unstarted(container, "PUT /containers/archive");
    Ask ask = archive_call("PUT", container, path);
    ask.stream = [tar = std::move(tar)] { return std::make_unique<TarGuard>(tar()); };
    co_await impl_->archive(container, std::move(ask), until, nullptr);
}

asio::awaitable<void> Engine::get_archive(ContainerId container, std::string path, net::BodySink& tar, Deadline until)
{
    impl_->expect_unstarted(container, "GET /containers/archive");
    Ask ask = archive_call("GET", container, path);
    co_await impl_->archive(container, std::move(ask), until, &tar);
}

unsigned Engine::archive_calls(const ContainerId& container) const
{
    const auto found = impl_->archive_calls.find(container);
    return found == impl_->archive_calls.end() ? 0 : found->second;
}

} // namespace ysnp::docker
