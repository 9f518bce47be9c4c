#include "runner/git/http_transport.h"
#include "net/url.h"
#include "runner/git/blocking_http.h"
#include "runner/git/http_fault.h"
#include "runner/git/libgit2.h"
#include <git2/sys/errors.h>
#include <git2/sys/transport.h>
#include <openssl/evp.h>

namespace ysnp::git {
namespace {

constexpr std::string_view advertisement_type = "application/x-git-upload-pack-advertisement";
constexpr std::size_t shortest_refusal = 8;
constexpr std::string_view result_type = "application/x-git-upload-pack-result";

Secret basic_authorization(const Secret& token)
{
    std::string plain = "gitlab-ci-token:";
    plain.append(token.reveal());
    std::string encoded((plain.size() + 2) / 3 * 4 + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                        reinterpret_cast<const unsigned char*>(plain.data()), static_cast<int>(plain.size()));
    encoded.resize(static_cast<std::size_t>(size));
    std::string value = "Basic " + encoded;
    wipe(plain);
    wipe(encoded);
    return take_secret(value);
}

net::ClientOptions client_options(const SourceRequest& request, const net::Url& url)
{
    net::ClientOptions options;
    options.origin = url.origin;
    options.tls = request.tls;
    options.proxy = request.proxy;
    options.user_agent = request.user_agent;
    options.retry.attempts = 3;
    options.retry.longest_pause = std::chrono::seconds(10);
    return options;
}

void expect_type(const net::Response& response, std::string_view expected, const std::string& url)
{
    const std::string_view found = response.header("Content-Type");
    if (found == expected) return;
    throw SourceFault(SourceError::network, printable(url) + ": expected the media type " + std::string(expected) +
                                                ", found \"" + printable(found) + "\": this is not a git server");
}

struct Subtransport;

/// One request and its reply, in the shape that libgit2 reads.
struct Stream {
    git_smart_subtransport_stream parent{}; // first: libgit2 knows only this part
    HttpTransport::Impl* transport = nullptr;
    git_smart_service_t service{};
    bool started = false;
    std::string advertisement; // the list of refs comes whole
    std::size_t taken = 0;
    std::unique_ptr<Download> pack; // the reply of git-upload-pack is streamed
};

struct Subtransport {
    git_smart_subtransport parent{};
    HttpTransport::Impl* transport = nullptr;
};

} // namespace

struct HttpTransport::Impl {
    explicit Impl(const SourceRequest& request)
        : limits(request.limits), url(net::parse_url(request.repo_url)), http(client_options(request, url))
    {
        if (!request.token.empty()) authorization = basic_authorization(request.token);
    }

    net::Request prepare(std::string method, const std::string& suffix) const;
    std::size_t read(Stream& stream, std::span<char> into);
    void ask_for_refs(Stream& stream);
    std::size_t read_pack(Stream& stream, std::span<char> into);
    std::size_t read_start(Download& pack, std::span<char> into) const;
    template <class Work>
    int guarded(Work work) noexcept;

    Limits limits;
    net::Url url;
    BlockingHttp http;
    Secret authorization;
    std::uint64_t received = 0;
    git_transport* handle = nullptr;
    std::exception_ptr failure;
};

/// No exception may cross libgit2: it is kept, and libgit2 hears that something failed.
template <class Work>
int HttpTransport::Impl::guarded(Work work) noexcept
{
    try {
        try {
            work();
            return 0;
        } catch (const std::system_error& error) {
            throw fault_of_failure(error, url.to_string());
        }
    } catch (...) {
        if (!failure) failure = std::current_exception();
    }
    libgit2().error_set_str(GIT_ERROR_NET, "smart HTTP");
    return -1;
}

net::Request HttpTransport::Impl::prepare(std::string method, const std::string& suffix) const
{
    net::Request request;
    request.method = std::move(method);
    request.target = url.path + suffix;
    request.headers.push_back({"Pragma", "no-cache"});
    if (!authorization.empty()) request.credentials.emplace_back("Authorization", &authorization);
    return request;
}

void HttpTransport::Impl::ask_for_refs(Stream& stream)
{
    net::Request request = prepare("GET", "/info/refs?service=git-upload-pack");
    request.headers.push_back({"Accept", std::string(advertisement_type)});
    request.max_body = limits.advertised_bytes;
    net::Response response = http.get(std::move(request));
    if (response.status != 200) throw fault_of_status(response, url.to_string());
    expect_type(response, advertisement_type, url.to_string());
    stream.advertisement = std::move(response.body);
}

/// Reads on until it is known whether the server refuses: libgit2 would not tell what it says.
std::size_t HttpTransport::Impl::read_start(Download& pack, std::span<char> into) const
{
    std::size_t count = 0;
    const auto fill = [&](std::size_t size) {
        while (count < std::min(size, into.size())) {
            const std::size_t more = pack.read(into.subspan(count));
            if (more == 0) return;
            count += more;
        }
    };
    fill(shortest_refusal);
    const std::size_t length = refusal_length({into.data(), count});
    if (length == 0) return count;
    fill(length);
    throw fault_of_refusal({into.data(), std::min(count, length)}, url.to_string());
}

std::size_t HttpTransport::Impl::read_pack(Stream& stream, std::span<char> into)
{
    if (!stream.pack) return 0;
    const std::size_t count = stream.started ? stream.pack->read(into) : read_start(*stream.pack, into);
    stream.started = true;
    received += count;
    if (received > limits.pack_bytes)
        throw SourceFault(SourceError::limit, "the remote sent more than " + std::to_string(limits.pack_bytes) +
                                                  " bytes of objects. Use a smaller GIT_DEPTH, or raise the limit");
    if (count == 0) {
        if (stream.pack->response().status != 200) throw fault_of_status(stream.pack->response(), url.to_string());
        expect_type(stream.pack->response(), result_type, url.to_string());
    }
    return count;
}

std::size_t HttpTransport::Impl::read(Stream& stream, std::span<char> into)
{
    if (stream.service == GIT_SERVICE_UPLOADPACK) return read_pack(stream, into);
    if (!stream.started) ask_for_refs(stream);
    stream.started = true;
    const std::size_t count = std::min(into.size(), stream.advertisement.size() - stream.taken);
    std::memcpy(into.data(), stream.advertisement.data() + stream.taken, count);
    stream.taken += count;
    return count;
}

namespace {

Stream* self(git_smart_subtransport_stream* stream) { return reinterpret_cast<Stream*>(stream); }

int stream_read(git_smart_subtransport_stream* stream, char* buffer, size_t size, size_t* count)
{
    *count = 0;
    auto& transport = *self(stream)->transport;
    return transport.guarded([&] { *count = transport.read(*self(stream), {buffer, size}); });
}

int stream_write(git_smart_subtransport_stream* stream, const char* bytes, size_t size)
{
    auto& transport = *self(stream)->transport;
    return transport.guarded([&] {
        net::Request request = transport.prepare("POST", "/git-upload-pack");
        request.headers.push_back({"Content-Type", "application/x-git-upload-pack-request"});
        request.headers.push_back({"Accept", std::string(result_type)});
        request.body.assign(bytes, size);
        self(stream)->pack = std::make_unique<Download>(transport.http, std::move(request));
    });
}

void stream_free(git_smart_subtransport_stream* stream) { delete self(stream); }

int open_stream(git_smart_subtransport_stream** out, git_smart_subtransport* subtransport, const char*,
                git_smart_service_t service)
{
    auto& transport = *reinterpret_cast<Subtransport*>(subtransport)->transport;
    return transport.guarded([&] {
        if (service != GIT_SERVICE_UPLOADPACK_LS && service != GIT_SERVICE_UPLOADPACK)
            throw SourceFault(SourceError::host, "the git worker only fetches");
        auto stream = std::make_unique<Stream>();
        stream->parent = {subtransport, stream_read, stream_write, stream_free};
        stream->transport = &transport;
        stream->service = service;
        *out = &stream.release()->parent;
    });
}

int close_subtransport(git_smart_subtransport*) { return 0; }
void free_subtransport(git_smart_subtransport* subtransport) { delete reinterpret_cast<Subtransport*>(subtransport); }

int make_subtransport(git_smart_subtransport** out, git_transport* owner, void* param)
{
    auto* impl = static_cast<HttpTransport::Impl*>(param);
    return impl->guarded([&] {
        auto subtransport = std::make_unique<Subtransport>();
        subtransport->parent = {open_stream, close_subtransport, free_subtransport};
        subtransport->transport = impl;
        impl->handle = owner;
        *out = &subtransport.release()->parent;
    });
}

} // namespace

HttpTransport::HttpTransport(const SourceRequest& request) : impl_(std::make_unique<Impl>(request)) {}
HttpTransport::~HttpTransport() = default;

int HttpTransport::create(git_transport** out, git_remote* owner, void* param)
{
    git_smart_subtransport_definition definition{make_subtransport, 1, static_cast<HttpTransport*>(param)->impl_.get()};
    return libgit2().transport_smart(out, owner, &definition);
}

void HttpTransport::rethrow()
{
    if (impl_->failure) std::rethrow_exception(std::exchange(impl_->failure, nullptr));
}

void HttpTransport::remember(std::exception_ptr failure) noexcept
{
    if (!impl_->failure) impl_->failure = std::move(failure);
}

std::uint64_t HttpTransport::received_bytes() const noexcept { return impl_->received; }
git_transport* HttpTransport::handle() const noexcept { return impl_->handle; }

} // namespace ysnp::git
