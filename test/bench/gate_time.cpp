#include "test/bench/gate_world.h"
#include "test/bench/measures.h"

namespace ysnp::bench {
namespace {

constexpr int rounds = 40;

/// The middle of many decisions, on a login that is there already.
GateWorld::Cost usual(GateWorld& world, const gitlab::Job& job)
{
    std::vector<double> cpu, wall;
    GateWorld::Cost cost = world.decide(job); // logs in, and asks for the engine's version
    for (int round = 0; round < rounds; ++round) {
        cost = world.decide(job);
        cpu.push_back(cost.cpu_ms);
        wall.push_back(cost.ms);
    }
    cost.cpu_ms = median(cpu);
    cost.ms = median(wall);
    return cost;
}

std::string measured(const GateWorld::Cost& cost) { return number(cost.ms) + " ms until the verdict"; }

} // namespace

void measure_gate(Bench& bench)
{
    GateWorld world;
    const gitlab::Job small = GateWorld::job(64), large = GateWorld::job(1 << 20);
    world.allow(small, 1);
    const GateWorld::Cost little = usual(world, small);
    bench.rows.push_back(at_most("gate on a stand-in for Vault on loopback, cached login: our own CPU",
                                 measured(little), little.cpu_ms, 5, " ms"));
    bench.rows.push_back(
        at_most("  waves of requests", std::to_string(little.requests) + " requests", world.waves(small), 2, ""));
    world.allow(large, 1000);
    const GateWorld::Cost much = usual(world, large);
    bench.rows.push_back(
        at_most("gate, 1,000 entries and 1 MiB of script: our own CPU", measured(much), much.cpu_ms, 20, " ms"));
}

} // namespace ysnp::bench
