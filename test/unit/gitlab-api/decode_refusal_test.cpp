#include "gitlab-api/decode.h"
#include "net/failure.h"
#include "sample.h"
#include <catch2/catch_test_macros.hpp>
#include <tuple>

using namespace ysnp;
using namespace ysnp::gitlab;
using test::echo_with;
using test::echo_without;
using test::list_of;
using test::sample;

namespace {

/// The message of the refusal; fails the test when there is none.
std::string refusal(const std::string& payload)
{
    try {
        decode(payload);
    } catch (const PayloadError& error) {
        return std::string(to_code(error.refusal())) + " " + error.message();
    }
    return "accepted";
}

std::string refusal(std::string_view pointer, std::string_view json) { return refusal(echo_with(pointer, json)); }

} // namespace

TEST_CASE("a wrong type names the field, what was expected and what was found")
{
    CHECK(refusal("/steps/0/script/1", "7") == "PAY-JSON steps[0].script[1]: expected a string, found a number");
    CHECK(refusal("/variables/3/value", "{}") == "PAY-JSON variables[3].value: expected a string, found an object");
    CHECK(refusal("/git_info/refspecs", "\"x\"") == "PAY-JSON git_info.refspecs: expected a list, found a string");
    CHECK(refusal("/image", "\"alpine\"") == "PAY-JSON image: expected an object, found a string");
    CHECK(refusal("/allow_git_fetch", "\"true\"") == "PAY-JSON allow_git_fetch: expected a boolean, found a string");
    CHECK(refusal("/steps/0/when", "\"manual\"") ==
          "PAY-JSON steps[0].when: expected \"on_success\", \"on_failure\" or \"always\", found other text");
    CHECK(refusal("[1]") == "PAY-JSON the payload: expected an object, found a list");
}

TEST_CASE("every field of the smallest payload refuses a wrong type")
{
    for (const auto* pointer : {"/id",
                                "/token",
                                "/allow_git_fetch",
                                "/job_info",
                                "/job_info/name",
                                "/job_info/stage",
                                "/job_info/project_id",
                                "/job_info/project_name",
                                "/job_info/project_full_path",
                                "/job_info/pipeline_id",
                                "/job_info/user_id",
                                "/job_info/time_in_queue_seconds",
                                "/job_info/queue_size",
                                "/git_info",
                                "/git_info/repo_url",
                                "/git_info/ref",
                                "/git_info/sha",
                                "/git_info/before_sha",
                                "/git_info/ref_type",
                                "/git_info/refspecs",
                                "/git_info/depth",
                                "/git_info/repo_object_format",
                                "/git_info/protected",
                                "/runner_info",
                                "/runner_info/timeout",
                                "/variables",
                                "/variables/0",
                                "/variables/0/key",
                                "/variables/0/public",
                                "/variables/0/masked",
                                "/steps",
                                "/steps/0",
                                "/steps/0/name",
                                "/steps/0/script",
                                "/steps/0/timeout",
                                "/steps/0/when",
                                "/steps/0/allow_failure",
                                "/hooks",
                                "/run",
                                "/image",
                                "/services",
                                "/artifacts",
                                "/cache",
                                "/credentials",
                                "/dependencies",
                                "/features",
                                "/features/trace_sections",
                                "/features/failure_reasons",
                                "/inputs",
                                "/secrets",
                                "/policy_options",
                                "/suspend_options"}) {
        INFO(pointer);
        CHECK(refusal(pointer, "[[[true]]]").starts_with("PAY-JSON"));
    }
}

TEST_CASE("what is not one JSON object is refused without quoting it [AC-P01] [POL-23]")
{
    CHECK(refusal("") == "PAY-JSON the payload: expected one complete JSON value, found an error at byte 1");
    CHECK(refusal("<html>glcbt-secret</html>").find("glcbt") == std::string::npos);
    CHECK(refusal("null") == "PAY-JSON the payload: expected an object, found nothing");
    CHECK(refusal(sample("payload-echo") + "x").starts_with("PAY-JSON"));
    CHECK(refusal(sample("payload-echo") + "{}").starts_with("PAY-JSON"));
    const auto whole = sample("payload-echo");
    for (std::size_t cut = 0; cut + 2 < whole.size(); cut += 97) // the last bytes are "}\n"
        CHECK(refusal(whole.substr(0, cut)).starts_with("PAY-JSON"));
}

TEST_CASE("a key that comes twice is refused at any depth, whichever copy is good [AC-P02]")
{
    CHECK(refusal(R"({"id":1,"id":1})") == "PAY-JSON id: expected a key that comes once, found the same key again");
    CHECK(refusal(R"({"image":{"name":"a","name":"b"}})")
              .starts_with("PAY-JSON image.name: expected a key that comes once"));
    CHECK(refusal(R"({"steps":[{"script":["a"]},{"script":["a"],"script":["b"]}]})")
              .starts_with("PAY-JSON steps[1].script: expected a key that comes once"));
    CHECK(refusal(R"({"x":{"y":[[{"\u0061":1,"a":2}]]}})")
              .starts_with("PAY-JSON x.y[0][0].a: expected a key")); // escapes too
}

TEST_CASE("depth, counts and bytes are bounded, with a constant stack [AC-P04] [AC-P22] [INV-14]")
{
    CHECK(refusal(std::string(10'000, '[')).starts_with("PAY-LIMIT"));
    CHECK(refusal("{\"a\":" + std::string(1'000'000, '[')).starts_with("PAY-LIMIT"));
    CHECK(refusal("/x", list_of(1'000'000, "1")).starts_with("PAY-LIMIT"));
    CHECK(refusal("/variables", list_of(20'000, R"({"key":"a","value":"b"})"))
              .starts_with("PAY-LIMIT variables: expected at most"));
    CHECK(refusal("/services", list_of(1000, R"({"name":"a"})")).starts_with("PAY-LIMIT services"));
    CHECK(refusal("/artifacts", list_of(10'000, "{}")).starts_with("PAY-LIMIT artifacts"));
    CHECK(refusal("/cache", list_of(10'000, "{}")).starts_with("PAY-LIMIT cache"));
    CHECK(refusal("/dependencies", list_of(10'000, "{}")).starts_with("PAY-LIMIT dependencies")); // [AC-P21]
    CHECK(refusal("/job_info/name", "\"" + std::string(10'000, 'a') + "\"").starts_with("PAY-LIMIT job_info.name"));
    CHECK(refusal(std::string((16u << 20) + 1, ' ')).starts_with("PAY-LIMIT the payload"));
    try {
        decode(std::string(100, '['));
        FAIL("accepted");
    } catch (const PayloadError& error) {
        CHECK(error.code() == Failure::too_large);
    }
}

TEST_CASE("ids are positive, exact integers of 64 bits [AC-P06]")
{
    for (const auto* pointer : {"/id", "/job_info/project_id"})
        for (const auto* value : {"0", "-1", "1.5", "1e30", "9223372036854775808", "\"12\"", "null", "true", "1e2"}) {
            INFO(pointer << " " << value);
            CHECK(refusal(pointer, value).starts_with("PAY-JSON " + std::string(pointer + 1).substr(0, 2)));
        }
    CHECK(refusal(R"({"id":1e999})") == "PAY-JSON id: expected a number in range, found one that is too large");
    CHECK(refusal(R"({"id":99999999999999999999999})").starts_with("PAY-JSON id: expected an integer"));
    CHECK(refusal("/job_info/id", "90002").starts_with("PAY-JSON job_info.id: expected the job's id"));
}

TEST_CASE("NUL, lone surrogates and invalid UTF-8 are refused wherever they stand [AC-P08]")
{
    CHECK(refusal("/steps/0/script/0", R"("echo \u0000")") ==
          "SCR-ENC steps[0].script[0]: expected text without NUL, found a NUL character");
    CHECK(refusal(R"({"a\u0000b":1})").starts_with("SCR-ENC"));
    CHECK(refusal(R"({"image":{"name":"\ud800"}})").starts_with("PAY-JSON"));
    for (const auto* bytes : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82"})
        CHECK(refusal("{\"variables\":[{\"key\":\"A\",\"value\":\"" + std::string(bytes) + "\"}]}")
                  .starts_with("PAY-JSON"));
}

TEST_CASE("steps and hooks have known names, each once, and after_script follows a script [AC-P11] [AC-S09]")
{
    CHECK(refusal("/steps/0/name", "\"script2\"").starts_with("PAY-STEP steps[0].name"));
    CHECK(refusal("/steps/0/name", "\"run\"").starts_with("PAY-STEP steps[0].name"));
    CHECK(refusal("/steps/0/name", "\"\"") ==
          "PAY-STEP steps[0].name: expected \"script\", \"release\" or \"after_script\", found an empty name");
    CHECK(refusal("/steps", R"([{"name":"script"},{"name":"script"}])") ==
          "PAY-STEP steps: expected each name once, found \"script\" twice");
    CHECK(refusal("/steps", R"([{"name":"after_script","script":["x"]}])")
              .starts_with("PAY-STEP steps: expected a script"));
    CHECK(refusal("/hooks", R"([{"name":"post_job","script":["x"]}])").starts_with("PAY-STEP hooks[0].name"));
    CHECK(refusal("/hooks", list_of(2, R"({"name":"pre_get_sources_script","script":["x"]})"))
              .starts_with("PAY-STEP hooks"));
    CHECK(refusal("/steps", R"([{"name":"script"},{"name":"release"},{"name":"after_script"}])") == "accepted");
}

TEST_CASE("dependencies: an id twice, a negative size and a token that would split a header are refused [AC-P21]")
{
    const std::string good = R"({"id":1,"name":"a","token":"t"})";
    CHECK(
        refusal("/dependencies", "[" + good + "," + good + "]").starts_with("PAY-JSON dependencies[1]: expected each"));
    CHECK(refusal("/dependencies", R"([{"id":1,"token":"t","artifacts_file":{"filename":"a","size":-1}}])")
              .starts_with("PAY-JSON dependencies[0].artifacts_file.size"));
    CHECK(refusal("/dependencies", R"([{"id":1,"token":"t\r\nX: y"}])").starts_with("PAY-JSON dependencies[0].token"));
    CHECK(refusal("/token", "\"a\\nb\"").starts_with("PAY-JSON token"));
    CHECK(refusal("/token", "\"\"").starts_with("PAY-JSON token"));
}

TEST_CASE("a cache policy that does not exist is an error, a variable is not [PAY-24]")
{
    CHECK(refusal("/cache", R"([{"key":"k","policy":"sometimes"}])").starts_with("PAY-JSON cache[0].policy"));
    CHECK(refusal("/cache", R"([{"key":"k","policy":"$POLICY"}])") == "accepted");
    CHECK(refusal("/artifacts", R"([{"expire_in":"1 week\nX"}])")
              .starts_with("PAY-JSON artifacts[0].expire_in")); // [AC-P22]
}

TEST_CASE("an input's content has the kind that its type says [PAY-25]")
{
    const auto input = [](std::string_view type, std::string_view content) {
        return refusal("/inputs", R"([{"key":"n","value":{"type":")" + std::string(type) + R"(","content":)" +
                                      std::string(content) + "}}]");
    };
    CHECK(input("number", "\"4\"") ==
          "PAY-JSON inputs[0].value.content: expected a number, as its type says, found a string");
    CHECK(input("number", "4") == "accepted");
    CHECK(input("number", "4.5") == "accepted");
    CHECK(input("boolean", "true") == "accepted");
    CHECK(input("array", "[1]") == "accepted");
    CHECK(input("struct", "{}") == "accepted");
    CHECK(input("string", "null").starts_with("PAY-JSON inputs[0].value.content"));
    CHECK(input("regex", "\"a\"").starts_with("PAY-JSON inputs[0].value.type"));
    CHECK(refusal("/inputs", R"([{"key":"","value":{"type":"string","content":"a"}}])")
              .starts_with("PAY-JSON inputs[0].key"));
}

TEST_CASE("commits are hex, refs and pull policies are what GitLab documents")
{
    CHECK(refusal("/git_info/sha", "\"main\"").starts_with("PAY-JSON git_info.sha: expected 40 or 64"));
    CHECK(
        refusal("/git_info/sha", "\"3F786850E387550FDAB836ED7E6DC881DE23001B\"").starts_with("PAY-JSON git_info.sha"));
    CHECK(refusal("/git_info/sha", "\"--upload-pack=x\"").starts_with("PAY-JSON git_info.sha"));
    CHECK(refusal("/git_info/ref_type", "\"commit\"").starts_with("PAY-JSON git_info.ref_type"));
    CHECK(refusal("/git_info/depth", "-1").starts_with("PAY-JSON git_info.depth"));
    CHECK(refusal("/image", R"({"name":"a","pull_policy":["sometimes"]})").starts_with("PAY-JSON image.pull_policy"));
    CHECK(refusal("/image", R"({"entrypoint":["a"]})") == "PAY-JSON image.name: expected a string, found nothing");
}

TEST_CASE("a message shows nothing that steers a terminal, and no value that GitLab sent")
{
    const auto text = refusal(R"({"image":{"\u001b[31mred\n":1,"\u001b[31mred\n":2}})");
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find('\n') == std::string::npos);
    CHECK(refusal("/git_info/ref_type", "\"glcbt-secret\"").find("secret") == std::string::npos);
}

TEST_CASE("identity is dug out of payloads that do not decode [POL-22] [POL-23]")
{
    const auto whole = sample("payload-echo");
    const auto found = dig_identity(whole);
    REQUIRE(found);
    CHECK(found->id == 90001); // the job's, not job_info's
    CHECK(found->token.reveal() == "glcbt-FAKEHEADER.FAKECLAIMS_echo_job.FAKESIGNATURE");
    CHECK(dig_identity(whole.substr(0, 300)));
    CHECK(dig_identity(R"({"id":7,"token":"t","steps":[{"script":5})"));
    CHECK(dig_identity(R"({"image":{"id":1,"token":"no"},"token":"t","id":7} garbage)")->id == 7);
    CHECK(dig_identity(R"({"token":"t","id":7)").has_value() == false); // digits that a cut may have shortened
    CHECK(dig_identity("").has_value() == false);
    CHECK(dig_identity("<html>").has_value() == false);
    CHECK(dig_identity(R"({"id":7})").has_value() == false);
    CHECK(dig_identity(R"({"id":7,"id":8,"token":"t"})").has_value() == false);
    CHECK(dig_identity(R"({"id":7,"token":"t","token":"u"})").has_value() == false);
    CHECK(dig_identity(R"({"id":"7","token":"t"})").has_value() == false);
    CHECK(dig_identity(R"({"id":-7,"token":"t"})").has_value() == false);
    CHECK(dig_identity(R"({"id":7.5,"token":"t"})").has_value() == false);
    CHECK(dig_identity("{\"id\":7,\"token\":\"a\nb\"}").has_value() == false);
    CHECK(dig_identity("{\"id\":7,\"token\":\"\\").has_value() == false);
}
