#include "checks/expand.h"
#include "sample.h"
#include <catch2/catch_test_macros.hpp>
#include <vector>

using namespace ysnp::checks;
using sample::variable;

namespace {

std::string expanded(std::string_view text)
{
    return expand(text, [](std::string_view name) -> std::optional<std::string> {
        if (name == "A") return "value";
        if (name == "REF") return "$A";
        return std::nullopt;
    });
}

} // namespace

TEST_CASE("expansion follows the table of runner-expand [AC-P14] [AC-V23]")
{
    struct Row {
        const char *in, *out;
    };
    constexpr Row rows[] = {
        {"$A", "value"},
        {"${A}", "value"},
        {"x${A}y$A.z", "xvalueyvalue.z"},
        {"$$", "$"},
        {"pa$$word", "pa$word"},
        {"pa$word", "pa"},
        {"\\$A", "\\value"},
        {"end$", "end$"},
        {"a $ b", "a $ b"},
        {"$/x", "$/x"},
        {"$(cmd)", "$(cmd)"},
        {"%A%", "%A%"},
        {"${A:-d}", ""},
        {"${A", "A"},
        {"${}x", "x"},
        {"$1$@$*$#$?$!$-", ""},
        {"$REF", "$A"},
        {"", ""},
        {"$AB", ""},
        {"${$}", "$"},
        {"$", "$"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.in);
        CHECK(expanded(row.in) == row.out);
    }
}

TEST_CASE("of duplicates the last counts, raw values stay, nested references are taken once [AC-V13] [AC-V24]")
{
    std::vector<Variable> list = {variable("A", "one"),  variable("A", "two"), variable("B", "<$A>"),
                                  variable("C", "[$B]"), variable("R", "$A"),  variable("SELF", "$SELF")};
    list[4].raw = true;
    const Expander expander(list);
    CHECK(expander("$A") == "two");
    CHECK(expander("$B") == "<two>");
    CHECK(expander("$C") == "[<$A>]");
    CHECK(expander("$R") == "$A");
    CHECK(expander("$SELF") == "$SELF");
    CHECK(expander("$NONE.") == ".");
}

TEST_CASE("an expansion bomb stays bounded [AC-V23]")
{
    std::vector<Variable> list;
    for (char c = 'A'; c < 'Z'; ++c) {
        const std::string next = "$" + std::string(1, static_cast<char>(c + 1));
        list.push_back(variable(std::string(1, c), next + next));
    }
    CHECK(Expander(list)("$A").size() < 16);
}

TEST_CASE("a file variable stands for its path")
{
    std::vector<Variable> list = {variable("KUBE", "content")};
    list[0].file = true;
    CHECK(Expander(list, [](const Variable& v) { return "/tmp/" + v.key; })("$KUBE") == "/tmp/KUBE");
    CHECK(Expander(list)("$KUBE") == "KUBE");
}

TEST_CASE("references are the names a text depends on")
{
    CHECK(references("$A ${B} $A $$C $1 ${D:-x} $(E)") == std::vector<std::string>{"A", "B", "D:-x"});
}
