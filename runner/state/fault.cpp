#include "runner/state/fault.h"
#include "net/failure.h"
#include <cerrno>

namespace ysnp::state {

namespace {

Failure failure_of(Fault fault) noexcept
{
    switch (fault) {
    case Fault::full:
        return Failure::too_large;
    case Fault::busy:
        return Failure::transient;
    case Fault::no_access:
        return Failure::denied;
    case Fault::not_ours:
        return Failure::untrusted;
    case Fault::open_already:
        return Failure::conflict;
    case Fault::damaged:
    case Fault::newer:
    case Fault::unusable:
        break;
    }
    return Failure::invalid;
}

class Category : public std::error_category {
public:
    const char* name() const noexcept override { return "state"; }
    std::string message(int value) const override
    {
        switch (static_cast<Fault>(value)) {
        case Fault::damaged:
            return "the file is damaged";
        case Fault::newer:
            return "the file was written by a newer version";
        case Fault::unusable:
            return "the place cannot be used";
        case Fault::full:
            return "no space is left";
        case Fault::busy:
            return "another process uses the file";
        case Fault::no_access:
            return "no access";
        case Fault::not_ours:
            return "wrong owner, mode or type";
        case Fault::open_already:
            return "the job is open already";
        }
        return "unknown fault";
    }
    bool equivalent(int value, const std::error_condition& condition) const noexcept override
    {
        return condition == make_error_condition(failure_of(static_cast<Fault>(value)));
    }
};

} // namespace

std::error_code make_error_code(Fault fault) noexcept
{
    static const Category category;
    return {static_cast<int>(fault), category};
}

void raise(Fault fault, const std::string& what) { throw std::system_error(make_error_code(fault), what); }

void raise_system(const std::string& what)
{
    if (errno == ENOSPC || errno == EDQUOT) raise(Fault::full, what + "; free some space");
    throw std::system_error(errno, std::generic_category(), what);
}

} // namespace ysnp::state
