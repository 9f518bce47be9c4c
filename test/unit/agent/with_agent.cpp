#include "test/unit/agent/with_agent.h"
#include "net/wait.h"
#include <sys/stat.h>

namespace ysnp::agent::test {

namespace asio = boost::asio;

WithAgent::WithAgent(AgentProcess::Options options, Limits limits) : process(std::move(options)), key(new_key())
{
    session = std::make_unique<Session>(context.get_executor(), process.stream(context.get_executor()));
    hello = drive(session->start(key, limits, in(std::chrono::seconds(10))));
}

Outcome WithAgent::run(const Stage& stage, Deadline until)
{
    Collector sink;
    Outcome outcome;
    outcome.result = drive(session->run(stage, sink, until));
    outcome.output = std::move(sink.text);
    return outcome;
}

Outcome WithAgent::run(const Stage& stage, asio::awaitable<void> meanwhile, Deadline until)
{
    using namespace asio::experimental::awaitable_operators;
    Collector sink;
    Outcome outcome;
    outcome.result = drive(session->run(stage, sink, until) && std::move(meanwhile));
    outcome.output = std::move(sink.text);
    return outcome;
}

int WithAgent::finish()
{
    drive(session->finish(in(std::chrono::seconds(10))));
    return process.join();
}

Outcome run_stage(const Stage& stage)
{
    WithAgent agent;
    const Outcome outcome = agent.run(stage);
    CHECK(agent.finish() == 0);
    return outcome;
}

Outcome run_script(std::string script) { return run_stage(shell_stage(std::move(script))); }

asio::awaitable<void> later(std::chrono::milliseconds pause, std::function<void()> call)
{
    co_await sleep_until(in(pause));
    call();
}

unsigned mode_of(const std::filesystem::path& path)
{
    struct stat is {};
    lstat(path.c_str(), &is);
    return is.st_mode & 07777;
}

} // namespace ysnp::agent::test
