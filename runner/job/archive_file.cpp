#include "runner/job/archive_file.h"
#include "net/failure.h"

namespace ysnp::job {
namespace {

constexpr std::size_t block = 512;
constexpr std::size_t size_field = 124, size_width = 12, type_field = 156;

/// Keeps what fits and forgets the rest: the reader is bounded, whatever the Engine sends.
class BoundedSink final : public net::BodySink {
public:
    explicit BoundedSink(std::size_t most) : most_(most) {}
    boost::asio::awaitable<void> write(std::string_view bytes) override
    {
        kept_ += bytes.substr(0, most_ - kept_.size());
        co_return;
    }
    const std::string& kept() const noexcept { return kept_; }

private:
    std::size_t most_;
    std::string kept_;
};

std::optional<std::size_t> octal(std::string_view field)
{
    std::size_t value = 0;
    bool any = false;
    for (const char digit : field) {
        if (digit == ' ' || digit == '\0') {
            if (any) break;
            continue;
        }
        if (digit < '0' || digit > '7') return std::nullopt;
        value = value * 8 + static_cast<std::size_t>(digit - '0');
        any = true;
    }
    return any ? std::optional(value) : std::nullopt;
}

} // namespace

std::string first_file(std::string_view archive)
{
    if (archive.size() < block) return {};
    const char type = archive[type_field];
    const std::optional<std::size_t> size = octal(archive.substr(size_field, size_width));
    if ((type != '0' && type != '\0') || !size || *size > archive.size() - block) return {};
    return std::string(archive.substr(block, *size));
}

boost::asio::awaitable<std::string> read_file(docker::Engine& engine, docker::ContainerId container, std::string path,
                                              Deadline until, std::size_t most)
{
    BoundedSink sink(most + 3 * block);
    try {
        co_await engine.get_archive(std::move(container), std::move(path), sink, until);
    } catch (const std::system_error& error) {
        if (error.code() != Failure::missing) throw;
        co_return std::string();
    }
    co_return first_file(sink.kept());
}

} // namespace ysnp::job
