#pragma once

namespace ysnp::gitlab {

/// How many jobs/request calls one entry may have open: between 1 and the configured request_concurrency, growing while
/// jobs come and shrinking while none do or GitLab asks to slow down.
class AdaptiveConcurrency {
public:
    explicit AdaptiveConcurrency(int most) noexcept : most_(most < 1 ? 1 : most) {}
    int allowed() const noexcept;
    void note(bool got_job, bool retried) noexcept;

private:
    int most_;
    double share_ = 1;
};

} // namespace ysnp::gitlab
