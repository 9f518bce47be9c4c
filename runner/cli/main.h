#pragma once

namespace ysnp::cli {

/// The program, but for its re-execution as a worker: parses, runs one command, gives its exit code. Catches what no
/// command caught, so that an error is one line that says what and where.
int main(int argc, char** argv);

} // namespace ysnp::cli
