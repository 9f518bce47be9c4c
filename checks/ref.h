#pragma once
#include <string>
#include <string_view>

namespace ysnp::checks {

/// Whether GitLab sent a ref in full, as it does for what is neither branch nor tag: `refs/merge-requests/7/head`. It
/// sends branches and tags by name. One that is itself named `refs/heads/main`, which anybody can push, is such a name.
bool is_sent_in_full(std::string_view ref) noexcept;
/// `refs/heads/main` of the branch `main`, `refs/heads/refs/heads/main` of the branch `refs/heads/main`.
std::string full_ref(std::string_view ref, bool tag);

} // namespace ysnp::checks
