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

asio::awaitable<void> Engine::put_archive(ContainerId container, std::string path,
                                          std::function<std::unique_ptr<net::BodySource>()> tar, Deadline until)
{
    impl_->expect_unstarted(container, "PUT /containers/archive");
    Ask ask = archive_call("PUT", container, path);
    ask.stream = [tar = std::move(tar)] { return std::make_unique<TarGuard>(tar()); };
    const net::Response response = co_await impl_->ask(std::move(ask), until);
    (void)response;
}

asio::awaitable<void> Engine::get_archive(ContainerId container, std::string path, net::BodySink& tar, Deadline until)
{
    impl_->expect_unstarted(container, "GET /containers/archive");
    Ask ask = archive_call("GET", container, path);
    const net::Response response = co_await impl_->ask(std::move(ask), until, &tar);
    (void)response;
}

} // namespace ysnp::docker
