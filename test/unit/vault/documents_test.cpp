#include "test/unit/vault/fixture.h"

using namespace ysnp;
using namespace ysnp::test;
using vault::Document;

namespace {

const std::string whitelist = "group/project/whitelist";

FakeVaultOptions version(int kv)
{
    FakeVaultOptions options;
    options.kv_version = kv;
    return options;
}

unsigned asked(FakeVault& fake, const std::string& path)
{
    unsigned count = 0;
    for (const Recorded& request : fake.server().requests()) count += request.path() == path ? 1 : 0;
    return count;
}

} // namespace

TEST_CASE("documents are read from either KV version, which the engine itself tells [GATE-A7] [GATE-A8]")
{
    for (const int kv : {1, 2}) {
        on_loop([kv](asio::any_io_executor executor) -> asio::awaitable<void> {
            Pair pair(executor, version(kv));
            pair.fake.put(whitelist, R"({"allowed_images":[],"allowed_scripts":["b","a"]})");
            const Document found = co_await pair.client.read(whitelist, soon());
            CHECK(found.text == R"({"allowed_images":[],"allowed_scripts":["b","a"]})");
            CHECK(found.version == (kv == 2 ? 1u : 0u));
            const Document none = co_await pair.client.read("group/whitelist", soon());
            CHECK_FALSE(none.text);
            CHECK_FALSE(none.deleted);
            CHECK(asked(pair.fake, "/v1/sys/internal/ui/mounts/cicd") == 1);
        });
    }
}

TEST_CASE("all documents travel in one wave, in order, and never from a cache")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor);
        for (const char* name : {"a", "b", "c"}) pair.fake.put(name, std::string(R"({"name":")") + name + "\"}");
        pair.fake.hold("*/data/*", 4); // whoever asks one after the other waits for ever
        std::vector<Document> found = co_await pair.client.read_all({"c", "a", "nothing", "b"}, soon());
        REQUIRE(found.size() == 4);
        CHECK(found[0].text == R"({"name":"c"})");
        CHECK(found[1].text == R"({"name":"a"})");
        CHECK_FALSE(found[2].text);
        CHECK(found[3].text == R"({"name":"b"})");
        pair.fake.put("a", R"({"name":"new"})");
        found = co_await pair.client.read_all({"a"}, soon());
        CHECK(found[0].text == R"({"name":"new"})");
        CHECK(found[0].version == 2);
        CHECK(pair.fake.logins() == 1);
    });
}

TEST_CASE("a deleted or destroyed version counts as missing and says so [AC-A07]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor);
        pair.fake.put("deleted", "{}");
        pair.fake.put("deleted", R"({"a":1})");
        pair.fake.soft_delete("deleted");
        pair.fake.put("destroyed", R"({"a":1})");
        pair.fake.destroy("destroyed");
        pair.fake.put("empty", "{}");
        const std::vector<Document> found = co_await pair.client.read_all({"deleted", "destroyed", "empty"}, soon());
        CHECK_FALSE(found[0].text);
        CHECK(found[0].deleted);
        CHECK(found[0].version == 2);
        CHECK_FALSE(found[1].text);
        CHECK(found[1].deleted);
        CHECK(found[2].text == "{}");
    });
}

TEST_CASE("an engine of another KV version than believed is no absence, and is asked again next time [AC-A07]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor, version(1));
        pair.fake.put("doc", R"({"a":1})");
        co_await pair.client.read("doc", soon());
        pair.fake.set_kv_version(2);
        const vault::Fault fault = co_await fault_of(pair.client.read("doc", soon()));
        CHECK(fault.code() == Failure::protocol);
        CHECK(fault.found().find("another KV version") != std::string::npos);
        const Document found = co_await pair.client.read("doc", soon());
        CHECK(found.text == R"({"a":1})");
    });
}

TEST_CASE("answers that are not Vault's are a fault, never an absence [AC-A08] [AC-A03] [AC-A16]")
{
    struct Case {
        unsigned status;
        std::string body;
    };
    const std::string deep(100, '[');
    const Case cases[] = {
        {200, "<html>Please log in to the hotel's network</html>"},
        {200, ""},
        {200, "null"},
        {200, "[]"},
        {200, R"({"data":null})"},
        {200, R"({"warnings":["x"]})"},
        {200, R"({"data":"text"})"},
        {200, R"({"data":{}})"},
        {200, R"({"data":{"a":1}})"},          // KV v1's shape
        {200, R"({"data":{"data":{"a":1}}})"}, // no metadata
        {200,
         R"({"data":{"data":[],"metadata":{"version":1,"created_time":"t","destroyed":false,"deletion_time":""}}})"},
        {200,
         R"({"data":{"data":null,"metadata":{"version":1,"created_time":"t","destroyed":false,"deletion_time":""}}})"},
        {200,
         R"({"data":{"data":{},"metadata":{"version":"1","created_time":"t","destroyed":false,"deletion_time":""}}})"},
        {200,
         R"({"data":{"data":{},"metadata":{"version":1,"created_time":"t","destroyed":true,"deletion_time":""}}})"},
        {200,
         R"({"data":{"data":{},"data":{},"metadata":{"version":1,"created_time":"t","destroyed":false,"deletion_time":""}}})"},
        {200,
         R"({"data":{"data":{},"metadata":{"version":9223372036854775808,"created_time":"t","destroyed":false,"deletion_time":""}}})"},
        {200, R"({"data":{"data":{"allowed_images":1,"allowed_images":2},"metadata":{"version":1}}})"},
        {200,
         R"({"data":{"data":{},"metadata":{"version":1,"created_time":"t","destroyed":false,"deletion_time":""}},"wrap_info":{"token":"x"}})"},
        {200, R"({"data":{"data":{"a":1e999},"metadata":{}}})"},
        {200,
         R"({"data":{"data":{},"metadata":{"version":1,"created_time":"t","destroyed":false,"deletion_time":""}}} trailing)"},
        {200, "{\"data\":" + deep},
        {204, ""},
        {404, ""},
        {404, "<html>maintenance</html>"},
        {404, "{}"},
        {404, R"({"errors":["no handler for route"]})"},
        {404, R"({"errors":[],"warnings":["Invalid path for a versioned K/V secrets engine"]})"},
        {404,
         R"({"data":{"data":null,"metadata":{"version":1,"created_time":"t","destroyed":false,"deletion_time":""}}})"},
        {404,
         R"({"data":{"data":{"a":1},"metadata":{"version":1,"created_time":"t","destroyed":false,"deletion_time":"t"}}})"},
        {418, R"({"errors":[]})"},
        {302, ""},
    };
    for (const Case& one : cases) {
        on_loop([&one](asio::any_io_executor executor) -> asio::awaitable<void> {
            INFO(one.status << " " << one.body);
            Pair pair(executor);
            pair.fake.put("doc", R"({"a":1})");
            pair.fake.add_fault({.path = "*/data/doc", .times = -1, .status = one.status, .body = one.body});
            const vault::Fault fault = co_await fault_of(pair.client.read("doc", soon()));
            CHECK_FALSE(fault.code() == Failure::transient);
            CHECK(std::string(fault.what()).find("hvs.") == std::string::npos);
        });
    }
}

TEST_CASE("a document beyond the bound is too large [AC-A03]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor, {}, [](vault::Options& options) { options.max_document = 100'000; });
        pair.fake.put("doc", R"({"a":1})");
        pair.fake.add_fault({.path = "*/data/doc", .times = -1, .huge_body = 100'001});
        const vault::Fault fault = co_await fault_of(pair.client.read("doc", soon()));
        CHECK(fault.code() == Failure::too_large);
    });
}

TEST_CASE("what is no KV engine, or another one, is refused")
{
    const char* answers[] = {
        R"({"data":{"type":"transit","path":"cicd/","options":null}})",
        R"({"data":{"type":"kv","path":"other/","options":null}})",
        R"({"data":{"type":"kv","path":"","options":null}})",
        R"({"data":{"type":"kv","path":"cicd/","options":{"version":"3"}}})",
        R"({"data":{"type":"kv","path":"cicd/","options":[]}})",
        R"({"data":{"type":7,"path":"cicd/"}})",
        R"({"data":{"path":"cicd/"}})",
    };
    for (const char* answer : answers) {
        on_loop([answer](asio::any_io_executor executor) -> asio::awaitable<void> {
            INFO(answer);
            Pair pair(executor);
            pair.fake.put("doc", R"({"a":1})");
            pair.fake.add_fault({.path = "*/mounts/*", .times = -1, .status = 200, .body = answer});
            const vault::Fault fault = co_await fault_of(pair.client.read("doc", soon()));
            CHECK((fault.code() == Failure::protocol || fault.code() == Failure::invalid));
        });
    }
}

TEST_CASE("a mount may reach into an engine")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor, {}, [](vault::Options& options) { options.mount = "cicd/teams/a"; });
        pair.fake.put("teams/a/doc", R"({"a":1})");
        pair.fake.add_fault({.path = "*/mounts/cicd/teams/a",
                             .status = 200,
                             .body = R"({"data":{"type":"kv","path":"cicd/","options":{"version":"2"}}})"});
        const Document found = co_await pair.client.read("doc", soon());
        CHECK(found.text == R"({"a":1})");
        CHECK(asked(pair.fake, "/v1/cicd/data/teams/a/doc") == 1);
    });
}

TEST_CASE("a path that could reach elsewhere never leaves the host [AC-A24]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor);
        for (const std::string path : {"../../other/scratch/x", "a//b", "", "/a", "a/", "a/./b", "a%2fb", "a?list=true",
                                       "a#b", "a\nb", "a\\b", " a", "a "}) {
            INFO(path);
            const vault::Fault fault = co_await fault_of(pair.client.read(path, soon()));
            CHECK(fault.code() == Failure::invalid);
        }
        const vault::Fault fault = co_await fault_of(pair.client.read(std::string(10'000, 'a'), soon()));
        CHECK(fault.code() == Failure::invalid);
        for (const Recorded& request : pair.fake.server().requests())
            CHECK_FALSE(request.path().starts_with("/v1/cicd"));
        pair.fake.put("a b@c", "{}");
        const Document found = co_await pair.client.read("a b@c", soon());
        CHECK_FALSE(found.text); // the fake does not decode: what arrived is encoded
        CHECK(asked(pair.fake, "/v1/cicd/data/a%20b%40c") == 1);
    });
}

TEST_CASE("a document is created once, changed from a known version only, listed and removed [GATE-A6]")
{
    const std::string code = "group/project/scratch/alice/0123456789abcdefghijkl";
    for (const int kv : {1, 2}) {
        on_loop([kv, &code](asio::any_io_executor executor) -> asio::awaitable<void> {
            Pair pair(executor, version(kv));
            const auto made = co_await pair.client.write(code, R"({"job":"1"})", 0, soon());
            CHECK(made == (kv == 2 ? 1u : 0u));
            Document found = co_await pair.client.read(code, soon());
            CHECK(found.text == R"({"job":"1"})");
            const vault::Fault again = co_await fault_of(pair.client.write(code, R"({"job":"2"})", 0, soon()));
            CHECK(again.code() == Failure::conflict);
            const auto names = co_await pair.client.list("group/project/scratch", soon());
            CHECK(names == std::vector<std::string>{"alice/"});
            co_await pair.client.remove(code, soon());
            found = co_await pair.client.read(code, soon());
            CHECK_FALSE(found.text);
            const auto gone = co_await pair.client.list("group/project/scratch", soon());
            CHECK(gone.empty());
        });
    }
}

TEST_CASE("what is written must be a JSON object, and a login that only reads writes nothing")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor);
        for (const char* text : {"", "[]", "{", R"({"a":1,"a":2})"}) {
            const vault::Fault fault = co_await fault_of(pair.client.write("doc", text, {}, soon()));
            CHECK(fault.code() == Failure::invalid);
        }
        vault::Options options = options_for(pair.fake.url());
        options.access = vault::Access::read_only;
        vault::Client reader(executor, std::move(options));
        const vault::Fault writes = co_await fault_of(reader.write("doc", "{}", {}, soon()));
        CHECK(writes.code() == Failure::invalid);
        const vault::Fault removes = co_await fault_of(reader.remove("doc", soon()));
        CHECK(removes.code() == Failure::invalid);
        for (const Recorded& request : pair.fake.server().requests())
            CHECK((request.method == "GET" || request.path().starts_with("/v1/auth/")));
    });
}
