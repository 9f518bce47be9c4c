#include "runner/job/poll_turns.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp;
using namespace std::chrono_literals;

TEST_CASE("two entries ask every ten seconds each, five seconds apart [POL-25]")
{
    const Deadline start{1000s};
    const Deadline first = job::first_turn(start, 10s, 0, 2), second = job::first_turn(start, 10s, 1, 2);
    CHECK(first == start);
    CHECK(second == start + 5s);
    CHECK(job::next_turn(first, 10s, first + 200ms) == start + 10s);
    CHECK(job::next_turn(second, 10s, second + 9s) == start + 15s);
    CHECK(job::first_turn(start, 3s, 2, 3) == start + 2s);
}

TEST_CASE("a question that took longer than the interval keeps its entry's turns")
{
    const Deadline start{1000s};
    CHECK(job::next_turn(start, 10s, start + 52s) == start + 60s);
    CHECK(job::next_turn(start, 10s, start + 60s) == start + 70s); // never twice in one turn
    CHECK(job::next_turn(start + 5s, 10s, start) == start + 5s);
}
