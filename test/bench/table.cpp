#include "test/bench/table.h"
#include <algorithm>
#include <cstdio>

namespace ysnp::bench {
namespace {

std::string kept_text(Row::Kept kept)
{
    if (kept == Row::Kept::none) return "";
    return kept == Row::Kept::yes ? "kept" : "MISSED";
}

Row bounded(std::string what, std::string measured, double figure, const std::string& bound, const std::string& unit,
            bool kept)
{
    return {std::move(what), std::move(measured), number(figure) + unit, bound + unit,
            kept ? Row::Kept::yes : Row::Kept::no};
}

} // namespace

Row at_most(std::string what, std::string measured, double figure, double bound, const std::string& unit)
{
    return bounded(std::move(what), std::move(measured), figure, "<= " + number(bound), unit, figure <= bound);
}

Row at_least(std::string what, std::string measured, double figure, double bound, const std::string& unit)
{
    return bounded(std::move(what), std::move(measured), figure, ">= " + number(bound), unit, figure >= bound);
}

Row plain(std::string what, std::string measured, std::string ratio)
{
    return {std::move(what), std::move(measured), std::move(ratio), "", Row::Kept::none};
}

int print(const std::vector<Row>& rows)
{
    int missed = 0;
    std::printf("\n%-62s %-28s %-12s %-14s %s\n", "figure", "measured", "ratio", "target", "verdict");
    for (const Row& row : rows) {
        std::printf("%-62s %-28s %-12s %-14s %s\n", row.what.c_str(), row.measured.c_str(), row.ratio.c_str(),
                    row.budget.c_str(), kept_text(row.kept).c_str());
        missed += row.kept == Row::Kept::no ? 1 : 0;
    }
    return missed;
}

std::string number(double value, int digits)
{
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

std::string in_ms(double milliseconds) { return number(milliseconds, 0) + " ms"; }

double median(std::vector<double> sample)
{
    if (sample.empty()) return 0;
    std::ranges::sort(sample);
    const std::size_t half = sample.size() / 2;
    return sample.size() % 2 == 1 ? sample[half] : (sample[half - 1] + sample[half]) / 2;
}

} // namespace ysnp::bench
