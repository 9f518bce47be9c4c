#include "test/bench/measures.h"
#include "test/integration/engine.h"
#include "test/integration/program.h"
#include <random>

namespace ysnp::bench {
namespace {

std::string digest_like(std::mt19937& random)
{
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    std::string text;
    while (text.size() < 43) text += letters[random() % letters.size()];
    return text;
}

/// A thousand scripts that are allowed, none of them the job's.
std::string whitelist()
{
    std::mt19937 random(3);
    std::string text = "{\"allowed_scripts\":[";
    for (int index = 0; index < 1000; ++index)
        text += (index == 0 ? "\"" : ",\"") + std::string("job-") + std::to_string(index) +
                "@ysnp2:" + digest_like(random) + "\"";
    return text + "]}";
}

struct Place {
    test::TempDir folder;
    std::filesystem::path config = folder / "config.yml", payload = folder / "payload.json";
};

void write(const Place& place, std::size_t script_bytes, const std::string& documents)
{
    test::PayloadSpec spec;
    spec.id = 1, spec.token = "glcbt-bench", spec.server_url = "http://gitlab.example.test";
    spec.script.assign(script_bytes / 64, std::string(64, 'x'));
    test::write_text(place.payload, test::make_payload(spec));
    test::write_text(place.config, "gate: { store: file, file: { path: " + (place.folder / "policy").string() +
                                       " } }\nrunners:\n  - { name: one, url: \"" + spec.server_url +
                                       "\", token: glrt-bench, docker: { image: busybox } }\n");
    test::write_text(place.folder / "policy/acme/tools/hello/whitelist.json", documents);
}

double best_of(int rounds, const std::vector<std::string>& arguments)
{
    double best = 1e9;
    for (int round = 0; round < rounds; ++round) {
        const auto begin = std::chrono::steady_clock::now();
        const test::Finished finished = test::run_program(arguments);
        best = std::min(best, since(begin));
        if (finished.exit_code != 0 && finished.exit_code != 4)
            throw std::runtime_error("gate check: " + finished.err + finished.out);
    }
    return best;
}

} // namespace

void measure_gate(Bench& bench)
{
    const Place small, large;
    write(small, 64, "{}");
    write(large, 1 << 20, whitelist());
    const auto check = [](const Place& place) {
        return std::vector<std::string>{"-c",    place.config.string(), "gate",
                                        "check", "--payload",           place.payload.string()};
    };
    const double start = best_of(10, {"version"}), little = best_of(10, check(small)), much = best_of(10, check(large));
    bench.rows.push_back(plain("gate: one line of script, an empty whitelist", number(little - start) + " ms"));
    bench.rows.push_back(plain("gate: 1 MiB of script, 1,000 whitelist entries", number(much - start) + " ms"));
}

} // namespace ysnp::bench
