// Third-party and standard headers that most of our sources read, compiled once per preset. Only a faster way to what
// each source includes by itself: the fuzz preset builds without it, and finds what is missing.
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <list>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <regex>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

// What most sources would instantiate, each for itself.
#ifdef __clang__
template class nlohmann::basic_json<>;
template class nlohmann::basic_json<nlohmann::ordered_map>;
#endif
namespace ysnp_precompiled {
inline boost::asio::any_io_executor of(boost::asio::io_context& loop) { return loop.get_executor(); }
inline boost::asio::any_io_executor of(boost::asio::thread_pool& pool) { return pool.get_executor(); }
inline void spawn(const boost::asio::any_io_executor& executor, boost::asio::awaitable<void> work,
                  std::function<void(std::exception_ptr)> finish)
{
    boost::asio::co_spawn(executor, std::move(work), std::move(finish));
}
struct Usual {
    std::optional<std::string> text;
    std::optional<std::chrono::seconds> span;
    std::optional<std::chrono::sys_seconds> second;
    std::optional<std::chrono::system_clock::time_point> moment;
    std::optional<std::vector<std::string>> texts;
    std::optional<std::int64_t> number;
    std::map<std::string, std::string, std::less<>> named;
    std::set<std::string> distinct;
    std::filesystem::path path;
    bool operator==(const Usual&) const = default;
};
inline bool used(Usual left, const Usual& right)
{
    left = right;
    left = Usual(right);
    return left == right && nlohmann::json::parse(*left.text).dump() == left.text &&
           std::regex_search(*left.text, std::regex(*right.text));
}
} // namespace ysnp_precompiled
