#include "runner/job/pipe.h"
#include "net/failure.h"

namespace ysnp::job {

boost::asio::awaitable<void> Pipe::write(std::string_view bytes)
{
    if (bytes.empty()) co_return;
    bytes_ = bytes;
    emptied_.reset();
    filled_.set();
    while (!bytes_.empty() && !closed_) {
        co_await emptied_.wait(never());
        emptied_.reset();
    }
    if (closed_) throw std::system_error(Error::unexpected_end, "the job's container takes no more of its sources");
}

boost::asio::awaitable<std::string_view> Pipe::next()
{
    if (taken_) {
        taken_ = false;
        bytes_.clear();
        emptied_.set();
    }
    while (bytes_.empty() && !finished_) {
        filled_.reset();
        co_await filled_.wait(never());
    }
    taken_ = !bytes_.empty();
    co_return std::string_view(bytes_);
}

void Pipe::finish()
{
    finished_ = true;
    filled_.set();
}

void Pipe::close_reader()
{
    closed_ = true;
    emptied_.set();
}

} // namespace ysnp::job
