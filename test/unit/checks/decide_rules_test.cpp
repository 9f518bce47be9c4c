#include "checks/report.h"
#include "sample.h"
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

using namespace ysnp::checks;
using sample::decide_with;
using sample::document;
using sample::documents_for;
using sample::says;
using sample::variable;
using sample::with_config;
using sample::with_native;

TEST_CASE("v1 lists compare digests; policy may ask for the repository too [AC-M05] [AC-M06] [GATE-A11]")
{
    JobFacts f = sample::facts();
    f.image->name = "evil.tld/x@" + sample::image_digest;
    CHECK(decide_with(documents_for(f), f).allowed());
    CHECK(says(decide_with(with_native(f, R"("image_repository":true)"), f), "IMG-UNLISTED"));
    f.image->name = "docker.io/library/alpine@" + sample::image_digest;
    CHECK(decide_with(with_native(f, R"("image_repository":true)"), f).allowed());
}

TEST_CASE("conditions on ref, protection and source hold or refuse [AC-I11] [AC-I13]")
{
    const JobFacts f = sample::facts();
    const auto allowed = [&](const std::string& rules, auto change) {
        JobFacts changed = f;
        change(changed);
        return decide_with(with_native(f, rules), changed).allowed();
    };
    const auto same = [](JobFacts&) {};
    CHECK(allowed(R"("refs":["refs/heads/main"])", same));
    CHECK_FALSE(allowed(R"("refs":["refs/tags/**"])", same));
    CHECK_FALSE(allowed(R"("refs":["main"])", same));
    // branches and tags that members may push are not what their names say
    CHECK_FALSE(allowed(R"("refs":["refs/heads/main"])", [](JobFacts& x) { x.ref = "refs/heads/main"; }));
    CHECK_FALSE(allowed(R"("refs":["refs/heads/main"])", [](JobFacts& x) {
        x.ref = "refs/heads/main";
        x.ref_type = "tag";
    }));
    CHECK_FALSE(allowed(R"("refs":["refs/tags/v1"])", [](JobFacts& x) { x.ref = "refs/tags/v1"; }));
    CHECK(allowed(R"("refs":["refs/heads/refs/heads/*"])", [](JobFacts& x) { x.ref = "refs/heads/main"; }));
    CHECK(
        allowed(R"("refs":["refs/merge-requests/*/head"])", [](JobFacts& x) { x.ref = "refs/merge-requests/7/head"; }));
    CHECK_FALSE(allowed(R"("refs":["refs/heads/main"])", [](JobFacts& x) { x.ref_type = "tag"; }));
    CHECK_FALSE(allowed(R"("refs":["refs/heads/*"])", [](JobFacts& x) { x.ref = "a/b"; }));
    CHECK(allowed(R"("refs":["refs/heads/**"])", [](JobFacts& x) { x.ref = "a/b"; }));
    CHECK(allowed(R"("protected":true)", same));
    CHECK_FALSE(allowed(R"("protected":true)", [](JobFacts& x) { x.ref_protected = false; }));
    CHECK_FALSE(allowed(R"("protected":true)", [](JobFacts& x) { x.ref_protected.reset(); }));
    CHECK(allowed(R"("sources":["push","web"])", [](JobFacts& x) { x.pipeline_source = "push"; }));
    CHECK_FALSE(allowed(R"("sources":["push"])", same));
    CHECK(allowed(R"("source":{"binding":"sha","commits":["89e6c98d92887913cadf06b2adb97f26cde4849b"]})", same));
    CHECK_FALSE(allowed(R"("source":{"binding":"sha","commits":["00"]})", same));
    CHECK_FALSE(allowed(R"("source":{"binding":"protected"})", [](JobFacts& x) { x.ref_protected = false; }));
}

TEST_CASE("an image without a digest that no check asks for one is called unpinned [GATE-W19]")
{
    JobFacts f = sample::facts();
    const auto noted = [&](const std::string& checks) {
        Documents d = with_native(f, R"("checks":[)" + checks + "]");
        d.project_config = {};
        const Decision decision = decide_with(d, f);
        return std::ranges::any_of(decision.notes, [](auto& note) { return note.starts_with("image not pinned: "); });
    };
    CHECK_FALSE(noted(R"({"name":"mfaRequired"})"));
    f.image->name = "alpine:latest";
    CHECK(noted(R"({"name":"mfaRequired"})"));
    CHECK_FALSE(noted(R"({"name":"imageHash"})")); // refused
}

TEST_CASE("where a scriptHash only informs, nothing is covered by the digest: what steers is refused [AC-V01] [AC-V07]")
{
    JobFacts f = sample::facts();
    f.local.legacy_profiles = true;
    const Documents d = with_config(
        f,
        R"({"name":"imageHash","options":{"abortOnFail":true}},{"name":"scriptHash","options":{"abortOnFail":false}})");
    f.steps[0].script = {"another"};
    CHECK(decide_with(d, f).allowed());
    f.variables.push_back(variable("LD_PRELOAD", "/tmp/evil.so"));
    CHECK(says(decide_with(d, f), "PAY-VAR"));
}

TEST_CASE("a project's path with another id is somebody else [AC-I03] [AC-I04]")
{
    JobFacts f = sample::facts();
    Documents d = with_native(f, "");
    d.project_policy.text = R"({"version":1,"project_id":81,"jobs":{}})";
    CHECK(decide_with(d, f).allowed());
    f.project_id = 82;
    CHECK(says(decide_with(d, f), "PAY-IDENT"));
}

TEST_CASE("where v1 and native policy both speak, the stricter answer wins [AC-A32]")
{
    const JobFacts f = sample::facts();
    CHECK(decide_with(with_native(f, R"("checks":[{"name":"mfaRequired"}])"), f).verdict == Verdict::ask);
    Documents image_only = with_config(f, R"({"name":"imageHash","options":{"abortOnFail":true}})");
    image_only.project_policy = document("p", R"({"version":1,"jobs":{"deploy":{"checks":[{"name":"scriptHash"}]}}})");
    JobFacts changed = f;
    changed.steps[0].script[0] = "evil";
    CHECK(says(decide_with(image_only, changed), "SCR-UNLISTED"));
}

TEST_CASE(
    "a source that policy does not bind is called unpinned in log and audit; a bound one is held to its pin [AC-S13]")
{
    JobFacts f = sample::facts();
    Documents d = sample::documents_for(f);
    const auto bound_to = [&](const std::string& commit) {
        d.project_policy = sample::document(
            "p", R"({"version":1,"jobs":{"default":{"checks":[{"name":"imageHash"},{"name":"scriptHash"}],)"
                 R"("source":{"binding":"sha","commits":[")" +
                     commit + "\"]}}}}");
    };
    const auto said = [](const Decision& decision) {
        const std::string box = render_box(decision, {}, Charset::ascii, Colour::none);
        return std::pair(box.find("source not pinned") != std::string::npos,
                         render_json(decision).find("source not pinned") != std::string::npos);
    };
    CHECK(decide_with(d, f).allowed());
    CHECK(said(decide_with(d, f)) == std::pair(true, true));
    bound_to(f.sha);
    CHECK(decide_with(d, f).allowed());
    CHECK(said(decide_with(d, f)) == std::pair(false, false));
    bound_to("0123456789012345678901234567890123456789");
    CHECK(decide_with(d, f).code() == "SRC-PIN");
}
