#include "docker/engine.h"
#include "docker/engine_impl.h"
#include "docker/objects_json.h"
#include "docker/pull_stream.h"
#include "docker/reply_json.h"
#include "net/failure.h"
#include "net/url.h"
#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>

namespace ysnp::docker {

namespace asio = boost::asio;

namespace {

class PullSink final : public net::BodySink {
public:
    explicit PullSink(PullStream& stream) : stream_(stream) {}
    void begin(unsigned) override { ++pieces; }
    asio::awaitable<void> write(std::string_view bytes) override
    {
        ++pieces;
        stream_.feed(bytes);
        co_return;
    }
    std::uint64_t pieces = 0;

private:
    PullStream& stream_;
};

/// Returns once nothing came for `idle`.
asio::awaitable<void> until_silent(const PullSink& sink, std::chrono::seconds idle)
{
    for (;;) {
        const std::uint64_t seen = sink.pieces;
        co_await sleep_until(in(idle));
        if (sink.pieces == seen) co_return;
    }
}

/// Keeps what `call` throws: of two operations side by side, one that throws does not stop the other.
asio::awaitable<std::exception_ptr> outcome(asio::awaitable<net::Response> call)
{
    try {
        const net::Response response = co_await std::move(call);
        (void)response;
    } catch (...) {
        co_return std::current_exception();
    }
    co_return nullptr;
}

/// Image names go into a path as they are: slashes stay, nothing else that a path or query could mean is let through.
std::string image_path(std::string_view name)
{
    const bool good =
        !name.empty() && name.size() <= 512 && name.find("..") == std::string_view::npos &&
        std::all_of(name.begin(), name.end(), [](unsigned char c) {
            return std::isalnum(c) || std::string_view("._-/:@").find(static_cast<char>(c)) != std::string_view::npos;
        });
    if (!good)
        throw configuration_error("image", "\"" + std::string(name.substr(0, 100)) + "\" is not an image's name");
    return std::string(name);
}

} // namespace

asio::awaitable<std::optional<ImageInfo>> Engine::inspect_image(std::string name, Deadline until)
{
    Ask ask{.method = "GET", .path = "/images/" + image_path(name) + "/json", .answers = {404}};
    const net::Response response = co_await impl_->ask(std::move(ask), until);
    if (response.status == 404) co_return std::nullopt;
    co_return parse_image(response.body);
}

asio::awaitable<PullResult> Engine::pull_image(Reference image, std::string platform, const RegistryAuth& auth,
                                               std::function<void(const PullProgress&)> progress, Deadline until)
{
    using namespace asio::experimental::awaitable_operators;
    std::string path = "/images/create?fromImage=" + net::percent_encode(image.repository()) +
                       "&tag=" + net::percent_encode(image.digest.empty() ? image.tag : image.digest);
    if (!platform.empty()) path += "&platform=" + net::percent_encode(platform);
    const std::string call = "pull of " + image.to_string();
    Ask ask{.method = "POST", .path = path, .kind = Call::pull, .name = call, .registry_auth = &auth.header};

    PullStream stream(std::move(progress));
    PullSink sink(stream);
    auto pulling = outcome(impl_->ask(std::move(ask), until, &sink));
    auto watching = until_silent(sink, impl_->options.pull_idle);
    const auto first = co_await (std::move(pulling) || std::move(watching));
    if (first.index() == 1)
        throw EngineError(make_error_code(Error::deadline_passed), call, 0,
                          "nothing came for " + std::to_string(impl_->options.pull_idle.count()) + " s",
                          FailureReason::external);
    if (std::get<0>(first)) std::rethrow_exception(std::get<0>(first));
    stream.finish();
    if (!stream.error().empty())
        throw EngineError(make_error_code(Error::malformed_reply), call, 200, stream.error(),
                          classify_pull(stream.error()));
    co_return stream.result();
}

asio::awaitable<std::string> Engine::resolve_in_registry(Reference image, const RegistryAuth& auth, Deadline until)
{
    Ask ask{.method = "GET",
            .path = "/distribution/" + image_path(image.to_string()) + "/json",
            .kind = Call::pull,
            .registry_auth = &auth.header};
    const net::Response response = co_await impl_->ask(std::move(ask), until);
    const auto reply = reply::parse("GET /distribution", response.body);
    std::string digest = reply::text(reply::member(reply, "Descriptor"), "digest");
    if (digest.empty()) throw protocol_error("GET /distribution", "the reply names no digest");
    co_return digest;
}

} // namespace ysnp::docker
