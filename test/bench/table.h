#pragma once
#include <string>
#include <vector>

namespace ysnp::bench {

/// One measured figure: what it is, what was measured, its ratio to the bare Engine where there is one, and what it may
/// be at most (or at least).
struct Row {
    std::string what, measured, ratio, budget;
    enum class Kept { yes, no, none } kept = Kept::none; ///< none: there is no budget for it
};

/// Rows whose figure and bound are numbers of one unit.
Row at_most(std::string what, std::string measured, double figure, double bound, const std::string& unit);
Row at_least(std::string what, std::string measured, double figure, double bound, const std::string& unit);
/// A figure that nothing bounds.
Row plain(std::string what, std::string measured, std::string ratio = {});

/// Prints as a table for people; says how many budgets were missed.
int print(const std::vector<Row>& rows);

std::string in_ms(double milliseconds);
/// "1.07", with the unit behind it.
std::string number(double value, int digits = 2);

/// The middle of a sample; 0 of an empty one.
double median(std::vector<double> sample);

} // namespace ysnp::bench
