#include "conf/environment.h"
#include "gitlab-api/api_url.h"
#include "gitlab-api/token.h"
#include "net/failure.h"
#include "runner/cli/calls.h"
#include "runner/cli/commands.h"
#include "runner/cli/foreign_flags.h"
#include "runner/cli/runner_file.h"
#include "runner/host/log.h"
#include "runner/host/system_id.h"
#include <unistd.h>

namespace ysnp::cli {
namespace {

/// Flags of what GitLab owns for a glrt- token.
std::string server_owned(const Register& options)
{
    std::string names;
    const auto add = [&](bool given, std::string_view name) {
        if (given) names += (names.empty() ? "" : ", ") + std::string(name);
    };
    add(options.locked.has_value(), "--locked");
    add(options.access_level.has_value(), "--access-level");
    add(options.run_untagged.has_value(), "--run-untagged");
    add(options.maximum_timeout.has_value(), "--maximum-timeout");
    add(options.paused.has_value(), "--paused");
    add(options.tag_list.has_value(), "--tag-list");
    add(options.maintenance_note.has_value(), "--maintenance-note");
    return names;
}

std::string host_name()
{
    char name[256] = {};
    return ::gethostname(name, sizeof name - 1) == 0 && name[0] != 0 ? name : "ysnprunner";
}

/// Asks where something is missing and somebody is there to ask.
void fill(std::string& value, Session& session, const Register& options, std::string_view question,
          std::string_view proposed)
{
    if (!value.empty()) return;
    value = proposed;
    if (options.non_interactive) return;
    const auto answer = session.console.ask(question, proposed);
    if (!answer) throw CommandError(failure, "the input ended; answer the questions, or use --non-interactive");
    value = *answer;
}

std::string remedy(const std::exception& error)
{
    const auto* system = dynamic_cast<const std::system_error*>(&error);
    if (system == nullptr || system->code() != Failure::untrusted) return {};
    return "; where GitLab has a certificate authority of its own, name its file with --tls-ca-file";
}

/// How a token enters (GitLab: "Registering runners").
enum class Flow {
    authentication, ///< glrt-…: verified, GitLab owns the settings
    existing,       ///< an older authentication token: verified
    registration,   ///< a registration token: creates the runner
};

/// One registration from its questions to its files.
class Registration {
public:
    Registration(Register options, Session& session) : options_(std::move(options)), session_(session) {}

    int run()
    {
        open_config();
        ask();
        check_flags();
        connect();
        try {
            enter();
        } catch (const std::exception& error) {
            throw CommandError(failure, "PANIC: Failed to register the runner. " + describe(error) + remedy(error));
        }
        finish();
        return success;
    }

private:
    void open_config()
    {
        config_file_ = config_file(session_).value_or(conf::default_config(session_.environment, ::geteuid() == 0));
        config_ = conf::defaults(session_.environment, config_file_);
        if (!std::filesystem::exists(config_file_)) return;
        session_.global.config = config_file_.string();
        config_ = load_config(session_, failure);
    }
    void ask()
    {
        fill(options_.url, session_, options_, "Enter the GitLab instance URL (for example, https://gitlab.com/)", "");
        if (options_.url.empty())
            throw CommandError(failure, "the URL of GitLab is missing: --url https://gitlab.example.com");
        if (options_.token.empty())
            fill(options_.registration_token, session_, options_, "Enter the registration token", "");
        if (options_.token.empty() && options_.registration_token.empty())
            throw CommandError(failure,
                               "the token is missing: --token glrt-…, from the page of the new runner in GitLab");
        fill(options_.name, session_, options_,
             "Enter a name for the runner. This is stored only in the local configuration", host_name());
        fill(options_.executor, session_, options_, "Enter an executor: docker", "docker");
        fill(options_.docker_image, session_, options_, "Enter the default Docker image (for example, debian:12)", "");
        runner_.name = free_name(options_.name);
        if (runner_.name.find_first_of("\r\n") != std::string::npos) throw CommandError(failure, "a name is one line");
    }
    /// The name, or the name with a number where the configuration has it already.
    std::string free_name(const std::string& wanted) const
    {
        const auto taken = [&](const std::string& name) {
            for (const conf::Runner& runner : config_.runners)
                if (runner.name == name) return true;
            return false;
        };
        std::string name = wanted;
        for (int number = 2; taken(name); ++number) name = wanted + "-" + std::to_string(number);
        if (name != wanted) host::warn("A runner " + wanted + " exists already; this one is called " + name);
        return name;
    }
    void check_flags()
    {
        for (const std::string& ignored : ignored_environment(session_.environment)) host::warn(ignored);
        const bool as_registration = options_.token.empty();
        token_ = Secret(as_registration ? options_.registration_token : options_.token);
        flow_ = gitlab::is_authentication_token(token_.reveal()) ? Flow::authentication
                : as_registration                                ? Flow::registration
                                                                 : Flow::existing;
        const std::string owned = server_owned(options_);
        if (flow_ == Flow::authentication && !owned.empty() && !as_registration)
            throw CommandError(failure, "with a runner authentication token (glrt-…) GitLab owns these settings: " +
                                            owned + "; set them in GitLab and leave the flags out");
        if (flow_ == Flow::authentication && !owned.empty())
            host::warn("You are using a runner authentication token as --registration-token: " + owned +
                       " are ignored, set them in GitLab");
        if (options_.access_level && *options_.access_level != "not_protected" &&
            *options_.access_level != "ref_protected")
            throw CommandError(failure, "--access-level: expected not_protected or ref_protected, found " +
                                            *options_.access_level);
        if (options_.tls.cert_file.empty() != options_.tls.key_file.empty())
            throw CommandError(failure, "a client certificate needs both --tls-cert-file and --tls-key-file");
        for (const conf::Runner& runner : config_.runners)
            if (runner.token.reveal() == token_.reveal())
                host::warn("A runner with this token exists already in the configuration: " + runner.name);
    }
    void connect()
    {
        const gitlab::SystemId id = host::system_id(config_.state_dir, session_.machine_id);
        if (!id.warning.empty()) host::warn(id.warning);
        runner_.url = options_.url;
        runner_.tls = {absolute(options_.tls.ca_file), absolute(options_.tls.cert_file),
                       absolute(options_.tls.key_file)};
        client_.emplace(client_for(calls_, options_.url, runner_.tls, id.value));
    }
    static std::string absolute(const std::string& file)
    {
        if (file.empty()) return {};
        if (!std::filesystem::exists(file)) throw CommandError(failure, file + ": there is no such file");
        return std::filesystem::absolute(file).lexically_normal();
    }
    void enter()
    {
        if (flow_ == Flow::registration) {
            host::warn("Support for registration tokens is deprecated in GitLab; create a runner there and use --token "
                       "glrt-…");
            accept(calls_.run(client_->register_runner(token_, wanted(), call_deadline())));
            return;
        }
        gitlab::Verification answer = calls_.run(client_->verify(token_, call_deadline()));
        if (answer.verdict != gitlab::Verdict::alive)
            throw CommandError(failure, answer.message.empty() ? "GitLab does not know this token" : answer.message);
        if (answer.runner.id == 0 && flow_ == Flow::authentication)
            throw CommandError(
                failure,
                "GitLab did not tell the runner's id; it is too old for glrt- tokens, or the URL is not GitLab's");
        if (answer.runner.token.empty()) answer.runner.token = token_.copy();
        accept(std::move(answer.runner));
    }
    gitlab::Registration wanted() const
    {
        gitlab::Registration what;
        what.description = runner_.name;
        what.maintenance_note = options_.maintenance_note.value_or("");
        what.tags = split(options_.tag_list.value_or(""));
        what.run_untagged = options_.run_untagged.value_or(what.tags.empty()) || what.tags.empty();
        what.locked = options_.locked.value_or(true);
        what.paused = options_.paused.value_or(false);
        what.access_level = options_.access_level.value_or("");
        what.maximum_timeout = std::chrono::seconds(options_.maximum_timeout.value_or(0));
        return what;
    }
    static std::vector<std::string> split(const std::string& list)
    {
        std::vector<std::string> tags;
        std::string tag;
        for (const char letter : list + ",") {
            if (letter != ',') {
                tag += letter;
                continue;
            }
            const auto first = tag.find_first_not_of(' ');
            if (first != std::string::npos) tags.push_back(tag.substr(first, tag.find_last_not_of(' ') - first + 1));
            tag.clear();
        }
        return tags;
    }
    void accept(gitlab::RunnerCredentials credentials)
    {
        runner_.id = credentials.id;
        runner_.token = std::move(credentials.token);
        runner_.expires_at = credentials.expires;
        host::info("Registering runner... succeeded", {{"runner", gitlab::short_token(runner_.token.reveal())}});
    }
    /// From here on GitLab has the runner, so whatever goes wrong takes it back.
    void finish()
    {
        try {
            if (options_.executor != "docker")
                throw CommandError(failure,
                                   "Invalid executor " + options_.executor + ": docker is the one executor here");
            runner_.docker_image = options_.docker_image;
            runner_.obtained_at = std::chrono::floor<std::chrono::seconds>(session_.environment.now);
            const RunnerFiles files = write_runner(config_file_, runner_);
            host::info("Runner registered successfully. Feel free to start it, but if it's running already it has to "
                       "read its configuration anew: systemctl reload ysnprunner");
            host::info("Configuration (with the authentication token) was saved in \"" + files.entry.string() + "\"");
        } catch (const std::exception& error) {
            const std::string why = describe(error);
            take_back();
            throw CommandError(failure, why);
        }
    }
    void take_back() noexcept
    try {
        if (options_.leave_runner) return;
        calls_.ignore_signals();
        if (flow_ == Flow::registration)
            calls_.run(client_->unregister_runner(runner_.token, in(std::chrono::seconds(30))));
        else if (flow_ == Flow::authentication)
            calls_.run(client_->unregister_manager(runner_.token, in(std::chrono::seconds(30))));
    } catch (const std::exception& error) {
        host::error("The runner stays registered at GitLab, remove it there: " + describe(error));
    }

    Register options_;
    Session& session_;
    Calls calls_;
    std::filesystem::path config_file_;
    conf::Config config_;
    Secret token_;
    Flow flow_ = Flow::authentication;
    std::optional<gitlab::Client> client_;
    NewRunner runner_;
};

} // namespace

int register_runner(const Register& options, Session& session) { return Registration(options, session).run(); }

} // namespace ysnp::cli
