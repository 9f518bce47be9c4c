#include "runner/host/resident.h"
#include <cstdint>
#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

namespace ysnp::host {
namespace {

/// A segment that was never writable holds exactly what its file holds: it can be dropped.
int release_segments(dl_phdr_info* object, std::size_t, void*)
{
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    for (int i = 0; i < object->dlpi_phnum; ++i) {
        const auto& segment = object->dlpi_phdr[i];
        if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
        const std::uintptr_t start = object->dlpi_addr + segment.p_vaddr;
        const std::uintptr_t begin = (start + page - 1) / page * page, end = (start + segment.p_memsz) / page * page;
        if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
    }
    return 0;
}

} // namespace

void release_start_pages() noexcept
{
    ::malloc_trim(0);
    ::dl_iterate_phdr(release_segments, nullptr);
}

} // namespace ysnp::host
