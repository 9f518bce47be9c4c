#include "checks/approvals.h"
#include "sample.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp::checks;

TEST_CASE("the text of a record is read strictly [AC-A17]")
{
    ApprovalRecord record;
    CHECK(read_approval(R"({"digest":"d","nonce":"n","decision":"approve","scope":"once","reason":"r"})", record)
              .empty());
    CHECK(record.approves);
    CHECK(read_approval(
              R"({"digest":"d","nonce":"n","decision":"deny","scope":"until","until":1800000000,"reason":"r"})", record)
              .empty());
    CHECK_FALSE(record.approves);
    CHECK(record.until);
    for (const char* bad :
         {"", "[]", "{}", "null", R"({"digest":"d","nonce":"n","decision":"approve","scope":"once"})",
          R"({"digest":"d","nonce":"n","decision":"yes","scope":"once","reason":"r"})",
          R"({"digest":"d","nonce":"n","decision":"approve","scope":"ever","reason":"r"})",
          R"({"digest":"d","nonce":"n","decision":"approve","scope":"once","reason":"r","extra":"x"})",
          R"({"digest":1,"nonce":"n","decision":"approve","scope":"once","reason":"r"})",
          R"({"digest":"d","nonce":"n","decision":"approve","scope":"until","until":"1","reason":"r"})",
          R"({"digest":"d","nonce":"n","decision":"approve","scope":"until","until":-1,"reason":"r"})",
          R"({"digest":"d","digest":"e","nonce":"n","decision":"approve","scope":"once","reason":"r"})"}) {
        CAPTURE(bad);
        CHECK_FALSE(read_approval(bad, record).empty());
    }
}

TEST_CASE("a record that was written is read back as it was")
{
    ApprovalRecord written;
    written.digest = "ysnp2:d";
    written.nonce = "n";
    written.reason = "freeze lifted, \"CHG 4711\"";
    for (const bool approves : {true, false}) {
        for (const auto& until : {std::optional<Now>(), std::optional<Now>(sample::now)}) {
            written.approves = approves;
            written.until = until;
            ApprovalRecord read;
            CHECK(read_approval(write_approval(written), read).empty());
            CHECK(read.digest == written.digest);
            CHECK(read.nonce == written.nonce);
            CHECK(read.reason == written.reason);
            CHECK(read.approves == approves);
            CHECK(read.until == until);
        }
    }
}
