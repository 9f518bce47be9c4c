#pragma once

namespace ysnp::host {

/// Gives back what only the start needed: pages of the program and its libraries that nothing ever writes to, and free
/// pages of the heap. The kernel brings code that is used again from the page cache.
void release_start_pages() noexcept;

} // namespace ysnp::host
