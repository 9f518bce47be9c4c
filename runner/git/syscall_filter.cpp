#include "runner/git/syscall_filter.h"
#include <bit>
#include <cerrno>
#include <cstddef>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>

namespace ysnp::git {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t native = AUDIT_ARCH_X86_64;
constexpr std::uint32_t first_foreign = 0x40000000; // x32: the same calls under other numbers
#elif defined(__aarch64__)
constexpr std::uint32_t native = AUDIT_ARCH_AARCH64;
constexpr std::uint32_t first_foreign = 0x40000000;
#else
#error "the git worker's list of system calls is for x86-64 and arm64"
#endif
static_assert(std::endian::native == std::endian::little); // where an argument's low half lies

constexpr std::uint32_t fails_with(int error) { return SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error); }

class Program {
public:
    void load(std::size_t offset) { add(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)); }
    void mask(std::uint32_t bits) { add(BPF_ALU | BPF_AND | BPF_K, bits); }
    void answer(std::uint32_t action) { add(BPF_RET | BPF_K, action); }
    /// Goes on if the value is equal, else leaves out the next `others`.
    void unless_equal_skip(std::uint32_t value, std::size_t others) { jump(BPF_JEQ, value, 0, others); }
    void if_equal_skip(std::uint32_t value, std::size_t others) { jump(BPF_JEQ, value, others, 0); }
    void unless_at_least_skip(std::uint32_t value, std::size_t others) { jump(BPF_JGE, value, 0, others); }
    void append(const Program& other) { code.insert(code.end(), other.code.begin(), other.code.end()); }

    std::vector<sock_filter> code;

private:
    void add(int operation, std::uint32_t value)
    {
        code.push_back({static_cast<std::uint16_t>(operation), 0, 0, value});
    }
    void jump(int test, std::uint32_t value, std::size_t then, std::size_t otherwise)
    {
        code.push_back({static_cast<std::uint16_t>(BPF_JMP | test | BPF_K), static_cast<std::uint8_t>(then),
                        static_cast<std::uint8_t>(otherwise), value});
    }
};

void check(Program& into, const Argument& argument)
{
    into.load(offsetof(seccomp_data, args) + argument.index * sizeof(std::uint64_t));
    into.mask(argument.mask);
    for (std::size_t left = argument.values.size(); const std::uint32_t value : argument.values)
        into.if_equal_skip(value, left--);
    into.answer(fails_with(EPERM));
}

void decide(Program& into, long call, const Program& verdict)
{
    into.unless_equal_skip(static_cast<std::uint32_t>(call), verdict.code.size());
    into.append(verdict);
}

Program always(std::uint32_t action)
{
    Program program;
    program.answer(action);
    return program;
}

} // namespace

std::vector<sock_filter> compile(const CallRules& rules)
{
    Program program;
    program.load(offsetof(seccomp_data, arch));
    program.if_equal_skip(native, 1);
    program.answer(SECCOMP_RET_KILL_PROCESS);
    program.load(offsetof(seccomp_data, nr));
    program.unless_at_least_skip(first_foreign, 1);
    program.answer(SECCOMP_RET_KILL_PROCESS);
    for (const AllowedCall& call : rules.allowed) {
        Program verdict;
        for (const Argument& argument : call.arguments) check(verdict, argument);
        verdict.answer(SECCOMP_RET_ALLOW);
        decide(program, call.number, verdict);
    }
    for (const long call : rules.refused) decide(program, call, always(fails_with(EPERM)));
    for (const long call : rules.fatal) decide(program, call, always(SECCOMP_RET_KILL_PROCESS));
    program.answer(fails_with(ENOSYS));
    return std::move(program.code);
}

void install(std::vector<sock_filter> program)
{
    const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
    const long failed = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter);
    if (failed != 0) // the number is that of a thread which has filters of its own
        throw std::system_error(failed > 0 ? EBUSY : errno, std::generic_category(), "seccomp: install the filter");
}

} // namespace ysnp::git
