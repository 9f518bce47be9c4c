#pragma once
#include "checks/report.h"
#include "net/failure.h"
#include "net/wait.h"
#include "payloads.h"
#include "runner/policy/allow.h"
#include "runner/policy/file_store.h"
#include "runner/policy/vault_store.h"
#include "test/double/fake_vault.h"
#include "test/double/run.h"
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>

namespace ysnp::policy::sample {

namespace asio = boost::asio;
using namespace std::chrono_literals;

inline const ProjectPath hello("acme/tools/hello");

/// The documents that allow payload-echo.json, by their paths, made by `gate allow` from its refusal.
inline std::map<std::string, std::string> allowing_documents()
{
    const test::TempDir folder;
    const std::filesystem::path root = folder / "policy";
    std::filesystem::create_directory(root);
    asio::io_context context;
    asio::thread_pool pool(1);
    FileStore store(root, pool);
    const gitlab::Job job = gitlab::decode(payload("echo").dump());
    const Surroundings surroundings = around();
    const auto refused = test::run(context, judge(store, job, surroundings, in(10s)));
    add_to_store(root, hello, allowance_of(refused));
    std::map<std::string, std::string> documents;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        if (!entry.is_regular_file()) continue;
        std::ifstream in(entry.path());
        auto name = std::filesystem::relative(entry.path(), root).replace_extension().string();
        documents[name] = std::string(std::istreambuf_iterator<char>(in), {});
    }
    documents["acme/tools/whitelist"] = "{\"allowed_images\":[]}";
    documents["acme/tools/youshallnotpass_config"] = R"({"logger":{"name":"console"}})";
    return documents;
}

inline vault::Options vault_options_for(const std::string& url)
{
    vault::Options options;
    options.address = url;
    options.mount = "cicd";
    options.auth.mount = "approle";
    options.auth.role_id = [] { return Secret("role-id-of-runner"); };
    options.auth.secret_id = [] { return Secret("secret-id-of-runner"); };
    options.auth.described = "the AppRole of /etc/role";
    options.attempts = 2;
    options.first_pause = 1ms;
    return options;
}

/// A Vault with a policy, and a store on it, for one coroutine.
struct World {
    World(asio::any_io_executor executor, const std::map<std::string, std::string>& documents,
          std::chrono::milliseconds timeout = 10s, int kv = 2)
        : fake(executor, version(kv)), store(executor, options(timeout), {})
    {
        for (const auto& [path, text] : documents) fake.put(path, text);
    }
    static test::FakeVaultOptions version(int kv)
    {
        test::FakeVaultOptions options;
        options.kv_version = kv;
        return options;
    }
    vault::Options options(std::chrono::milliseconds timeout) const
    {
        vault::Options options = vault_options_for(fake.url());
        options.timeout = timeout;
        return options;
    }
    asio::awaitable<checks::Decision> judge_echo()
    {
        const gitlab::Job job = gitlab::decode(payload("echo").dump());
        const Surroundings surroundings = around();
        checks::Decision decision = co_await judge(store, job, surroundings, in(20s));
        co_return decision;
    }
    test::FakeVault fake;
    VaultStore store;
};

using test::on_loop;

} // namespace ysnp::policy::sample
