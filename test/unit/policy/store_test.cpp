#include "checks/report.h"
#include "net/failure.h"
#include "payloads.h"
#include "runner/policy/allow.h"
#include "runner/policy/file_store.h"
#include "runner/policy/gate.h"
#include "test/double/run.h"
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace ysnp;
using namespace ysnp::policy;
namespace fs = std::filesystem;
using checks::Verdict;

namespace {

class Folder {
public:
    Folder()
    {
        char name[] = "/tmp/ysnp-policy-XXXXXX";
        path = ::mkdtemp(name);
        root = path / "policy";
        fs::create_directories(root / "acme/tools/hello");
    }
    ~Folder() { fs::remove_all(path); }
    void write(const std::string& name, const std::string& text) const { std::ofstream(root / name) << text; }
    fs::path path, root;
};

const ProjectPath hello("acme/tools/hello");

checks::Decision judged(const fs::path& root, const nlohmann::json& payload = sample::payload("echo"))
{
    boost::asio::io_context context;
    boost::asio::thread_pool pool(1);
    FileStore store(root, pool);
    const gitlab::Job job = gitlab::decode(payload.dump());
    const Surroundings around = sample::around();
    return test::run(context, judge(store, job, around, in(std::chrono::seconds(10))));
}

std::string fault(const fs::path& root)
{
    try {
        read_documents(root, hello);
    } catch (const StoreFault& error) {
        CHECK_FALSE(error.remedy().empty());
        return error.found();
    }
    return {};
}

std::string read(const fs::path& path)
{
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

TEST_CASE("documents are found where the guide says, and absent ones are absent")
{
    Folder folder;
    folder.write("acme/tools/whitelist.json", "{}");
    folder.write("acme/tools/hello/youshallnotpass_config.json", "{\"jobs\":[]}");
    folder.write("acme/ysnp_policy.json", "{\"version\":1}");
    const auto documents = read_documents(folder.root, hello);
    CHECK(documents.namespace_whitelist.text == "{}");
    CHECK(documents.project_config.text == "{\"jobs\":[]}");
    CHECK_FALSE(documents.project_whitelist.text);
    CHECK_FALSE(documents.namespace_config.text);
    REQUIRE(documents.parent_policies.size() == 2);
    CHECK_FALSE(documents.parent_policies[0].text);
    CHECK(documents.parent_policies[1].text == "{\"version\":1}");
    CHECK(documents.namespace_whitelist.path == (folder.root / "acme/tools/whitelist.json").string());
    CHECK(documents.namespace_whitelist.revision.size() == 12);
}

TEST_CASE("what others could have written is no policy [INV-3]")
{
    Folder folder;
    const fs::path file = folder.root / "acme/tools/hello/whitelist.json";
    folder.write("acme/tools/hello/whitelist.json", "{}");
    CHECK(fault(folder.root).empty());
    ::chmod(file.c_str(), 0664);
    CHECK(fault(folder.root).find("writable by others") == 0);
    ::chmod(file.c_str(), 0646);
    CHECK(fault(folder.root).find("0646") != std::string::npos);
    ::chmod(file.c_str(), 0644);
    ::chmod((folder.root / "acme").c_str(), 0777);
    CHECK(fault(folder.root).find("writable by others") == 0);
    ::chmod((folder.root / "acme").c_str(), 0755);
    ::chmod(folder.root.c_str(), 0775);
    CHECK(fault(folder.root).find("writable by others") == 0);
    ::chmod(folder.root.c_str(), 0755);
    if (::geteuid() == 0) {
        REQUIRE(::chown(file.c_str(), 12345, 0) == 0);
        CHECK(fault(folder.root) == "owned by user 12345");
    }
}

TEST_CASE("links, pipes, folders and giants are no documents [INV-8]")
{
    Folder folder;
    const fs::path file = folder.root / "acme/tools/hello/whitelist.json";
    fs::create_symlink("/etc/passwd", file);
    CHECK_FALSE(fault(folder.root).empty());
    fs::remove(file);
    REQUIRE(::mkfifo(file.c_str(), 0644) == 0);
    CHECK_FALSE(fault(folder.root).empty());
    fs::remove(file);
    fs::create_directory(file);
    CHECK_FALSE(fault(folder.root).empty());
    fs::remove(file);
    folder.write("acme/tools/hello/whitelist.json", std::string((4u << 20) + 1, ' '));
    CHECK(fault(folder.root) == "more than 4 MiB"); // [AC-A03]
    fs::remove(file);
    fs::rename(folder.root / "acme/tools", folder.root / "acme/other");
    fs::create_symlink("other", folder.root / "acme/tools");
    CHECK_FALSE(fault(folder.root).empty());
}

TEST_CASE("a store that is not there yet has no documents")
{
    Folder folder;
    const auto decision = judged(folder.path / "nowhere");
    CHECK(decision.verdict == Verdict::refuse);
    CHECK(decision.code() == "POL-MISSING");
}

TEST_CASE("from refused to allowed: one entry of gate allow, and a changed job is refused again")
{
    Folder folder;
    const auto refused = judged(folder.root);
    REQUIRE(refused.verdict == Verdict::refuse);
    const auto allowed = add_to_store(folder.root, hello, allowance_of(refused));
    CHECK(allowed.written.size() == 2);
    CHECK(judged(folder.root).allowed());
    const auto again = add_to_store(folder.root, hello, allowance_of(refused));
    CHECK(again.written.empty());
    CHECK(again.present.size() == 2);
    auto changed = sample::payload("echo");
    changed["steps"][0]["script"].push_back("id");
    CHECK(judged(folder.root, changed).code() == "SCR-UNLISTED");
    auto other = sample::payload("echo"); // [AC-I06]
    other["job_info"]["project_full_path"] = "acme/tools/sibling";
    other["git_info"]["repo_url"] = "https://gitlab.example.test/acme/tools/sibling.git";
    other["variables"] = nlohmann::json::array();
    CHECK(judged(folder.root, other).code() == "POL-MISSING");
}

TEST_CASE("gate allow keeps everything else in the documents, and lists secret names as free")
{
    Folder folder;
    folder.write("acme/tools/hello/whitelist.json",
                 R"({"comment":"ours","Allowed_Scripts":["j@sha256:Ij3eYc5EwfiLD6rPw9qFpN82ydukCduG4bUL9ltQDy4="]})");
    folder.write("acme/tools/hello/ysnp_policy.json",
                 R"({"version":1,"jobs":{"default":{"checks":[{"name":"scriptHash"}]}}})");
    auto payload = sample::payload("echo");
    payload["variables"].push_back({{"key", "TOKEN"}, {"value", "x"}, {"public", false}, {"masked", true}});
    add_to_store(folder.root, hello, allowance_of(judged(folder.root, payload)));
    const auto whitelist = nlohmann::json::parse(read(folder.root / "acme/tools/hello/whitelist.json"));
    CHECK(whitelist["comment"] == "ours");
    CHECK(whitelist["Allowed_Scripts"].size() == 2);
    const auto policy = nlohmann::json::parse(read(folder.root / "acme/tools/hello/ysnp_policy.json"));
    CHECK(policy["jobs"]["say-hello"]["free_variables"] == nlohmann::json{"TOKEN"});
    CHECK(policy["jobs"]["say-hello"]["checks"] == policy["jobs"]["default"]["checks"]);
    CHECK_FALSE(fs::exists(folder.root / "acme/tools/hello/youshallnotpass_config.json"));
    CHECK(judged(folder.root, payload).allowed());
    for (const auto& entry : fs::directory_iterator(folder.root / "acme/tools/hello"))
        CHECK_FALSE(entry.path().filename().string().starts_with(".")); // no temporary file stays
}

TEST_CASE("gate allow keeps what a group's policy says about the job, and about every other")
{
    Folder folder;
    const std::string group =
        R"({"version":1,"inherit":true,"jobs":{"default":{"checks":[{"name":"scriptHash"}],"refs":["refs/heads/old"]}}})";
    folder.write("acme/ysnp_policy.json", group);
    auto payload = sample::payload("echo");
    payload["variables"].push_back({{"key", "TOKEN"}, {"value", "x"}, {"public", false}, {"masked", true}});
    const auto allowed = add_to_store(folder.root, hello, allowance_of(judged(folder.root, payload)));
    CHECK(judged(folder.root, payload).code() == "POL-CONDITION");
    CHECK(std::ranges::any_of(allowed.added, [&](const std::string& entry) {
        return entry == "jobs.say-hello: a copy of default of " + (folder.root / "acme/ysnp_policy.json").string() +
                            ", whose later changes do not reach it";
    }));
    payload["job_info"]["name"] = "another"; // no entry was made for it: the group's still holds
    for (auto& variable : payload["variables"])
        if (variable["key"] == "CI_JOB_NAME") variable["value"] = "another";
    const auto other = judged(folder.root, payload);
    CHECK(std::ranges::any_of(other.reasons, [](const auto& reason) { return reason.code == "POL-CONDITION"; }));
    CHECK(read(folder.root / "acme/ysnp_policy.json") == group);
}

TEST_CASE("gate allow does not touch a document that it cannot read")
{
    Folder folder;
    folder.write("acme/tools/hello/whitelist.json", "{ broken");
    Allowance allowance{"j", "ysnp2:Ij3eYc5EwfiLD6rPw9qFpN82ydukCduG4bUL9ltQDy4", {}, {}};
    CHECK_THROWS_AS(add_to_store(folder.root, hello, allowance), StoreFault);
    CHECK(read(folder.root / "acme/tools/hello/whitelist.json") == "{ broken");
}

TEST_CASE("a store that cannot be trusted refuses as a fault of the system, and names the file")
{
    Folder folder;
    folder.write("acme/tools/hello/whitelist.json", "{}");
    ::chmod((folder.root / "acme/tools/hello/whitelist.json").c_str(), 0666);
    const auto decision = judged(folder.root);
    CHECK(decision.verdict == Verdict::refuse);
    CHECK(decision.code() == "VLT-UNAVAIL");
    CHECK(decision.blame == checks::Blame::system);
    CHECK(decision.reasons[0].document.ends_with("whitelist.json"));
}

namespace {

/// A store that fails in the way it is told.
class FailingStore final : public Store {
public:
    explicit FailingStore(std::exception_ptr error) : error_(std::move(error)) {}
    boost::asio::awaitable<checks::Documents> read(const ProjectPath&, Deadline) override
    {
        ++reads;
        std::rethrow_exception(error_);
        co_return checks::Documents();
    }
    std::string name() const override { return "failing store"; }
    int reads = 0;

private:
    std::exception_ptr error_;
};

checks::Decision with_failing(FailingStore& store, const nlohmann::json& payload = sample::payload("echo"))
{
    boost::asio::io_context context;
    const gitlab::Job job = gitlab::decode(payload.dump());
    Surroundings around = sample::around();
    around.gate.mode = conf::GateMode::learn;
    around.gate.learn_until = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    return test::run(context, judge(store, job, around, in(std::chrono::seconds(10))));
}

} // namespace

TEST_CASE("whatever goes wrong while reading policy is a refusal, in learn mode too [AC-A01] [INV-3]")
{
    const auto code = [](auto error) {
        FailingStore store(std::make_exception_ptr(error));
        const auto decision = with_failing(store);
        CHECK(decision.verdict == Verdict::refuse);
        CHECK(decision.blame == checks::Blame::system);
        return decision.code();
    };
    CHECK(code(std::system_error(http_status_code(503), "GET vault/x")) == "VLT-UNAVAIL");
    CHECK(code(std::system_error(http_status_code(403), "GET vault/x")) == "VLT-AUTH");
    CHECK(code(std::system_error(make_error_code(Error::deadline_passed), "x")) == "VLT-UNAVAIL");
    CHECK(code(std::system_error(make_error_code(Error::malformed_reply), "x")) == "VLT-REPLY");
    CHECK(code(std::system_error(make_error_code(Error::redirect_refused), "x")) == "VLT-TLS");
    CHECK(code(std::runtime_error("boom")) == "RUN-STATE");
    CHECK(code(std::bad_alloc()) == "RUN-STATE");
}

TEST_CASE("a job that lies about itself is refused without asking the store [AC-I02]")
{
    FailingStore store(std::make_exception_ptr(std::runtime_error("asked")));
    auto payload = sample::payload("echo");
    payload["git_info"]["repo_url"] = "https://evil.test/acme/tools/hello.git";
    CHECK(with_failing(store, payload).code() == "GIT-URL");
    CHECK(store.reads == 0);
}

TEST_CASE("a file store cannot ask a person, so it says so")
{
    Folder folder;
    folder.write("acme/tools/hello/youshallnotpass_config.json",
                 R"({"jobs":[{"jobName":"default","checks":[{"name":"mfaRequired"}]}]})");
    const auto decision = judged(folder.root);
    CHECK(decision.verdict == Verdict::refuse);
    CHECK(decision.code() == "USR-DENIED");
}
