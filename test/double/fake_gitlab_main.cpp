// A GitLab to run a runner against: `fake-gitlab --port 8929 --repositories DIR`. Prints its URL, then serves until it
// gets SIGTERM or SIGINT. Jobs and faults come through /_control/ (test/double/README.md).
#include "test/double/fake_gitlab.h"
#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <fstream>
#include <iostream>

namespace {

std::string slurp(const std::string& file)
{
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

int main(int argc, char** argv)
{
    ysnp::test::FakeGitlabOptions options;
    options.control = true;
    std::string repositories, certificate, key;
    int long_poll = 0;
    CLI::App app("A stand-in for GitLab's runner API and git over HTTP");
    app.add_option("--address", options.server.address);
    app.add_option("--port", options.server.port);
    app.add_option("--repositories", repositories, "directory with <project path>.git");
    app.add_option("--runner-token", options.runner_tokens);
    app.add_option("--registration-token", options.registration_token);
    app.add_option("--long-poll", long_poll, "seconds that jobs/request hangs");
    app.add_option("--trace-update-interval", options.trace_update_interval, "seconds");
    app.add_option("--certificate", certificate, "PEM; serves https with --key");
    app.add_option("--key", key);
    CLI11_PARSE(app, argc, argv);
    options.repositories_root = repositories;
    options.long_poll = std::chrono::seconds(long_poll);
    if (!certificate.empty()) {
        auto tls = std::make_shared<ysnp::test::ServerTls>();
        tls->certificate = slurp(certificate);
        tls->key = slurp(key);
        options.server.tls = tls;
    }

    std::signal(SIGPIPE, SIG_IGN);
    boost::asio::io_context context(1);
    ysnp::test::FakeGitlab gitlab(context.get_executor(), std::move(options));
    std::cout << gitlab.url() << std::endl;
    boost::asio::signal_set signals(context, SIGINT, SIGTERM);
    signals.async_wait([&](const boost::system::error_code&, int) { context.stop(); });
    context.run();
}
