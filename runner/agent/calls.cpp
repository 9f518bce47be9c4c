#include "runner/agent/calls.h"
#include "net/failure.h"

namespace ysnp::agent {

namespace asio = boost::asio;
using wire::Type;

namespace {

[[noreturn]] void too_late()
{
    throw std::system_error(make_error_code(Error::deadline_passed), "the job's agent did not answer in time");
}

} // namespace

void unexpected_answer(const wire::Header& header)
{
    throw std::system_error(make_error_code(Error::malformed_reply),
                            "the job's agent sent a frame of type " +
                                std::to_string(static_cast<unsigned>(header.type)) + " that nobody asked for");
}

bool Answer::answered(const wire::Header& header, std::string_view payload)
{
    if (header.type != type_ && (ignore_others_ || header.type == Type::goodbye)) return false;
    if (header.type != type_) unexpected_answer(header);
    PayloadReader fields(payload);
    read_(fields);
    return true;
}

asio::awaitable<void> Answer::output(const Item&) { co_return; }

asio::awaitable<void> Answer::send() { co_return; }

void Answer::on_time(Deadline) { too_late(); }

Unpacking::Unpacking(Conversation& talk, std::string directory, net::BodySource& archive, UnpackOptions options,
                     Deadline until)
    : talk_(talk), directory_(std::move(directory)), archive_(archive), options_(options), until_(until)
{
}

UnpackResult Unpacking::result() const
{
    if (source_error_) std::rethrow_exception(source_error_);
    return result_;
}

bool Unpacking::answered(const wire::Header& header, std::string_view payload)
{
    if (header.type == Type::goodbye) return false;
    if (header.type != Type::unpacked || header.operation != talk_.operation()) unexpected_answer(header);
    PayloadReader fields(payload);
    result_.error = static_cast<int>(fields.u32());
    result_.path = fields.text();
    result_.files = fields.u64();
    result_.directories = fields.u64();
    result_.bytes = fields.u64();
    send_end();
    return true;
}

asio::awaitable<void> Unpacking::output(const Item&) { co_return; }

void Unpacking::on_time(Deadline) { too_late(); }

void Unpacking::send_end()
{
    if (!ended_) talk_.post(Type::data_end, sent_, {});
    ended_ = true;
}

asio::awaitable<void> Unpacking::send_archive()
{
    for (;;) {
        std::string_view bytes = co_await archive_.next();
        if (bytes.empty()) co_return;
        while (!bytes.empty()) {
            const bool wanted = co_await talk_.room();
            if (!wanted) co_return;
            const std::string_view part = bytes.substr(0, wire::max_payload);
            talk_.post(Type::data, sent_, part);
            sent_ += part.size();
            bytes.remove_prefix(part.size());
        }
    }
}

asio::awaitable<void> Unpacking::send()
{
    const std::uint32_t flags = options_.keep_times ? wire::keep_times : 0;
    talk_.post(Type::unpack, 0, PayloadWriter().u32(flags).text(directory_).bytes());
    try {
        co_await send_archive();
    } catch (...) {
        if (!ended_) source_error_ = std::current_exception(); // ended: cancelled, as the verdict has come
    }
    send_end();
}

} // namespace ysnp::agent
