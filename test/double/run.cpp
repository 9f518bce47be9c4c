#include "test/double/run.h"
#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace ysnp::test {

TempDir::TempDir()
{
    std::string name = (std::filesystem::temp_directory_path() / "ysnp-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::system_error(errno, std::generic_category(), "mkdtemp");
    path_ = name;
}

TempDir::~TempDir()
{
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

} // namespace ysnp::test
