#pragma once
#include "runner/cli/commands.h"
#include "runner/cli/parse.h"
#include "runner/host/log.h"
#include "test/double/http_server.h"
#include "test/double/run.h"
#include <boost/asio/io_context.hpp>
#include <deque>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <sstream>
#include <sys/stat.h>
#include <thread>

namespace ysnp::test {

/// A scripted GitLab in a thread of its own, as commands block. Replies per "METHOD /path", in order; the last stays.
class ScriptedGitlab {
public:
    explicit ScriptedGitlab(std::map<std::string, std::deque<std::string>> replies)
        : replies_(std::move(replies)),
          server_(io_.get_executor(), [this](Peer& peer, const Recorded& request) { return answer(peer, request); }),
          url_(server_.url()), work_(boost::asio::make_work_guard(io_)), thread_([this] { io_.run(); })
    {
    }
    ~ScriptedGitlab()
    {
        io_.stop();
        thread_.join();
    }
    const std::string& url() const { return url_; }
    /// "POST /api/v4/runners", in order.
    std::vector<std::string> calls() const
    {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> list;
        for (const Recorded& request : seen_) list.push_back(request.method + " " + std::string(request.path()));
        return list;
    }
    std::vector<Recorded> requests() const
    {
        const std::lock_guard lock(mutex_);
        return seen_;
    }

private:
    boost::asio::awaitable<void> answer(Peer& peer, const Recorded& request)
    {
        std::string text = reply(404);
        {
            const std::lock_guard lock(mutex_);
            seen_.push_back(request);
            auto& queue = replies_[request.method + " " + std::string(request.path())];
            if (!queue.empty()) text = queue.front();
            if (queue.size() > 1) queue.pop_front();
        }
        co_await peer.send(text);
    }

    mutable std::mutex mutex_;
    std::map<std::string, std::deque<std::string>> replies_;
    std::vector<Recorded> seen_;
    boost::asio::io_context io_{1};
    HttpServer server_;
    std::string url_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::thread thread_;
};

inline std::string text_of(const std::filesystem::path& file)
{
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// A host with a home of its own, and what a command printed and logged there.
class Desk {
public:
    explicit Desk(const std::string& config = {})
    {
        std::filesystem::create_directories(folder / "state");
        std::ofstream(folder / "machine-id") << "0123456789abcdef0123456789abcdef\n";
        if (!config.empty()) write("config.yml", "state_dir: " + (folder / "state").string() + "\n" + config);
    }
    void write(const std::string& name, const std::string& text, mode_t mode = 0640)
    {
        std::filesystem::create_directories((folder / name).parent_path());
        std::ofstream(folder / name) << text;
        ::chmod((folder / name).c_str(), mode);
    }
    /// Runs a command as main() would; `answers` is what a person types.
    int run(std::vector<std::string> arguments, const std::string& answers = {})
    {
        std::ostringstream printed;
        std::istringstream typed(answers);
        cli::Console console(printed, typed,
                             answers.empty() ? cli::Console::Person::absent : cli::Console::Person::present);
        logged.clear();
        host::capture_log([this](std::string_view line) { logged += std::string(line) + "\n"; });
        const int code = execute(std::move(arguments), console);
        host::capture_log({});
        host::set_up_log({});
        out = printed.str();
        return code;
    }
    std::filesystem::path config() const { return folder / "config.yml"; }

    TempDir folder;
    std::map<std::string, std::string> environment{{"HOME", folder.path().string()}}; // beside the process's own
    std::string out, logged;

private:
    int execute(std::vector<std::string> arguments, cli::Console& console)
    {
        arguments.insert(arguments.begin(), {"--config", config().string()});
        try {
            const cli::CommandLine line = cli::parse(arguments);
            cli::Session session{console, line.global, conf::Environment::of_process(), folder / "machine-id"};
            const auto of_process = session.environment.variable;
            session.environment.variable = [&](const std::string& name) {
                if (const auto set = environment.find(name); set != environment.end())
                    return std::optional<std::string>(set->second);
                return name.starts_with("VAULT_") ? std::nullopt : of_process(name);
            };
            session.environment.now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 30) + std::chrono::hours(10);
            cli::apply_log(line.global, {});
            return std::visit([&](const auto& command) { return dispatch(command, session); }, line.command);
        } catch (const cli::CommandError& error) {
            host::error(error.what());
            return error.code();
        } catch (const cli::UsageError& error) {
            host::error(error.what());
            return cli::usage;
        }
    }
    static int dispatch(const cli::Register& options, cli::Session& session)
    {
        return cli::register_runner(options, session);
    }
    static int dispatch(const cli::List& options, cli::Session& session) { return cli::list_runners(options, session); }
    static int dispatch(const cli::Verify& options, cli::Session& session)
    {
        return cli::verify_runners(options, session);
    }
    static int dispatch(const cli::Unregister& options, cli::Session& session)
    {
        return cli::unregister_runners(options, session);
    }
    static int dispatch(const cli::ResetToken& options, cli::Session& session)
    {
        return cli::reset_tokens(options, session);
    }
    static int dispatch(const cli::ConfigCheck& options, cli::Session& session)
    {
        return cli::check_config(options, session);
    }
    static int dispatch(const cli::GateExplain& options, cli::Session& session)
    {
        return cli::gate_explain(options, session);
    }
    static int dispatch(const cli::GateAllow& options, cli::Session& session)
    {
        return cli::gate_allow(options, session);
    }
    static int dispatch(const cli::GateCheck& options, cli::Session& session)
    {
        return cli::gate_check(options, session);
    }
    static int dispatch(const cli::GatePending& options, cli::Session& session)
    {
        return cli::gate_pending(options, session);
    }
    static int dispatch(const cli::GateShow& options, cli::Session& session)
    {
        return cli::gate_show(options, session);
    }
    static int dispatch(const cli::GateApprove& options, cli::Session& session)
    {
        return cli::gate_approve(options, session);
    }
    static int dispatch(const cli::GateDeny& options, cli::Session& session)
    {
        return cli::gate_deny(options, session);
    }
    static int dispatch(const cli::GateLearn& options, cli::Session& session)
    {
        return cli::gate_learn(options, session);
    }
    static int dispatch(const cli::GatePolicies& options, cli::Session& session)
    {
        return cli::gate_policies(options, session);
    }
    static int dispatch(const cli::GateDoctor& options, cli::Session& session)
    {
        return cli::gate_doctor(options, session);
    }
    static int dispatch(const cli::GateAcceptRollback& options, cli::Session& session)
    {
        return cli::gate_accept_rollback(options, session);
    }
    static int dispatch(const cli::Doctor& options, cli::Session& session) { return cli::doctor(options, session); }
    static int dispatch(const cli::Digest& options, cli::Session& session)
    {
        return cli::print_digest(options, session);
    }
    static int dispatch(const cli::AuditShow& options, cli::Session& session)
    {
        return cli::audit_show(options, session);
    }
    static int dispatch(const cli::AuditVerify& options, cli::Session& session)
    {
        return cli::audit_verify(options, session);
    }
    static int dispatch(const cli::Completion& options, cli::Session& session)
    {
        return cli::print_completion(options, session);
    }
    template <class Other>
    static int dispatch(const Other&, cli::Session&)
    {
        throw std::logic_error("not a command of these tests");
    }
};

} // namespace ysnp::test
