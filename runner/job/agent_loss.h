#pragma once
#include "docker/engine.h"
#include "runner/job/outcome.h"

namespace ysnp::job {

/// What ends a job whose conversation with its agent broke off by `error`: the Engine is asked how the container is.
/// One that ended says why; of one that is still there the error is told, with its state.
boost::asio::awaitable<JobError> agent_lost(docker::Engine& engine, docker::ContainerId container,
                                            std::exception_ptr error);

/// How long a container that the Engine has started may be without a word of its agent.
struct FirstWord {
    std::chrono::milliseconds look{3'000};   ///< until the Engine is asked whether it runs
    std::chrono::milliseconds speak{30'000}; ///< more, where it does
};

/// Returns once `heard` is set. The Engine's answer to a start alone proves nothing: throws JobError where the
/// container does not run, and where it does and its agent stays silent.
boost::asio::awaitable<void> expect_first_word(docker::Engine& engine, docker::ContainerId container, Event& heard,
                                               Deadline until, FirstWord limits = {});

} // namespace ysnp::job
